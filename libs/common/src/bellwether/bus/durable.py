"""Publishing that cannot lose, and the running of one step. Knows no transport: a doorbell is anything that rings."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from bellwether.bus.port import Handler
from bellwether.bus.work import Ledger, Taken, Ticket
from bellwether.contracts import (
    AnyEvent,
    BatchReceived,
    BatchRejected,
    BatchSubmitted,
    DriftReported,
    ExplanationReady,
)
from bellwether.errors import BellwetherError, Unavailable
from bellwether.telemetry.logging import bound, logger
from bellwether.telemetry.metrics import STEP_SECONDS, STEP_STARTS_TOTAL, STEP_WAIT_SECONDS
from bellwether.telemetry.tracing import span

T = TypeVar("T")
Outcome = Literal["done", "skipped", "later", "dead"]
_TRIES = 6
_ABOUT_BATCHES = (BatchSubmitted, BatchReceived, BatchRejected, DriftReported, ExplanationReady)
_LOG = logger(__name__)


class Doorbell(Protocol):
    """Tells a worker that work is there. May fail, lose and repeat: nothing depends on it but speed."""

    def ring(self, ticket: Ticket) -> None:
        """Try to wake a worker; never raises."""


@dataclass(frozen=True, slots=True)
class DurableBus:
    """Writes first, rings second."""

    ledger: Ledger
    doorbell: Doorbell

    def publish(self, events: Iterable[AnyEvent]) -> None:
        """Make events durable for every subscriber, then ring; raises ``Unavailable`` before any ring."""
        for ticket in self.ledger.enter(events):
            self.doorbell.ring(ticket)


@dataclass(frozen=True, slots=True)
class Steps:
    """Runs single steps. ``pause`` waits the given seconds: the ledger's own writes are tried a few times."""

    ledger: Ledger
    bus: DurableBus
    handlers: Mapping[str, Handler]
    pause: Callable[[float], None]

    def run(self, ticket: Ticket, *, redelivered: bool = False) -> tuple[Outcome, Exception | None]:
        """Handle one piece of work and say how it went, with the error if there was one."""
        taken = self._insist(lambda: self.ledger.take(ticket, redelivered=redelivered))
        if taken is None:
            return "skipped", None
        item, started = taken.item, time.perf_counter()
        if item.attempts == 1 and not item.retries:
            STEP_WAIT_SECONDS.labels(item.handler).observe(max(0.0, self.ledger.age_seconds(item)))
        STEP_STARTS_TOTAL.labels(item.handler, _kind_of_start(taken, redelivered=redelivered)).inc()
        ids = ids_of(taken.event)
        with bound(**ids), span(item.handler, taken.event.traceparent, ids) as running:
            error = self._failure(taken)
            if error is not None:
                running.failed(error)
            outcome = self._settle(taken, error)
            seconds = time.perf_counter() - started
            STEP_SECONDS.labels(item.handler, outcome).observe(seconds)
            fields = {
                "handler": item.handler,
                "outcome": outcome,
                "attempt": item.attempts,
                "seconds": round(seconds, 4),
            }
            if error is None:
                _LOG.info("step", **fields)
            else:
                _LOG.warning("step", **fields, error_type=type(error).__name__, error=str(error)[:2000])
        return outcome, error

    def _settle(self, taken: Taken, error: Exception | None) -> Outcome:
        """Write down in the ledger how a step ended."""
        if error is None:
            self._insist(lambda: self.ledger.done(taken.item))
            return "done"
        if isinstance(error, BellwetherError) and error.retry:
            self._insist(lambda: self.ledger.later(taken, error))
            return "later"
        self._insist(lambda: self.ledger.bury(taken.item, type(error).__name__, str(error)))
        return "dead"

    def _failure(self, taken: Taken) -> Exception | None:
        """Run the handler and publish what follows; return what went wrong."""
        try:
            self.bus.publish(list(self.handlers[taken.item.handler](taken.event)))
        except Exception as error:  # noqa: BLE001 - the process edge: whatever happens, the work must not vanish
            return error
        return None

    def _insist(self, call: Callable[[], T]) -> T:
        for attempt in range(_TRIES - 1):
            try:
                return call()
            except Unavailable:
                self.pause(0.1 * 2.0**attempt)
        return call()


def ids_of(event: AnyEvent) -> dict[str, str]:
    """Return what tells an event apart, for logs and spans; ``batch`` where it is about one."""
    ids = {"model": event.model, "subject": event.subject}
    if isinstance(event, _ABOUT_BATCHES):
        ids["batch"] = event.subject
    return ids


def _kind_of_start(taken: Taken, *, redelivered: bool) -> str:
    if redelivered:
        return "redelivered"
    return "first" if taken.item.attempts == 1 else "again"
