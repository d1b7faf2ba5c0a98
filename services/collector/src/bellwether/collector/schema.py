"""What the columns of a reference mean: roles from the model, kinds from the model or from the rows; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

import pyarrow as pa
import pyarrow.compute as pc

from bellwether.collector.decode.job import at, shown
from bellwether.collector.decode.table import Decoded
from bellwether.collector.values import Misfit, Source, parse_booleans, parse_numbers, parse_times
from bellwether.contracts import Column, Kind, Role, Roles, Task
from bellwether.errors import Fault, InvalidInput

ID_SHARE = 0.9
ID_ROWS = 50
FEW_VALUES = 5
MOST_CLASSES = 100
WORDS_OF_TEXT = 4.0
"""Words a cell holds on average in a column of text; categories are shorter."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Another kind a column might have, and why; a person decides."""

    column: str
    kind: Kind
    why: str


@dataclass(frozen=True, slots=True)
class Schema:
    """Columns in the order they were pushed, what was left out with the reason, and what might be otherwise."""

    columns: tuple[Column, ...]
    left_out: tuple[Fault, ...] = ()
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class _Guess:
    kind: Kind | None
    dtype: str
    left_out: Fault | None = None
    offer: Offer | None = None


def guess(pushed: Decoded, roles: Roles, task: Task, kinds: Mapping[str, Kind]) -> Schema:
    """Give every column a role and a kind.

    Without ``roles.features`` every column with no other role is a feature, except ids (text that is different in more
    than 0.9 of at least 50 rows), columns without any value and types no model takes: they are left out.

    Raises
    ------
    InvalidInput
        Columns the roles name are missing, or of a type no model takes; ``faults`` list all.
    """
    schema, faults = looked_at(pushed, roles, task, kinds)
    if faults:
        raise InvalidInput("the rows do not fit the model's roles", faults)
    return schema


def looked_at(pushed: Decoded, roles: Roles, task: Task, kinds: Mapping[str, Kind]) -> tuple[Schema, tuple[Fault, ...]]:
    """Return the columns as ``guess`` does, and what is wrong, so that a person can mend the roles."""
    named = given(roles)
    found, there = {column.name for column in pushed.columns}, frozenset(pushed.table.column_names)
    optional = {roles.label, roles.id, roles.time}
    faults = [absent(name, role, found) for name, role in named.items() if name not in found and name not in optional]
    columns, left_out, offers = [], [], []
    for seen in pushed.columns:
        role = named.get(seen.name, "feature" if roles.features is None else None)
        if role is None:
            left_out.append(_left(seen.name, "not named in the roles", "name it as a feature to watch it"))
            continue
        if seen.name not in there:
            fault = _left(seen.name, f"type {seen.type}", "send numbers, text, booleans or times")
            (faults if seen.name in named else left_out).append(fault)
            continue
        source = Source(pushed.table[seen.name], pushed.untyped, examples=seen.examples)
        made = _guess(seen.name, source, role, task, kinds.get(seen.name))
        if made.left_out is not None and seen.name not in named:
            left_out.append(made.left_out)
            continue
        columns.append(Column(name=seen.name, role=role, kind=made.kind or "categorical", dtype=made.dtype))
        offers += [made.offer] if made.offer else []
    if not faults and not any(column.role == "feature" for column in columns):
        faults.append(Fault("/columns", "no feature", "at least one feature", "push the model's inputs too"))
    return Schema(tuple(columns), tuple(left_out), tuple(offers)), tuple(faults)


def given(roles: Roles) -> dict[str, Role]:
    """Return the columns that are named, with their roles; a special role goes before that of a feature."""
    named: dict[str, Role] = dict.fromkeys(roles.segments, "segment")
    named |= dict.fromkeys(roles.features or (), "feature")
    single: tuple[tuple[str | None, Role], ...] = (
        (roles.prediction, "prediction"),
        (roles.score, "score"),
        (roles.label, "label"),
        (roles.id, "id"),
        (roles.time, "time"),
    )
    return named | {name: role for name, role in single if name is not None}


def absent(name: str, role: str, found: set[str], whose: str = "the model's roles") -> Fault:
    """Return what is said of a column that is not there, with the name that comes nearest."""
    near = get_close_matches(name, found, n=1, cutoff=0.75)
    value = f"absent; {shown(near[0])!r} is there" if near else "absent"
    return Fault(at("columns", name), value, f"the {role} {shown(name)!r} of {whose}", "add the column, or rename it")


