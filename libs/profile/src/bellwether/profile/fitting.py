"""How profiles are made from Arrow tables: one pass per column, chunk by chunk."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa

from bellwether.contracts import Column, Role
from bellwether.profile.categories import CategoricalReference, count_categories, fit_categories
from bellwether.profile.columns import codes, numbers
from bellwether.profile.derived import DerivedReference
from bellwether.profile.kernels import Kernel, KernelName, load
from bellwether.profile.numeric import NumericReference, fit_numeric
from bellwether.profile.parts import ReferencePart, Unusable, WindowPart
from bellwether.profile.passes import count_numbers
from bellwether.profile.profiles import ReferenceProfile, WindowProfile
from bellwether.profile.texts import count_text, fit_text, is_text
from bellwether.profile.times import count_time, fit_time, is_time

PROFILED: frozenset[Role] = frozenset({"feature", "prediction", "score", "label", "segment"})
"""Roles worth a profile; ids and times of rows are not."""


def fit(table: pa.Table, columns: Sequence[Column], *, kernel: KernelName = "auto") -> ReferenceProfile:
    """Return the reference profile of a table; ``columns`` says what each column is, the data never does.

    A column that is missing, or not readable as its kind, is kept as ``Unusable``; nothing is raised.
    """
    loops = load(kernel)
    places = _places(table)
    clock = _clock(table, places, columns)
    parts = {c.name: _fit(table, places, c, loops, clock) for c in columns if c.role in PROFILED}
    return ReferenceProfile(tuple(columns), table.num_rows, parts)


def window(
    table: pa.Table, reference: ReferenceProfile, threads: int = 1, *, kernel: KernelName = "auto"
) -> WindowProfile:
    """Return the profile of a window's rows on the reference's bins, one column a task on this many threads.

    Nothing is raised for a column that is missing or changed its type: its part says so.
    """
    loops = load(kernel)  # before any thread: the first call compiles
    places = _places(table)
    clock = _clock(table, places, reference.columns)

    def part(name: str) -> WindowPart:
        if name not in places:
            return Unusable("column_missing", f"the batch has no column {name}")
        return _window(table.column(places[name]), reference.parts[name], loops, clock)

    names = list(reference.parts)
    if threads > 1 and len(names) > 1:
        with ThreadPoolExecutor(threads, thread_name_prefix="profile") as pool:
            parts = dict(zip(names, pool.map(part, names), strict=True))
    else:
        parts = {name: part(name) for name in names}
    known = {column.name for column in reference.columns}
    new = tuple(name for name in places if name not in known)
    return WindowProfile(reference.digest, table.num_rows, parts, new)


def _places(table: pa.Table) -> dict[str, int]:
    """Position of each column by name; of a name given twice, the first."""
    return {name: place for place, name in reversed(list(enumerate(table.column_names)))}


def _clock(table: pa.Table, places: Mapping[str, int], columns: Sequence[Column]) -> pa.ChunkedArray | None:
    """The column that says when each row happened."""
    name = next((column.name for column in columns if column.role == "time"), None)
    return None if name is None or name not in places else table.column(places[name])


def _fit(
    table: pa.Table, places: Mapping[str, int], column: Column, kernel: Kernel, clock: pa.ChunkedArray | None
) -> ReferencePart:
    if column.name not in places:
        return Unusable("column_missing", f"the reference has no column {column.name}")
    values = table.column(places[column.name])
    match column.kind:
        case "numeric":
            found = numbers(values)
            if found is None:
                return Unusable("type_changed", f"{values.type} where numbers are declared")
            return fit_numeric(found.blocks(), found.origin, found.integral)
        case "categorical" | "boolean":
            chunks = codes(values)
            if chunks is None:
                return Unusable("type_changed", f"{values.type} where categories are declared")
            return fit_categories(chunks, kernel)
        case "text":
            if not is_text(values.type):
                return Unusable("type_changed", f"{values.type} where text is declared")
            return fit_text(values)
        case "datetime":
            if not is_time(values.type):
                return Unusable("type_changed", f"{values.type} where times are declared")
            return fit_time(values, clock)


def _window(values: pa.ChunkedArray, part: ReferencePart, kernel: Kernel, clock: pa.ChunkedArray | None) -> WindowPart:
    match part:
        case NumericReference():
            found = numbers(values, part.origin)
            if found is None:
                return Unusable("type_changed", f"{values.type} where the reference has numbers")
            return count_numbers(found, part, kernel)
        case CategoricalReference():
            chunks = codes(values)
            if chunks is None:
                return Unusable("type_changed", f"{values.type} where the reference has categories")
            return count_categories(chunks, part, kernel)
        case DerivedReference():
            if part.of_text and is_text(values.type):
                return count_text(values, part, kernel)
            if not part.of_text and is_time(values.type):
                return count_time(values, clock, part, kernel)
            return Unusable(
                "type_changed", f"{values.type} where the reference has {'text' if part.of_text else 'times'}"
            )
        case Unusable():
            return part
