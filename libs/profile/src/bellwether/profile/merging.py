"""Adding many stored windows: their arrays lie end to end in each file, so a window is added in a few steps; pure.

Equal to decoding every window and adding one after the other, at a fraction of the cost: a year of days is a query.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bellwether.errors import Conflict
from bellwether.profile.categories import name_unseen
from bellwether.profile.codec import decode_window, read_window, window_of_table
from bellwether.profile.profiles import WindowProfile

_ADDED = ("scalars", "counts", "tied", "sums")
_ARRAYS = (*_ADDED, "moments")
_ALIKE = ("name", "part", "child")
_SMALLEST = {"numeric": 2, "derived": 0}
_LARGEST = {"numeric": 3, "derived": 1}
"""Where among the moments of a part its ends are, which do not add up."""
_UNNAMED, _UNSEEN_LEVELS = 1, 2
"""Where among the scalars of a category they are."""

Array = NDArray[Any]


def merge_windows(profiles: Iterable[bytes], reference: str | None = None) -> WindowProfile | None:
    """Return the profile of stored windows together; None of none.

    Windows of other references than ``reference``, a digest, are left out. Raises ``Conflict`` when none is named and
    they differ, ``Unreadable`` when one is no window.
    """
    total: _Total | None = None
    others: WindowProfile | None = None
    for data in profiles:
        table = read_window(data)
        if reference is not None and table.schema.metadata[b"reference"] != reference.encode():
            continue
        if total is None:
            total = _Total(table)
        elif not total.add(table):  # a column changed its type, or is not there
            one = WindowProfile(*decode_window(data))
            others = one if others is None else others + one
    if total is None:
        return None
    found = WindowProfile(*window_of_table(total.table()))
    return found if others is None else found + others


class _Total:
    """The sum of windows whose columns are alike; for each field one array over all columns."""

    def __init__(self, table: pa.Table) -> None:
        self._first = table
        self._windows = 0
        self._rows = 0
        self._offsets = {name: _list(table, name).offsets for name in _ARRAYS}
        self._sums: dict[str, Array] = {
            name: np.zeros(len(_flat(table, name)), _wide(_flat(table, name))) for name in _ARRAYS
        }
        parts = table.column("part").to_pylist()
        starts = self._offsets["moments"].to_numpy()
        self._smallest, self._largest = (_places(parts, starts, where) for where in (_SMALLEST, _LARGEST))
        self._sums["moments"][self._smallest] = np.inf
        self._sums["moments"][self._largest] = -np.inf
        self._categories = [place for place, part in enumerate(parts) if part == "categorical"]
        self._names: dict[int, Counter[str]] = {place: Counter() for place in self._categories}
        self._hidden = dict.fromkeys(self._categories, 0)
        self._notes: dict[int, dict[str, None]] = {}
        self._new: dict[str, None] = {}
        self.add(table)

    def add(self, table: pa.Table) -> bool:
        """Add a window; False, and nothing is added, when its columns are not those of the first."""
        references = [one.schema.metadata[b"reference"].decode()[:12] for one in (self._first, table)]
        if references[0] != references[1]:
            raise Conflict(f"profiles of references {references[0]} and {references[1]} cannot be added")
        if not self._alike(table):
            return False
        moments, mine = _flat(table, "moments"), self._sums["moments"]
        low = np.minimum(mine[self._smallest], moments[self._smallest])
        high = np.maximum(mine[self._largest], moments[self._largest])
        for name in _ARRAYS:
            np.add(self._sums[name], _flat(table, name), out=self._sums[name])
        mine[self._smallest], mine[self._largest] = low, high
        self._windows += 1
        self._rows += int(table.schema.metadata[b"rows"])
        self._add_names(table)
        return True

    def table(self) -> pa.Table:
        """Return the sum as it would be stored."""
        if self._windows == 1:
            return self._first  # it knows exact distances, which sums do not
        names = {place: name_unseen(found) for place, found in self._names.items()}
        scalars, starts = self._sums["scalars"], self._offsets["scalars"].to_numpy()
        for place, (_, unnamed) in names.items():
            scalars[starts[place] + _UNNAMED] += unnamed
            scalars[starts[place] + _UNSEEN_LEVELS] = len(self._names[place]) + self._hidden[place]
        last = self._first.num_rows - 1
        levels: Mapping[int, Sequence[str]] = {place: list(named) for place, (named, _) in names.items()}
        rows = {place: list(named.values()) for place, (named, _) in names.items()}
        replaced = {name: pa.ListArray.from_arrays(self._offsets[name], pa.array(self._sums[name])) for name in _ARRAYS}
        replaced["exact"] = pa.nulls(last + 1, pa.list_(pa.float64()))
        replaced["levels"] = _lists(last + 1, {**levels, last: list(self._new)}, pa.string())
        replaced["level_rows"] = _lists(last + 1, rows, pa.int64())
        replaced["notes"] = _lists(last + 1, {place: list(said) for place, said in self._notes.items()}, pa.string())
        columns = {name: replaced.get(name, self._first.column(name)) for name in self._first.column_names}
        about = {**self._first.schema.metadata, b"rows": str(self._rows).encode()}
        return pa.table(columns).replace_schema_metadata(about)

    def _alike(self, table: pa.Table) -> bool:
        if table.num_rows != self._first.num_rows:
            return False
        return all(table.column(name) == self._first.column(name) for name in _ALIKE) and all(
            _list(table, name).offsets.equals(mine) for name, mine in self._offsets.items()
        )

    def _add_names(self, table: pa.Table) -> None:
        """Take in what is no number: new levels with their rows, notes, new columns."""
        levels, rows, notes = (_list(table, name) for name in ("levels", "level_rows", "notes"))
        ends, starts = levels.offsets.to_numpy(), rows.offsets.to_numpy()
        scalars, first = _flat(table, "scalars"), self._offsets["scalars"].to_numpy()
        for place in self._categories:
            known = int(ends[place + 1] - ends[place])
            hidden = int(scalars[first[place] + _UNSEEN_LEVELS]) - known
            self._hidden[place] = max(self._hidden[place], hidden)
            if known:
                named = levels.values.slice(int(ends[place]), known).to_pylist()
                counts = rows.values.slice(int(starts[place]), known).to_pylist()
                self._names[place].update(dict(zip(named, counts, strict=True)))
        self._new.update(dict.fromkeys(levels[table.num_rows - 1].as_py() or ()))
        if len(notes.values):
            for place, said in enumerate(notes.to_pylist()):
                self._notes.setdefault(place, {}).update(dict.fromkeys(said or ()))


def _list(table: pa.Table, name: str) -> pa.ListArray:
    return table.column(name).chunk(0)


def _flat(table: pa.Table, name: str) -> Array:
    """The lists of a field end to end."""
    found: Array = _list(table, name).values.to_numpy()
    return found


def _wide(values: Array) -> type:
    return np.float64 if values.dtype.kind == "f" else np.int64


def _places(parts: Sequence[str], starts: Array, where: Mapping[str, int]) -> Array:
    """Where among the moments of all columns those lie that ``where`` names by part."""
    return np.array([starts[i] + where[part] for i, part in enumerate(parts) if part in where], dtype=np.int64)


def _lists(rows: int, filled: Mapping[int, Sequence[Any]], kind: pa.DataType) -> pa.Array:
    return pa.array([filled.get(place, ()) for place in range(rows)], pa.list_(kind))
