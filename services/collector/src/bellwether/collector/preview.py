"""What rows would become as a reference, before anything is stored; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bellwether.collector.decode.table import Decoded
from bellwether.collector.normalise import normalise
from bellwether.collector.schema import Offer, guess
from bellwether.contracts import Column, Kind, Roles, Task
from bellwether.errors import Fault, InvalidInput

_NAMES: Mapping[str, tuple[str, ...]] = {
    "prediction": ("prediction", "predicted", "pred", "y_pred", "y_hat", "output"),
    "score": ("score", "probability", "proba", "y_score"),
    "label": ("label", "target", "actual", "y_true", "truth"),
    "id": ("id", "row_id", "prediction_id", "request_id", "uuid"),
    "time": ("time", "timestamp", "datetime", "event_time", "prediction_time", "scored_at"),
}


@dataclass(frozen=True, slots=True)
class Preview:
    """Roles and columns as they would be; what is dropped and why; other kinds a person may choose; what is wrong."""

    rows: int
    roles: Roles
    columns: tuple[Column, ...] = ()
    left_out: tuple[Fault, ...] = ()
    offers: tuple[Offer, ...] = ()
    faults: tuple[Fault, ...] = field(default=())


def preview(
    pushed: Decoded, roles: Roles | None = None, task: Task = "binary", kinds: Mapping[str, Kind] | None = None
) -> Preview:
    """Return what a reference of these rows would be; without ``roles``, they are guessed from the names."""
    wanted = guess_roles(pushed) if roles is None else roles
    try:
        schema = guess(pushed, wanted, task, kinds or {})
    except InvalidInput as error:
        return Preview(pushed.rows, wanted, faults=error.faults)
    said = Preview(pushed.rows, wanted, schema.columns, schema.left_out, schema.offers)
    try:
        normalise(pushed, schema.columns)
    except InvalidInput as error:
        return Preview(said.rows, said.roles, said.columns, said.left_out, said.offers, error.faults)
    return said


def guess_roles(pushed: Decoded) -> Roles:
    """Return roles by usual names, whatever their case; of several candidates the most usual."""
    found: dict[str, str] = {}
    for column in pushed.columns:
        found.setdefault(column.name.strip().lower().replace(" ", "_").replace("-", "_"), column.name)
    named = {role: next((found[name] for name in names if name in found), None) for role, names in _NAMES.items()}
    return Roles.model_validate({role: name for role, name in named.items() if name is not None})
