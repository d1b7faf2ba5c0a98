"""A JSON array of objects, one a row."""

from bellwether.collector.decode.body import Body
from bellwether.collector.decode.formats import rows, scan
from bellwether.collector.decode.formats.base import Format, Opened


def open_json(body: Body) -> Opened:
    """Read all rows; the columns are those any row names."""
    return rows.opened(scan.array(body), body.bounds)


JSON = Format("json", open_json)
