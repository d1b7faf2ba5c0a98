"""Columns of an Arrow table as numbers: one float column, or one-hot columns per category. Pure."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bellwether.contracts import Column

Floats = NDArray[np.float64]

MAX_LEVELS = 20
"""Categories of one column that get a column of their own; the rest share one."""


def numbers(column: pa.ChunkedArray) -> Floats | None:
    """Return the values as float64, shape (n,), missing as NaN; None where they are no numbers.

    Booleans become 0 and 1, times seconds since 1970.
    """
    kind = column.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        column = pc.cast(pc.cast(column, pa.timestamp("us")), pa.int64())
        return np.asarray(pc.cast(column, pa.float64(), safe=False).to_numpy(), np.float64) / 1e6
    if pa.types.is_boolean(kind):
        column = pc.cast(column, pa.uint8())
    elif not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        return None
    return np.asarray(pc.cast(column, pa.float64(), safe=False).to_numpy(), np.float64)


def indicators(column: pa.ChunkedArray) -> Floats:
    """Return one-hot columns, shape (n, levels): the ``MAX_LEVELS`` most frequent values, then all others."""
    text = pa.concat_arrays([pc.cast(chunk, pa.string()) for chunk in column.chunks])
    codes = pc.dictionary_encode(text, null_encoding="encode")
    index = np.asarray(codes.indices, np.int64)
    counts = np.bincount(index, minlength=len(codes.dictionary))
    rank = np.empty(len(counts), np.int64)
    rank[np.argsort(-counts, kind="stable")] = np.arange(len(counts))
    level = np.minimum(rank[index], MAX_LEVELS)
    out = np.zeros((len(index), min(len(counts), MAX_LEVELS + 1)))
    out[np.arange(len(index)), level] = 1.0
    return out


def encode(column: pa.ChunkedArray, kind: Column) -> Floats:
    """Return one feature as finite columns, shape (n, c): numbers, whether missing of missing, or one-hot."""
    values = None if kind.kind == "categorical" else numbers(column)
    if values is None:
        return indicators(column)
    bad = ~np.isfinite(values)
    if not bad.any():
        return values[:, None]
    centre = float(values[~bad].mean()) if not bad.all() else 0.0
    return np.column_stack([np.where(bad, centre, values), bad.astype(np.float64)])


def plain(table: pa.Table) -> pa.Table:
    """Return a table whose columns models take: dictionaries as their values, decimals as numbers."""
    for place, kind in enumerate(table.schema):
        if pa.types.is_dictionary(kind.type):
            table = table.set_column(place, kind.name, pc.cast(table.column(place), kind.type.value_type))
        elif pa.types.is_decimal(kind.type):
            table = table.set_column(place, kind.name, pc.cast(table.column(place), pa.float64()))
    return table.combine_chunks()


def labels(column: pa.ChunkedArray) -> NDArray[np.object_]:
    """Return the values as objects, shape (n,), missing as None."""
    return np.array([*column.to_pylist(), None], dtype=object)[:-1]
