from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from bellwether.bus.forget import Forget
from bellwether.bus.routes import ROUTES
from bellwether.contracts import AnyEvent, ModelDeleted, fact_id, month_pk
from bellwether.errors import NotReady
from bellwether.objects import ObjectStore
from bellwether.storage.collections import ALERTS, COLLECTIONS, EXPLAIN, LINEAGE, MODELS, OPS, REPORTS, RUNS, VIEWS
from bellwether.storage.guard import OwnedDocuments
from bellwether.storage.lineage import touch_pk
from bellwether.storage.months import note_month
from bellwether.storage.sqlite import SqliteStore

SERVICES = ("drift", "explain", "lineage", "collector")


def fill(store: SqliteStore, objects: ObjectStore, name: str, state: str = "deleting") -> None:
    store.put(MODELS, {"pk": name, "id": "model", "state": state})
    store.put(MODELS, {"pk": name, "id": "version~1"})
    store.put(VIEWS, {"pk": "fleet", "id": name})
    store.put(VIEWS, {"pk": "kpis", "id": name})
    store.put(VIEWS, {"pk": f"kpis|{name}", "id": "2026-01-01"})
    store.put(VIEWS, {"pk": "incidents", "id": f"i~{name}", "model": name})
    store.put(ALERTS, {"pk": name, "id": "i~1"})
    store.put(ALERTS, {"pk": "due", "id": name})
    store.put(ALERTS, {"pk": "deliveries|c", "id": f"d~{name}", "model": name})
    store.put(OPS, {"pk": "channels", "id": "c"})
    for pk in ("incidents", "rules"):
        store.put(OPS, {"pk": pk, "id": f"1~{name}", "model": name})
    for pk in ("annotations", "mutes"):
        store.put(OPS, {"pk": f"{pk}|{name}", "id": "1"})
    store.put(LINEAGE, {"pk": name, "id": "n~1", "type": "node", "node": "ml_run:mlflow/main:shared"})
    store.put(LINEAGE, {"pk": touch_pk("ml_run:mlflow/main:shared"), "id": f"g~{name}"})
    store.put(LINEAGE, {"pk": "graphs", "id": name})
    store.put(EXPLAIN, {"pk": f"{name}|local", "id": "e~1"})
    store.put(OPS, {"pk": f"push|{name}", "id": "1"})
    store.put(OPS, {"pk": "analyses", "id": f"a~{name}", "model": name})
    store.put(REPORTS, {"pk": f"{name}|analysis|a~{name}", "id": "progress"})
    for month in range(1, 13):
        id = fact_id(datetime(2026, month, 1, tzinfo=UTC), "batch", name)
        note_month(store, name, id)
        pk = month_pk(name, id)
        store.put(RUNS, {"pk": pk, "id": id})
        for coll, prefix in ((REPORTS, "d~"), (REPORTS, "p~"), (EXPLAIN, "g~")):
            store.put(coll, {"pk": pk, "id": prefix + id})
        objects.put(f"raw/{name}/{month}", b"rows")
        objects.put(f"rows/{name}/2026/{month}.parquet", b"rows")


def contents(store: SqliteStore, objects: ObjectStore) -> list[tuple[str, str]]:
    found = [(doc["pk"], doc["id"]) for coll in COLLECTIONS for doc in store.scan(coll)]
    return sorted([*found, *(("object", key) for key in objects.list())])


def forget(service: str, store: SqliteStore, objects: ObjectStore, step: int = 7) -> int:
    """Run a service until nothing follows; how many steps."""
    handler = Forget(service, OwnedDocuments(store, service), objects, step)
    events: Iterable[AnyEvent] = (ModelDeleted(model="m", subject="m", occurred_at=datetime(2026, 1, 1, tzinfo=UTC)),)
    steps, seen = 0, set()
    while events:
        (event,) = events
        assert event.subject not in seen
        seen.add(event.subject)
        events, steps = tuple(handler(event)), steps + 1
    return steps


def test_every_service_forgets_its_part_in_bounded_steps(documents: SqliteStore, objects: ObjectStore) -> None:
    fill(documents, objects, "other", state="active")
    before = contents(documents, objects)
    fill(documents, objects, "m")
    assert [forget(service, documents, objects) > 1 for service in SERVICES] == [True, True, False, True]
    assert contents(documents, objects) == before


def test_the_definition_stays_until_the_others_are_done(documents: SqliteStore, objects: ObjectStore) -> None:
    fill(documents, objects, "m")
    with pytest.raises(NotReady, match="drift still has documents"):
        forget("collector", documents, objects)
    assert documents.get(MODELS, "m", "model") is not None


def test_a_late_message_does_not_touch_a_new_model_of_the_name(documents: SqliteStore, objects: ObjectStore) -> None:
    fill(documents, objects, "m", state="active")
    before = contents(documents, objects)
    for service in SERVICES:
        forget(service, documents, objects)
    assert contents(documents, objects) == before


def test_every_worker_that_writes_forgets() -> None:
    assert sorted(ROUTES[ModelDeleted]) == sorted(f"{service}.forget" for service in SERVICES)
