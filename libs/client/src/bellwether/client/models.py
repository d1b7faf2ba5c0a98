"""A model as a client sees it: push rows and labels, read what became of them."""

import random
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bellwether.client.api import Client, Refused
from bellwether.client.reports import Report
from bellwether.client.rows import Body, opened
from bellwether.client.spool import Push, Spool
from bellwether.errors import Fault, InvalidInput, NotReady, Unavailable

_PAUSES_S = (0.5, 2.0, 8.0)
_LONGEST_WAIT_S = 60


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of rows that were pushed; with ``spooled`` they wait on this machine for the server to be back."""

    model: "Model"
    id: str | None
    spooled: bool = False

    def state(self) -> Mapping[str, Any]:
        """Return the batch as the API has it; raises ``NotReady`` while it waits on this machine."""
        if self.id is None:
            raise NotReady("the batch waits on this machine: the server was away; it is sent with the next one")
        return dict(self.model.client.get(f"{self.model.path}/batches/{self.id}"))

    def report(self, wait: float = 0.0) -> Report:
        """Return the drift report, waiting for it up to ``wait`` seconds.

        Raises ``InvalidInput`` with every reason when the batch was rejected, ``NotReady`` when it is not done.
        """
        deadline = time.monotonic() + wait
        told = self.state()
        while told["state"] not in {"analysed", "rejected"}:
            left = deadline - time.monotonic()
            if left <= 0:
                raise NotReady(f"batch {self.id} is {told['state']}; follow {told['links']['self']}")
            path = f"{self.model.path}/batches/{self.id}"
            told = self.model.client.get(path, wait=round(min(left, _LONGEST_WAIT_S), 3))
        if told["state"] == "rejected":
            faults = [Fault(**reason) for reason in told["reasons"]]
            raise InvalidInput(f"batch {self.id} was rejected", faults)
        return self.model.report(str(self.id))


@dataclass(slots=True)
class Model:
    """One model of a gateway."""

    client: Client
    name: str
    spool: Spool | None = None
    pause: Callable[[float], None] = time.sleep
    _wanted: tuple[str, ...] | None = field(default=None, repr=False)

    @property
    def path(self) -> str:
        """Path of the model below ``/api/v1``."""
        return f"/models/{self.name}"

    def log(
        self,
        rows: Any,
        *,
        batch: str | None = None,
        run: str | None = None,
        version: str | None = None,
        start: str | None = None,
        end: str | None = None,
        strict: bool = False,
        dry_run: bool = False,
    ) -> Batch:
        """Push one batch of rows with their predictions; the same rows, or the same ``batch``, are the same batch.

        ``run`` names the run of the pipeline that delivered them, ``start`` and ``end`` the window (RFC 3339).
        Columns are checked first: what is missing raises ``InvalidInput`` at once. After that a server that is away
        raises only with ``strict``: the rows wait on disk and are sent with the next push. ``dry_run`` only checks.
        """
        query = {"key": batch, "run": run, "version": version, "start": start, "end": end}
        with opened(rows) as body:
            self._check(body)
            if dry_run:
                return Batch(self, None)
            return self._push(f"{self.path}/batches", body, query, strict)

    def log_labels(self, rows: Any, *, key: str | None = None, strict: bool = False) -> Batch:
        """Push labels that arrived, joined by id; only windows they touch are computed again."""
        with opened(rows) as body:
            return self._push(f"{self.path}/labels", body, {"key": key}, strict)

    def set_reference(self, rows: Any, wait: float = 60.0) -> Mapping[str, Any]:
        """Push the rows batches are compared with and wait until they are in force.

        Raises ``InvalidInput`` with every reason when they cannot be used, ``NotReady`` when the time is over.
        """
        with opened(rows) as body:
            answer = self.client.call("PUT", f"{self.path}/reference", body=body.file, media=body.media)
        self._wanted = None
        deadline = time.monotonic() + wait
        while (told := self.client.get(f"{self.path}/reference", id=answer["id"]))["state"] == "received":
            if time.monotonic() > deadline:
                raise NotReady(f"reference {answer['id']} is not read yet; follow {answer['links']['self']}")
            self.pause(0.2)
        if told["state"] == "rejected":
            raise InvalidInput("the reference was rejected", [Fault(**reason) for reason in told["reasons"]])
        return dict(told)

    def report(self, batch: str | None = None) -> Report:
        """Return the drift report of a batch, or of the newest one; ``NotReady`` before there is any."""
        latest = self.client.get(f"{self.path}/drift")["latest"]
        if batch is None:
            if latest is None:
                raise NotReady(f"model {self.name} has no report yet")
            batch = latest["batch"]
        content = self.client.get(f"{self.path}/drift/{batch}")
        newest = latest is not None and latest["batch"] == batch
        sentence = latest["sentence"] if newest else _sentence(content)
        return Report(self.client, self.name, str(batch), content, sentence, latest["since"] if newest else None)

    def summary(self) -> Mapping[str, Any]:
        """Return how the model is doing: status, sentence, aspects."""
        return dict(self.client.get(self.path)["summary"])

    def drift(self, start: str | None = None, end: str | None = None) -> Sequence[Mapping[str, Any]]:
        """Return the drift index batch by batch, oldest first."""
        return list(self.client.get(f"{self.path}/drift", **{"from": start, "to": end})["trend"]["points"])

    def explain(self, id: str, wait: float = 30.0) -> Mapping[str, Any]:
        """Return why the model answered as it did for one prediction: its contributions, with reasons in words.

        Raises ``InvalidInput`` where it cannot be told, ``NotReady`` when it is not within ``wait`` seconds.
        """
        told = self.client.post(f"{self.path}/explanations", {"id": id}, wait=min(wait, _LONGEST_WAIT_S))
        if told["state"] == "failed":
            raise InvalidInput(told["reason"], [Fault(**reason) for reason in told["errors"]])
        if told["local"] is None:
            raise NotReady(f"prediction {id!r} is not explained yet; follow {told['links']['self']}")
        return dict(told["local"])

    def importance(self, batch: str | None = None) -> Mapping[str, Any]:
        """Return what the model looks at: its features with shares and intervals."""
        return dict(self.client.get(f"{self.path}/explanations/global", batch=batch))

    def kpis(self, persona: str = "business", top: int = 5) -> Sequence[Mapping[str, Any]]:
        """Return the indicators that matter to a persona now, most important first."""
        return list(self.client.get(f"{self.path}/kpis", persona=persona, top=top)["items"])

    def flush(self) -> int:
        """Send what waits on this machine; how many pushes arrived. Raises ``Unavailable`` while the server is away.

        A push that is refused is set aside with a warning: it must not hold up those after it.
        """
        if self.spool is None:
            return 0
        sent = 0
        for push, path in self.spool.waiting():
            try:
                with path.open("rb") as file:
                    self.client.call("POST", push.path, query=push.query, body=file, media=push.media)
            except Refused as error:
                told = self.spool.refuse(path, str(error))
                warnings.warn(f"rows that waited were refused; why stands in {told}", stacklevel=2)
            else:
                self.spool.done(path)
                sent += 1
        return sent

    def _push(self, path: str, body: Body, query: Mapping[str, Any], strict: bool) -> Batch:
        try:
            self.flush()
            answer = self._patiently(path, body, query)
        except Unavailable:
            if strict or self.spool is None:
                raise
            self.spool.keep(Push(path, body.media, dict(query)), body.file)
            return Batch(self, None, spooled=True)
        return Batch(self, answer["id"])

    def _patiently(self, path: str, body: Body, query: Mapping[str, Any]) -> Any:
        """Send rows; the same push twice is one, so it may be sent again while the server is away or busy."""
        for pause in _PAUSES_S:
            body.file.seek(0)
            try:
                return self.client.call("POST", path, query=query, body=body.file, media=body.media)
            except Unavailable:
                self.pause(pause * random.uniform(0.5, 1.5))  # noqa: S311 - spreads the load, guards nothing
        body.file.seek(0)
        return self.client.call("POST", path, query=query, body=body.file, media=body.media)

    def _check(self, body: Body) -> None:
        """Name every column the model needs and the rows do not have."""
        if body.columns is None:
            return
        if self._wanted is None:
            columns = self.client.get(f"{self.path}/reference")["columns"]
            self._wanted = tuple(one["name"] for one in columns if one["role"] == "feature")
        faults = [
            Fault(f"/{name}", "missing", "a column of the reference", "add it, or push a reference without it")
            for name in self._wanted
            if name not in body.columns
        ]
        if faults:
            raise InvalidInput(f"{len(faults)} of the model's columns are missing", faults)


def _sentence(content: Mapping[str, Any]) -> str:
    """Say what an older report says, whose sentence the API no longer has at hand."""
    moved = [one["feature"] for one in content["features"] if one["status"] in {"watch", "act"}]
    rest = f": {', '.join(moved[:3])}" if moved else ""
    return f"{len(moved)} of {len(content['features'])} features differ from the reference{rest}."
