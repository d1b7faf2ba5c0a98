"""Performance from stored rows: estimated when a batch comes, realised when labels do, in whatever order."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy.spatial.distance import jensenshannon

from bellwether.contracts import (
    Batch,
    BatchReceived,
    Column,
    Labels,
    LabelsReceived,
    Model,
    PerformanceReport,
    Reference,
    Roles,
    Value,
    fact_id,
    month_pk,
)
from bellwether.drift.performance.base import Outcomes
from bellwether.drift.performance.binary import roc_auc
from bellwether.drift.performance.targets import label_profile, target_drift
from bellwether.drift.scoring import Scoring
from bellwether.objects import ObjectStore, open_objects
from bellwether.storage.collections import MODELS, REPORTS, RUNS
from bellwether.storage.documents import dump, parse
from bellwether.storage.months import note_month
from bellwether.storage.sqlite import SqliteStore

NOW = datetime(2026, 3, 1, tzinfo=UTC)
COLUMNS = (
    Column(name="id", role="id", kind="categorical", dtype="string"),
    Column(name="x", role="feature", kind="numeric", dtype="double"),
    Column(name="group", role="feature", kind="categorical", dtype="string"),
    Column(name="prediction", role="prediction", kind="boolean", dtype="bool"),
    Column(name="score", role="score", kind="numeric", dtype="double"),
    Column(name="label", role="label", kind="boolean", dtype="bool"),
)
ROWS = 2_000


def rows(seed: int, n: int = ROWS, flipped: bool = False) -> pa.Table:
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 1.5, n)
    score = 1 / (1 + np.exp(-x))
    label = rng.random(n) < (1 - score if flipped else score)
    return pa.table(
        {
            "id": [f"{seed}-{i}" for i in range(n)],
            "x": x,
            "group": rng.choice(["a", "b"], n),
            "prediction": score > 0.5,
            "score": score,
            "label": label,
        }
    )


class World:
    """One model with a labelled reference, in a real store."""

    def __init__(self, folder: Path) -> None:
        self.store = SqliteStore(folder / "documents.db")
        self.objects: ObjectStore = open_objects(f"file://{folder / 'objects'}")
        self.folder = folder
        model = Model(
            pk="m",
            name="m",
            task="binary",
            roles=Roles(score="score", label="label", id="id", segments=("group",)),
            value=Value(currency="EUR", false_positive=1, false_negative=10),
            created_at=NOW,
            updated_at=NOW,
        )
        self.store.put(MODELS, dump(model))
        reference = Reference(
            id="reference~1",
            pk="m",
            model="m",
            reference="reference~1",
            state="ready",
            media_type="",
            raw_uri="raw",
            digest="1",
            rows=20_000,
            columns=COLUMNS,
            rows_uri=self.put("rows/reference.parquet", rows(0, 20_000)),
            submitted_at=NOW,
        )
        self.store.put(MODELS, dump(reference))
        self.scoring = Scoring(self.store, self.objects, lambda: NOW)

    def put(self, key: str, table: pa.Table) -> str:
        path = self.folder / "upload.parquet"
        pq.write_table(table, path)
        self.objects.put(key, path)
        return key

    def batch(self, seed: int, flipped: bool = False) -> str:
        end = NOW + timedelta(days=seed)
        id = fact_id(end, "batch", "m", str(seed))
        note_month(self.store, "m", id)
        batch = Batch(
            id=id,
            pk=month_pk("m", id),
            model="m",
            state="accepted",
            media_type="",
            raw_uri="raw",
            digest=str(seed),
            rows=ROWS,
            end=end,
            columns=COLUMNS,
            rows_uri=self.put(f"rows/{seed}.parquet", rows(seed, flipped=flipped).drop_columns(["label"])),
            reference="reference~1",
            submitted_at=NOW,
        )
        self.store.put(RUNS, dump(batch))
        return id

    def labels(self, n: int, seed: int, part: slice, flip: bool = False) -> str:
        table = rows(seed).select(["id", "label"])[part]
        if flip:
            table = table.set_column(1, "label", pa.array([not value for value in table["label"].to_pylist()]))
        return self.labels_of(n, table)

    def labels_of(self, n: int, table: pa.Table) -> str:
        id = fact_id(NOW + timedelta(hours=n), "labels", "m", str(n))
        note_month(self.store, "m", id)
        labels = Labels(
            id=id,
            pk=month_pk("m", id),
            model="m",
            state="accepted",
            media_type="",
            raw_uri="raw",
            digest=str(n),
            rows=table.num_rows,
            rows_uri=self.put(f"labels/{n}.parquet", table),
            submitted_at=NOW,
        )
        self.store.put(RUNS, dump(labels))
        return id

    def estimate(self, batch: str) -> list[object]:
        return list(self.scoring.estimate_performance(BatchReceived(model="m", subject=batch, occurred_at=NOW)))

    def score(self, labels: str) -> list[object]:
        return list(self.scoring.score_labels(LabelsReceived(model="m", subject=labels, occurred_at=NOW)))

    def report(self, letter: str, batch: str) -> PerformanceReport:
        doc = self.store.get(REPORTS, month_pk("m", batch), f"{letter}~{batch}")
        assert doc is not None
        return parse(PerformanceReport, doc)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def value(report: PerformanceReport, slug: str) -> float:
    found = next(metric for metric in report.metrics if metric.metric == slug).value
    assert found is not None
    return found


def test_a_batch_is_estimated_when_it_comes_and_the_labels_agree(world: World) -> None:
    batch = world.batch(1)
    assert len(world.estimate(batch)) == 1
    world.score(world.labels(1, 1, slice(None)))
    estimate, real = world.report("e", batch), world.report("f", batch)
    assert (estimate.method, estimate.status, real.status) == ("cbpe", "fine", "fine")
    assert value(estimate, "roc_auc") == pytest.approx(value(real, "roc_auc"), abs=0.03)
    table = rows(1)
    assert value(real, "roc_auc") == roc_auc(
        Outcomes(
            np.array(table["label"].to_pylist(), float),
            np.array(table["prediction"].to_pylist(), float),
            table["score"].to_numpy(),
        )
    )
    assert estimate.money is not None
    assert real.money is not None
    assert estimate.money.cost == pytest.approx(real.money.cost, rel=0.15)
    assert {(s.column, s.value) for s in real.segments} == {("group", "a"), ("group", "b")}
    assert real.calibration is not None


def test_a_changed_world_is_found_by_labels_alone_and_named(world: World) -> None:
    batch = world.batch(2, flipped=True)
    world.estimate(batch)
    id = world.labels(1, 2, slice(None), flip=True)
    world.score(id)
    assert world.report("e", batch).status == "fine", "an estimate cannot see it, and says so"
    assert "only labels tell" in (world.report("e", batch).caveat or "")
    report = world.report("f", batch)
    assert report.status == "act"
    assert "is a change of the world" in report.sentence


def test_only_touched_batches_are_measured(world: World) -> None:
    first, second = world.batch(3), world.batch(4)
    world.score(world.labels(1, 4, slice(0, 1000)))
    assert world.report("f", second).labelled == 1000
    assert world.store.get(REPORTS, month_pk("m", first), f"f~{first}") is None


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_labels_in_any_order_twice_and_corrected_are_one_computation(world: World, order: Iterable[int]) -> None:
    batch = world.batch(5)
    sets = [
        world.labels(1, 5, slice(0, 1200)),
        world.labels(2, 5, slice(800, 2000)),
        world.labels(3, 5, slice(0, 400), flip=True),
    ]
    for n in (*order, *order):
        world.score(sets[n])
    report = world.report("f", batch)
    table = rows(5)
    truth = np.array(table["label"].to_pylist())
    truth[:400] = ~truth[:400]
    score = table["score"].to_numpy()
    assert report.labels == tuple(sorted(sets))
    assert report.labelled == 2000
    assert value(report, "roc_auc") == roc_auc(Outcomes(truth.astype(float), (score > 0.5).astype(float), score))


def test_labels_that_came_before_their_batch_are_counted(world: World) -> None:
    labels = world.labels(1, 6, slice(0, 500))
    assert world.score(labels) == []
    batch = world.batch(6)
    assert len(world.estimate(batch)) == 2
    assert world.report("f", batch).labelled == 500


def test_labels_reach_past_batches_whose_rows_are_kept_no_longer(world: World) -> None:
    old, newer = world.batch(8), world.batch(9)
    world.score(world.labels(1, 8, slice(0, 500)))
    told = world.report("f", old)
    world.objects.delete("rows/8.parquet")
    both = pa.concat_tables([rows(8).select(["id", "label"]), rows(9).select(["id", "label"])])
    assert len(world.score(world.labels_of(2, both))) == 1
    assert world.report("f", newer).labelled == ROWS
    assert world.report("f", old) == told


def test_a_report_keeps_the_labels_it_was_made_with_when_their_rows_are_gone(world: World) -> None:
    batch = world.batch(10)
    world.score(world.labels(1, 10, slice(0, 1500)))
    told = world.report("f", batch)
    world.objects.delete("labels/1.parquet")
    world.score(world.labels(2, 10, slice(1500, 1600)))
    assert world.report("f", batch) == told
    world.estimate(world.batch(11))


def test_few_labels_are_unknown_and_not_fine(world: World) -> None:
    batch = world.batch(7)
    world.score(world.labels(1, 7, slice(0, 20)))
    report = world.report("f", batch)
    assert (report.status, report.metrics[0].reason) == ("unknown", "too_few_labels")


def test_labels_that_came_later_tell_how_the_target_moved(world: World) -> None:
    calm, moved = world.batch(7), world.batch(8, flipped=True)
    world.score(world.labels(1, 7, slice(0, 1_500)))
    target = world.report("f", calm).target
    assert target is not None
    assert (target.feature, target.role, target.status) == ("label", "label", "fine")
    assert target.missing.current == 0.0, "a label that has not come has not drifted"
    assert target.sentence.startswith("Of 1,500 rows with a label: ")
    ids = [f"8-{i}" for i in range(800)]
    yes = np.random.default_rng(1).random(800) < 0.9
    world.score(world.labels_of(2, pa.table({"id": ids, "label": yes})))
    target = world.report("f", moved).target
    assert target is not None
    assert target.status == "act"
    before = np.array(rows(0, 20_000)["label"].to_pylist()).mean()
    shares = [np.array([1 - share, share]) for share in (before, yes.mean())]
    assert target.score == pytest.approx(float(jensenshannon(*shares, base=2)), abs=1e-9)


def test_a_target_of_numbers_is_compared_by_its_numbers() -> None:
    g = np.random.default_rng(1)
    model = Model(pk="m", name="m", task="regression", created_at=NOW, updated_at=NOW)
    column = Column(name="price", role="label", kind="numeric", dtype="double")
    known = g.gamma(2, 100, 4_000)
    reference = label_profile(pa.chunked_array([np.append(known, np.nan)], pa.float64()), column, model)
    assert reference is not None
    for shift, status in ((0.0, "fine"), (150.0, "act")):
        now = g.gamma(2, 100, 1_000) + shift
        found = target_drift(reference, pa.chunked_array([pa.array(now, mask=g.random(1_000) < 0.3)]), model)
        assert found is not None
        assert found.status == status
        assert {one.method for one in found.methods} == {"js", "psi", "ks", "wasserstein"}
    assert target_drift(reference, pa.chunked_array([pa.nulls(5, pa.float64())]), model) is None
    assert label_profile(None, column, model) is None
