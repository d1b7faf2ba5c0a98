"""Rows of a segment: those with one value in one column; pure."""

import pyarrow as pa
import pyarrow.compute as pc

from bellwether.errors import NotFound

Segment = tuple[str, str]
"""Column and value, as text."""


def segment_of(said: str | None) -> Segment | None:
    """Return the segment of ``column:value``; the value may hold colons."""
    if said is None:
        return None
    column, _, value = said.partition(":")
    return column, value


def kept(table: pa.Table, segment: Segment, whose: str) -> pa.Table:
    """Return the rows of a segment; raises ``NotFound`` when ``whose`` rows do not have its column."""
    column, value = segment
    if column not in table.column_names:
        raise NotFound(f"{whose} has no column {column!r}")
    return table.filter(pc.equal(pc.cast(table.column(column), pa.string()), value))
