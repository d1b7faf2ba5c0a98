"""A step that ends anywhere, and is run again, leaves exactly what an undisturbed one leaves."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from bellwether.collector.handlers import Collector
from bellwether.contracts import AnyEvent, Batch, Labels, Reference
from bellwether.errors import Unavailable
from bellwether.objects.port import ObjectStore
from bellwether.storage.collections import MODELS, RUNS
from bellwether.storage.documents import dump
from tests.integration.collector.bodies import parquet
from tests.integration.collector.test_handlers import flights
from tests.integration.collector.world import NOW, World

Pushed = Batch | Labels | Reference


class Ends(BaseException):
    """The process ends here."""


@dataclass
class Fuse:
    """Counts calls and blows at one of them, before or after it took effect."""

    left: int
    after: bool

    def around(self, call: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        self.left -= 1
        if self.left == 0 and not self.after:
            raise Ends
        result = call(*arguments, **named)
        if self.left == 0:
            raise Ends
        return result


class Fused:
    """A store or object storage whose methods pass the fuse."""

    def __init__(self, inner: Any, fuse: Fuse) -> None:
        self._inner, self._fuse = inner, fuse

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        if name in ("local", "list", "entries", "scan"):
            return method
        return lambda *arguments, **named: self._fuse.around(method, *arguments, **named)


def fused(world: World, fuse: Fuse) -> World:
    objects: ObjectStore = Fused(world.objects, fuse)
    collector = Collector(
        Fused(world.collector.documents, fuse),
        objects,
        world.collector.decoder,
        world.collector.profiles,
        world.collector.now,
    )
    return replace(world, collector=collector)


def prepare(world: World, what: str) -> Pushed:
    world.create(score="score", id="id", time="at", label="late")
    if what == "reference":
        return world.push_reference(parquet(flights(100)))
    world.refer(parquet(flights(100)))
    match what:
        case "batch":
            return world.push(parquet(flights(20, seed=1)))
        case "bad batch":
            return world.push(b"PAR1")
        case "newer reference":
            return world.push_reference(parquet(flights(120)), at=NOW + timedelta(hours=1))
        case _:
            return world.push_labels(b"id,late\nf0-1,1\n")


def outcome(world: World, events: list[AnyEvent]) -> Any:
    """Everything but etags."""
    docs, objects = world.everything()
    plain = {}
    for address in docs:
        coll = MODELS if address[0] == "models" else RUNS
        doc = world.store.get(coll, *address[1:]) or {}
        plain[address] = {key: value for key, value in doc.items() if not key.startswith("_")}
    return events, plain, objects


@pytest.mark.parametrize("what", ["reference", "newer reference", "batch", "bad batch", "labels"])
def test_a_step_that_breaks_off_anywhere_is_completed_by_its_repetition(
    make_world: Callable[..., World], what: str
) -> None:
    before = make_world()
    pushed = prepare(before, what)
    calm = make_world(before)
    wanted = outcome(calm, calm.accept(pushed))
    for after in (False, True):
        calls = 0
        while broke_off(make_world(before), Fuse(calls + 1, after), pushed, wanted):
            calls += 1
        assert calls > 3


def broke_off(world: World, fuse: Fuse, pushed: Pushed, wanted: Any) -> bool:
    """Run a step until the fuse blows, then again; False when it did not blow."""
    try:
        fused(world, fuse).accept(pushed)
    except Ends:
        assert outcome(world, world.accept(pushed)) == wanted, fuse
        return True
    return False


def test_two_runs_at_once_leave_one_result(make_world: Callable[..., World]) -> None:
    world = make_world()
    pushed = prepare(world, "batch")
    inner: list[list[AnyEvent]] = []

    class Overtaken(Fused):
        """Before the last write of one run, another runs from start to end."""

        def put(self, coll: Any, doc: Any, **named: Any) -> Any:
            if not inner:
                inner.append(world.accept(pushed))
            return self._inner.put(coll, doc, **named)

    slow = replace(world.collector, documents=Overtaken(world.collector.documents, Fuse(0, False)))
    events = replace(world, collector=slow).accept(pushed)
    assert events == inner[0]
    assert isinstance(pushed, Batch)
    assert world.batch(pushed).state == "accepted"


def test_two_references_at_once_leave_the_newest_in_force(make_world: Callable[..., World]) -> None:
    world = make_world()
    old = prepare(world, "reference")
    new = world.push_reference(parquet(flights(120)), at=NOW + timedelta(hours=1))
    once: list[object] = []

    class Overtaken(Fused):
        """Before the last write of the old one, the new one is settled."""

        def commit(self, *arguments: Any) -> Any:
            if not once:
                once.append(world.accept(new))
            return self._inner.commit(*arguments)

    slow = replace(world.collector, documents=Overtaken(world.collector.documents, Fuse(0, False)))
    replace(world, collector=slow).accept(old)
    assert world.reference().reference == new.id
    assert world.reference(old.id).state == "ready"


def test_a_document_changed_by_another_hand_is_tried_again(make_world: Callable[..., World]) -> None:
    world = make_world()
    pushed = prepare(world, "batch")

    class Touched(Fused):
        """Somebody writes the document while it is handled, without settling it."""

        def put(self, coll: Any, doc: Any, **named: Any) -> Any:
            world.store.put(RUNS, dump(pushed))
            return self._inner.put(coll, doc, **named)

    slow = replace(world.collector, documents=Touched(world.collector.documents, Fuse(0, False)))
    with pytest.raises(Unavailable, match="changed while it was handled"):
        replace(world, collector=slow).accept(pushed)
    world.accept(pushed)
    assert isinstance(pushed, Batch)
    assert world.batch(pushed).state == "accepted"
