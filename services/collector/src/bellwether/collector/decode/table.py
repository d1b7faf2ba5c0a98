"""What decoding gives; pure."""

from dataclasses import dataclass

import pyarrow as pa

from bellwether.collector.decode.job import Found


@dataclass(frozen=True, slots=True)
class Decoded:
    """The rows of one body: the wanted columns as a table in a mapped file, and every column by name and type.

    ``untyped``: numbers and times are still text, as the format knows nothing else.
    """

    table: pa.Table
    rows: int
    columns: tuple[Found, ...]
    untyped: bool = False

    @classmethod
    def of(cls, table: pa.Table, *, untyped: bool = False) -> "Decoded":
        """Return a table as if it had been pushed."""
        found = tuple(Found(field.name, str(field.type)) for field in table.schema)
        return cls(table, table.num_rows, found, untyped)
