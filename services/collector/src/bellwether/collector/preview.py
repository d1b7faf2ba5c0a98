"""What rows would become as a reference, before anything is stored; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from bellwether.collector.decode.job import at
from bellwether.collector.decode.table import Decoded
from bellwether.collector.normalise import normalise
from bellwether.collector.schema import MOST_CLASSES, Offer, looked_at
from bellwether.contracts import Column, Kind, Roles, Task
from bellwether.errors import Fault, InvalidInput

_NAMES: Mapping[str, tuple[str, ...]] = {
    "prediction": ("prediction", "predicted", "pred", "y_pred", "y_hat", "output"),
    "score": ("score", "probability", "proba", "y_score"),
    "label": ("label", "target", "actual", "y_true", "truth"),
    "id": ("id", "row_id", "prediction_id", "request_id", "uuid"),
    "time": ("time", "timestamp", "datetime", "event_time", "prediction_time", "scored_at"),
}
_KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(("integer", "long", "float", "double"), "numeric"),
    "boolean": "boolean",
    "datetime": "datetime",
    "string": "categorical",
}
_BINARY = 2
_UNNAMED = Fault(
    "/columns/prediction",
    "no column is called like a prediction",
    "one column of what the model answered",
    "say which column it is, or add it",
)
_EXAMPLES, _LOOKED_AT, _EXAMPLE_CHARS = 3, 200, 40


@dataclass(frozen=True, slots=True)
class Preview:
    """Roles and columns as they would be; what is dropped and why; other kinds a person may choose; what is wrong."""

    rows: int
    roles: Roles
    columns: tuple[Column, ...] = ()
    left_out: tuple[Fault, ...] = ()
    offers: tuple[Offer, ...] = ()
    faults: tuple[Fault, ...] = ()
    start: datetime | None = None
    end: datetime | None = None


def preview(
    pushed: Decoded, roles: Roles | None = None, task: Task = "binary", kinds: Mapping[str, Kind] | None = None
) -> Preview:
    """Return what a reference of these rows would be; without ``roles``, they are guessed from the names."""
    wanted = guess_roles(pushed) if roles is None else roles
    schema, faults = looked_at(pushed, wanted, task, kinds or {})
    said = Preview(pushed.rows, wanted, schema.columns, schema.left_out, schema.offers, faults)
    if faults:
        nameless = at("columns", wanted.prediction) if roles is None else None
        return replace(said, faults=tuple(_UNNAMED if one.pointer == nameless else one for one in faults))
    try:
        rows = normalise(pushed, schema.columns)
    except InvalidInput as error:
        return replace(said, faults=tuple(error.faults))
    return replace(said, start=rows.start, end=rows.end)


def task_of(
    said: str | None,
    outputs: Sequence[tuple[str, str]],
    rows: Decoded | None = None,
    roles: Roles | None = None,
) -> Task | None:
    """Return what a model predicts: as it says itself, or by its predictions, or by the type of its output.

    None where neither rows nor a signature tell. Without ``roles``, they are guessed from the names.
    """
    known = {"binary": "binary", "multiclass": "multiclass", "regression": "regression"}
    if said in known:
        return known[said]  # type: ignore[return-value]  # one of the three words
    if rows is not None:
        roles = roles or guess_roles(rows)
        for name in (roles.label, roles.prediction):
            if name is not None and name in rows.table.column_names:
                return _task_of_values(rows.table[name])
    if len(outputs) != 1:
        return None
    kind = outputs[0][1]
    if kind in ("double", "float"):
        return "regression"
    return "binary" if kind == "boolean" else "multiclass" if kind == "string" else None


def roles_of(inputs: Sequence[str], target: str | None, rows: Decoded | None = None) -> Roles:
    """Return roles of a registered model: its inputs are the features, the rest by usual names among the rows."""
    features = tuple(name for name in inputs if name)
    named = Roles() if rows is None else guess_roles(rows)
    there = target is not None and target not in features and (rows is None or target in rows.table.column_names)
    label = target if there else named.label
    taken = set(features)
    update = {
        "features": features or None,
        "label": None if label in taken else label,
        "score": None if named.score in taken else named.score,
        "id": None if named.id in taken else named.id,
        "time": None if named.time in taken else named.time,
    }
    return named.model_copy(update=update)


def signed(inputs: Sequence[tuple[str, str]]) -> tuple[Column, ...]:
    """Return the columns a signature names, by its types."""
    return tuple(
        Column(name=name, role="feature", kind=_KINDS.get(kind, "categorical"), dtype=kind)
        for name, kind in inputs
        if name
    )


def examples(pushed: Decoded) -> Mapping[str, tuple[str, ...]]:
    """Return the first different values of every column, as short text."""
    found: dict[str, tuple[str, ...]] = {}
    for name in pushed.table.column_names:
        head = pushed.table[name].slice(0, _LOOKED_AT)
        values = dict.fromkeys(str(one) for one in head.to_pylist() if one is not None)
        found[name] = tuple(one[:_EXAMPLE_CHARS] for one in list(values)[:_EXAMPLES])
    return found


def _task_of_values(column: pa.ChunkedArray) -> Task | None:
    values = pc.unique(column).drop_null()
    if len(values) == 0:
        return None
    if pa.types.is_boolean(values.type):
        return "binary"
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        return "binary" if len(values) <= _BINARY else "multiclass"
    numbers = pc.cast(values, pa.float64(), safe=False)
    whole = pc.all(pc.equal(pc.floor(numbers), numbers)).as_py()
    if whole and len(values) <= _BINARY:
        return "binary"
    return "multiclass" if whole and len(values) <= MOST_CLASSES else "regression"


def guess_roles(pushed: Decoded) -> Roles:
    """Return roles by usual names, whatever their case; of several candidates the most usual."""
    found: dict[str, str] = {}
    for column in pushed.columns:
        found.setdefault(column.name.strip().lower().replace(" ", "_").replace("-", "_"), column.name)
    named = {role: next((found[name] for name in names if name in found), None) for role, names in _NAMES.items()}
    return Roles.model_validate({role: name for role, name in named.items() if name is not None})