def _left(name: str, value: str, fix: str) -> Fault:
    return Fault(at("columns", name), value, "left out", fix)


def _guess(name: str, source: Source, role: Role, task: Task, kind: Kind | None) -> _Guess:
    match role:
        case "id":
            return _Guess(kind or "categorical", "string")
        case "time":
            return _Guess("datetime", "timestamp[us, tz=UTC]")
        case "segment":
            return _Guess("categorical", _dtype(source))
        case "score":
            return _Guess(kind or "numeric", _dtype(source))
        case "prediction" | "label":
            return _Guess(kind or _outcome(source, task), _dtype(source))
        case _:
            return _Guess(kind, _dtype(source)) if kind else _feature(name, source)


def _feature(name: str, source: Source) -> _Guess:
    numbers, dtype = as_numbers(source), _dtype(source)
    if source.is_empty:
        return _Guess(None, dtype, _left(name, "no value in any row", "name it as a feature to keep it"))
    if numbers is not None:
        return _Guess("numeric", dtype, offer=_few(name, numbers))
    if not source.is_text:
        return _Guess("boolean" if pa.types.is_boolean(source.type) else "datetime", dtype)
    cells = source.text()
    if source.untyped and not isinstance(parse_booleans(cells), Misfit):
        return _Guess("boolean", "bool")
    if _are_times(cells):
        return _Guess("datetime", dtype)
    if _words_a_cell(cells) >= WORDS_OF_TEXT:
        return _Guess("text", dtype)
    rows, distinct = len(cells), pc.count_distinct(cells).as_py()
    if rows >= ID_ROWS and distinct > ID_SHARE * rows:
        value = f"{distinct:,} different texts in {rows:,} rows, as an id has"
        return _Guess(None, dtype, _left(name, value, "name it as a feature to watch it all the same"))
    return _Guess("categorical", dtype)


def as_numbers(source: Source) -> pa.ChunkedArray | None:
    """Return the column as numbers where it is one; text with leading zeros is a code, not a number."""
    if source.is_number:
        return source.column
    if not (source.is_text and source.untyped) or source.is_empty:
        return None
    cells = source.text()
    parsed = parse_numbers(cells)
    if isinstance(parsed, Misfit) or parsed.null_count == len(parsed):
        return None
    return None if pc.any(pc.match_substring_regex(cells, r"^\s*0\d")).as_py() else parsed


def _dtype(source: Source) -> str:
    """Return the type batches are held against: int64, double, bool, string, or Arrow's name of it."""
    numbers = as_numbers(source)
    if numbers is not None:
        return "int64" if pa.types.is_integer(numbers.type) else "double"
    if source.is_text:
        return "string"
    return str(source.type)


def _outcome(source: Source, task: Task) -> Kind:
    """Return the kind of a prediction or label: a number for regression, a class where it looks like one."""
    numbers = as_numbers(source)
    if numbers is None:
        return "boolean" if pa.types.is_boolean(source.type) else "numeric" if task == "regression" else "categorical"
    if task == "regression":
        return "numeric"
    values = pc.unique(pc.cast(numbers, pa.float64(), safe=False)).drop_null()
    values = values.filter(pc.is_finite(values))
    if task == "binary" and pc.all(pc.is_in(values, value_set=pa.array([0.0, 1.0]))).as_py() is not False:
        return "boolean"
    whole = pc.all(pc.equal(pc.floor(values), values)).as_py() is not False
    return "categorical" if whole and len(values) <= MOST_CLASSES else "numeric"


def _few(name: str, numbers: pa.ChunkedArray) -> Offer | None:
    if not pa.types.is_integer(numbers.type):
        return None
    distinct = pc.count_distinct(numbers).as_py()
    if distinct > FEW_VALUES:
        return None
    return Offer(name, "categorical", f"whole numbers with {distinct} different values")


def _are_times(cells: pa.ChunkedArray) -> bool:
    parsed = parse_times(cells)
    if not isinstance(parsed, Misfit):
        return bool(parsed.null_count < len(parsed))
    return bool(parsed.found.endswith("without zone"))


def _words_a_cell(cells: pa.ChunkedArray) -> float:
    spaces = pc.mean(pc.count_substring(pc.utf8_trim_whitespace(cells), " ")).as_py()
    return 0.0 if spaces is None else float(spaces) + 1
