"""The ledger of work over a real SQLite store."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bellwether.bus import ROUTES, SERVICES, DurableBus, InlineBus, Ledger, Steps, Ticket
from bellwether.bus import holder as holders
from bellwether.contracts import AnyEvent, BatchReceived, BatchSubmitted, DriftReported
from bellwether.errors import InvalidInput, NotFound, Unavailable
from bellwether.settings import Work
from bellwether.storage.collections import WORK
from bellwether.storage.port import DocumentStore
from bellwether.storage.sqlite import SqliteStore

START = datetime(2026, 1, 1, tzinfo=UTC)
SETTINGS = Work(ring_seconds=10, lease_seconds=60, attempts=3, give_up_seconds=3600)


@dataclass
class Clock:
    time: datetime = START

    def __call__(self) -> datetime:
        return self.time

    def forward(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@dataclass
class Bell:
    rung: list[Ticket] = field(default_factory=list)

    def ring(self, ticket: Ticket) -> None:
        self.rung.append(ticket)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> DocumentStore:
    return SqliteStore(tmp_path / "documents.db")


@pytest.fixture
def ledger(store: DocumentStore, clock: Clock) -> Ledger:
    return Ledger(store, SETTINGS, clock)


def submitted(batch: str = "b") -> BatchSubmitted:
    return BatchSubmitted(model="m", subject=batch, occurred_at=START)


def steps(ledger: Ledger, answer: Iterable[AnyEvent] | Exception, bell: Bell | None = None) -> Steps:
    def handle(_: AnyEvent) -> Iterable[AnyEvent]:
        if isinstance(answer, Exception):
            raise answer
        return answer

    bus = DurableBus(ledger, bell or Bell())
    return Steps(ledger, bus, {"collector.accept_batch": handle}, pause=lambda _: None)


def test_publishing_writes_one_document_for_each_subscriber_before_it_rings(ledger: Ledger) -> None:
    bell = Bell()
    DurableBus(ledger, bell).publish([BatchReceived(model="m", subject="b", occurred_at=START)])
    assert [ticket.handler for ticket in bell.rung] == list(ROUTES[BatchReceived])
    for service in SERVICES:
        wanted = sum(name.startswith(f"{service}.") for name in ROUTES[BatchReceived])
        assert len(ledger.undone(service)) == wanted


def test_the_same_event_twice_is_one_piece_of_work(ledger: Ledger, clock: Clock) -> None:
    first = ledger.enter([submitted()])
    clock.forward(5)
    again = ledger.enter([BatchSubmitted(model="m", subject="b", occurred_at=clock())])
    assert first == again
    assert len(ledger.undone("collector")) == 1


def test_a_step_publishes_what_follows_and_forgets_the_work(ledger: Ledger) -> None:
    (ticket,) = ledger.enter([submitted()])
    bell = Bell()
    run = steps(ledger, [DriftReported(model="m", subject="b", occurred_at=START)], bell)
    assert run.run(ticket) == ("done", None)
    assert ledger.undone("collector") == []
    assert {t.handler for t in bell.rung} == set(ROUTES[DriftReported])
    assert run.run(ticket) == ("skipped", None)


def test_work_in_progress_is_left_alone_until_its_lease_ends(ledger: Ledger, clock: Clock) -> None:
    (ticket,) = ledger.enter([submitted()])
    assert ledger.take(ticket) is not None
    assert ledger.take(ticket) is None
    clock.forward(61)
    assert ledger.take(ticket) is not None


def test_a_redelivery_takes_work_over_at_once(ledger: Ledger) -> None:
    (ticket,) = ledger.enter([submitted()])
    ledger.take(ticket)
    assert ledger.take(ticket, redelivered=True) is not None


def test_work_of_a_process_that_ended_is_taken_over_at_once(store: DocumentStore, clock: Clock) -> None:
    dead = holders.current().rpartition("|")[0] + "|1"  # this pid, but an earlier process
    (ticket,) = Ledger(store, SETTINGS, clock, holder=lambda: dead).enter([submitted()])
    Ledger(store, SETTINGS, clock, holder=lambda: dead).take(ticket)
    assert Ledger(store, SETTINGS, clock).take(ticket) is not None


def test_work_that_kills_its_process_three_times_is_a_dead_letter_and_not_run_again(ledger: Ledger) -> None:
    (ticket,) = ledger.enter([submitted()])
    for _ in range(3):
        assert ledger.take(ticket, redelivered=True) is not None
    assert ledger.take(ticket, redelivered=True) is None
    ((letter,), cursor) = ledger.dead()
    assert (letter.error_type, letter.attempts, cursor) == ("PoisonError", 3, None)
    assert ledger.undone("collector") == []


def test_an_unavailable_dependency_is_no_fault_of_the_work(ledger: Ledger, clock: Clock) -> None:
    (ticket,) = ledger.enter([submitted()])
    run = steps(ledger, Unavailable("the store is away"))
    for _ in range(10):
        outcome, error = run.run(ticket)
        assert (outcome, str(error)) == ("later", "the store is away")
    (item,) = ledger.undone("collector")
    assert (item.attempts, item.retries, item.state) == (0, 10, "waiting")
    clock.forward(3601)
    run.run(ticket)
    ((letter,), _) = ledger.dead()
    assert "still not possible after 10 tries: the store is away" in letter.error


def test_any_other_error_is_a_dead_letter_at_once_with_its_words(ledger: Ledger) -> None:
    (ticket,) = ledger.enter([submitted()])
    assert steps(ledger, InvalidInput("column 'x' is missing")).run(ticket)[0] == "dead"
    ((letter,), _) = ledger.dead()
    assert (letter.error_type, letter.error, letter.handler) == (
        "InvalidInput",
        "column 'x' is missing",
        "collector.accept_batch",
    )


def test_a_replayed_dead_letter_is_work_again_with_fresh_attempts(ledger: Ledger) -> None:
    (ticket,) = ledger.enter([submitted()])
    steps(ledger, ValueError("a fault in the handler")).run(ticket)
    ((letter,), _) = ledger.dead()
    assert ledger.replay(letter.id) == ticket
    assert ledger.dead() == ([], None)
    assert steps(ledger, []).run(ticket) == ("done", None)


def test_a_discarded_dead_letter_is_gone(ledger: Ledger) -> None:
    (ticket,) = ledger.enter([submitted()])
    steps(ledger, ValueError()).run(ticket)
    ((letter,), _) = ledger.dead()
    ledger.discard(letter.id)
    assert ledger.dead() == ([], None)
    with pytest.raises(NotFound, match="no dead letter"):
        ledger.replay(letter.id)


def test_the_reconciler_rings_for_overdue_work_ever_more_rarely(ledger: Ledger, clock: Clock) -> None:
    (ticket,) = ledger.enter([submitted()])
    rung = []
    for second in range(100):
        clock.forward(1)
        if list(ledger.overdue("collector")) == [ticket]:
            rung.append(second)
    assert rung == [9, 19, 39, 79]


def test_the_reconciler_leaves_running_work_alone(ledger: Ledger, clock: Clock) -> None:
    (ticket,) = ledger.enter([submitted()])
    ledger.take(ticket)
    clock.forward(30)
    assert list(ledger.overdue("collector")) == []
    clock.forward(31)
    assert list(ledger.overdue("collector")) == [ticket]


def test_dead_letters_are_paged_newest_first(ledger: Ledger, clock: Clock) -> None:
    for n in range(5):
        clock.forward(1)
        (ticket,) = ledger.enter([submitted(f"b{n}")])
        steps(ledger, ValueError(str(n))).run(ticket)
    first, cursor = ledger.dead(limit=3)
    rest, end = ledger.dead(after=cursor, limit=3)
    assert [letter.error for letter in (*first, *rest)] == ["4", "3", "2", "1", "0"]
    assert end is None


def test_the_inline_bus_runs_what_follows_and_keeps_failures(ledger: Ledger) -> None:
    seen: list[str] = []

    def accept(event: AnyEvent) -> Iterable[AnyEvent]:
        return [BatchReceived(model="m", subject=event.subject, occurred_at=START)]

    def analyse(event: AnyEvent) -> Iterable[AnyEvent]:
        seen.append(event.subject)
        raise ValueError("no rows")

    InlineBus(ledger, {"collector.accept_batch": accept, "drift.analyse_batch": analyse}).publish([submitted()])
    assert seen == ["b"]
    assert [letter.error for letter in ledger.dead()[0]] == ["no rows"]
    assert len(ledger.undone("lineage")) == 1, "work of a service that is not here stays waiting"


def test_work_documents_are_spread_over_few_partitions(ledger: Ledger, store: DocumentStore) -> None:
    tickets = ledger.enter([submitted(f"b{n}") for n in range(100)])
    assert {ticket.pk for ticket in tickets} == {f"collector|{n}" for n in range(4)}
    assert sum(store.count(WORK, f"collector|{n}") for n in range(4)) == 100
