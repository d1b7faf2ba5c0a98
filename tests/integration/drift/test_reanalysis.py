"""Past batches looked at again, over a real store: in steps, twice, cancelled, with other references and segments."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy import stats

from bellwether.bus import InlineBus, Ledger
from bellwether.contracts import (
    AnalysisPoint,
    AnalysisProgress,
    AnalysisRequest,
    AnalysisRequested,
    AnyEvent,
    Batch,
    Column,
    Lines,
    Model,
    Reference,
    Thresholds,
    analysis_pk,
    fact_id,
    month_pk,
)
from bellwether.drift.joints import Joints
from bellwether.drift.reanalysis import Reanalysis
from bellwether.drift.references import References
from bellwether.objects import ObjectStore, open_objects
from bellwether.profile import ReferenceProfile, fit, window
from bellwether.settings import Work
from bellwether.storage.collections import MODELS, OPS, REPORTS, RUNS
from bellwether.storage.documents import dump, parse
from bellwether.storage.months import note_month
from bellwether.storage.sqlite import SqliteStore

NOW = datetime(2026, 1, 20, tzinfo=UTC)
COLUMNS = (
    Column(name="x", role="feature", kind="numeric", dtype="double"),
    Column(name="region", role="feature", kind="categorical", dtype="string"),
)


def rows(seed: int, n: int, shift: float, levels: str = "NS") -> pa.Table:
    """Only the region S moves when ``shift`` is not zero."""
    g = np.random.default_rng(seed)
    region = g.choice(list(levels), n)
    return pa.table({"x": g.normal(0, 1, n) + np.where(region == "S", shift, 0.0), "region": region})


class World:
    """A model with two references, and batches of which the later ones moved."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = SqliteStore(folder / "documents.db")
        self.objects: ObjectStore = open_objects(f"file://{folder / 'objects'}")
        self.store.put(MODELS, dump(Model(pk="m", name="m", task="binary", created_at=NOW, updated_at=NOW)))
        self.profile = self.reference("reference~old", 0.0)
        self.reference("reference~new", 6.0)
        references, joints = References(self.objects), Joints(self.objects)
        self.again = Reanalysis(self.store, self.objects, references, joints, lambda: NOW, step=2)

    def table(self, key: str, table: pa.Table) -> str:
        path = self.folder / "upload.parquet"
        pq.write_table(table, path)
        self.objects.put(key, path)
        return key

    def reference(self, id: str, shift: float) -> ReferenceProfile:
        table = rows(0, 4_000, shift)
        profile = fit(table, COLUMNS)
        self.objects.put(f"profiles/m/{id}", profile.to_bytes())
        reference = Reference(
            id=id, pk="m", model="m", reference=id, state="ready", media_type="x", raw_uri="raw", digest=id, rows=4_000,
            columns=COLUMNS, rows_uri=self.table(f"rows/m/{id}", table), profile_uri=f"profiles/m/{id}",
            profile_digest=profile.digest, submitted_at=NOW,
        )  # fmt: skip
        self.store.put(MODELS, dump(reference))
        return profile

    def batch(self, day: int, shift: float, levels: str = "NS") -> str:
        time = NOW + timedelta(days=day)
        id = fact_id(time, "batch", "m", str(day))
        table = rows(day, 2_000, shift, levels)
        self.objects.put(f"profiles/m/{day}", window(table, self.profile).to_bytes())
        batch = Batch(
            id=id, pk=month_pk("m", id), model="m", state="accepted", media_type="x", raw_uri="raw", digest=str(day),
            rows=2_000, end=time, rows_uri=self.table(f"rows/m/{day}", table), profile_uri=f"profiles/m/{day}",
            reference="reference~old", submitted_at=time,
        )  # fmt: skip
        note_month(self.store, "m", id)
        self.store.put(RUNS, dump(batch))
        return id

    def ask(self, **asked: object) -> str:
        id = fact_id(NOW, "analysis", repr(asked))
        since, until = NOW, NOW + timedelta(days=90)
        request = {"id": id, "pk": "analyses", "model": "m", "since": since, "until": until, "requested_at": NOW}
        self.store.put(OPS, dump(AnalysisRequest.model_validate(request | asked)))
        return id

    def run(self, id: str, most: int = 100) -> int:
        """Follow the steps; how many there were."""
        events: Iterable[AnyEvent] = [AnalysisRequested(model="m", subject=id, occurred_at=NOW)]
        for step in range(most):
            (event,) = events
            following = list(self.again.reanalyse(event))
            assert not following or following[0].subject != event.subject, "it would be taken for the same work"
            if not (events := following):
                return step + 1
        return most

    def progress(self, id: str) -> AnalysisProgress:
        doc = self.store.get(REPORTS, analysis_pk("m", id), "progress")
        assert doc is not None
        return parse(AnalysisProgress, doc)

    def points(self, id: str) -> list[AnalysisPoint]:
        """Oldest first."""
        docs = self.store.query(REPORTS, analysis_pk("m", id), [("id", "prefix", "p~")]).docs
        return [parse(AnalysisPoint, doc) for doc in docs]

    def ran(self, **asked: object) -> str:
        id = self.ask(**asked)
        self.run(id)
        return id

    def statuses(self, **asked: object) -> list[str]:
        id = self.ran(**asked)
        return [one.status for one in self.points(id)]


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    for day in range(1, 6):
        world.batch(10 * day, 6.0 if day > 3 else 0.0)  # over three months
    return world


