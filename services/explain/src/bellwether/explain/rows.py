"""From a row as JSON to a table of one row, with everything that is wrong with it at once. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches

import pyarrow as pa
import pyarrow.compute as pc

from bellwether.contracts import Cell, Reason


class BadRow(ValueError):
    """The row cannot be used; ``reasons`` point at its values."""

    def __init__(self, reasons: Sequence[Reason]) -> None:
        super().__init__("; ".join(f"{one.pointer}: {one.value}, {one.limit}" for one in reasons[:5]))
        self.reasons = tuple(reasons)


def table_of(row: Mapping[str, Cell], schema: pa.Schema, required: Sequence[str], under: str = "/row") -> pa.Table:
    """Return a row in the types of the reference, in its order; columns that are not required may be absent.

    Raises
    ------
    BadRow
        Columns are absent or unknown, or values are of another kind. Names are never guessed.
    """
    known = set(schema.names)
    reasons = [_absent(name, row, under) for name in required if name not in row]
    made = {}
    for name in schema.names:
        try:
            made[name] = _value(row.get(name), schema.field(name).type)
        except ValueError as error:
            reasons.append(_reason(f"{under}/{name}", repr(row[name]), str(error), "correct the value"))
    for name in row:
        if name not in known:
            near = get_close_matches(name, schema.names, 1)
            fix = f"it may be {near[0]!r}; correct its name" if near else "leave it out"
            reasons.append(_reason(f"{under}/{name}", "an unknown column", "columns of the reference", fix))
    if reasons:
        raise BadRow(reasons)
    columns = [_column(made[name], schema.field(name).type) for name in schema.names]
    return pa.table(dict(zip(schema.names, columns, strict=True)))


def changed(row: pa.Table, changes: Mapping[str, Cell]) -> pa.Table:
    """Return the row with some values changed; raises ``BadRow``."""
    other = table_of(changes, row.schema, (), "/changes")
    for name in changes:
        row = row.set_column(row.column_names.index(name), name, other.column(name))
    return row


def unseen(row: pa.Table, background: pa.Table) -> list[str]:
    """Return a warning for each category that the background does not know."""
    found = []
    for name in row.column_names:
        value = row.column(name)[0]
        if not value.is_valid or not pa.types.is_string(value.type) or name not in background.column_names:
            continue
        if pc.index(background.column(name), value).as_py() < 0:
            found.append(f"{name} {value.as_py()[:60]!r} is not among the {background.num_rows} background rows")
    return found


def cell(value: object) -> Cell:
    """Return a value of a table as JSON has it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    return str(value)


def _value(value: Cell, kind: pa.DataType) -> object:
    if value is None:
        return None
    if pa.types.is_boolean(kind):
        if isinstance(value, bool) or value in (0, 1):
            return bool(value)
        raise ValueError("true or false is wanted")
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        if isinstance(value, (bool, str)):
            raise ValueError("a number is wanted")
        return float(value)
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return _time(value)
    if isinstance(value, str):
        return value
    raise ValueError("text is wanted, in quotes")


def _time(value: Cell) -> datetime:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise ValueError("a time with its zone is wanted, such as 2026-01-31T23:00:00Z")
    return found


def _column(value: object, kind: pa.DataType) -> pa.Array:
    if isinstance(value, float) and pa.types.is_integer(kind):
        kind = kind if value.is_integer() and abs(value) < 2**53 else pa.float64()
        value = int(value) if pa.types.is_integer(kind) else value
    if isinstance(value, datetime) and pa.types.is_date(kind):
        value = value.date()
    return pa.array([value], kind)


def _absent(name: str, row: Mapping[str, Cell], under: str) -> Reason:
    near = get_close_matches(name, list(row), 1)
    fix = f"is {near[0]!r} meant to be it?" if near else "give it, null where it is missing"
    return _reason(f"{under}/{name}", "absent", "a value or null: the model needs it", fix)


def _reason(pointer: str, value: str, limit: str, fix: str) -> Reason:
    return Reason(pointer=pointer[:300], value=value[:100], limit=limit, fix=fix)
