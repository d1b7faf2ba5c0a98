"""The ledger of work: which subscriber still has to handle which event.

Publishing an event writes one work document per subscriber before anything is sent. A step takes its document (an
attempt is counted and the holder noted in one conditional write), runs, makes the events that follow durable in the
same way, and deletes the document. So at every moment what is undone is a document, whatever the queue lost; the
reconciler reads the overdue ones and rings again. A document is addressed by what it is about, so the same event
published twice is one piece of work, and a late doorbell for work already done finds nothing and is dropped.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple

from pydantic import NonNegativeInt

from bellwether.bus import holder as holders
from bellwether.bus.routes import BACKLOGS, ROUTES
from bellwether.bus.shares import Shares
from bellwether.contracts import AnyEvent, Document, decode, encode, fact_id
from bellwether.errors import Conflict, NotFound, PreconditionFailed
from bellwether.settings import Work
from bellwether.storage.collections import WORK
from bellwether.storage.documents import dump, parse
from bellwether.storage.port import Doc, DocumentStore
from bellwether.telemetry.tracing import traceparent

BUCKETS = 4
"""Partitions of each service's work: spreads the writes, and is the number of queries of one reconciliation."""
DEAD = "dead"
_LONGEST_PAUSE_S = 600.0


class Ticket(NamedTuple):
    """Address of one piece of work: all that a doorbell carries; ``backlog``: behind the work of others."""

    pk: str
    id: str
    handler: str
    backlog: bool = False


class WorkItem(Document):
    """One event one subscriber has to handle. Container ``work``; times in milliseconds since 1970.

    ``due`` is when the reconciler looks at it again, ``attempts`` how often it was started without a recorded end,
    ``holder`` the process that runs it until ``lease``; ``backlog``: behind the work of others.
    """

    type: Literal["work"] = "work"
    handler: str
    event: str
    backlog: bool = False
    state: Literal["waiting", "running"] = "waiting"
    attempts: NonNegativeInt = 0
    rings: NonNegativeInt = 0
    retries: NonNegativeInt = 0
    holder: str | None = None
    lease: NonNegativeInt = 0
    due: NonNegativeInt
    created: NonNegativeInt
    error: str | None = None

    @property
    def ticket(self) -> Ticket:
        """Where it lies."""
        return Ticket(self.pk, self.id, self.handler, self.backlog)


class DeadLetter(Document):
    """Work that was given up, with the reason. Container ``work``, pk ``dead``."""

    type: Literal["dead_letter"] = "dead_letter"
    handler: str
    event: str
    error_type: str
    error: str
    attempts: NonNegativeInt
    work_pk: str
    work_id: str
    created: NonNegativeInt
    buried: NonNegativeInt


