"""What a format is: how to find the columns of a body, and how to read some of them in batches."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from bellwether.collector.decode.body import Body
from bellwether.collector.decode.job import Found, shown


@dataclass(frozen=True, slots=True)
class Opened:
    """A body whose columns are known: all of them by name and type, and those Arrow can hold as a schema.

    ``read`` yields batches that hold at least the named columns, in one pass, within the memory of a child.
    """

    columns: tuple[Found, ...]
    schema: pa.Schema
    read: Callable[[Sequence[str]], Iterator[pa.RecordBatch]]


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write rows. ``untyped``: it knows text only."""

    slug: str
    open: Callable[[Body], Opened]
    untyped: bool = False


def columns_of(schema: pa.Schema) -> tuple[Found, ...]:
    """Return the columns of a schema."""
    return tuple(Found(field.name, shown(field.type)) for field in schema)
