"""The MLflow source: ended runs from a cursor on, oldest first, with what may change late looked at in rounds.

Filters are written for one search of all experiments together: a workspace takes few searches a second. A page begins
at the end time of the last run of the page before instead of at a token: a token counts rows, and rows move.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

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
from bellwether.collector.sources.mlflow.client import Client
from bellwether.collector.sources.mlflow.registered import describe, reference_table
from bellwether.collector.sources.mlflow.runs import run_of, scored, tables_of, version_of
from bellwether.contracts import Cursor, MlflowSettings, Observed, Source, TrainingRun

GROUP = 500
"""Experiments of one search."""
EXPERIMENTS_EVERY = timedelta(minutes=5)
RUNNING_EVERY = timedelta(minutes=1)
VERSIONS_EVERY = timedelta(minutes=1)
LATE_EVERY = timedelta(hours=1)
LATE = timedelta(hours=24)
"""Runs that ended so shortly before are looked at again: a late tag or metric does not move their end."""
DELETED_EVERY = timedelta(days=7)
_TOO_EARLY = timedelta(days=365 * 20)


@dataclass(slots=True)
class _Read:
    """What one search found, with what a poll has to remember of it."""

    documents: list[TrainingRun] = field(default_factory=list)
    tables: list[LoggedTable] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)


@dataclass(slots=True)
class MlflowSource:
    """One tracking server."""

    source: Source
    client: Client

    def poll(self, cursor: Cursor | None, until: datetime) -> Iterator[Found]:
        """Yield experiments' ended runs, oldest first; then rounds over what else may have changed."""
        cursor = cursor or Cursor(high_water=self.source.since or self.source.created_at)
        cursor = self._experiments(cursor, until)
        yield from self._joined(cursor, until)
        cursor = cursor.model_copy(update={"marks": {id: name.lstrip("\n") for id, name in cursor.marks.items()}})
        for found in self._ended(cursor, until):
            cursor = found.cursor
            yield found
        yield self._rounds(cursor, until)

    def backfill(self, since: datetime, until: datetime) -> Day:
        """Return the runs that ended in a window."""
        names = self._all_experiments()
        read = _Read()
        for group in _groups(names):
            for page in self._pages(group, since, until):
                self._take(page, names, until, read)
        return Day(tuple(read.documents), tuple(read.tables), tuple(read.bad))

    def check(self) -> str:
        """Return which client reached the server."""
        return self.client.server_version()

    def fetch(self, table: LoggedTable, into: Path) -> Path:
        """Download a logged table."""
        return self.client.download(table.run_id, table.path, into)

    def describe(self, uri: str) -> Registered:
        """Return a registered model with what its run logged."""
        return describe(self.client, uri)

    def table_of(self, registered: Registered, into: Path) -> Path:
        """Download the table its run logged that can serve as a reference."""
        if registered.run is None or registered.reference is None:
            raise SourceFault("invalid", f"{registered.name} has no logged rows", "push a reference")
        return reference_table(self.client, registered, into)

    # -- experiments

    def _experiments(self, cursor: Cursor, until: datetime) -> Cursor:
        """Learn which experiments there are, now and then; ``marks`` names them, a new one with a line break before."""
        if not _due(cursor, "experiments", until, EXPERIMENTS_EVERY):
            return cursor
        names = self._all_experiments()
        first = "experiments" not in cursor.swept
        known = cursor.marks
        marks = {id: name if first or id in known else f"\n{name}" for id, name in names.items()}
        return cursor.model_copy(update={"marks": marks, "swept": {**cursor.swept, "experiments": until}})

    def _all_experiments(self) -> dict[str, str]:
        names: dict[str, str] = {}
        token: str | None = None
        while True:
            page = self.client.experiments(token)
            names |= {str(one.experiment_id): str(one.name) for one in page}
            token = page.token
            if not token:
                break
        wanted = self._settings.experiments
        if wanted and (missing := [name for name in wanted if name not in names.values()]):
            listed = ", ".join(missing)
            raise SourceFault(
                "configuration", f"there is no experiment {listed}", "correct the names of the experiments"
            )
        return {id: name for id, name in names.items() if not wanted or name in wanted}

    def _joined(self, cursor: Cursor, until: datetime) -> Iterator[Found]:
        """Yield the past of experiments that are new: nobody looked at them while the others were read."""
        fresh = [id for id, name in cursor.marks.items() if name.startswith("\n")]
        if not fresh:
            return
        since = self.source.since or self.source.created_at
        before = cursor.model_copy(update={"swept": {k: v for k, v in cursor.swept.items() if k != "experiments"}})
        for page in self._pages(fresh, since - self._overlap, None):
            read = self._take(page, _plain(cursor.marks), until, _Read())
            # The cursor is as it was: after a break they are new once more.
            yield Found(_without(before, fresh), tuple(read.documents), (), tuple(read.tables), tuple(read.bad))

    # -- runs

    def _ended(self, cursor: Cursor, until: datetime) -> Iterator[Found]:
        names = _plain(cursor.marks)
        groups = list(_groups(names))
        since = cursor.high_water - self._overlap
        newest, recent = cursor.high_water, dict(cursor.recent)
        for group in groups:
            for page in self._pages(group, since, None):
                read = self._take(page, names, until, _Read(), recent)
                newest = max([newest, *(min(run.end, until) for run in read.documents if run.end is not None)])
                recent |= {run.run_id: state_of(run) for run in read.documents}
                # Ascending order: what one group's page has passed is whole. Several groups are whole together.
                reached = newest if len(groups) == 1 else cursor.high_water
                kept = trimmed(recent, reached - self._overlap)
                moved = cursor.model_copy(update={"high_water": reached, "recent": kept})
                yield Found(moved, tuple(read.documents), (), tuple(read.tables), tuple(read.bad))
        kept = trimmed(recent, newest - self._overlap)
        yield Found(cursor.model_copy(update={"high_water": newest, "recent": kept}))

    def _pages(self, experiments: list[str], since: datetime, until: datetime | None) -> Iterator[list[Any]]:
        """Yield runs that ended from ``since`` on, to before ``until``, in order of their end; each run once."""
        edge, seen, token = _ms(since), set[str](), None
        bound = "" if until is None else f" AND attributes.end_time < {_ms(until)}"
        while True:
            text = f"attributes.end_time >= {edge}{bound}"
            page = self.client.runs(experiments, text, "attributes.end_time ASC", token)
            fresh = [run for run in page if run.info.run_id not in seen]
            if fresh:
                yield fresh
            if not page.token:
                return
            seen = {run.info.run_id for run in page}
            last = page[-1].info.end_time
            # All of one page ended in the same millisecond: only a token leads past them.
            token, edge = (page.token, edge) if last == edge else (None, last)

    def _take(
        self,
        page: Iterable[Any],
        names: dict[str, str],
        until: datetime,
        read: _Read,
        recent: dict[str, str] | None = None,
    ) -> _Read:
        """Add what is new of a page; raises ``SourceFault`` when too much of it cannot be read."""
        runs, bad = list(page), 0
        for run in runs:
            try:
                document = self._document(run, names, until, recent or {})
            except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
                bad += 1
                read.bad.append(f"run {getattr(getattr(run, 'info', None), 'run_id', '?')}: {error}"[:500])
                continue
            if document is not None:
                read.documents.append(document)
                read.tables += tables_of(run, names, self._tables)
        check_shape(bad, len(runs), "runs", read.bad[-1] if read.bad else "")
        return read

    def _document(self, run: Any, names: dict[str, str], until: datetime, recent: dict[str, str]) -> TrainingRun | None:
        """Return what is stored of a run, or None when it is stored as it is.

        The state remembered is that of the search: what only a single look gives follows from it.
        """
        document = run_of(run, self.source.source, names, self._settings.url, until)
        if recent.get(document.run_id) == state_of(document):
            return None
        if scored(run) and not document.model_inputs:
            whole = self.client.run(document.run_id)
            inputs = tuple(one.model_id for one in getattr(whole.inputs, "model_inputs", None) or ())
            document = document.model_copy(update={"model_inputs": inputs})
        return document

    # -- rounds

    def _rounds(self, cursor: Cursor, until: datetime) -> Found:
        """Return what is found by looking again: runs in progress, late changes, versions, deletions."""
        swept, names = dict(cursor.swept), _plain(cursor.marks)
        read, versions, running = _Read(), list[Observed](), cursor.open
        if _due(cursor, "running", until, RUNNING_EVERY):
            runs = [run for group in _groups(names) for run in self._all(group, "attributes.status = 'RUNNING'")]
            running = tuple(sorted(str(run.info.run_id) for run in runs))[:1000]
            self._take(runs, names, until, read, cursor.recent)
            swept["running"] = until
        if "late" not in swept:
            swept["late"] = until
        if _due(cursor, "late", until, LATE_EVERY) and "late" in cursor.swept:
            since = min(until, cursor.high_water) - LATE
            for group in _groups(names):
                for page in self._pages(group, since, None):
                    self._take(page, names, until, read, cursor.recent)
            swept["late"] = until
        if _due(cursor, "deleted", until, DELETED_EVERY):
            text = f"attributes.start_time > {_ms(until - _TOO_EARLY)}"
            gone = [run for group in _groups(names) for run in self._all(group, text, deleted=True)]
            self._take(gone, names, until, read)
            swept["deleted"] = until
        if _due(cursor, "versions", until, VERSIONS_EVERY):
            versions += self._versions(until)
            swept["versions"] = until
        recent = cursor.recent | {run.run_id: state_of(run) for run in read.documents if run.run_id in running}
        moved = cursor.model_copy(update={"swept": swept, "open": running, "recent": recent})
        found = (*read.documents, *versions)
        return Found(moved, found, (), tuple(read.tables), tuple(read.bad), complete=True)

    def _all(self, experiments: list[str], filter: str, *, deleted: bool = False) -> Iterator[Any]:
        token = None
        while True:
            page = self.client.runs(experiments, filter, "attributes.start_time ASC", token, deleted=deleted)
            yield from page
            token = page.token
            if not token:
                return

    def _versions(self, until: datetime) -> Iterator[Observed]:
        """Yield every version with the aliases that point to it now."""
        aliases: dict[tuple[str, str], list[str]] = {}
        for model in _drain(self.client.registered_models):
            for alias, version in dict(model.aliases or {}).items():
                aliases.setdefault((str(model.name), str(version)), []).append(str(alias))
        for version in _drain(self.client.versions):
            key = (str(version.name), str(version.version))
            bound = [one.model for one in self.source.bindings if one.registered_model == version.name]
            yield version_of(version, self.source.source, aliases.get(key, ()), bound, self._settings.url, until)

    @property
    def _settings(self) -> MlflowSettings:
        assert isinstance(self.source.settings, MlflowSettings)
        return self.source.settings

    @property
    def _overlap(self) -> timedelta:
        return timedelta(seconds=self.source.overlap_seconds)

    @property
    def _tables(self) -> set[str]:
        return {one.table for one in self.source.bindings}


