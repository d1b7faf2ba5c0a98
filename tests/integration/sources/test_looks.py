"""Looks at sources through the ledger: what is killed anywhere loses and doubles nothing, and how it went is told."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bellwether.bus import DurableBus, Ledger, Steps, Ticket
from bellwether.collector.observing import Keeper, moved
from bellwether.collector.polling import Watch
from bellwether.contracts import (
    BACKFILLS_PK,
    PROGRESS_PK,
    AliasSpan,
    AnyEvent,
    Backfill,
    PipelineRun,
    PipelineRunObserved,
    Source,
    SourceDue,
    SourceProgress,
    fact_stamp,
)
from bellwether.objects import open_objects
from bellwether.settings import Work
from bellwether.storage.collections import COLLECTIONS, OPS, SOURCES, WORK
from bellwether.storage.documents import dump, parse
from bellwether.storage.guard import OwnedDocuments
from bellwether.storage.sqlite import SqliteStore
from bellwether.testing.data_factory import DataFactoryServer, Factory
from bellwether.testing.data_factory.sample import SECRET, add_loop, fail_later, run_id, sample
from tests.sources import MINUTE, NOW, FactoryOutside, needs


class Killed(BaseException):
    """The process ended here: nothing catches it."""


@dataclass
class Bell:
    tickets: list[Ticket] = field(default_factory=list)

    def ring(self, ticket: Ticket) -> None:
        self.tickets.append(ticket)


@dataclass
class Looked:
    """A collector that looks at sources, a lineage service that listens, and a clock."""

    store: SqliteStore
    folder: Path
    time: datetime = NOW
    heard: list[tuple[str, str]] = field(default_factory=list)
    needs: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.documents = OwnedDocuments(self.store, "collector")
        self.bell = Bell()
        self.ledger = Ledger(self.store, Work(ring_seconds=1), self.now, is_gone=lambda _holder: True)
        self.bus = DurableBus(self.ledger, self.bell)
        self.start()

    def start(self, documents: Any = None) -> None:
        """Begin as a new process."""
        objects = open_objects((self.folder / "objects").as_uri())
        self.watch = Watch(documents or self.documents, objects, needs(**self.needs), self.now)
        handlers = {"collector.look": self.watch.look, "collector.advance": self.watch.advance}
        self.steps = Steps(self.ledger, self.bus, {**handlers, "lineage.record": self.record}, lambda _s: None)

    def now(self) -> datetime:
        return self.time

    def record(self, event: AnyEvent) -> Iterable[AnyEvent]:
        self.heard.append((event.type, event.subject))
        return ()

    def add(self, source: Source) -> Source:
        self.store.put(OPS, dump(source))
        return source

    def beat(self) -> None:
        """Publish what is due, then do all work there is."""
        self.bus.publish(self.watch.due())
        self.work()

    def work(self) -> None:
        while self.bell.tickets:
            self.steps.run(self.bell.tickets.pop(0), redelivered=True)

    def recover(self) -> None:
        """Ring for whatever a killed process left undone."""
        self.time += timedelta(seconds=30)
        for service in ("collector", "lineage"):
            for ticket in list(self.ledger.overdue(service)):
                self.bell.ring(ticket)
        self.work()

    def progress(self, source: Source) -> SourceProgress:
        return parse(SourceProgress, self.store.get(OPS, PROGRESS_PK, source.id) or {})

    def runs(self) -> list[PipelineRun]:
        found = [parse(PipelineRun, doc) for doc in self.store.scan(SOURCES) if doc["type"] == "pipeline_run"]
        return sorted(found, key=lambda run: run.run_id)


@pytest.fixture
def looked(documents: SqliteStore, tmp_path: Path) -> Looked:
    return Looked(documents, tmp_path)


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Factory], FactoryOutside]]:
    """Serve factories, each with the identity the collector then has."""
    servers: list[DataFactoryServer] = []

    def start(factory: Factory) -> FactoryOutside:
        servers.append(DataFactoryServer(factory, token_seconds=10**9).start())
        for name, value in servers[-1].environ.items():
            monkeypatch.setenv(name, value)
        return FactoryOutside(servers[-1])

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def outside(serve: Callable[[Factory], FactoryOutside]) -> FactoryOutside:
    return serve(Factory(now=NOW, page_size=3))


def test_what_is_found_is_stored_said_and_counted(looked: Looked, outside: FactoryOutside) -> None:
    ids = sorted(outside.add(number, NOW - number * MINUTE) for number in range(7))
    source = looked.add(outside.source())
    looked.beat()
    assert [run.run_id for run in looked.runs()] == ids
    assert len(looked.heard) == 7
    went = looked.progress(source)
    assert (went.condition, went.runs, went.complete_until, went.staged) == ("ok", 7, NOW, None)
    assert went.version is not None
    assert went.version.startswith("api-version")


def test_nothing_new_is_said_by_nobody(looked: Looked, outside: FactoryOutside) -> None:
    outside.add(1, NOW - MINUTE)
    source = looked.add(outside.source())
    looked.beat()
    looked.time += timedelta(minutes=1)
    looked.beat()
    assert len(looked.heard) == 1
    assert looked.progress(source).complete_until == looked.time


def test_a_source_is_looked_at_when_it_is_due_and_not_before(looked: Looked, outside: FactoryOutside) -> None:
    looked.add(outside.source(poll_seconds=60))
    looked.beat()
    assert list(looked.watch.due()) == []
    looked.time += timedelta(seconds=61)
    assert [event.subject for event in looked.watch.due()] == ["adf/test"]
    # However often it is said, it is one piece of work.
    for _ in range(3):
        looked.bus.publish(looked.watch.due())
    assert sum(doc["type"] == "work" for doc in looked.store.scan(WORK)) == 1


def test_a_source_that_is_off_is_left_alone(looked: Looked, outside: FactoryOutside) -> None:
    looked.add(outside.source(enabled=False))
    looked.beat()
    assert outside.factory.requests == []


class Dying:
    """A store that ends the process at its n-th write."""

    def __init__(self, documents: OwnedDocuments, left: int) -> None:
        self._documents, self.left = documents, left

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._documents, name)
        if name not in ("put", "delete", "commit"):
            return found

        def write(*arguments: Any, **options: Any) -> Any:
            self.left -= 1
            if self.left < 0:
                raise Killed
            return found(*arguments, **options)

        return write


def test_killed_at_any_write_it_loses_and_doubles_nothing(
    documents: SqliteStore, tmp_path: Path, serve: Callable[[Factory], FactoryOutside]
) -> None:
    for at in range(0, 24, 2):
        outside = serve(Factory(now=NOW, page_size=2))
        looked = Looked(SqliteStore(tmp_path / f"killed-{at}.db"), tmp_path)
        ids = sorted(outside.add(number, NOW - number * MINUTE) for number in range(5))
        source = looked.add(outside.source())
        looked.start(Dying(looked.documents, at))
        try:
            looked.beat()
        except Killed:
            looked.bell.tickets.clear()
        looked.start()
        for _ in range(6):
            looked.recover()
            looked.beat()
        assert [run.run_id for run in looked.runs()] == ids, f"killed at write {at}"
        assert {subject for _, subject in looked.heard} >= {
            f"adf/test|{run.id}|{run.digest}" for run in looked.runs()
        }, f"killed at write {at}"
        assert looked.progress(source).complete_until == looked.time
        looked.store.close()


def test_a_run_that_fails_after_it_was_seen_is_corrected(
    looked: Looked, serve: Callable[[Factory], FactoryOutside]
) -> None:
    outside = serve(sample(runs=3, now=NOW))
    looked.add(outside.source())
    looked.beat()
    assert next(run for run in looked.runs() if run.run_id == run_id(0)).status == "RUNNING"
    outside.factory.now = looked.time = NOW + timedelta(minutes=20)
    fail_later(outside.factory, run_id(0), "BuildFeatures")
    looked.beat()
    failed = next(run for run in looked.runs() if run.run_id == run_id(0))
    assert (failed.status, failed.activities[-1].name, failed.activities[-1].status) == (
        "FAILED",
        "BuildFeatures",
        "FAILED",
    )
    assert failed.id == next(run.id for run in looked.runs() if run.run_id == run_id(0))


def test_pages_that_shift_while_they_are_read_lose_no_run(looked: Looked, outside: FactoryOutside) -> None:
    ids = sorted(outside.add(number, NOW - timedelta(hours=1, minutes=number)) for number in range(8))
    oldest = ids[7]

    def leave(factory: Factory) -> None:
        """The run that was first in the window is changed, and is after its end now."""
        factory.change(oldest, status="Succeeded", lastUpdated="2026-11-20T06:30:00.0000000Z")

    outside.factory.faults.after_page = leave
    looked.add(outside.source())
    looked.beat()
    assert [run.run_id for run in looked.runs()] == ids


@pytest.mark.parametrize("retry_after", [0.01, None])
def test_throttling_is_waited_out(looked: Looked, outside: FactoryOutside, retry_after: float | None) -> None:
    outside.add(1, NOW - MINUTE)
    outside.factory.faults.throttle, outside.factory.faults.retry_after = 2, retry_after
    source = looked.add(outside.source())
    looked.beat()
    assert (looked.progress(source).condition, len(looked.runs())) == ("ok", 1)


def test_tokens_that_end_are_asked_for_anew(looked: Looked, outside: FactoryOutside) -> None:
    source = looked.add(outside.source())
    looked.beat()
    outside.server.revoke()
    outside.add(1, NOW)
    looked.time += timedelta(minutes=1)
    looked.beat()
    assert (looked.progress(source).condition, len(looked.runs()), outside.server.issued) == ("ok", 1, 2)


def test_an_identity_that_is_refused_is_not_hammered(
    looked: Looked, outside: FactoryOutside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDENTITY_HEADER", "wrong")
    source = looked.add(outside.source())
    looked.beat()
    went = looked.progress(source)
    assert went.condition == "credentials"
    assert went.fix is not None
    assert "identity" in went.fix
    assert went.retry_at == NOW + timedelta(minutes=5)
    looked.time += timedelta(minutes=1)
    assert list(looked.watch.due()) == []


def test_a_missing_role_and_a_wrong_name_are_told_apart(looked: Looked, outside: FactoryOutside) -> None:
    outside.factory.faults.forbid = True
    source = looked.add(outside.source())
    looked.beat()
    went = looked.progress(source)
    assert went.condition == "permission"
    assert went.error is not None
    assert "querypipelineruns/read" in went.error
    wrong = source.settings.model_copy(update={"factory": "adf-other"})
    outside.factory.faults.forbid = False
    looked.time += timedelta(minutes=6)
    looked.add(source.model_copy(update={"settings": wrong, "updated_at": looked.time}))
    looked.beat()
    assert looked.progress(source).condition == "configuration"


def test_an_answer_of_somebody_else_stops_the_source_and_moves_nothing(looked: Looked, outside: FactoryOutside) -> None:
    outside.add(1, NOW - MINUTE)
    outside.factory.faults.garbage = 1
    source = looked.add(outside.source())
    looked.beat()
    went = looked.progress(source)
    assert (went.condition, went.cursor, went.last_success) == ("shape_changed", None, None)
    looked.time += timedelta(minutes=2)
    looked.beat()
    assert (looked.progress(source).condition, len(looked.runs())) == ("ok", 1)


def test_one_item_nobody_can_read_is_told_and_skipped(looked: Looked, outside: FactoryOutside) -> None:
    for number in range(9):
        outside.add(number, NOW - number * MINUTE)
    broken = dict(next(iter(outside.factory.runs.values())))
    broken |= {"runId": "broken", "pipelineName": None}
    outside.factory.record(broken)
    source = looked.add(outside.source())
    looked.beat()
    went = looked.progress(source)
    assert (went.condition, went.bad_items, len(looked.runs())) == ("ok", 1, 9)
    assert went.error is not None
    assert "pipelineName" in went.error


def test_mostly_unreadable_items_stop_the_source(looked: Looked, outside: FactoryOutside) -> None:
    for number in range(3):
        outside.add(number, NOW - number * MINUTE)
        outside.factory.runs[f"{number:08d}-0000-4000-8000-000000000000"]["pipelineName"] = 7
    source = looked.add(outside.source())
    looked.beat()
    assert looked.progress(source).condition == "shape_changed"
    assert looked.progress(source).cursor is None


def test_a_server_whose_clock_is_ahead_does_not_move_the_cursor_past_ours(
    looked: Looked, outside: FactoryOutside
) -> None:
    outside.add(1, NOW + 4 * MINUTE)
    source = looked.add(outside.source())
    looked.beat()
    cursor = looked.progress(source).cursor
    assert cursor is not None
    assert cursor.high_water == NOW
    assert len(looked.runs()) == 1


def test_the_past_is_read_day_by_day_the_newest_first(looked: Looked, outside: FactoryOutside) -> None:
    ids = [outside.add(number, NOW - timedelta(days=number, hours=2)) for number in range(4)]
    source = looked.add(outside.source(since=NOW - MINUTE))
    since = NOW - timedelta(days=4)
    asked = Backfill(
        id=f"{source.id}~{fact_stamp(since)}~{fact_stamp(NOW)}",
        pk=BACKFILLS_PK,
        source=source.source,
        since=since,
        until=NOW,
        reached=NOW,
        days=4,
        created_at=NOW,
    )
    looked.store.put(OPS, dump(asked))
    seen = []
    for _ in range(5):
        looked.beat()
        found = parse(Backfill, looked.store.get(OPS, BACKFILLS_PK, asked.id) or {})
        seen.append((found.state, found.days_done, sorted(ids.index(run.run_id) for run in looked.runs())))
    assert seen == [
        ("running", 1, [0]),
        ("running", 2, [0, 1]),
        ("running", 3, [0, 1, 2]),
        ("done", 4, [0, 1, 2, 3]),
        ("done", 4, [0, 1, 2, 3]),
    ]


def test_no_secret_reaches_the_store(looked: Looked, serve: Callable[[Factory], FactoryOutside]) -> None:
    factory = sample(runs=5, now=NOW)
    add_loop(factory, 3)
    outside = serve(factory)
    looked.add(outside.source())
    looked.beat()
    assert len(looked.runs()) == 6
    text = "".join(str(doc) for coll in COLLECTIONS for doc in looked.store.scan(coll))
    assert SECRET not in text
    assert outside.server.identity_header not in text


def test_each_pair_of_a_loop_is_an_edge_and_what_cannot_be_known_says_so(
    looked: Looked, serve: Callable[[Factory], FactoryOutside]
) -> None:
    factory = sample(runs=0, now=NOW)
    id = add_loop(factory, 50)
    for row in factory.activities[id][26:]:
        row["input"] = {"source": {"type": "AzureSqlSource"}, "sink": {"type": "AzureSqlSink"}}
    looked.add(serve(factory).source())
    looked.beat()
    (run,) = looked.runs()
    copies = [activity for activity in run.activities if activity.kind == "Copy"]
    pairs = [(one.inputs[0].name, one.outputs[0].name) for one in copies if one.inputs[0].evidence == "exact"]
    assert pairs == [(f"sqldb.dbo.t{n:02d}", f"sqldb.dbo.f{n:02d}") for n in range(25)]
    assert sum(one.inputs[0].evidence == "unresolved" for one in copies) == 25


def test_a_stored_state_is_said_again_until_it_is_safe(documents: SqliteStore) -> None:
    run = PipelineRun(
        id="20260101T000000000000Z~pipeline-run~0123456789ab",
        pk="adf/test|2026-01",
        source="adf/test",
        digest="d",
        updated_at=NOW,
        received_at=NOW,
        factory="adf/s/g/f",
        pipeline="p",
        run_id="r",
        status="SUCCEEDED",
    )
    assert [type(event) for event in Keeper(documents).keep([run])] == [PipelineRunObserved]
    assert len(list(Keeper(documents, NOW - MINUTE).keep([run]))) == 1
    assert list(Keeper(documents, NOW).keep([run])) == []


def test_an_alias_that_moves_away_ends_when_that_is_seen() -> None:
    first = moved((), (AliasSpan(alias="champion", since=NOW),), NOW)
    assert first == (AliasSpan(alias="champion", since=NOW),)
    later = NOW + timedelta(days=1)
    gone = moved(first, (), later)
    assert gone == (AliasSpan(alias="champion", since=NOW, until=later),)
    back = moved(gone, (AliasSpan(alias="champion", since=NOW),), later + MINUTE)
    assert back[1] == AliasSpan(alias="champion", since=later + MINUTE)
    assert moved(back, (AliasSpan(alias="champion", since=NOW),), later + 2 * MINUTE) == back


def test_a_look_that_is_asked_for_a_source_that_is_gone_ends(looked: Looked) -> None:
    assert looked.watch.look(SourceDue(model="@adf/gone", subject="adf/gone", occurred_at=NOW)) == ()
