"""The step that keeps incidents and key figures, over a real store: once, twice, in a race, by the clock."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bellwether.contracts import (
    INCIDENTS,
    AnyEvent,
    CheckDue,
    DriftReported,
    Incident,
    IncidentAction,
    IncidentActions,
    IncidentChanged,
    KpiSnapshot,
    KpiView,
    PipelineRun,
    RunAddress,
    fact_id,
    month_pk,
)
from bellwether.drift.watching import DUE, Watching
from bellwether.storage.collections import ALERTS, MODELS, OPS, REPORTS, RUNS, SOURCES, VIEWS, Collection
from bellwether.storage.documents import dump, parse
from bellwether.storage.guard import OwnedDocuments
from bellwether.storage.months import note_month
from bellwether.storage.port import Doc
from bellwether.storage.sqlite import SqliteStore
from tests.unit.kpi.world import DAY, NOW, batch, model, point, report

HOUR = timedelta(hours=1)


class World:
    """A model of twelve days, the last two of which are past their line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.store = SqliteStore(path)
        self.time = NOW
        self.watching = Watching(OwnedDocuments(self.store, "drift"), lambda: self.time)
        self.store.put(MODELS, dump(model()))
        self.store.put(MODELS, dump(model()) | {"pk": "~all", "id": "m", "type": "model_entry"})
        for ago in range(11, -1, -1):
            self.day(ago, bad=ago < 2)

    def day(self, ago: int, *, bad: bool = False) -> None:
        one = batch(ago, now=self.time)
        note_month(self.store, "m", one.id)
        self.store.put(RUNS, dump(one))
        wrong = ["income"] if bad else []
        self.store.put(REPORTS, dump(point(one, "act" if bad else "fine", 60.0 if bad else 10.0, wrong)))
        self.store.put(REPORTS, dump(report(one, wrong)))

    def look(self, subject: str = "b") -> list[AnyEvent]:
        return list(self.watching.alert(DriftReported(model="m", subject=subject, occurred_at=self.time)))

    def incidents(self, pk: str = "m") -> list[Incident]:
        coll = ALERTS if pk == "m" else VIEWS
        return [parse(Incident, doc) for doc in self.store.query(coll, pk).docs]

    def kpis(self) -> KpiView:
        doc = self.store.get(VIEWS, "kpis", "m")
        assert doc is not None
        return parse(KpiView, doc)

    def due(self) -> datetime:
        doc = self.store.get(ALERTS, DUE, "m")
        assert doc is not None
        return datetime.fromtimestamp(doc["due"], NOW.tzinfo)

    def decide(self, action: str, **more: Any) -> None:
        (incident,) = self.incidents()
        one = IncidentAction.model_validate({"at": self.time, "actor": "ann", "action": action, **more})
        self.store.put(OPS, dump(IncidentActions(id=incident.id, pk=INCIDENTS, model="m", actions=(one,))))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "documents.db")


def test_an_incident_is_stored_listed_and_told(world: World) -> None:
    (event,) = world.look()
    (incident,) = world.incidents()
    assert isinstance(event, IncidentChanged)
    assert event.subject == f"{incident.id}|0"
    (listed,) = world.incidents(INCIDENTS)
    assert listed == incident.model_copy(update={"pk": INCIDENTS})
    assert incident.impact.share == pytest.approx(0.6)
    assert incident.impact.batches == 2


def test_the_same_step_again_tells_the_same_and_changes_nothing(world: World) -> None:
    first, before = world.look(), world.incidents()
    world.store.delete(VIEWS, INCIDENTS, before[0].id)  # it was killed before the copy was written
    assert world.look() == first
    assert world.incidents() == before
    assert len(world.incidents(INCIDENTS)) == 1


def test_another_step_has_nothing_new_to_tell(world: World) -> None:
    world.look()
    assert world.look("c") == []


def test_key_figures_are_kept_for_lists_and_once_a_day_for_history(world: World) -> None:
    world.look()
    said = {one.id: one for one in world.kpis().kpis}
    assert said["overall_drift"].status == "act"
    assert said["changed_inputs"].value == pytest.approx(0.6)
    assert world.kpis().urgency["overall_drift"] == pytest.approx(0.75)
    (shot,) = (parse(KpiSnapshot, doc) for doc in world.store.query(VIEWS, "kpis|m").docs)
    assert shot.shown["data_scientist"][0] == "overall_drift"
    world.time += HOUR
    world.look("c")
    assert world.store.count(VIEWS, "kpis|m") == 1
    assert world.kpis().computed_at == world.time
    world.time += DAY
    world.look("d")
    assert world.store.count(VIEWS, "kpis|m") == 2