def _due(cursor: Cursor, name: str, until: datetime, every: timedelta) -> bool:
    last = cursor.swept.get(name)
    return last is None or until - last >= every or until < last


def _drain(ask: Any) -> Iterator[Any]:
    token = None
    while True:
        page = ask(token)
        yield from page
        token = page.token
        if not token:
            return


def _groups(names: dict[str, str]) -> Iterator[list[str]]:
    ids = sorted(names)
    for start in range(0, len(ids), GROUP):
        yield ids[start : start + GROUP]


def _plain(marks: dict[str, str]) -> dict[str, str]:
    return {id: name.lstrip("\n") for id, name in marks.items()}


def _without(cursor: Cursor, fresh: list[str]) -> Cursor:
    """Return a cursor that does not know these experiments yet."""
    return cursor.model_copy(update={"marks": {id: name for id, name in cursor.marks.items() if id not in fresh}})


def _ms(time: datetime) -> int:
    return max(0, int((time - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1)))


def open_mlflow(source: Source, needs: Needs) -> MlflowSource:
    """Return the source of a tracking server; nothing is sent yet."""
    assert isinstance(source.settings, MlflowSettings)
    return MlflowSource(source, Client.of(source.settings, needs))


MLFLOW = Kind("mlflow", "MLflow or Databricks", open_mlflow)
