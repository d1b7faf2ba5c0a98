"""The API over the real services, in one process: what is pushed is decoded, profiled, compared, and shown."""

import io
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bellwether.bus import Handler, InlineBus, Ledger
from bellwether.bus.forget import Forget
from bellwether.bus.worker import Context
from bellwether.collector import tasks as collector
from bellwether.drift import tasks as drift
from bellwether.explain import tasks as explain
from bellwether.lineage import tasks as lineage
from bellwether.objects import open_objects
from bellwether.settings import Settings
from bellwether.storage.factory import open_engine
from bellwether.storage.guard import OwnedDocuments
from tests.integration.gateway.served import Api, Clock

SERVICES = {"collector": collector, "drift": drift, "explain": explain, "lineage": lineage}
PARQUET = "application/vnd.apache.parquet"


def handlers(settings: Settings, now: Clock) -> Mapping[str, Handler]:
    """Every step of every service, each with its own rights."""
    engine, objects = open_engine(settings), open_objects(settings.objects)
    found: dict[str, Handler] = {}
    for name, tasks in SERVICES.items():
        context = Context(settings, OwnedDocuments(engine, name), objects, now)
        found |= {f"{name}.forget": Forget(name, context.documents, objects), **tasks.build(context)}
    return found


def rows(seed: int, shift: float = 0.0) -> bytes:
    """A batch of a thousand rows as Parquet."""
    random = np.random.default_rng(seed)
    age = random.normal(40 + shift, 10, 1000)
    region = random.choice(["north", "south", "west"], 1000)
    score = 1 / (1 + np.exp(-(age - 40) / 10))
    table = pa.table({"age": age, "region/area": region, "score": score, "prediction": (score > 0.5).astype(int)})
    file = io.BytesIO()
    pq.write_table(table, file)
    return file.getvalue()


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A model with a reference in force and three analysed batches; the last one is another population."""
    settings, now = Settings(home=tmp_path_factory.mktemp("services")), Clock()
    engine = open_engine(settings)
    steps: Mapping[str, Any] = handlers(settings, now)
    bus = InlineBus(Ledger(engine, settings.work, now), steps)
    api = Api(settings, engine, open_objects(settings.objects), bus, now)  # type: ignore[arg-type]  # any bus
    create(api, "credit")
    for day, shift in ((1, 0.0), (2, 0.0), (3, 25.0)):
        api.now.advance(86_400)
        window = f"start=2026-02-0{day}T00:00:00Z&end=2026-02-0{day + 1}T00:00:00Z"
        answer = api.push(f"/models/credit/batches?{window}&key=day-{day}", rows(day, shift), PARQUET)
        assert answer.status_code == 202
    yield api
    api.close()
    steps["collector.accept_batch"].__self__.decoder.close()


def create(api: Api, name: str) -> None:
    """Create a model and push its reference."""
    body = {"name": name, "task": "binary", "roles": {"score": "score"}}
    assert api.post("/models", json=body).status_code == 201
    answer = api.put(f"/models/{name}/reference", content=rows(0), headers={"Content-Type": PARQUET})
    assert answer.status_code == 202


def test_a_change_of_the_population_is_shown_everywhere(watched: Api) -> None:
    reference = watched.get("/models/credit/reference").json()
    assert (reference["state"], reference["rows"], reference["pending"]) == ("ready", 1000, None)
    batches = watched.get("/models/credit/batches").json()["items"]
    assert [one["state"] for one in batches] == ["analysed"] * 3
    assert {one["rows"] for one in batches} == {1000}
    found = watched.get("/models/credit/drift").json()
    assert found["latest"]["batch"] == batches[0]["id"]
    assert [point["status"] for point in found["trend"]["points"]][:2] == ["fine", "fine"]
    assert found["latest"]["status"] == "act"
    (item,) = watched.get("/fleet/summary").json()["items"]
    assert (item["status"], item["batch"]) == ("act", batches[0]["id"])
    heat = watched.get("/models/credit/heatmap").json()
    assert {"age", "region/area"} <= set(heat["features"])
    ranked = {one["feature"]: one for one in watched.get("/models/credit/features").json()["items"]}
    assert (ranked["age"]["status"], ranked["region/area"]["status"]) == ("act", "fine")
    age = watched.get("/models/credit/features/age").json()
    assert sum(age["distribution"]["current"]) == pytest.approx(1.0)
    assert (age["distribution"]["reference_rows"], age["distribution"]["current_rows"]) == (1000, 1000)
    region = watched.get("/models/credit/features/region%2Farea").json()
    assert {one["label"] for one in region["distribution"]["bins"]} >= {"north", "south", "west", "missing"}
    text = watched.call("GET", "/metrics").text
    assert 'bellwether_model_status{model="credit"} 3' in text
    assert 'bellwether_reports{model="credit"} 3' in text


def test_rows_that_cannot_be_used_are_rejected_with_all_reasons(watched: Api) -> None:
    answer = watched.push("/models/credit/batches?key=bad", b"region/area,prediction\nnorth,maybe\n")
    shown = watched.get(answer.json()["links"]["self"].removeprefix("/api/v1") + "?wait=5").json()
    assert shown["state"] == "rejected"
    assert {"age", "score"} <= {word for one in shown["reasons"] for word in one["pointer"].split("/")}
    assert all(one["fix"] for one in shown["reasons"])
    assert watched.get("/models/credit/drift").json()["latest"]["status"] == "act"


def test_a_deleted_model_is_forgotten_and_its_name_is_free(watched: Api) -> None:
    before = without_work(watched)
    create(watched, "gone")
    assert watched.push("/models/gone/batches", rows(1), PARQUET).status_code == 202
    assert watched.get("/models/gone/drift").json()["latest"] is not None
    assert watched.delete("/models/gone").status_code == 202
    for _ in range(5):  # whoever has to wait for another is asked again
        watched.delete("/models/gone")
        watched.now.advance(120)
    assert watched.delete("/models/gone").status_code == 404
    assert without_work(watched) == before
    assert watched.post("/models", json={"name": "gone", "task": "regression"}).status_code == 201
    assert watched.get("/models/gone/drift").json()["latest"] is None


def without_work(api: Api) -> list[Any]:
    """All that is stored but what is under way."""
    return [one for one in api.everything() if one[0] != "work"]
