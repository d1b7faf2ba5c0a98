"""A seeded scheduler that runs actors one input or output at a time, and lets each of them fail.

An actor is ordinary code in a greenlet. Every call of its store or doorbell hands control to the scheduler, which
decides who goes on, and whether the call is lost before it is done, is done and its answer lost, or the actor is
killed on the spot. Nothing else is simulated: the code under test is the product's own.
"""

import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from greenlet import getcurrent, greenlet

from bellwether.bus.work import Ticket
from bellwether.errors import Conflict, PreconditionFailed, Unavailable
from bellwether.storage.collections import Collection
from bellwether.storage.port import Create, Delete, Doc, Filter, Op, Page, Replace, Upsert

_START = datetime(2026, 1, 1, tzinfo=UTC)


class Killed(BaseException):
    """The actor's process ends here, whatever it was doing."""


@dataclass(frozen=True, slots=True)
class Faults:
    """Chance of each fault at each call, in [0, 1]."""

    killed: float = 0.02
    stalled: float = 0.02
    failed_before: float = 0.03
    failed_after: float = 0.03
    ring_lost: float = 0.05
    ring_doubled: float = 0.02
    message_lost: float = 0.05


@dataclass(slots=True)
class _Actor:
    name: str
    body: greenlet
    ticket: Ticket | None
    again: Callable[[], None] | None
    asleep_until: int = 0


@dataclass(slots=True)
class World:
    """One run: the store's documents, the queue, the clock and the actors, all driven by one seed."""

    seed: int
    faults: Faults
    docs: dict[tuple[str, str, str], Doc] = field(default_factory=dict)
    queue: list[Ticket] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    calm: bool = False
    steps: int = 0
    _actors: list[_Actor] = field(default_factory=list)
    _ids: Any = field(default_factory=itertools.count)
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - repeatable on purpose

    def now(self) -> datetime:
        """Return the simulated time: ten milliseconds a step."""
        return _START + timedelta(milliseconds=10 * self.steps)

    def holder(self) -> str:
        """Name the running actor."""
        return str(getattr(getcurrent(), "actor", "nobody"))

    def is_gone(self, holder: str) -> bool:
        """Say whether an actor was killed; some lived on another host, of which nobody can say so."""
        return holder in self.gone and hash_bit(holder)

    def start(self, body: Callable[[], None], *, ticket: Ticket | None = None, again: bool = False) -> None:
        """Add an actor. ``ticket``: the message it handles; ``again``: a client that tries until it is answered."""
        name = f"actor-{next(self._ids)}"
        run = greenlet(body)
        run.actor = name
        self._actors.append(_Actor(name, run, ticket, body if again else None))

    def idle(self) -> bool:
        """Say whether no actor is left."""
        return not self._actors

    def busy_workers(self) -> int:
        """Return how many messages are being handled."""
        return sum(actor.ticket is not None for actor in self._actors)

    def deliver(self, handle: Callable[[Ticket], None]) -> None:
        """Give one message, picked at random, to a new worker actor; some get lost on the way."""
        ticket = self.queue.pop(self._random.randrange(len(self.queue)))
        if self.calm or self._random.random() >= self.faults.message_lost:
            self.start(lambda: handle(ticket), ticket=ticket)

    def step(self) -> None:
        """Let one actor go on to its next call."""
        self.steps += 1
        awake = [actor for actor in self._actors if actor.asleep_until <= self.steps or self.calm]
        if not awake:
            return
        actor = self._random.choice(awake)
        if not self.calm and self._random.random() < self.faults.stalled:
            actor.asleep_until = self.steps + self._random.randrange(20, 400)  # longer than a lease, at times
            return
        try:
            if not self.calm and self._random.random() < self.faults.killed:
                self.gone.add(actor.name)
                actor.body.throw(Killed)
            else:
                actor.body.switch()
        except Killed:
            self._actors.remove(actor)
            if actor.again is not None:
                self.start(actor.again, again=True)
            elif actor.ticket is not None and self._random.random() < 0.5:
                self.queue.append(actor.ticket)  # redelivered; the other half only the reconciler finds
            return
        except Unavailable:
            self._actors.remove(actor)
            if actor.again is not None:
                self.start(actor.again, again=True)
            return
        if actor.body.dead:
            self._actors.remove(actor)

    def call(self, effect: Callable[[], Any]) -> Any:
        """Do one input or output of the running actor, after everybody else had a chance."""
        _yield()
        chance = 1.0 if self.calm else self._random.random()
        if chance < self.faults.failed_before:
            raise Unavailable("lost before it was done")
        answer = effect()
        if chance < self.faults.failed_before + self.faults.failed_after:
            raise Unavailable("done, but the answer was lost")
        return answer

    def ring(self, ticket: Ticket) -> None:
        """Put a message on the queue, perhaps twice, perhaps not at all."""
        _yield()
        chance = 1.0 if self.calm else self._random.random()
        if chance >= self.faults.ring_lost:
            self.queue.append(ticket)
            if chance < self.faults.ring_lost + self.faults.ring_doubled:
                self.queue.append(ticket)