class Taken(NamedTuple):
    """Work this process holds: the item, the event in it and the etag that fences its next write."""

    item: WorkItem
    event: AnyEvent
    etag: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """All reading and writing of work documents.

    ``now`` returns an aware time; ``holder`` names the running process, ``is_gone`` says whether one has ended.
    """

    documents: DocumentStore
    settings: Work
    now: Callable[[], datetime]
    holder: Callable[[], str] = holders.current
    is_gone: Callable[[str], bool] = holders.is_gone
    shares: Shares = field(default_factory=Shares, compare=False)

    def enter(self, events: Iterable[AnyEvent]) -> list[Ticket]:
        """Make every (event, subscriber) durable; what is there already stays as it is."""
        now, tickets = self._ms(), []
        here = traceparent()  # whoever handles an event comes below the step that published it
        for event in events:
            if here is not None:
                event = event.model_copy(update={"traceparent": here})
            text = encode(event).decode()
            for handler in ROUTES[type(event)]:
                item = WorkItem(
                    **_address(handler, event),
                    handler=handler,
                    event=text,
                    backlog=handler in BACKLOGS
                    and self.shares.exceeded(handler, event.model, self.settings.share, now),
                    due=now + round(1000 * self.settings.ring_seconds),
                    created=now,
                )
                with suppress(Conflict):  # published before: one fact, one piece of work
                    self.documents.put(WORK, dump(item), create=True)
                tickets.append(item.ticket)
        return tickets

    def take(self, ticket: Ticket, *, redelivered: bool = False) -> Taken | None:
        """Start work; None when it is done, or another live process holds it.

        ``redelivered`` says that the queue knows the former holder is lost. Work that was started as often as
        ``attempts`` allows, and never ended, is buried without being run.
        """
        doc = self.documents.get(WORK, ticket.pk, ticket.id)
        if doc is None:
            return None
        item, now = parse(WorkItem, doc), self._ms()
        if item.state == "running" and not redelivered and not self._abandoned(item, now):
            return None
        if item.attempts >= self.settings.attempts:
            self.bury(item, "PoisonError", f"started {item.attempts} times and never ended")
            return None
        held = item.model_copy(
            update={
                "state": "running",
                "attempts": item.attempts + 1,
                "holder": self.holder(),
                "lease": now + round(1000 * self.settings.lease_seconds),
                "due": now + round(1000 * self.settings.ring_seconds),
            }
        )
        try:
            stored = self.documents.put(WORK, dump(held), if_etag=doc["_etag"])
        except PreconditionFailed:
            return None  # another process took it, or finished it, in between
        return Taken(held, decode(item.event), stored["_etag"])

    def done(self, item: WorkItem) -> None:
        """Forget work that is finished: its results and the events after it are durable."""
        self.documents.delete(WORK, item.pk, item.id)

    def later(self, taken: Taken, error: Exception) -> None:
        """Put work back for another try after a pause: a dependency failed, which is no fault of the work."""
        item, pause = taken.item, min(2.0 ** min(taken.item.retries, 6), 60.0)
        if self._ms() - item.created > 1000 * self.settings.give_up_seconds:
            self.bury(item, type(error).__name__, f"still not possible after {item.retries} tries: {error}")
            return
        waiting = item.model_copy(
            update={
                "state": "waiting",
                "attempts": item.attempts - 1,
                "retries": item.retries + 1,
                "holder": None,
                "lease": 0,
                "due": self._ms() + round(1000 * pause),
                "error": _words(error),
            }
        )
        with suppress(PreconditionFailed):  # another process has it by now
            self.documents.put(WORK, dump(waiting), if_etag=taken.etag)

    def bury(self, item: WorkItem, error_type: str, error: str) -> None:
        """Move work to the dead letters, where an operator can read, replay or discard it."""
        letter = DeadLetter(
            id=fact_id(_time(item.created, self.now()), "dead", item.pk, item.id),
            pk=DEAD,
            handler=item.handler,
            event=item.event,
            error_type=error_type,
            error=error[:2000],
            attempts=item.attempts,
            work_pk=item.pk,
            work_id=item.id,
            created=item.created,
            buried=self._ms(),
        )
        self.documents.put(WORK, dump(letter))
        self.documents.delete(WORK, item.pk, item.id)

    def overdue(self, service: str, limit: int = 200) -> Iterator[Ticket]:
        """Yield tickets of one service to ring again, each pushed back first so that rings stay bounded."""
        now = self._ms()
        for doc in self._partitions(service, [("due", "le", now)], limit):
            item = parse(WorkItem, doc)
            ring = item.state == "waiting" or self._abandoned(item, now)
            pause = min(self.settings.ring_seconds * 2.0**item.rings, _LONGEST_PAUSE_S)
            pushed = item.model_copy(
                update={"due": now + round(1000 * pause), "rings": item.rings + (1 if ring else 0)}
            )
            try:
                self.documents.put(WORK, dump(pushed), if_etag=doc["_etag"])
            except PreconditionFailed:
                continue  # it moved on by itself
            if ring:
                yield item.ticket

    def age_seconds(self, item: WorkItem) -> float:
        """Return how long ago the event was published."""
        return (self._ms() - item.created) / 1000

    def undone(self, service: str, limit: int = 1000) -> list[WorkItem]:
        """Return work of one service that is not finished, at most ``limit``: for gauges and operators."""
        return [parse(WorkItem, doc) for doc in self._partitions(service, [], limit)]

    def oldest_seconds(self) -> float:
        """Return the age of the oldest unfinished work of any service; 0 when there is none."""
        services = {name.partition(".")[0] for names in ROUTES.values() for name in names}
        ages = (self.age_seconds(item) for service in services for item in self.undone(service, limit=100))
        return max(0.0, *ages, 0.0)

    def dead(self, after: str | None = None, limit: int = 50) -> tuple[list[DeadLetter], str | None]:
        """Return dead letters, newest first, and the cursor of the next page."""
        page = self.documents.query(WORK, DEAD, desc=True, limit=limit, after=after)
        return [parse(DeadLetter, doc) for doc in page.docs], page.cursor

    def replay(self, id: str) -> Ticket:
        """Make a dead letter work again, with fresh attempts; raises ``NotFound``."""
        letter = self._letter(id)
        now = self._ms()
        item = WorkItem(
            id=letter.work_id,
            pk=letter.work_pk,
            handler=letter.handler,
            event=letter.event,
            due=now + round(1000 * self.settings.ring_seconds),
            created=letter.created,
        )
        self.documents.put(WORK, dump(item))
        self.documents.delete(WORK, DEAD, id)
        return item.ticket

    def discard(self, id: str) -> None:
        """Forget a dead letter for good; raises ``NotFound``."""
        self._letter(id)
        self.documents.delete(WORK, DEAD, id)

    def _letter(self, id: str) -> DeadLetter:
        doc = self.documents.get(WORK, DEAD, id)
        if doc is None:
            raise NotFound(f"no dead letter {id!r}; list them to see those there are")
        return parse(DeadLetter, doc)

    def _partitions(self, service: str, where: list[tuple[str, str, Any]], limit: int) -> Iterator[Doc]:
        for bucket in range(BUCKETS):
            yield from self.documents.query(WORK, f"{service}|{bucket}", where, limit=limit).docs

    def _abandoned(self, item: WorkItem, now: int) -> bool:
        return item.lease <= now or (item.holder is not None and self.is_gone(item.holder))

    def _ms(self) -> int:
        return round(1000 * self.now().timestamp())


def _address(handler: str, event: AnyEvent) -> dict[str, str]:
    identity = "\x1f".join((handler, event.type, event.model, event.subject))
    digest = hashlib.sha256(identity.encode()).hexdigest()
    service = handler.partition(".")[0]
    return {"pk": f"{service}|{int(digest[:8], 16) % BUCKETS}", "id": f"w~{digest[:32]}"}


def _time(ms: int, like: datetime) -> datetime:
    return datetime.fromtimestamp(ms / 1000, tz=like.tzinfo)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:2000]
