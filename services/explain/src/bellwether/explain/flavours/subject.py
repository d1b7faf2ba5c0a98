"""A fitted model with its preprocessing, asked in the user's own columns. Runs in the model's process.

Rows come as an Arrow table; the model gets them as the data frame, or the matrix, it was trained on.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from bellwether.explain.flavours.base import Estimator, Line, Loaded
from bellwether.explain.flavours.origins import groups, origins
from bellwether.explain.trees.ensemble import Ensemble, Floats, Unsupported

_VERIFIED_ROWS = 50
_NUMBERS = {"double": np.float64, "float": np.float32, "long": np.int64, "integer": np.int32}
MAX_ROWS = 200_000
"""Rows of one call of the model."""
MAX_CELLS = 20_000_000
"""Cells of the rows that are mixed for one call of a black box."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A model and the names of its inputs.

    ``types`` are the signature's, by name. ``named`` models get a data frame, others a matrix.
    """

    names: tuple[str, ...]
    pre: Any
    estimator: Estimator
    named: bool = True
    types: Mapping[str, str] = field(default_factory=dict)
    seen: list[Any] = field(default_factory=list)
    """The last frame and what the preprocessing made of it: one question asks several things of the same rows."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """What can be explained."""
        return self.estimator.outputs

    def frame(self, rows: pa.Table) -> pd.DataFrame:
        """Return the rows as the model takes them, in its order and types.

        Raises ``ValueError`` naming every column that is not there.
        """
        there = set(rows.column_names)  # asking the table for each name takes minutes with 5,000 columns
        absent = [name for name in self.names if name not in there]
        if absent:
            raise ValueError(f"the rows have no columns {absent[:20]}; the model needs {len(self.names)}")
        frame = rows.select(list(self.names)).to_pandas()
        kinds = [self.types.get(name, "") for name in self.names]
        if all(not kind or _NUMBERS.get(kind) == dtype for kind, dtype in zip(kinds, frame.dtypes, strict=True)):
            return frame
        # Made anew in one go: each column set on its own costs as much as there are columns.
        return pd.DataFrame({name: _typed(frame[name], kind) for name, kind in zip(self.names, kinds, strict=True)})

    def inputs(self, frame: pd.DataFrame) -> Any:
        """Return what the estimator gets: the frame after the preprocessing."""
        x = frame if self.named else frame.to_numpy()
        if self.pre is None:
            return x
        if not self.seen or self.seen[0] is not frame:
            self.seen[:] = [frame, self.pre.transform(x)]
        return self.seen[1]

    def raw(self, frame: pd.DataFrame) -> Floats:
        """Return the model's own answers, shape (n, outputs), in the space of its contributions."""
        parts = [self.estimator.raw(self.inputs(part)) for part in _parts(frame)]
        return np.concatenate(parts) if parts else np.zeros((0, len(self.outputs)))

    def answers(self, frame: pd.DataFrame) -> Floats:
        """Return what the model's user sees, shape (n, outputs)."""
        parts = [self.estimator.answers(self.inputs(part)) for part in _parts(frame)]
        return np.concatenate(parts) if parts else np.zeros((0, len(self.outputs)))

    def encoded(self, frame: pd.DataFrame) -> Floats:
        """Return the columns as trees or lines see them, shape (n, f)."""
        return self.estimator.matrix(self.inputs(frame))

    def ensemble(self, output: int) -> Ensemble:
        """Return the trees of one output; raises ``Unsupported``."""
        return self.estimator.ensemble(output)

    def line(self, output: int) -> Line:
        """Return the line of one output; raises ``Unsupported``."""
        return self.estimator.line(output)

    def native(self, frame: pd.DataFrame, output: int) -> Floats:
        """Return the library's own contributions by input column, and the base value, shape (n, columns + 1)."""
        if self.pre is not None:
            raise Unsupported("the library's contributions are in encoded columns")
        return self.estimator.native(self.inputs(frame), output)

    def groups(self, frame: pd.DataFrame) -> list[int]:
        """Return the input column of each encoded column, checked by perturbing rows; raises ``Unsupported``."""
        found = origins(self.pre, len(self.names))
        order = self.estimator.order()
        found = found if order is None else [found[i] for i in order]
        players = groups(found, self.names)
        self._verify(frame.head(_VERIFIED_ROWS), np.asarray(players))
        return players

    def _verify(self, frame: pd.DataFrame, players: NDArray[np.int64]) -> None:
        before = self.encoded(frame)
        if before.shape[1] != len(players):
            raise Unsupported(f"the preprocessing makes {before.shape[1]} columns, {len(players)} were expected")
        if self.pre is None:
            return
        rolled = frame.take(np.roll(np.arange(len(frame)), 1)).set_index(frame.index)

        def strayed(moved: NDArray[np.bool_]) -> NDArray[np.int64]:
            """Encoded columns that change with other input columns than their own."""
            both = pd.concat([rolled.loc[:, moved], frame.loc[:, ~moved]], axis=1)
            after = self.encoded(both[list(self.names)])
            changed = ~((before == after) | (np.isnan(before) & np.isnan(after))).all(axis=0)
            return np.flatnonzero(changed & ~moved[players])

        for moved in separating(len(self.names)):
            if len(bad := strayed(moved)):
                alone = _one(moved, lambda some: bool(len(strayed(some))))
                name, its = self.names[int(alone.argmax())], strayed(alone)
                where = (its if len(its) else bad)[0]
                raise Unsupported(f"column {name!r} also changes encoded column {where}, which is not its own")

    def worths(
        self, rows: pd.DataFrame, background: pd.DataFrame, coalitions: NDArray[np.bool_], output: int
    ) -> Floats:
        """Return the mean output over the background with each coalition's columns from each row, shape (n, m)."""
        b = len(background)
        step = max(1, min(MAX_ROWS, MAX_CELLS // max(1, len(self.names))) // max(1, b))
        found = np.empty((len(rows), len(coalitions)))
        for i in range(len(rows)):
            for at in range(0, len(coalitions), step):
                part = coalitions[at : at + step]
                mixed = _mixed(rows.iloc[[i]], background, part)
                found[i, at : at + step] = self.raw(mixed)[:, output].reshape(len(part), b).mean(axis=1)
        self.seen.clear()  # large, and never asked for again
        return found


def subject_of(loaded: Loaded, signature: Sequence[Mapping[str, Any]] | None, columns: Sequence[str]) -> Subject:
    """Return the model with its input columns: by signature, else as it names them, else as the rows have them."""
    types = {str(c["name"]): str(c["type"]) for c in signature or () if "name" in c and "type" in c}
    names = tuple(types) or loaded.names or tuple(columns)
    named = loaded.framed or loaded.names is not None or bool(types)
    return Subject(names, loaded.pre, loaded.estimator, named, types)


def separating(n: int) -> Iterator[NDArray[np.bool_]]:
    """Yield subsets of n things, shape (n,) each: for any two, one holds the first without the second.

    By the bits of their numbers: 2 ceil(log2 n) subsets. Moving the columns of each at once finds every column that
    changes what is another's, unless two changes undo each other exactly in every row.
    """
    numbers = np.arange(n)
    for bit in range(max(1, (n - 1).bit_length())):
        held = (numbers >> bit) & 1 == 1
        yield held
        yield ~held


def _one(moved: NDArray[np.bool_], strays: Callable[[NDArray[np.bool_]], bool]) -> NDArray[np.bool_]:
    """Return a part of one member of a subset that strays, found by halving."""
    members = np.flatnonzero(moved)
    while True:
        half = members[: max(1, len(members) // 2)]
        some = np.zeros_like(moved)
        some[half] = True
        if len(members) == 1:
            return some
        members = half if strays(some) else members[len(half) :]


def _typed(column: pd.Series, kind: str) -> pd.Series:
    """A column in the signature's type, where its values allow it; missing values keep a float column."""
    if kind in ("double", "float"):
        return pd.to_numeric(column).astype(_NUMBERS[kind])
    if kind in ("long", "integer"):
        numbers = pd.to_numeric(column)
        return numbers if numbers.isna().any() else numbers.astype(_NUMBERS[kind])
    if kind == "boolean" and not column.isna().any():
        return column.astype(bool)
    if kind == "string" and column.dtype.kind in "iufb":
        return column.astype(str).where(column.notna(), None)
    return column


def _mixed(row: pd.DataFrame, background: pd.DataFrame, coalitions: NDArray[np.bool_]) -> pd.DataFrame:
    """Every coalition's rows: its columns from ``row``, the others from the background."""
    m, b = coalitions.shape[0], len(background)
    made = {}
    for j, name in enumerate(background.columns):
        both = pd.concat([background[name], row[name]], ignore_index=True)
        place = np.where(coalitions[:, j, None], b, np.arange(b)).reshape(-1)
        made[name] = both.take(place).reset_index(drop=True)
    return pd.DataFrame(made, index=pd.RangeIndex(m * b))


def _parts(frame: pd.DataFrame) -> list[pd.DataFrame]:
    if 0 < len(frame) <= MAX_ROWS:
        return [frame]
    return [frame.iloc[i : i + MAX_ROWS] for i in range(0, len(frame), MAX_ROWS)]