def hash_bit(name: str) -> bool:
    """Split names in two halves, the same way in every run."""
    return int(name.rpartition("-")[2]) % 2 == 0


def _yield() -> None:
    parent = getcurrent().parent
    if parent is not None:
        parent.switch()


@dataclass(slots=True)
class SimulatedStore:
    """The part of the document store the protocol uses, over a ``World``; filters know ``le`` only."""

    world: World
    _etags: Any = field(default_factory=itertools.count)

    def put(self, coll: Collection, doc: Doc, *, if_etag: str | None = None, create: bool = False) -> Doc:
        """Write one document."""
        op: Op = Create(doc) if create else Replace(doc, if_etag) if if_etag is not None else Upsert(doc)
        self.commit(coll, doc["pk"], [op])
        return dict(self.world.docs[coll.name, doc["pk"], doc["id"]])

    def commit(self, coll: Collection, pk: str, ops: Sequence[Op]) -> None:
        """Write all or nothing, as one call."""

        def effect() -> None:
            for op in ops:
                id = op.id if isinstance(op, Delete) else op.doc["id"]
                old = self.world.docs.get((coll.name, pk, id))
                if isinstance(op, Create) and old is not None:
                    raise Conflict(id)
                if isinstance(op, Replace) and (old is None or old["_etag"] != op.etag):
                    raise PreconditionFailed(id)
            for op in ops:
                if isinstance(op, Delete):
                    self.world.docs.pop((coll.name, pk, op.id), None)
                else:
                    stored = {**op.doc, "_etag": str(next(self._etags))}
                    self.world.docs[coll.name, pk, op.doc["id"]] = stored

        self.world.call(effect)

    def get(self, coll: Collection, pk: str, id: str) -> Doc | None:
        """Read one document."""

        def effect() -> Doc | None:
            doc = self.world.docs.get((coll.name, pk, id))
            return None if doc is None else dict(doc)

        answer: Doc | None = self.world.call(effect)
        return answer

    def delete(self, coll: Collection, pk: str, id: str) -> bool:
        """Delete one document."""
        return bool(self.world.call(lambda: self.world.docs.pop((coll.name, pk, id), None) is not None))

    def query(
        self,
        coll: Collection,
        pk: str,
        where: Sequence[Filter] = (),
        *,
        desc: bool = False,
        limit: int = 100,
        after: str | None = None,
    ) -> Page:
        """Read one partition in the order of ids."""

        def effect() -> list[Doc]:
            found = [dict(doc) for (c, p, _), doc in self.world.docs.items() if (c, p) == (coll.name, pk)]
            found = [doc for doc in found if all(doc[name] <= value for name, _, value in where)]
            return sorted(found, key=lambda doc: str(doc["id"]), reverse=desc)[:limit]

        return Page(self.world.call(effect), None)
