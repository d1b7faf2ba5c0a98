"""Rows of a table as standardised numbers, by what a reference taught; pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bellwether.contracts import Column
from bellwether.drift.performance.base import Floats
from bellwether.drift.performance.tables import floats, texts

_KINDS = ("numeric", "boolean", "categorical")


@dataclass(frozen=True, slots=True)
class Standard:
    """Inputs as standardised numbers: missing numbers take the mean, missing categories the most frequent one.

    ``levels`` are the categories with their share of the reference, None for a number; ``fill`` stands in for what
    is missing; ``centre`` and ``scale`` are mean and standard deviation (ddof 0), of constants 1.
    """

    names: tuple[str, ...]
    levels: tuple[tuple[pa.Array, Floats] | None, ...]
    fill: Floats
    centre: Floats
    scale: Floats

    def __call__(self, table: pa.Table) -> Floats:
        """Return shape (rows, f); an absent column is all mean, a category the reference never had is 0 frequent."""
        out = np.empty((table.num_rows, len(self.names)))
        there = set(table.column_names)
        for i, name in enumerate(self.names):
            raw = _raw(table.column(name), self.levels[i]) if name in there else np.full(table.num_rows, np.nan)
            out[:, i] = (np.where(np.isfinite(raw), raw, self.fill[i]) - self.centre[i]) / self.scale[i]
        return out


def standard(table: pa.Table, columns: Sequence[Column]) -> Standard:
    """Learn from reference rows; text, times and columns without any value are left out."""
    names, levels, fill, centre, scale = [], [], [], [], []
    for column in columns:
        if column.role != "feature" or column.kind not in _KINDS or column.name not in table.column_names:
            continue
        values = table.column(column.name)
        known = None if column.kind == "numeric" else _levels(values)
        raw = _raw(values, known)
        finite = raw[np.isfinite(raw)]
        if not finite.size:
            continue
        stand_in = float(finite.mean()) if known is None else float(known[1].max(initial=0.0))
        filled = np.where(np.isfinite(raw), raw, stand_in)
        spread = float(filled.std())
        if not np.isfinite(spread):
            continue  # values too large to square
        names.append(column.name)
        levels.append(known)
        fill.append(stand_in)
        centre.append(float(filled.mean()))
        scale.append(spread if spread > 0 else 1.0)
    return Standard(tuple(names), tuple(levels), *(np.array(part) for part in (fill, centre, scale)))


def _levels(column: pa.ChunkedArray) -> tuple[pa.Array, Floats]:
    counted = pc.value_counts(pc.drop_null(texts(column)))
    counts = counted.field("counts").to_numpy(zero_copy_only=False).astype(np.float64)
    return counted.field("values"), counts / max(1.0, counts.sum())


def _raw(column: pa.ChunkedArray, levels: tuple[pa.Array, Floats] | None) -> Floats:
    """Values, or the share of the reference with the same category; NaN where missing."""
    if levels is None:
        return floats(column)
    names, shares = levels
    text = texts(column)
    place = pc.index_in(text, value_set=names).cast(pa.float64()).to_numpy(zero_copy_only=False)
    known = np.isfinite(place)
    found = np.zeros(len(text))
    found[known] = shares[place[known].astype(np.int64)] if shares.size else 0.0
    found[text.is_null().to_numpy()] = np.nan
    return found
