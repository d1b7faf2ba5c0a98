"""Pushed labels to rows of id, label and time; pure."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from bellwether.collector import values
from bellwether.collector.decode.job import at
from bellwether.collector.decode.table import Decoded
from bellwether.collector.normalise import label_column, normalise
from bellwether.collector.values import Misfit, Source
from bellwether.contracts import Column, Roles, Task
from bellwether.errors import Fault, InvalidInput


def candidates(roles: Roles) -> tuple[str, ...]:
    """Return the names columns of labels may have: those of the roles, or plainly ``id``, ``label``, ``time``."""
    names = (roles.id, "id", roles.label, "label", "time", roles.time)
    return tuple(dict.fromkeys(name for name in names if name is not None))


def label_rows(pushed: Decoded, roles: Roles, task: Task, columns: Sequence[Column]) -> pa.Table:
    """Return columns ``id``, ``label`` and, when pushed, ``time``; of an id that stands twice the last row.

    ``columns`` are the reference's: a label has the kind it has there, else that of the prediction.

    Raises ``InvalidInput`` with all that is wrong.
    """
    found = {column.name for column in pushed.columns}
    id = _first(found, roles.id, "id")
    label = _first(found, roles.label, "label")
    time = _first(found, "time", roles.time)
    faults = [
        Fault(at("columns", wanted), "absent", f"labels name the row in {wanted!r}", f"add the column {wanted!r}")
        for name, wanted in ((id, roles.id or "id"), (label, roles.label or "label"))
        if name is None
    ]
    if pushed.rows and faults:
        raise InvalidInput("labels need an id and a label", faults)
    wanted = [
        Column(name=id or "id", role="id", kind="categorical", dtype="string"),
        _label(label_column(label or "label", columns, task), pushed, task),
    ]
    if time is not None:
        wanted.append(Column(name=time, role="time", kind="datetime", dtype=""))
    rows = normalise(pushed, wanted).table.rename_columns(["id", "label", *(["time"] if time else [])])
    faults = [fault for name in ("id", "label") if (fault := _missing(rows, name)) is not None]
    if faults:
        raise InvalidInput("labels need an id and a label in every row", faults)
    return _last_of_each(rows)


def _label(column: Column, pushed: Decoded, task: Task) -> Column:
    """Return a label nothing is known about as yes or no, where all of them say so."""
    if task != "binary" or column.kind != "categorical" or column.dtype or column.name not in pushed.table.column_names:
        return column
    said = values.boolean(Source(pushed.table[column.name], pushed.untyped))
    return column if isinstance(said, Misfit) else column.model_copy(update={"kind": "boolean"})


def _first(found: set[str], *names: str | None) -> str | None:
    return next((name for name in names if name in found), None)


def _missing(rows: pa.Table, name: str) -> Fault | None:
    count = rows[name].null_count
    if not count:
        return None
    row = pc.index(pc.is_null(rows[name].combine_chunks()), True).as_py()
    value = f"missing in {count:,} rows, first in row {row:,}"
    return Fault(at("rows", row, name), value, f"one {name} a row", "leave out rows whose label is not known")


def _last_of_each(rows: pa.Table) -> pa.Table:
    if pc.count_distinct(rows["id"]).as_py() == len(rows):
        return rows
    numbered = pa.table({"id": rows["id"], "row": pa.array(range(len(rows)), pa.int64())})
    last = numbered.group_by("id").aggregate([("row", "max")])["row_max"]
    return rows.take(last.take(pc.sort_indices(last)))
