"""What becomes of references, batches and labels: documents, objects and events."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bellwether.errors import NotReady
from bellwether.profile import ReferenceProfile, WindowProfile
from bellwether.storage.collections import MODELS, RUNS
from tests.integration.collector.bodies import WRITERS, csv, parquet
from tests.integration.collector.world import NOW, World


def flights(n: int = 400, seed: int = 0) -> pa.Table:
    """Rows of a small model; every kind of column."""
    rng = np.random.default_rng(seed)
    return pa.table(
        {
            "distance": rng.integers(100, 3_000, n),
            "wind speed": rng.gamma(2.0, 5.0, n),
            "carrier": rng.choice(["AA", "DL", "UA"], n),
            "night": rng.random(n) < 0.3,
            "score": rng.random(n),
            "prediction": rng.integers(0, 2, n),
            "id": [f"f{seed}-{i}" for i in range(n)],
            "at": pa.array([datetime(2026, 2, 1, tzinfo=UTC) + timedelta(minutes=i) for i in range(n)]),
        }
    )


def ready(world: World, n: int = 400) -> None:
    world.create(score="score", id="id", time="at", label="late")
    world.refer(parquet(flights(n)))


def test_a_reference_is_profiled_and_put_in_force(world: World) -> None:
    world.create(score="score", id="id", time="at", label="late")
    pushed = world.push_reference(parquet(flights()))
    (event,) = world.accept(pushed)
    assert (event.type, event.subject, event.traceparent) == ("reference.ready", pushed.id, "00-a-b-01")
    found, in_force = world.reference(pushed.id), world.reference()
    assert in_force == found.model_copy(update={"id": "reference"})
    assert (found.state, found.rows, found.completed_at) == ("ready", 400, NOW)
    assert [(c.name, c.role, c.kind, c.dtype) for c in found.columns] == [
        ("distance", "feature", "numeric", "int64"),
        ("wind speed", "feature", "numeric", "double"),
        ("carrier", "feature", "categorical", "string"),
        ("night", "feature", "boolean", "bool"),
        ("score", "score", "numeric", "double"),
        ("prediction", "prediction", "boolean", "int64"),
        ("id", "id", "categorical", "string"),
        ("at", "time", "datetime", "timestamp[us, tz=UTC]"),
    ]
    assert found.start == datetime(2026, 2, 1, tzinfo=UTC)
    profile = ReferenceProfile.from_bytes(world.objects.get(str(found.profile_uri)))
    assert (profile.digest, profile.rows) == (found.profile_digest, 400)
    with world.objects.local(str(found.rows_uri)) as path:
        assert pq.read_table(path).num_rows == 400


@pytest.mark.parametrize("format", sorted(WRITERS))
def test_a_batch_is_accepted_in_every_format(world: World, format: str) -> None:
    ready(world)
    pushed = world.push(WRITERS[format](flights(50, seed=1)), format)
    (event,) = world.accept(pushed)
    found = world.batch(pushed)
    assert (found.state, found.reasons, found.rows, found.duplicate_ids) == ("accepted", (), 50, 0)
    assert sum(times * rows for times, rows in found.repeats) == 50
    assert (event.type, event.subject) == ("batch.received", pushed.id)
    assert found.reference == world.reference().reference
    assert (found.start, found.end) == (
        datetime(2026, 2, 1, tzinfo=UTC),
        datetime(2026, 2, 1, tzinfo=UTC) + timedelta(minutes=49),
    )
    with world.objects.local(str(found.rows_uri)) as path:
        kept = pq.read_table(path)
    assert kept.column_names == [column.name for column in found.columns]
    assert kept["distance"].type == pa.int64()
    assert kept["prediction"].type == pa.bool_()
    assert kept["carrier"].to_pylist() == flights(50, seed=1)["carrier"].to_pylist()
    profile = WindowProfile.from_bytes(world.objects.get(str(found.profile_uri)))
    assert (profile.reference, profile.rows) == (world.reference().profile_digest, 50)


def test_the_same_rows_are_kept_alike_whatever_they_were_pushed_in(world: World) -> None:
    ready(world)
    kept = []
    for number, format in enumerate(sorted(WRITERS)):
        pushed = world.push(WRITERS[format](flights(50, seed=1)), format, at=NOW + timedelta(seconds=number))
        world.accept(pushed)
        with world.objects.local(str(world.batch(pushed).rows_uri)) as path:
            kept.append(pq.read_table(path))
    assert all(table.equals(kept[0]) for table in kept)


def test_a_batch_waits_for_the_reference_pushed_before_it(world: World) -> None:
    world.create()
    world.push_reference(parquet(flights()))
    pushed = world.push(parquet(flights(50)), at=NOW + timedelta(seconds=1))
    before = world.everything()
    with pytest.raises(NotReady, match="is still being profiled"):
        world.accept(pushed)
    assert world.everything() == before


def test_a_batch_does_not_wait_for_a_reference_pushed_after_it(world: World) -> None:
    ready(world)
    pushed = world.push(parquet(flights(50)))
    world.push_reference(parquet(flights(500)), at=NOW + timedelta(seconds=1))
    world.accept(pushed)
    assert world.batch(pushed).state == "accepted"


def test_a_batch_without_a_reference_is_rejected(world: World) -> None:
    world.create()
    pushed = world.push(parquet(flights(50)))
    (event,) = world.accept(pushed)
    found = world.batch(pushed)
    assert (found.state, event.type) == ("rejected", "batch.rejected")
    assert "PUT /api/v1/models/m/reference" in found.reasons[0].fix


def test_all_reasons_stand_in_the_document_and_the_raw_body_is_kept(world: World) -> None:
    ready(world)
    table = flights(50).drop_columns(["distance"]).set_column(0, "wind speed", pa.array(["fast"] * 50))
    table = table.set_column(4, "prediction", pa.array([2] * 50))
    pushed = world.push(parquet(table))
    docs, objects = world.everything()
    (event,) = world.accept(pushed)
    assert event.type == "batch.rejected"
    found = world.batch(pushed)
    assert (found.state, found.rows_uri, found.profile_uri, found.rows) == ("rejected", None, None, 0)
    assert [(r.pointer, r.value) for r in found.reasons] == [
        ("/columns/distance", "absent"),
        ("/rows/0/wind speed", "text: 'fast' in row 0"),
        ("/rows/0/prediction", "int64: '2' in row 0"),
    ]
    assert all(reason.limit and reason.fix for reason in found.reasons)
    docs_after, objects_after = world.everything()
    assert objects_after == objects
    assert {key for key in docs if docs[key] != docs_after[key]} == {("runs", pushed.pk, pushed.id)}


def test_a_second_run_changes_nothing_and_says_the_same(world: World) -> None:
    ready(world)
    accepted, refused = world.push(parquet(flights(50))), world.push(b"PAR1")
    labels = world.push_labels(b"id,late\nf0-1,1\n")
    all_four = (accepted, refused, labels, world.reference(world.reference().reference))
    first = [world.accept(pushed) for pushed in all_four]
    before = world.everything()
    again = [world.accept(pushed) for pushed in all_four]
    assert again == first
    assert world.everything() == before


def test_the_newest_reference_is_in_force_whatever_is_ready_first(world: World) -> None:
    world.create(id="id", time="at")
    old = world.push_reference(parquet(flights(300)))
    new = world.push_reference(parquet(flights(400)), at=NOW + timedelta(hours=1))
    world.accept(new)
    world.accept(old)
    assert world.reference().reference == new.id
    assert world.reference(old.id).state == "ready"


def test_an_older_reference_pushed_once_more_takes_force_again(world: World) -> None:
    world.create(id="id", time="at")
    old = world.push_reference(parquet(flights(300)))
    world.accept(old)
    new = world.push_reference(parquet(flights(400)), at=NOW + timedelta(hours=1))
    world.accept(new)
    assert world.reference().reference == new.id
    (event,) = world.accept(old, at=NOW + timedelta(hours=2))
    assert (event.type, event.subject) == ("reference.ready", old.id)
    assert world.reference().reference == old.id
    world.accept(new, at=NOW + timedelta(hours=1))  # a late repetition of the first push is no new push
    assert world.reference().reference == old.id


def test_labels_are_kept_as_id_label_and_time(world: World) -> None:
    ready(world)
    body = b"id,late,time\nf0-1,0,2026-02-03T00:00:00Z\nf0-2,1,2026-02-03T00:00:00Z\nf0-1,1,2026-02-04T00:00:00Z\n"
    pushed = world.push_labels(body)
    (event,) = world.accept(pushed)
    found = world.labels(pushed)
    assert (event.type, found.state, found.rows) == ("labels.received", "accepted", 2)
    with world.objects.local(str(found.rows_uri)) as path:
        kept = pq.read_table(path)
    assert kept.column_names == ["id", "label", "time"]
    assert kept["id"].to_pylist() == ["f0-2", "f0-1"]
    assert kept["label"].to_pylist() == [True, True]


def test_labels_without_ids_are_rejected(world: World) -> None:
    ready(world)
    nameless, missing = world.push_labels(b"row,late\n1,1\n"), world.push_labels(b"id,late\n1,\n,1\n")
    assert world.accept(nameless) == []
    assert world.labels(nameless).reasons[0].pointer == "/columns/id"
    assert world.accept(missing) == []
    assert [r.pointer for r in world.labels(missing).reasons] == ["/rows/1/id", "/rows/0/label"]


def test_a_reference_that_does_not_fit_the_roles_is_rejected(world: World) -> None:
    world.create(score="probability", features=("distance", "gone"))
    pushed = world.push_reference(csv(flights(50)), "csv")
    assert world.accept(pushed) == []
    found = world.reference(pushed.id)
    assert found.state == "rejected"
    assert [r.pointer for r in found.reasons] == ["/columns/gone", "/columns/probability"]
    assert world.store.get(MODELS, "m", "reference") is None


def test_what_was_pushed_for_a_deleted_model_is_let_go(world: World) -> None:
    ready(world)
    pushed = (world.push(parquet(flights(50))), world.push_labels(b"id,late\n1,1\n"), world.push_reference(b"PAR1"))
    model = world.store.get(MODELS, "m", "model") or {}
    world.store.put(MODELS, {**model, "state": "deleting"})
    before = world.everything()
    assert [world.accept(one) for one in pushed] == [[], [], []]
    assert world.everything() == before
    world.store.delete(MODELS, "m", "model")
    world.store.delete(RUNS, pushed[0].pk, pushed[0].id)
    assert world.accept(pushed[0]) == []


def test_what_cannot_be_read_yet_is_waited_for(world: World) -> None:
    pushed = world.push(parquet(flights(50)))
    with pytest.raises(NotReady, match="model 'm' is not there yet"):
        world.accept(pushed)
    world.create()
    world.store.delete(RUNS, pushed.pk, pushed.id)
    with pytest.raises(NotReady, match="is not there yet"):
        world.accept(pushed)
