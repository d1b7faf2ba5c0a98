"""The Data Factory source: the window of what changed, and whatever was still running.

The service cannot order by the time of the last change, so a window is gathered whole and sorted before anything of
it is given. Pages may shift while they are read, for a run that changes leaves the window: an answer of several pages
is read again until it holds the same runs twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

from bellwether.collector.sources.base import (
    Day,
    Found,
    Kind,
    LoggedTable,
    Needs,
    Registered,
    SourceFault,
    check_shape,
    state_of,
    trimmed,
)
from bellwether.collector.sources.data_factory.client import Client, Json, pages
from bellwether.collector.sources.data_factory.definitions import Definitions, gathered, pipelines_of
from bellwether.collector.sources.data_factory.runs import OPEN, run_of
from bellwether.contracts import Cursor, DataFactorySettings, PipelineRun, Source, state_digest

KINDS = ("pipelines", "datasets", "linkedservices", "dataflows", "triggers")
DEFINITIONS_EVERY = timedelta(hours=1)
RESCAN_EVERY = timedelta(days=1)
RESCAN = timedelta(days=3)
RETENTION = timedelta(days=45)
"""What the service keeps; of older runs it says nothing, not even that."""
AHEAD = timedelta(minutes=5)
"""How far its clock may be before ours."""
_AT_ONCE = 20
_AGAIN = 3
_OLDEST = timedelta(days=1)


@dataclass(slots=True)
class DataFactorySource:
    """One data factory. Definitions are kept for an hour, and read again when a run needs one that is not there."""

    source: Source
    client: Client
    definitions: Definitions = field(default_factory=Definitions)
    read_at: datetime | None = None

    def poll(self, cursor: Cursor | None, until: datetime) -> Iterator[Found]:
        """Yield runs that changed, the one changed first first; then what was running and did not show."""
        cursor = cursor or Cursor(high_water=self.source.since or self.source.created_at)
        pipelines = self._define(until) if self._stale(until) else ()
        since = cursor.high_water - timedelta(seconds=self.source.overlap_seconds)
        swept = dict(cursor.swept)
        last = swept.setdefault("rescan", until)
        if until - last >= RESCAN_EVERY:
            since, swept["rescan"] = min(since, until - RESCAN), until
        runs = self._window(max(since, until - RETENTION), until + AHEAD)
        there = {str(run.get("runId")) for run in runs}
        for id in cursor.open:
            if id not in there and (held := self.client.pipeline_run(id)) is not None:
                runs.append(held)
        runs.sort(key=lambda run: (str(run.get("lastUpdated")), str(run.get("runId"))))
        yield from self._changed(cursor.model_copy(update={"swept": swept}), runs, pipelines, until)

    def backfill(self, since: datetime, until: datetime) -> Day:
        """Return the runs last changed in a window; what the service no longer keeps is told in ``bad``."""
        if self._stale(until):
            self._define(until)
        documents, bad = list[PipelineRun](), list[str]()
        for run in self._window(since, until):
            self._take(run, until, documents, bad)
        return Day(tuple(documents), (), tuple(bad))

    def check(self) -> str:
        """Return the version of the factory."""
        found = self.client.factory()
        properties = found.get("properties")
        version = properties.get("version") if isinstance(properties, dict) else None
        return f"api-version 2018-06-01, factory version {version or 'not told'}"

    def fetch(self, table: LoggedTable, into: Path) -> Path:
        """Refuse: a factory logs no tables."""
        _no_models()

    def describe(self, uri: str) -> Registered:
        """Refuse: a factory knows no models."""
        _no_models()

    def table_of(self, registered: Registered, into: Path) -> Path:
        """Refuse: a factory knows no models."""
        _no_models()

    # -- runs

    def _window(self, after: datetime, before: datetime) -> list[Json]:
        """Return every run last updated in a window, each once."""
        held: dict[str, Json] = {}
        for _ in range(_AGAIN):
            read, count = dict[str, Json](), 0
            for page in pages(lambda token: self.client.pipeline_runs(after, before, token), "pipeline runs"):
                count += 1
                read |= {str(run.get("runId")): run for run in page}
            same = {id: _version(run) for id, run in read.items()} == {id: _version(run) for id, run in held.items()}
            held |= read
            if count == 1 or same:
                break
        return list(held.values())

    def _changed(
        self, cursor: Cursor, runs: list[Json], pipelines: tuple[Any, ...], until: datetime
    ) -> Iterator[Found]:
        """Yield pages of what is not stored yet; the high water moves once all of the window is given."""
        recent, still, items, refused = dict(cursor.recent), set(cursor.open), 0, list[str]()
        newest = cursor.high_water
        documents, bad = list[PipelineRun](), list[str]()
        for run in runs:
            id = str(run.get("runId"))
            if cursor.recent.get(id, "").endswith(f"#{_version(run)}") and id not in cursor.open:
                continue
            items += 1
            self._take(run, until, documents, bad)
            if documents and documents[-1].run_id == id:
                made = documents[-1]
                recent[id] = f"{state_of(made)}#{_version(run)}"
                newest = max(newest, min(made.updated_at, until))
                still = still | {id} if made.status in OPEN else still - {id}
            if len(documents) + len(bad) >= _AT_ONCE:
                refused += bad
                moved = cursor.model_copy(update={"recent": recent, "open": tuple(sorted(still))})
                yield Found(moved, tuple(documents), pipelines, (), tuple(bad))
                documents, bad, pipelines = [], [], ()
        refused += bad
        check_shape(len(refused), items, "pipeline runs", refused[-1] if refused else "")
        kept = trimmed(recent, newest - timedelta(seconds=self.source.overlap_seconds) - RESCAN)
        moved = cursor.model_copy(update={"high_water": newest, "recent": kept, "open": tuple(sorted(still))})
        yield Found(moved, tuple(documents), pipelines, (), tuple(bad), complete=True)

    def _take(self, run: Json, until: datetime, documents: list[PipelineRun], bad: list[str]) -> None:
        """Add a run with its activity runs, or why it cannot be read."""
        id, pipeline = run.get("runId"), run.get("pipelineName")
        if isinstance(pipeline, str) and pipeline not in self.definitions.pipelines and self.read_at != until:
            self._define(until)
        try:
            rows = self._activities(str(id), run, until) if isinstance(id, str) else []
            factory = f"adf/{self._settings.subscription}/{self._settings.group}/{self._settings.factory}"
            documents.append(run_of(run, rows, self.definitions, self.source.source, factory, until))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            bad.append(f"pipeline run {id!r}: {error}"[:500])

    def _activities(self, id: str, run: Json, until: datetime) -> list[Json]:
        """Return the activity runs of a run, each once, as it was last."""
        try:
            start = datetime.fromisoformat(str(run.get("runStart")))
        except ValueError:
            start = until - RETENTION
        after = min(start, until) - _OLDEST
        asked = pages(lambda token: self.client.activity_runs(id, after, until + AHEAD, token), "activity runs")
        return list({str(row.get("activityRunId")): row for page in asked for row in page}.values())

    # -- definitions

    def _stale(self, until: datetime) -> bool:
        return self.read_at is None or until - self.read_at >= DEFINITIONS_EVERY or until < self.read_at

    def _define(self, until: datetime) -> tuple[Any, ...]:
        self.definitions = gathered({kind: self.client.definitions(kind) for kind in KINDS})
        self.read_at = until
        said = self._settings
        factory = f"adf/{said.subscription}/{said.group}/{said.factory}"
        return pipelines_of(self.definitions, self.source.source, factory, until)

    @property
    def _settings(self) -> DataFactorySettings:
        assert isinstance(self.source.settings, DataFactorySettings)
        return self.source.settings


def _version(run: Json) -> str:
    return state_digest(str(run.get("lastUpdated")), str(run.get("status")))


def _no_models() -> NoReturn:
    raise SourceFault("invalid", "a data factory holds no models", "name an MLflow source")


def open_data_factory(source: Source, needs: Needs) -> DataFactorySource:
    """Return the source of a factory; nothing is sent yet."""
    assert isinstance(source.settings, DataFactorySettings)
    return DataFactorySource(source, Client.of(source.settings, needs))


DATA_FACTORY = Kind("adf", "Azure Data Factory", open_data_factory)
