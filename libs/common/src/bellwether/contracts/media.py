"""How rows may be written: media type to format, and the encodings around it."""

from collections.abc import Mapping
from typing import Literal

RowFormat = Literal["parquet", "arrow", "csv", "json", "ndjson"]
Encoding = Literal["gzip", "zstd"]

ROW_FORMATS: Mapping[str, RowFormat] = {
    "application/vnd.apache.parquet": "parquet",
    "application/x-parquet": "parquet",
    "application/vnd.apache.arrow.stream": "arrow",
    "text/csv": "csv",
    "application/json": "json",
    "application/x-ndjson": "ndjson",
    "application/ndjson": "ndjson",
    "application/jsonl": "ndjson",
}
"""Media type, lower case and without parameters, to the format; documents keep the media type under which the
rows were pushed (``media_type``), and ``ROW_FORMATS[document.media_type]`` is how to read them."""

ENCODINGS: tuple[Encoding, ...] = ("gzip", "zstd")
"""What ``Content-Encoding`` may say; documents keep it as ``encoding``, None without one."""
