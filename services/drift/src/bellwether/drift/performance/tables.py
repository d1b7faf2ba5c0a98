"""From normalised rows to outcomes and model inputs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bellwether.contracts import Column, Task
from bellwether.drift.performance.base import Floats, Outcomes

_MOST_LEVELS = 250  # the boosting takes at most 255 categories


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes of a label in their order, as text; of a yes-or-no model the last is the positive one."""

    names: tuple[str, ...]

    def codes(self, values: pa.ChunkedArray) -> Floats:
        """Return the place of each value, NaN for missing ones and for classes that are not among them."""
        places = pc.index_in(texts(values), value_set=pa.array(self.names, pa.string()))
        return floats(pa.chunked_array(places) if isinstance(places, pa.Array) else places)


def classes(task: Task, columns: Sequence[pa.ChunkedArray], score: Floats | None) -> Classes | None:
    """Find the classes in labels and decisions of the reference; None for a regression.

    Of a yes-or-no model the positive class is ``1`` or ``true`` where it says so, else the one with higher scores in
    the first of ``columns``, else the last by name.
    """
    if task == "regression":
        return None
    names = sorted({name for column in columns for name in pc.unique(texts(column)).to_pylist() if name is not None})
    if task != "binary" or len(names) != 2 or names[1].casefold() in ("1", "true", "yes"):
        return Classes(tuple(names))
    if score is not None:
        first = Classes(tuple(names)).codes(columns[0])
        means = [float(np.nanmean(score[first == code])) if (first == code).any() else 0.0 for code in (0, 1)]
        if means[0] > means[1]:
            names.reverse()
    return Classes(tuple(names))


def outcomes(
    labels: pa.ChunkedArray, decisions: pa.ChunkedArray, score: pa.ChunkedArray | None, known: Classes | None
) -> tuple[Outcomes, NDArray[np.intp]]:
    """Pair answers with labels; also the numbers of the rows that have both (and a score where scores exist)."""
    label, decision = _numbers(labels, known), _numbers(decisions, known)
    scores = None if score is None else floats(score)
    whole = np.isfinite(label) & np.isfinite(decision)
    if scores is not None:
        whole &= np.isfinite(scores)
    rows = np.flatnonzero(whole)
    return Outcomes(label[rows], decision[rows], None if scores is None else scores[rows]), rows


def floats(column: pa.ChunkedArray) -> Floats:
    """Return numbers with NaN for missing, shape (n,)."""
    return np.asarray(pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Encoder:
    """Columns to numbers as the boosting takes them: categories by their place among the reference's frequent ones."""

    names: tuple[str, ...]
    levels: tuple[tuple[str, ...] | None, ...]

    @property
    def categorical(self) -> NDArray[np.bool_]:
        """Which columns hold codes, shape (f,)."""
        return np.array([levels is not None for levels in self.levels])

    def __call__(self, table: pa.Table) -> Floats:
        """Return shape (n, f); missing values and unseen categories are NaN, an absent column is all NaN."""
        out = np.full((table.num_rows, len(self.names)), np.nan)
        for place, (name, levels) in enumerate(zip(self.names, self.levels, strict=True)):
            if name not in table.column_names:
                continue
            column = table.column(name)
            out[:, place] = floats(column) if levels is None else Classes(levels).codes(column)
        return out


def encoder(table: pa.Table, columns: Sequence[Column]) -> Encoder:
    """Learn the encoding from reference rows; text and times are left out."""
    names: list[str] = []
    levels: list[tuple[str, ...] | None] = []
    for column in columns:
        if column.kind not in ("numeric", "boolean", "categorical") or column.role not in ("feature", "prediction"):
            continue
        names.append(column.name)
        if column.kind == "numeric":
            levels.append(None)
            continue
        counts = pc.value_counts(pc.drop_null(texts(table.column(column.name))))
        pairs = sorted(counts.to_pylist(), key=lambda pair: (-pair["counts"], pair["values"]))
        levels.append(tuple(pair["values"] for pair in pairs[:_MOST_LEVELS]))
    return Encoder(tuple(names), tuple(levels))


def _numbers(column: pa.ChunkedArray, known: Classes | None) -> Floats:
    return floats(column) if known is None else known.codes(column)


def texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Values as text, alike whatever type they came in: true is 1, and 1.0 is 1."""
    if pa.types.is_dictionary(column.type):
        column = pc.cast(column, column.type.value_type)
    if pa.types.is_boolean(column.type):
        column = pc.cast(column, pa.int8())
    elif pa.types.is_floating(column.type) and pc.all(pc.equal(column, pc.round(column))).as_py():
        column = pc.cast(column, pa.int64())
    return pc.cast(column, pa.string())
