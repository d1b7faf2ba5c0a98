"""Who brings much waits behind the others: which work goes to a backlog, and who empties it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bellwether.bus import QUEUED, ROUTES, SERVICES, Ledger, Ticket, queue_of
from bellwether.bus.routes import BACKLOGS
from bellwether.bus.shares import Shares
from bellwether.contracts import AnyEvent, BatchSubmitted, ModelChanged
from bellwether.settings import Work
from bellwether.storage.sqlite import SqliteStore

START = datetime(2026, 1, 1, tzinfo=UTC)
SHARE = 3


class Clock:
    time = START

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Ledger:
    return Ledger(SqliteStore(tmp_path / "documents.db"), Work(share=SHARE), clock)


def submitted(model: str, *batches: int) -> list[AnyEvent]:
    return [BatchSubmitted(model=model, subject=f"b{n}", occurred_at=START) for n in batches]


def places(tickets: list[Ticket]) -> list[str]:
    return [queue_of(ticket.handler, backlog=ticket.backlog) for ticket in tickets]


def test_what_passes_a_models_share_waits_in_the_backlog_and_no_other_models_does(ledger: Ledger) -> None:
    assert places(ledger.enter(submitted("m", *range(5)))) == ["collector"] * SHARE + ["collector.backlog"] * 2
    assert places(ledger.enter(submitted("other", 0))) == ["collector"]


def test_a_quiet_minute_is_a_new_share(ledger: Ledger, clock: Clock) -> None:
    assert places(ledger.enter(submitted("m", *range(3))))[-1] == "collector"
    clock.time = START + timedelta(seconds=59)
    assert places(ledger.enter(submitted("m", 4))) == ["collector.backlog"]
    clock.time = START + timedelta(seconds=60)
    assert places(ledger.enter(submitted("m", 5))) == ["collector.backlog"], "behind what it brought before"
    clock.time = START + timedelta(seconds=120)
    assert places(ledger.enter(submitted("m", 6))) == ["collector"]
    assert places(ledger.enter(submitted("n", *range(4))))[-1] == "collector.backlog"
    clock.time = START + timedelta(minutes=9)
    assert places(ledger.enter(submitted("n", 4))) == ["collector"]


def test_work_is_rung_for_again_where_it_waits(ledger: Ledger, clock: Clock) -> None:
    entered = ledger.enter(submitted("m", *range(5)))
    clock.time = START + timedelta(minutes=5)
    assert set(ledger.overdue("collector")) == set(entered)


def test_what_was_given_up_and_is_replayed_waits_in_front(ledger: Ledger) -> None:
    *_, ticket = ledger.enter(submitted("m", *range(4)))
    assert ticket.backlog
    taken = ledger.take(ticket)
    assert taken is not None
    ledger.bury(taken.item, "ValueError", "no")
    assert not ledger.replay(ledger.dead()[0][0].id).backlog


def test_what_somebody_waits_for_has_no_backlog(ledger: Ledger) -> None:
    events: list[AnyEvent] = [ModelChanged(model="m", subject=f"v{n}", occurred_at=START) for n in range(2 * SHARE)]
    behind = {ticket.handler for ticket in ledger.enter(events) if ticket.backlog}
    assert behind <= BACKLOGS
    asked = {"explain.explain_row", "collector.preview", "drift.notify", "drift.deliver", "drift.reanalyse"}
    assert not asked & BACKLOGS


def test_every_handler_with_a_backlog_exists() -> None:
    assert not BACKLOGS - {name for names in ROUTES.values() for name in names}


@pytest.mark.parametrize("service", SERVICES)
def test_a_backlog_is_emptied_after_what_it_stands_behind(service: str) -> None:
    queues = QUEUED[service]
    assert list(queues) == sorted(queues), "the order workers ask in"
    assert queues[0] == service
    backlogs = [queue for queue in queues if queue.endswith(".backlog")]
    assert backlogs
    for backlog in backlogs:
        assert queues.index(backlog.removesuffix(".backlog")) < queues.index(backlog)


def test_counts_are_of_one_handler_one_model_and_one_minute() -> None:
    shares = Shares()
    told = [("a", "m", 0), ("b", "m", 0), ("a", "n", 0), ("a", "m", 59_999)]
    assert [shares.exceeded(handler, model, 1, now) for handler, model, now in told] == [False, False, False, True]
