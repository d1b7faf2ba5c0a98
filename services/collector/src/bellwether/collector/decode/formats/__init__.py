"""Every format rows are pushed in, one module each."""

from bellwether.collector.decode.formats.arrow import ARROW
from bellwether.collector.decode.formats.base import Format, Opened
from bellwether.collector.decode.formats.delimited import CSV
from bellwether.collector.decode.formats.json_lines import NDJSON
from bellwether.collector.decode.formats.json_rows import JSON
from bellwether.collector.decode.formats.parquet import PARQUET

FORMATS: tuple[Format, ...] = (ARROW, CSV, JSON, NDJSON, PARQUET)
"""A new format is one module and one entry here; ``contracts.ROW_FORMATS`` gives it its media types."""

__all__ = ["FORMATS", "Format", "Opened"]
