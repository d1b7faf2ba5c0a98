"""A pushed table to the table that is kept, or everything that is wrong with it at once; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from bellwether.collector import values
from bellwether.collector.decode.job import Found, at, bounded
from bellwether.collector.decode.table import Decoded
from bellwether.collector.schema import absent
from bellwether.collector.values import Misfit, Source
from bellwether.contracts import Column, Roles, Task
from bellwether.errors import Fault, InvalidInput

EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Times outside are a wrong unit, not a time."""


@dataclass(frozen=True, slots=True)
class Window:
    """What a batch says it covers; None where it does not say."""

    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Normalised:
    """Rows as they are kept, columns in the order of the reference; ``start`` and ``end`` from the rows' times."""

    table: pa.Table
    columns: tuple[Column, ...]
    extra: tuple[str, ...] = ()
    duplicate_ids: int = 0
    start: datetime | None = None
    end: datetime | None = None


@dataclass(slots=True)
class _Findings:
    faults: list[Fault] = field(default_factory=list)

    def misfit(self, column: Column, found: Misfit) -> None:
        pointer = at("columns", column.name) if found.row is None else at("rows", found.row, column.name)
        limit = f"{found.wanted}, for the {column.role} {column.name!r}"
        self.faults.append(Fault(pointer, found.value, limit, found.fix))


def expected(columns: Sequence[Column], roles: Roles, task: Task) -> tuple[Column, ...]:
    """Return the reference's columns and those of roles it lacks: ids, times, labels may come with batches only."""
    have = {column.name for column in columns}
    later = (
        (roles.id, Column(name=roles.id or "id", role="id", kind="categorical", dtype="string")),
        (roles.time, Column(name=roles.time or "time", role="time", kind="datetime", dtype=str(values.TIME))),
        (roles.label, label_column(roles.label or "label", columns, task)),
    )
    return (*columns, *(column for name, column in later if name is not None and name not in have))


def label_column(name: str, columns: Sequence[Column], task: Task) -> Column:
    """Return what a label is: as the reference has it, else of the kind of the prediction it is held against."""
    like = next((column for role in ("label", "prediction") for column in columns if column.role == role), None)
    if task == "regression":
        return Column(name=name, role="label", kind="numeric", dtype="")
    if like is None or (like.role == "prediction" and like.kind not in ("boolean", "categorical")):
        return Column(name=name, role="label", kind="categorical", dtype="")
    return Column(name=name, role="label", kind=like.kind, dtype=like.dtype)


def normalise(
    pushed: Decoded,
    columns: Sequence[Column],
    window: Window = Window(),
    optional: Iterable[str] = (),
) -> Normalised:
    """Return the rows with exactly these columns, each as its kind.

    Parameters
    ----------
    columns
        What the rows are held against. Labels may be missing, as may what ``optional`` names; any other column is
        required, and any column that is not listed is extra: reported, dropped, no fault.
    window
        What the batch claims to cover; at least one row has to lie in it.

    Raises
    ------
    InvalidInput
        Something is wrong; ``faults`` list all of it.
    """
    if not pushed.rows:
        fault = Fault("/rows", "0 rows", "at least 1 row", "push the rows, or nothing")
        raise InvalidInput("there are no rows", [fault])
    findings = _Findings()
    found = {column.name: column for column in pushed.columns}
    free = {column.name for column in columns if column.role == "label"} | set(optional)
    there = frozenset(pushed.table.column_names)
    kept, arrays = [], []
    for column in columns:
        if column.name not in found:
            if column.name not in free:
                findings.faults.append(absent(column.name, column.role, set(found), "the reference"))
            continue
        array = _converted(column, pushed, found[column.name], there)
        if isinstance(array, Misfit):
            findings.misfit(column, array)
            continue
        dtype = "string" if array.type == values.CATEGORY else str(array.type)
        kept.append(column.model_copy(update={"dtype": dtype}))
        arrays.append(array)
    table = pa.table(arrays, schema=pa.schema([(c.name, a.type) for c, a in zip(kept, arrays, strict=True)]))
    start, end = _times(table, kept, window, findings)
    if findings.faults:
        raise InvalidInput("the rows do not fit the reference", bounded(findings.faults))
    known = {column.name for column in columns}
    return Normalised(
        table,
        tuple(kept),
        tuple(sorted(name for name in found if name not in known)),
        _duplicates(table, kept),
        start,
        end,
    )


def _converted(column: Column, pushed: Decoded, seen: Found, there: frozenset[str]) -> pa.ChunkedArray | Misfit:
    if column.name not in there:
        return Misfit(f"type {seen.type}", f"{column.kind} values", "send plain values, one a cell")
    source = Source(pushed.table[column.name], pushed.untyped, column.dtype or None, seen.examples)
    if column.role == "id":
        return values.identifier(source)
    if column.role == "time":
        return values.instant(source)
    return values.CONVERT[column.kind](source)


def _times(
    table: pa.Table, columns: Sequence[Column], window: Window, findings: _Findings
) -> tuple[datetime | None, datetime | None]:
    """Return the first and the last time, noting times that cannot be meant."""
    if window.start and window.end and window.end <= window.start:
        value = f"{window.start.isoformat()} to {window.end.isoformat()}"
        findings.faults.append(Fault("/end", value, "an end after the start", "mend start or end"))
    column = next((column for column in columns if column.role == "time"), None)
    if column is None:
        return None, None
    ends = pc.min_max(table[column.name].cast(pa.int64())).as_py()
    if ends["min"] is None:
        return None, None
    bounds = [round(limit.timestamp() * 1e6) for limit in (EARLIEST, LATEST)]
    if ends["min"] < bounds[0] or ends["max"] >= bounds[1]:
        value = f"times from {_said(ends['min'])} to {_said(ends['max'])}"
        limit = f"times from {EARLIEST.year} to {LATEST.year}"
        findings.faults.append(Fault(at("columns", column.name), value, limit, "check the unit and the zone"))
        return None, None
    start, end = (datetime.fromtimestamp(ends[which] / 1e6, UTC) for which in ("min", "max"))
    if (window.start and end < window.start) or (window.end and start > window.end):
        said = f"{window.start.isoformat() if window.start else ''} to {window.end.isoformat() if window.end else ''}"
        value = f"times from {start.isoformat()} to {end.isoformat()}, none within"
        findings.faults.append(Fault(at("columns", column.name), value, said.strip(), "check the zone, start and end"))
    return start, end


def _said(microseconds: int) -> str:
    try:
        return (EARLIEST + timedelta(microseconds=microseconds)).isoformat()
    except OverflowError:
        return f"{microseconds:,} microseconds since 1970"


def _duplicates(table: pa.Table, columns: Sequence[Column]) -> int:
    """Count rows whose id another row before them has."""
    column = next((column for column in columns if column.role == "id"), None)
    if column is None:
        return 0
    ids = table[column.name]
    return int(len(ids) - ids.null_count - pc.count_distinct(ids, mode="only_valid").as_py())