def test_steps_cover_the_range_once_and_end(world: World) -> None:
    id = world.ask()
    assert world.run(id) == 3
    progress = world.progress(id)
    assert (progress.state, progress.done, progress.total) == ("done", 5, 5)
    assert progress.statuses == {"act": 2, "fine": 3}
    before = world.points(id)
    assert [one.status for one in before] == ["fine", "fine", "fine", "act", "act"]
    assert world.run(id) == 1, "what is done stays done"
    assert world.points(id) == before


def test_another_reference_is_answered_from_the_rows(world: World) -> None:
    assert world.statuses(reference="reference~new") == ["act", "act", "act", "fine", "fine"]


def test_other_thresholds_change_the_verdict(world: World) -> None:
    lax = Lines(watch=0.99, act=0.99)
    thresholds = Thresholds(index=Lines(watch=99, act=99), features={"x": lax})
    assert world.statuses(thresholds=thresholds) == ["fine"] * 5


def test_a_segment_is_compared_with_its_own_past(world: World) -> None:
    assert world.statuses(segment="region:N") == ["fine"] * 5
    assert world.statuses(segment="region:S") == ["fine", "fine", "fine", "act", "act"]


def test_methods_that_are_asked_for_are_kept_beside_the_verdict(world: World) -> None:
    id = world.ran(methods=("mwu", "cramer_v", "domain_auc"))
    calm, moved = world.points(id)[0], world.points(id)[-1]
    assert [one.method for one in moved.methods] == ["mwu", "cramer_v"]
    by_name = {one.method: dict(zip(moved.features, one.values, strict=True)) for one in moved.methods}
    before, now = rows(0, 4_000, 0.0)["x"].to_numpy(), rows(50, 2_000, 6.0)["x"].to_numpy()
    auc = stats.mannwhitneyu(now, before).statistic / (now.size * before.size)
    assert by_name["mwu"]["x"] == pytest.approx(abs(2 * auc - 1), abs=1e-3)
    assert by_name["mwu"]["region"] is None
    drifted = {one.method: dict(zip(moved.features, one.drifted, strict=True)) for one in moved.methods}
    assert (drifted["mwu"], drifted["cramer_v"]["region"]) == ({"x": True, "region": False}, False)
    assert not any(any(one.drifted) for one in calm.methods)
    (joint,) = moved.multivariate
    assert (joint.method, joint.drifted, joint.contributions[0].bin) == ("domain_auc", True, "x")
    assert [one.drifted for one in calm.multivariate] == [False]
    assert world.points(world.ran())[-1].methods == (), "nothing was asked for"