def test_what_a_person_decided_is_heeded(world: World) -> None:
    world.look()
    world.time += HOUR
    world.decide("resolve")
    (event,) = world.look("check")
    (incident,) = world.incidents()
    assert (incident.state, incident.resolved_by, event.subject) == ("resolved", "ann", f"{incident.id}|1")


def test_a_look_that_another_one_overtook_is_done_again(world: World) -> None:
    raced: list[int] = []

    class Raced(SqliteStore):
        def put(self, coll: Collection, doc: Doc, *, if_etag: str | None = None, create: bool = False) -> Doc:
            if coll is VIEWS and doc["pk"] == "kpis" and not raced:
                raced.append(1)
                world.look("other")
            return super().put(coll, doc, if_etag=if_etag, create=create)

    late = Watching(Raced(world.path), lambda: world.time)
    assert list(late.alert(DriftReported(model="m", subject="b", occurred_at=NOW)))
    assert raced
    assert len(world.incidents()) == 1


def checks(world: World) -> list[CheckDue]:
    found: Iterable[AnyEvent] = world.watching.due()
    return [event for event in found if isinstance(event, CheckDue)]


def test_silence_is_found_by_the_clock(world: World) -> None:
    world.look()
    assert checks(world) == []
    silent_at = NOW.replace(hour=0) + 2 * DAY
    while world.due() < silent_at:
        world.time = world.due()
        (event,) = checks(world)
        assert (event.model, event.subject) == ("m", fact_id(world.due(), "check", "m"))
        list(world.watching.alert(event))
    world.time = world.due()
    assert world.time <= silent_at + timedelta(minutes=1)
    (event,) = checks(world)
    told = list(world.watching.alert(event))
    assert {one.family for one in world.incidents() if one.state == "open"} == {"drift", "freshness"}
    assert any(isinstance(one, IncidentChanged) for one in told)
    assert world.due() > world.time


def test_runs_that_are_read_after_the_batch_they_delivered_are_found_soon(world: World) -> None:
    newest = batch(0, now=world.time, run="adf:load/run-1", submitted_at=world.time - timedelta(seconds=5))
    world.store.put(RUNS, dump(newest))
    observed(world, "run-1", "SUCCEEDED")
    world.look()
    observed(world, "run-2", "FAILED")
    world.time = world.due()
    assert world.time <= newest.submitted_at + timedelta(seconds=62)
    (event,) = checks(world)
    list(world.watching.alert(event))
    assert any("load failed" in one.sentence for one in world.incidents())
    assert world.due() >= world.time + timedelta(minutes=5), "once is enough"


def test_runs_of_which_none_was_read_yet_are_looked_for_soon(world: World) -> None:
    newest = batch(0, now=world.time, run="adf:load/run-1", submitted_at=world.time - timedelta(seconds=5))
    world.store.put(RUNS, dump(newest))
    world.look()
    assert world.due() <= newest.submitted_at + timedelta(seconds=62)
    observed(world, "run-1", "SUCCEEDED")
    observed(world, "run-2", "FAILED")
    world.time = world.due()
    (event,) = checks(world)
    list(world.watching.alert(event))
    assert any("load failed" in one.sentence for one in world.incidents())


def observed(world: World, run: str, status: str) -> None:
    """Store a run as the collector does."""
    at = world.time - HOUR if status == "SUCCEEDED" else world.time
    id = fact_id(at, "pipeline-run", run)
    found = PipelineRun.model_validate({
        "id": id, "pk": month_pk("adf/main", id), "source": "adf/main", "digest": run, "updated_at": at,
        "received_at": at, "factory": "adf/s/g/f", "pipeline": "load", "run_id": run, "status": status, "start": at,
        "end": at,
    })  # fmt: skip
    note_month(world.store, "adf/main", id)
    world.store.put(SOURCES, dump(found))
    world.store.put(SOURCES, dump(RunAddress(id=found.type, pk=f"run|{run}", source=found.source, document=id)))


def test_a_model_that_is_deleted_is_not_looked_at(world: World) -> None:
    world.store.put(MODELS, dump(model()) | {"state": "deleting"})
    assert world.look() == []
    assert world.incidents() == []
