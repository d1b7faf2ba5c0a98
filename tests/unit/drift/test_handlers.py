"""The worker's steps over a real store and folder: once, twice, too early, too late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bellwether.contracts import (
    Batch,
    BatchReceived,
    Column,
    DriftPoint,
    DriftReport,
    DriftReported,
    Explanation,
    ExplanationReady,
    FeatureTrend,
    FeatureTrends,
    FleetEntry,
    Importance,
    Model,
    ModelChanged,
    Reason,
    Reference,
    ReportBins,
    Thresholds,
    Weights,
    fact_id,
    month_pk,
)
from bellwether.drift.handlers import Drift
from bellwether.drift.joints import Joints, wanted
from bellwether.drift.references import References
from bellwether.errors import NotFound, NotReady, PreconditionFailed
from bellwether.objects.folder import FolderObjects
from bellwether.profile import ReferenceProfile, fit, window
from bellwether.storage.collections import EXPLAIN, MODELS, REPORTS, RUNS, VIEWS, Collection
from bellwether.storage.documents import dump, parse
from bellwether.storage.months import note_month
from bellwether.storage.port import Doc
from bellwether.storage.sqlite import SqliteStore

NOW = datetime(2026, 1, 15, tzinfo=UTC)
COLUMNS = (
    Column(name="x", role="feature", kind="numeric", dtype="double"),
    Column(name="score", role="score", kind="numeric", dtype="double"),
)


@dataclass
class World:
    """A model with a reference, and a way to push batches."""

    path: Path
    store: SqliteStore
    objects: FolderObjects
    drift: Drift
    profile: ReferenceProfile

    def push(self, day: int, shift: float = 0.0, **given: object) -> Batch:
        g = np.random.default_rng(day)
        table = pa.table({"x": g.normal(shift, 1, 2_000), "score": g.random(2_000)})
        time = NOW + timedelta(days=day)
        id = fact_id(time, "batch", "flights", str(day))
        uri = f"profiles/flights/{id}"
        self.objects.put(uri, window(table, self.profile).to_bytes())
        base = {
            "id": id, "pk": month_pk("flights", id), "model": "flights", "state": "accepted", "media_type": "x",
            "raw_uri": "raw/1", "digest": str(day), "rows": 2_000, "start": time - timedelta(days=1), "end": time,
            "profile_uri": uri, "reference": "reference~abc", "submitted_at": time,
        }  # fmt: skip
        batch = Batch.model_validate(base | given)
        note_month(self.store, "flights", id)
        self.store.put(RUNS, dump(batch))
        return batch

    def received(self, batch: Batch) -> BatchReceived:
        return BatchReceived(model="flights", subject=batch.id, occurred_at=NOW)

    def analysed(self, day: int, shift: float = 0.0) -> Batch:
        batch = self.push(day, shift)
        (event,) = self.drift.analyse_batch(self.received(batch))
        assert isinstance(event, DriftReported)
        return batch

    def changed(self) -> ModelChanged:
        return ModelChanged(model="flights", subject="flights", occurred_at=NOW)

    def view(self) -> FleetEntry | None:
        doc = self.store.get(VIEWS, "fleet", "flights")
        return None if doc is None else parse(FleetEntry, doc)


def drift_of(store: SqliteStore, objects: FolderObjects, now: datetime = NOW) -> Drift:
    return Drift(store, objects, References(objects), Joints(objects), lambda: now)


@pytest.fixture
def world(tmp_path: Path) -> World:
    path = tmp_path / "documents.db"
    store, objects = SqliteStore(path), FolderObjects(tmp_path / "objects")
    g = np.random.default_rng(0)
    profile = fit(pa.table({"x": g.normal(size=5_000), "score": g.random(5_000)}), COLUMNS)
    objects.put("profiles/flights/reference", profile.to_bytes())
    store.put(MODELS, dump(Model(pk="flights", name="flights", task="binary", created_at=NOW, updated_at=NOW)))
    reference = Reference(
        id="reference~abc", pk="flights", model="flights", reference="reference~abc", state="ready", media_type="x",
        raw_uri="raw/0", digest="0", rows=5_000, columns=COLUMNS, profile_uri="profiles/flights/reference",
        profile_digest=profile.digest, submitted_at=NOW,
    )  # fmt: skip
    store.put(MODELS, dump(reference))
    return World(path, store, objects, drift_of(store, objects), profile)


def reports(world: World, batch: Batch) -> Sequence[Doc]:
    return world.store.query(REPORTS, batch.pk).docs


def test_a_batch_gets_report_point_and_bins_and_a_second_run_changes_nothing(world: World) -> None:
    batch = world.analysed(1, 3.0)
    first = reports(world, batch)
    assert [doc["id"] for doc in first] == [f"b~{batch.id}", f"d~{batch.id}", f"p~{batch.id}"]
    bins, report, point = parse(ReportBins, first[0]), parse(DriftReport, first[1]), parse(DriftPoint, first[2])
    assert report.overall.status == "act"
    assert report.prediction is not None
    assert point.features == ("score", "x")
    assert [one.feature for one in bins.features] == ["score", "x"]
    assert list(world.drift.analyse_batch(world.received(batch)))
    assert reports(world, batch) == first


def test_a_report_another_worker_wrote_meanwhile_stands(world: World) -> None:
    batch = world.push(1)

    class Late(SqliteStore):
        def get(self, coll: Collection, pk: str, id: str) -> Doc | None:
            found = super().get(coll, pk, id)
            if id.startswith("d~") and found is None:
                world.drift.analyse_batch(world.received(batch))
            return found

    late = drift_of(Late(world.path), world.objects, NOW + timedelta(1))
    assert list(late.analyse_batch(world.received(batch)))
    assert parse(DriftReport, reports(world, batch)[1]).created_at == NOW


def test_a_batch_that_is_not_there_yet_waits_and_one_that_is_unknown_does_not(world: World) -> None:
    with pytest.raises(NotReady, match="is received"):
        list(world.drift.analyse_batch(world.received(world.push(1, state="received"))))
    with pytest.raises(NotFound):
        list(world.drift.analyse_batch(BatchReceived(model="flights", subject="x" * 30, occurred_at=NOW)))
    with pytest.raises(NotFound, match="reference~gone"):
        list(world.drift.analyse_batch(world.received(world.push(2, reference="reference~gone"))))


def test_a_rejected_batch_or_one_of_a_deleted_model_is_left_alone(world: World) -> None:
    rejected = world.push(1, state="rejected")
    assert list(world.drift.analyse_batch(world.received(rejected))) == []
    batch = world.push(2)
    world.store.delete(MODELS, "flights", "model")
    assert list(world.drift.analyse_batch(world.received(batch))) == []


def test_the_view_follows_the_newest_points(world: World) -> None:
    world.drift.assess(world.changed())
    first = world.view()
    assert first is not None
    assert (first.status, first.batches) == ("unknown", 0)
    for day in range(1, 17):
        world.analysed(day, 3.0 if day > 8 else 0.0)
    world.drift.assess(world.changed())
    view = world.view()
    assert view is not None
    assert (view.status, view.batches, view.aspects["drift"]) == ("act", 16, "act")
    assert view.since == NOW + timedelta(days=8)
    assert [point.time for point in view.trend.change_points] == [NOW + timedelta(days=9)]
    assert view.top_features[0][0] == "x"
    assert len(view.spark) == 16


def test_a_rejected_newest_batch_shows(world: World) -> None:
    world.analysed(1)
    reason = Reason(pointer="/x", value="text", limit="numbers", fix="send numbers")
    world.push(2, state="rejected", reasons=(reason,))
    world.drift.assess(world.changed())
    view = world.view()
    assert view is not None
    assert view.aspects["data"] == "watch"
    assert "/x is text" in view.sentence


def test_the_view_of_a_deleted_model_goes(world: World) -> None:
    world.drift.assess(world.changed())
    world.store.delete(MODELS, "flights", "model")
    world.drift.assess(world.changed())
    assert world.view() is None


def test_a_view_that_changed_meanwhile_is_derived_again(world: World) -> None:
    world.analysed(1)
    world.drift.assess(world.changed())
    refused: list[int] = []

    class Raced(SqliteStore):
        def put(self, coll: Collection, doc: Doc, *, if_etag: str | None = None, create: bool = False) -> Doc:
            if coll is VIEWS and not refused:
                refused.append(doc["batches"])
                world.analysed(2)
                world.drift.assess(world.changed())
                with pytest.raises(PreconditionFailed):
                    super().put(coll, doc, if_etag=if_etag)
                raise PreconditionFailed(doc["id"])
            return super().put(coll, doc, if_etag=if_etag, create=create)

    raced = drift_of(Raced(world.path), world.objects)
    assert list(raced.assess(world.changed())) == []
    view = world.view()
    assert view is not None
    assert (refused, view.batches) == ([1], 2)


def explained(world: World, batch: Batch, share: float) -> ExplanationReady:
    features = tuple(Importance(feature=name, importance=value, share=value) for name, value in (("x", share),))
    found = Explanation(
        id=f"g~{batch.id}", pk=batch.pk, model="flights", batch=batch.id, method="tree_shap", rows=500,
        features=features, created_at=NOW,
    )  # fmt: skip
    world.store.put(EXPLAIN, dump(found))
    return ExplanationReady(model="flights", subject=batch.id, occurred_at=NOW)


def test_a_report_made_before_anybody_knew_the_importances_is_weighed_when_they_are_known(world: World) -> None:
    batch = world.push(1, 3.0)
    ready = ExplanationReady(model="flights", subject=batch.id, occurred_at=NOW)
    with pytest.raises(NotReady, match="no drift report yet"):
        world.drift.weigh(ready)
    world.drift.analyse_batch(world.received(batch))
    before = parse(DriftReport, reports(world, batch)[1])
    assert before.overall.method == "uniform"
    assert list(world.drift.weigh(ready)) == []  # it explained nothing
    assert parse(DriftReport, reports(world, batch)[1]) == before
    event = explained(world, batch, 1.0)
    for _ in range(2):
        assert list(world.drift.weigh(event)) == []
        after = parse(DriftReport, reports(world, batch)[1])
        assert after.overall.weights == Weights(source="explanation", batch=batch.id, method="tree_shap", rows="batch")
        assert [one.methods for one in after.features] == [one.methods for one in before.features]
        view = world.view()
        assert view is not None
        assert (view.batch, view.status) == (batch.id, "act")
    later = world.analysed(2)
    found = parse(DriftReport, reports(world, later)[3])
    assert found.overall.weights is not None
    assert found.overall.weights.batch == batch.id


def test_a_model_calms_down_with_the_second_better_batch(world: World) -> None:
    for day, shift in enumerate((0.0, 3.0, 0.0, 0.0)):
        world.analysed(day, shift)
        world.drift.assess(world.changed())
        view = world.view()
        assert view is not None
        assert (view.batch_status, view.status) == [
            ("fine", "fine"), ("act", "act"), ("fine", "act"), ("fine", "fine"),
        ][day]  # fmt: skip
        assert (view.since is None) == (view.status == "fine")
        assert ("one more like it" in view.sentence) == (day == 2)


def configured(world: World, **changes: object) -> None:
    doc = world.store.get(MODELS, "flights", "model")
    assert doc is not None
    world.store.put(MODELS, dump(parse(Model, doc).model_copy(update=changes)))


def trends(world: World) -> dict[str, FeatureTrend]:
    doc = world.store.get(VIEWS, "trends", "flights")
    return {} if doc is None else {one.feature: one for one in parse(FeatureTrends, doc).features}


def read(world: World, batch: Batch) -> DriftReport:
    doc = world.store.get(REPORTS, batch.pk, f"d~{batch.id}")
    assert doc is not None
    return parse(DriftReport, doc)


def test_earlier_batches_stand_in_for_the_reference_which_stands_beside(world: World) -> None:
    configured(world, compare="weekday:3")
    first = read(world, world.analysed(0, 3.0))
    assert (first.compared, first.overall.status) == (None, "act")
    assert first.beside is not None
    assert first.beside.sentence.startswith("Earlier batches (weekday:3) have 0 rows")
    for day in (1, 2, 7):
        world.analysed(day, 0.0 if day < 7 else 3.0)
    third = read(world, world.analysed(14, 3.0))  # the same day of the week, two weeks later: as ever
    assert (third.compared, third.reference_rows, third.overall.status) == ("weekday:3", 4_000, "fine")
    assert third.beside is not None
    assert (third.beside.reference, third.beside.status, third.beside.features[0][:2]) == (
        "reference~abc", "act", ("x", "act"),
    )  # fmt: skip
    other = read(world, world.analysed(15, 3.0))  # the day after the one that moved: compared with a calm one
    assert (other.reference_rows, other.overall.status) == (2_000, "act")


def test_another_method_may_decide(world: World) -> None:
    configured(world, thresholds=Thresholds(headline={"numeric": "wasserstein", "categorical": "psi"}))
    found = read(world, world.analysed(1, 3.0)).features[0]
    assert [one.method for one in found.methods] == ["wasserstein", "js", "psi", "ks"]
    assert found.status == "act"
    assert found.score == pytest.approx(3.0, abs=0.2)


def test_features_are_dated_and_slow_drift_is_found_when_evidence_is_carried(world: World) -> None:
    configured(world, sequential=True)
    for day in range(16):
        world.analysed(day, max(0, day - 5) * 0.012)
    world.drift.assess(world.changed())
    view, slow = world.view(), trends(world)["x"]
    assert view is not None
    assert slow.evidence is not None
    assert (slow.status, slow.evidence.alarm, view.batch_status, view.status) == ("fine", True, "fine", "watch")
    assert "x moved little by little since" in view.sentence
    assert view.since == slow.evidence.since
    calm = trends(world)["score"].evidence
    assert calm is not None
    assert not calm.alarm
    for day in range(16, 22):
        world.analysed(day, 2.0)
    world.drift.assess(world.changed())
    dated = trends(world)["x"]
    assert (dated.status, dated.since) == ("act", NOW + timedelta(days=15))
    assert any(9 <= (point.time - NOW).days <= 17 for point in dated.trend.change_points)  # ranks: the leak counts, too
    assert dated.trend.slope is not None


def test_inputs_are_looked_at_together_where_the_rows_of_both_sides_are_there(world: World) -> None:
    g = np.random.default_rng(9)

    def rows(*, together: bool) -> pa.Table:
        common = g.normal(size=2_000)
        each = {name: 2 * common + g.normal(size=2_000) for name in ("x", "y", "z")}
        return pa.table({name: one if together else g.permutation(one) for name, one in each.items()})

    columns = tuple(Column(name=name, role="feature", kind="numeric", dtype="double") for name in ("x", "y", "z"))
    tables = {"reference": rows(together=True), "batch": rows(together=False)}
    for name, table in tables.items():
        buffer = pa.BufferOutputStream()
        pq.write_table(table, buffer)
        world.objects.put(f"rows/flights/{name}", buffer.getvalue().to_pybytes())
    stored = parse(Reference, world.store.get(MODELS, "flights", "reference~abc") or {})
    stored = stored.model_copy(update={"columns": columns, "rows_uri": "rows/flights/reference"})
    batch = world.push(1).model_copy(update={"rows_uri": "rows/flights/batch"})
    model = Model(pk="flights", name="flights", task="binary", created_at=NOW, updated_at=NOW)
    (found,) = world.drift.joints.measure(wanted(model), batch, stored)
    assert (found.method, found.drifted, found.rows) == ("pca_error", True, (2_000, 2_000))
    asked = world.drift.joints.measure(
        wanted(model.model_copy(update={"methods": ("domain_auc", "js")})), batch, stored
    )
    assert [one.method for one in asked] == ["domain_auc", "pca_error"]
    assert asked[1] == found
    gone = batch.model_copy(update={"rows_uri": "rows/flights/deleted"})
    assert world.drift.joints.measure(wanted(model), gone, stored) == ()
    assert parse(DriftReport, reports(world, world.analysed(2))[1]).multivariate == ()
