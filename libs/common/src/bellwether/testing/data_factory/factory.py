"""One data factory in memory: definitions, runs and activity runs, a clock, and what its next answers suffer."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bellwether.testing.data_factory.shapes import ENDED, Json, read_time, wire_time

SUBSCRIPTION = "12345678-1234-1234-1234-12345678abcd"
RETENTION = timedelta(days=45)
KINDS = ("pipelines", "datasets", "linkedservices", "dataflows", "triggers")


@dataclass
class Faults:
    """What the next requests suffer."""

    throttle: int = 0
    """Answer this many more requests with 429."""
    retry_after: float | None = None
    """Seconds in the ``Retry-After`` header of those answers; None sends no header."""
    fail: int = 0
    """Answer this many more requests with 503."""
    garbage: int = 0
    """Answer this many more requests with 200 and something that is no JSON."""
    forbid: bool = False
    """Answer 403, as for an identity without the role."""
    after_page: Callable[["Factory"], None] | None = None
    """Called once after the next answer that announces another page."""


@dataclass
class Factory:
    """What one factory holds. ``now`` None: the real clock; ``made`` gives activity runs that are not recorded."""

    subscription: str = SUBSCRIPTION
    group: str = "rg-ml"
    name: str = "adf-ml"
    now: datetime | None = None
    page_size: int = 100
    journal: Path | None = None
    """Lines of what was defined and recorded: kept over a restart."""
    faults: Faults = field(default_factory=Faults)
    definitions: dict[str, dict[str, Json]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    runs: dict[str, Json] = field(default_factory=dict)
    activities: dict[str, list[Json]] = field(default_factory=dict)
    made: dict[str, Callable[[Json], list[Json]]] = field(default_factory=dict)
    requests: list[tuple[str, str, Json | None]] = field(default_factory=list)
    """Method, path below the factory and body of every request."""

    def __post_init__(self) -> None:
        if self.journal is not None and self.journal.exists():
            kept, self.journal = self.journal, None
            for line in kept.read_text().splitlines():
                self._replay(json.loads(line))
            self.journal = kept

    @property
    def resource_id(self) -> str:
        """ARM id of this factory."""
        scope = f"/subscriptions/{self.subscription}/resourceGroups/{self.group}"
        return f"{scope}/providers/Microsoft.DataFactory/factories/{self.name}"

    def time(self) -> datetime:
        """Return the service's clock."""
        return self.now or datetime.now(UTC)

    def define(self, kind: str, name: str, properties: Json) -> None:
        """Set a definition; another content is another etag."""
        if self.definitions[kind].get(name) == properties:
            return
        self.definitions[kind][name] = properties
        self._note({"define": [kind, name, properties]})

    def record(self, run: Json, activities: Iterable[Json] | None = None) -> None:
        """Set a run with its activity runs; the same content again changes nothing, ``lastUpdated`` included."""
        id, listed = run["runId"], None if activities is None else list(activities)
        old = self.runs.get(id)
        if old is not None and old | {"lastUpdated": run["lastUpdated"]} == run and listed == self.activities.get(id):
            return
        self.runs[id] = run
        if listed is not None:
            self.activities[id] = listed
        self._note({"record": [run, listed]})

    def change(self, id: str, **changes: Any) -> None:
        """Change a run as the service would later; ``lastUpdated`` moves to now unless given."""
        self.record(self.runs[id] | {"lastUpdated": wire_time(self.time()), **changes}, self.activities.get(id))

    def cancel(self, id: str) -> None:
        """Cancel a run that has not ended; its ``runEnd`` stays null, as the service leaves it."""
        if self.runs[id]["status"] not in ENDED:
            self.change(id, status="Cancelled")

    def activity_runs(self, id: str) -> list[Json]:
        """Return the activity runs of one run in order of start; none for a run there is not."""
        if id in self.activities:
            return self.activities[id]
        run = self.runs.get(id)
        make = None if run is None else self.made.get(run["pipelineName"])
        return [] if make is None or run is None else make(run)

    def resource(self, kind: str, name: str) -> Json:
        """Return a definition as the service gives it."""
        properties = self.definitions[kind][name]
        etag = hashlib.sha256(json.dumps(properties, sort_keys=True).encode()).hexdigest()[:16]
        return {
            "id": f"{self.resource_id}/{kind}/{name}",
            "name": name,
            "type": f"Microsoft.DataFactory/factories/{kind}",
            "etag": etag,
            "properties": properties,
        }

    def updated_between(self, after: datetime, before: datetime) -> list[Json]:
        """Return the runs last updated in a window, within what the service keeps."""
        since = max(after, self.time() - RETENTION)
        return [run for run in self.runs.values() if since <= read_time(run["lastUpdated"]) <= before]

    def asked(self, ending: str) -> list[Json | None]:
        """Return the bodies of requests whose path ends so."""
        return [body for _, path, body in self.requests if path.endswith(ending)]

    def _note(self, line: Mapping[str, Any]) -> None:
        if self.journal is not None:
            with self.journal.open("a") as file:
                file.write(json.dumps(line, separators=(",", ":")) + "\n")

    def _replay(self, line: Json) -> None:
        if "define" in line:
            self.define(*line["define"])
        else:
            self.record(*line["record"])