def test_methods_over_all_inputs_look_at_the_rows_of_the_segment(world: World) -> None:
    found = {}
    for segment in ("region:N", "region:S"):
        id = world.ran(methods=("domain_auc",), segment=segment)
        (found[segment],) = world.points(id)[-1].multivariate
    assert (found["region:N"].drifted, found["region:S"].drifted) == (False, True)
    inside = sum(one == "S" for one in rows(50, 2_000, 6.0)["region"].to_pylist())
    assert found["region:S"].rows[1] == inside


def test_the_previous_batch_shows_the_step_alone(world: World) -> None:
    assert world.statuses(reference="previous") == ["unknown", "fine", "fine", "act", "fine"]


def test_a_trailing_reference_gets_used_to_a_change(world: World) -> None:
    id = world.ask(reference="trailing:20")
    world.run(id)
    points = world.points(id)
    assert [one.status for one in points[:4]] == ["unknown", "fine", "fine", "act"]
    assert [one.reference_rows for one in points] == [0, 2_000, 4_000, 4_000, 4_000]
    assert points[0].reason == "no_earlier_batch"
    assert (points[4].score or 0) < (points[3].score or 0)


def test_a_level_of_earlier_batches_is_no_longer_new(tmp_path: Path) -> None:
    world = World(tmp_path)
    for day in (1, 2, 3):
        world.batch(day, 0.0, "NS" if day == 1 else "NSW")
    assert world.statuses() == ["fine", "act", "act"]
    assert world.statuses(reference="previous") == ["unknown", "act", "fine"]


def test_cancelling_stops_before_the_next_step_and_asking_again_goes_on(world: World) -> None:
    id = world.ask()
    event = AnalysisRequested(model="m", subject=id, occurred_at=NOW)
    (following,) = world.again.reanalyse(event)
    cancelled = world.store.get(OPS, "analyses", id)
    assert cancelled is not None
    world.store.put(OPS, {**cancelled, "cancelled_at": NOW.isoformat()})
    assert list(world.again.reanalyse(following)) == []
    assert world.progress(id).done == 2
    world.store.put(OPS, cancelled)
    world.run(id)
    assert world.progress(id).done == 5


def test_a_step_that_runs_twice_writes_once(world: World) -> None:
    id = world.ask()
    event = AnalysisRequested(model="m", subject=id, occurred_at=NOW)
    (first,) = world.again.reanalyse(event)
    (second,) = world.again.reanalyse(event)  # its end was not recorded
    assert (first.subject, second.subject) == (f"{id}|2", f"{id}|4")
    assert list(world.again.reanalyse(first)) == []
    assert list(world.again.reanalyse(second)) == []
    assert world.progress(id).done == 5


def test_a_reference_that_is_gone_fails_with_words_and_rows_that_are_gone_are_said(world: World) -> None:
    id = world.ask(reference="reference~gone")
    assert world.run(id) == 1
    assert world.progress(id).state == "failed"
    assert "reference~gone" in (world.progress(id).reason or "")
    world.objects.delete("rows/m/10")
    id = world.ask(reference="reference~new")
    world.run(id)
    assert world.points(id)[0].reason == "data_deleted"
    assert world.progress(id).statuses["unknown"] == 1


def test_nothing_to_do_is_done(world: World) -> None:
    id = world.ask(since=NOW - timedelta(days=2), until=NOW - timedelta(days=1))
    assert world.run(id) == 1
    assert (world.progress(id).state, world.progress(id).total) == ("done", 0)


def test_over_the_bus_every_step_follows_and_no_work_is_left(world: World) -> None:
    id = world.ask()
    ledger = Ledger(world.store, Work(), lambda: NOW)
    bus = InlineBus(ledger, {"drift.reanalyse": world.again.reanalyse})
    bus.publish([AnalysisRequested(model="m", subject=id, occurred_at=NOW)])
    assert world.progress(id).state == "done"
    assert len(world.points(id)) == 5
    assert ledger.undone("drift") == []
