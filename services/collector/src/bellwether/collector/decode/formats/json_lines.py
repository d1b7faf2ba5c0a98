"""Newline-delimited JSON: one object a line."""

from bellwether.collector.decode.body import Body
from bellwether.collector.decode.formats import rows, scan
from bellwether.collector.decode.formats.base import Format, Opened


def open_ndjson(body: Body) -> Opened:
    """Read all rows; the columns are those any row names."""
    return rows.opened(scan.lines(body), body.bounds)


NDJSON = Format("ndjson", open_ndjson)
