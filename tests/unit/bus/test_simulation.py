"""The step protocol under a seeded scheduler: whatever fails, every batch ends with exactly one of everything.

Mutants break the protocol on purpose; the simulation has to notice each of them, or it would prove nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from bellwether.bus import ROUTES, DurableBus, Handler, Ledger, Steps, Ticket
from bellwether.contracts import (
    AnyEvent,
    BatchReceived,
    BatchSubmitted,
    DriftReported,
    ExplanationReady,
)
from bellwether.errors import Conflict, PreconditionFailed, Unavailable
from bellwether.settings import Work
from bellwether.storage.collections import EXPLAIN, LINEAGE, REPORTS, RUNS, VIEWS
from bellwether.storage.port import Create, Replace, Upsert
from bellwether.testing.simulation import Faults, Killed, SimulatedStore, World

SEEDS = 1000
BATCHES = 4
STORM, CALM = 1200, 6000
SETTINGS = Work(ring_seconds=1.0, lease_seconds=2.0, attempts=10_000, reconcile_seconds=1.0)


@dataclass(slots=True)
class System:
    """The services, reduced to their reads and fenced writes; a mutant overrides one method."""

    world: World
    store: SimulatedStore = field(init=False)
    ledger: Ledger = field(init=False)
    bus: DurableBus = field(init=False)
    steps: Steps = field(init=False)
    acknowledged: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.store = SimulatedStore(self.world)
        self.ledger = self.make_ledger()
        self.bus = self.make_bus()
        others = dict.fromkeys((name for names in ROUTES.values() for name in names), self.ignore)
        handlers: Mapping[str, Handler] = {
            **others,
            "collector.accept_batch": self.accept,
            "drift.analyse_batch": self.analyse,
            "drift.assess": self.assess,
            "explain.explain_batch": self.explain,
            "lineage.record": self.record,
        }
        self.steps = self.make_steps(handlers)

    def make_ledger(self) -> Ledger:
        return Ledger(self.store, SETTINGS, self.world.now, self.world.holder, self.world.is_gone)  # type: ignore[arg-type]  # part of the port

    def make_bus(self) -> DurableBus:
        return DurableBus(self.ledger, self.world)

    def make_steps(self, handlers: Mapping[str, Handler]) -> Steps:
        return Steps(self.ledger, self.bus, handlers, pause=lambda _: None)

    def event(self, kind: Callable[..., AnyEvent], batch: str) -> AnyEvent:
        return kind(model="m", subject=batch, occurred_at=self.world.now())

    def push(self, batch: str) -> None:
        with suppress(Conflict):  # the client's second try
            self.store.put(RUNS, {"id": batch, "pk": "m", "state": "received"}, create=True)
        self.bus.publish([self.event(BatchSubmitted, batch)])
        self.acknowledged.add(batch)

    def accept(self, event: AnyEvent) -> Iterable[AnyEvent]:
        doc = self.store.get(RUNS, "m", event.subject)
        assert doc is not None
        if doc["state"] == "received":
            with suppress(PreconditionFailed):
                self.store.put(RUNS, {**_plain(doc), "state": "accepted"}, if_etag=doc["_etag"])
        return [self.event(BatchReceived, event.subject)]

    def analyse(self, event: AnyEvent) -> Iterable[AnyEvent]:
        report = {"id": f"d~{event.subject}", "pk": "m"}
        with suppress(Conflict):
            self.store.commit(REPORTS, "m", [Create(report), Create({"id": f"p~{event.subject}", "pk": "m"})])
        return [self.event(DriftReported, event.subject)]

    def explain(self, event: AnyEvent) -> Iterable[AnyEvent]:
        with suppress(Conflict):
            self.store.put(EXPLAIN, {"id": f"g~{event.subject}", "pk": "m"}, create=True)
        return [self.event(ExplanationReady, event.subject)]

    def record(self, event: AnyEvent) -> Iterable[AnyEvent]:
        self.store.put(LINEAGE, {"id": f"n~{event.type}~{event.subject}", "pk": "m"})
        return []

    def assess(self, event: AnyEvent) -> Iterable[AnyEvent]:
        for _ in range(50):
            view = self.store.get(VIEWS, "fleet", "m")
            points = [doc for doc in self.store.query(REPORTS, "m").docs if doc["id"].startswith("p~")]
            derived = {"id": "m", "pk": "fleet", "batches": len(points)}
            try:
                op = Create(derived) if view is None else Replace(derived, view["_etag"])
                self.store.commit(VIEWS, "fleet", [op])
            except (Conflict, PreconditionFailed):
                continue
            return []
        raise Unavailable("the view changed fifty times")

    def ignore(self, event: AnyEvent) -> Iterable[AnyEvent]:
        """Stand for subscribers that write nothing this test counts."""
        return []

    def handle(self, ticket: Ticket) -> None:
        self.steps.run(ticket)

    def reconcile(self) -> None:
        for service in ("collector", "drift", "explain", "lineage"):
            for ticket in self.ledger.overdue(service):
                self.world.ring(ticket)


def _plain(doc: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in doc.items() if not name.startswith("_")}


def run(seed: int, system: Callable[[World], System] = System, faults: Faults | None = None) -> list[str]:
    """Run one seed to its end and return what is wrong."""
    world = World(seed, faults or Faults())
    it = system(world)
    for n in range(BATCHES):
        world.start(lambda n=n: it.push(f"b{n}"), again=True)  # type: ignore[misc]  # mypy: no default in a lambda
    for tick in range(STORM + CALM):
        world.calm = tick >= STORM
        if world.queue and world.busy_workers() < 3:
            world.deliver(it.handle)
        if tick % 100 == 99:
            world.start(it.reconcile)
        world.step()
        if world.calm and world.idle() and not world.queue and not _left(world):
            break
    return _wrong(world, it)


def _left(world: World) -> list[str]:
    return [id for container, _, id in world.docs if container == "work"]


def _wrong(world: World, it: System) -> list[str]:
    found = Counter((container, id.partition("~")[0]) for container, _, id in world.docs)
    everything = {f"b{n}" for n in range(BATCHES)}
    wrong = [] if it.acknowledged == everything else ["a push was never answered"]
    for container, kind in (("reports", "d"), ("reports", "p"), ("explain", "g")):
        if found[container, kind] != BATCHES:
            wrong.append(f"{found[container, kind]} documents {kind} in {container}, not {BATCHES}")
    states = Counter(doc["state"] for (c, _, _), doc in world.docs.items() if c == "runs")
    if states != {"accepted": BATCHES}:
        wrong.append(f"states {dict(states)}")
    if found["lineage", "n"] != 3 * BATCHES:
        wrong.append(f"{found['lineage', 'n']} lineage records, not {3 * BATCHES}")
    view = world.docs.get(("views", "fleet", "m"), {})
    if view.get("batches") != BATCHES:
        wrong.append(f"the view counts {view.get('batches')}")
    if left := _left(world):
        wrong.append(f"work left: {left}")
    return wrong


def test_every_batch_ends_with_exactly_one_of_everything() -> None:
    bad = {seed: wrong for seed in range(SEEDS) if (wrong := run(seed))}
    assert not bad, f"{len(bad)} of {SEEDS} seeds, the first: {next(iter(bad.items()))}"


class _AcknowledgesFirst(Steps):
    __slots__ = ()

    def run(self, ticket: Ticket, *, redelivered: bool = False) -> object:  # type: ignore[override]
        taken = self.ledger.take(ticket, redelivered=redelivered)
        if taken is None:
            return None
        self.ledger.done(taken.item)
        self.bus.publish(list(self.handlers[taken.item.handler](taken.event)))
        return None


class ForgetsWorkBeforeItIsDone(System):
    __slots__ = ()

    def make_steps(self, handlers: Mapping[str, Handler]) -> Steps:
        return _AcknowledgesFirst(self.ledger, self.bus, handlers, pause=lambda _: None)


class WritesTwiceInsteadOfOnce(System):
    __slots__ = ()

    def analyse(self, event: AnyEvent) -> Iterable[AnyEvent]:
        try:
            self.store.put(REPORTS, {"id": f"d~{event.subject}", "pk": "m"}, create=True)
            self.store.put(REPORTS, {"id": f"p~{event.subject}", "pk": "m"}, create=True)
        except Conflict:
            pass
        return [self.event(DriftReported, event.subject)]


class NamesResultsAtRandom(System):
    __slots__ = ()

    def analyse(self, event: AnyEvent) -> Iterable[AnyEvent]:
        n = self.world.steps
        self.store.commit(
            REPORTS, "m", [Create({"id": f"d~{event.subject}~{n}", "pk": "m"}), Create({"id": f"p~{n}", "pk": "m"})]
        )
        return [self.event(DriftReported, event.subject)]


class CountsBesideTheWrite(System):
    __slots__ = ()

    def assess(self, event: AnyEvent) -> Iterable[AnyEvent]:
        view = self.store.get(VIEWS, "fleet", "m") or {"batches": 0}
        self.store.commit(VIEWS, "fleet", [Upsert({"id": "m", "pk": "fleet", "batches": view["batches"] + 1})])
        return []


class HasNoReconciler(System):
    __slots__ = ()

    def reconcile(self) -> None:
        return


class _LosesTheRest(Ledger):
    __slots__ = ()

    def enter(self, events: Iterable[AnyEvent]) -> list[Ticket]:
        try:
            return Ledger.enter(self, events)
        except Unavailable:
            return []  # as if a failed write did not matter


class IgnoresFailedWrites(System):
    __slots__ = ()

    def make_ledger(self) -> Ledger:
        return _LosesTheRest(self.store, SETTINGS, self.world.now, self.world.holder, self.world.is_gone)  # type: ignore[arg-type]  # part of the port


class DerivesWithoutAFence(System):
    __slots__ = ()

    def assess(self, event: AnyEvent) -> Iterable[AnyEvent]:
        points = [doc for doc in self.store.query(REPORTS, "m").docs if doc["id"].startswith("p~")]
        self.store.put(VIEWS, {"id": "m", "pk": "fleet", "batches": len(points)})
        return []


MUTANTS = [
    ForgetsWorkBeforeItIsDone,
    WritesTwiceInsteadOfOnce,
    NamesResultsAtRandom,
    CountsBesideTheWrite,
    HasNoReconciler,
    IgnoresFailedWrites,
    DerivesWithoutAFence,
]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_the_simulation_notices(mutant: Callable[[World], System]) -> None:
    assert any(run(seed, mutant) for seed in range(SEEDS)), f"{mutant} survived {SEEDS} seeds"


def test_a_run_repeats_exactly() -> None:
    first, second = World(7, Faults()), World(7, Faults())
    for world in (first, second):
        it = System(world)
        world.start(lambda it=it: it.push("b0"), again=True)  # type: ignore[misc]  # mypy: no default in a lambda
        for _ in range(300):
            if world.queue:
                world.deliver(it.handle)
            world.step()
    assert first.docs == second.docs


def test_killed_is_no_ordinary_error() -> None:
    assert not issubclass(Killed, Exception)
