"""Python client: ``import bellwether.client as bw``. Loading it loads nothing heavy."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bellwether.client.api import Client, Refused
from bellwether.client.connection import connect
from bellwether.client.models import Batch, Model
from bellwether.client.reports import Report
from bellwether.client.spool import Spool
from bellwether.errors import BellwetherError, Conflict, NotReady

__all__ = ["Batch", "Client", "Drifted", "Model", "Refused", "Report", "check", "connect", "model"]

_ROLES = ("features", "prediction", "score", "label", "id", "time", "segments")
_RANK = {"fine": 0, "watch": 1, "act": 2}


class Drifted(BellwetherError):
    """A model is not as it should be: raised by ``check``."""


def model(
    name: str,
    *,
    client: Client | None = None,
    task: str | None = None,
    reference: Any = None,
    mlflow: str | None = None,
    value: Mapping[str, Any] | None = None,
    owner: str | None = None,
    spool: str | Path | None = None,
    **roles: Any,
) -> Model:
    """Return a model; with ``task`` it is created where it is missing, with ``reference`` its rows are put in force.

    ``roles`` are ``features``, ``prediction``, ``score``, ``label``, ``id``, ``time``, ``segments``. Pushes that
    cannot be delivered wait in the folder ``spool`` (default: one for this model in the caller's cache).
    Raises ``Conflict`` when there is a model of that name with another definition.
    """
    unknown = sorted(set(roles) - set(_ROLES))
    if unknown:
        raise TypeError(f"model() got unknown roles {unknown}; there are {', '.join(_ROLES)}")
    client = client or connect()
    folder = Path(spool) if spool else Path.home() / ".cache" / "bellwether" / "spool" / name
    found = Model(client, name, Spool(folder))
    if task is not None:
        body: dict[str, Any] = {"name": name, "task": task, "mlflow": mlflow, "value": value, "owner": owner}
        body["roles"] = roles or None
        try:
            client.post("/models", {key: part for key, part in body.items() if part is not None})
        except Refused as error:
            if error.code == Conflict.status:
                raise Conflict(str(error), error.faults) from error
            raise
    if reference is not None:
        found.set_reference(reference)
    return found


def check(name: str, *, fail_on: str = "act", client: Client | None = None) -> Mapping[str, Any]:
    """Return the summary of a model; raises ``Drifted`` at the status ``fail_on`` or worse, ``NotReady`` at unknown.

    For the end of a pipeline or a notebook job.
    """
    told = Model(client or connect(), name).summary()
    if told["status"] == "unknown":
        raise NotReady(f"{name}: {told['sentence']}")
    if _RANK[told["status"]] >= _RANK[fail_on]:
        raise Drifted(f"{name}: {told['sentence']}")
    return told
