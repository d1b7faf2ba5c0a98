"""How often rows repeat, by what they say: inputs and answers, without ids, times and labels; pure."""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bellwether.contracts import Column, Repeats

COMPARED = frozenset({"feature", "prediction", "score", "segment"})
MOST = 64
"""Frequencies kept apart; neighbouring ones are put together beyond."""

Hashes = NDArray[np.uint64]
_STEPS = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
_MISSING = np.uint64(0xFFF8_0000_0000_0001)
"""A NaN no column has: NaNs of columns are taken for it."""
_ODD = np.uint64(0x9E3779B97F4A7C15)


def repeats(table: pa.Table, columns: Sequence[Column]) -> Repeats:
    """Return (times, rows) pairs: so many different rows occur so many times, rarest first.

    Rows are told apart by a hash of 64 bits: of a million different rows two are taken for one with a chance of
    3 in 100 million. Beyond ``MOST`` frequencies, neighbouring ones are given by their mean. Empty without columns.
    """
    names = [column.name for column in columns if column.role in COMPARED and column.name in table.column_names]
    if not names or not table.num_rows:
        return ()
    hashes = np.zeros(table.num_rows, dtype=np.uint64)
    for name in names:
        hashes = _mixed(hashes * _ODD + _codes(table.column(name)))
    _, times = np.unique(hashes, return_counts=True)
    frequency, rows = np.unique(times, return_counts=True)
    return tuple(_joined(frequency, rows) if rows.size > MOST else zip(frequency.tolist(), rows.tolist(), strict=True))


def _codes(column: pa.ChunkedArray) -> Hashes:
    """Return a number for each value, alike for like values: missing values, NaN and null, are alike, as are zeros."""
    kind = column.type
    if pa.types.is_floating(kind):
        values = pc.fill_null(column.cast(pa.float64()), np.nan).to_numpy() + 0.0  # one zero
        return np.where(np.isnan(values), _MISSING, values.view(np.uint64))
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_temporal(kind):
        absent = column.is_null().to_numpy()
        whole = pc.fill_null(column.cast(pa.int64()), 0).to_numpy()
        return np.where(absent, _MISSING, whole.astype(np.uint64))
    levels = column if pa.types.is_dictionary(kind) else column.dictionary_encode()
    one = levels.unify_dictionaries().combine_chunks()
    return np.asarray(pc.fill_null(one.indices.cast(pa.int64()), -1)).astype(np.uint64)


def _mixed(hashes: Hashes) -> Hashes:
    """Spread every bit over all (the finaliser of splitmix64)."""
    for shift, factor in _STEPS:
        hashes = (hashes ^ (hashes >> np.uint64(shift))) * np.uint64(factor)
    return hashes ^ (hashes >> np.uint64(31))


def _joined(frequency: NDArray[np.int64], rows: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield frequencies in ``MOST`` groups of as many neighbours, each at its mean."""
    for some in np.array_split(np.arange(rows.size), MOST):
        together = int(rows[some].sum())
        yield max(1, round(int((frequency[some] * rows[some]).sum()) / together)), together
