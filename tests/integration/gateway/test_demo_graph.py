"""What the graph of a model shows of the demo's days: also what failed, though nothing came of it."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from bellwether.contracts import Batch, DriftPoint, month_pk, node_id
from bellwether.embedded.demo.incident import INCIDENT, OUTAGE
from bellwether.objects import open_objects
from bellwether.settings import Gateway, Settings
from bellwether.storage.collections import REPORTS, RUNS
from bellwether.storage.documents import dump
from bellwether.storage.factory import open_engine
from bellwether.storage.months import note_month
from tests.integration.gateway.served import Api, Clock, RecordingBus
from tests.integration.gateway.told import MODELS, NOW, Told, batch_of, midnight, node_of_run

MODEL = MODELS[0]
QUIET = INCIDENT.start
DAYS = [*(QUIET + timedelta(days=n) for n in range(3)), *(OUTAGE.start + timedelta(days=n) for n in range(-3, 2))]


def accepted(api: Api, day: date) -> str:
    """Store a day's batch with its verdict; returns its id."""
    end, id = midnight(day + timedelta(days=1)), batch_of(MODEL, day)
    note_month(api.documents, MODEL, id)
    window: dict[str, Any] = {
        "pk": month_pk(MODEL, id),
        "model": MODEL,
        "rows": 900,
        "start": midnight(day),
        "end": end,
    }
    run = node_of_run(MODEL, day)
    batch = Batch(id=id, state="accepted", run=run, media_type="", raw_uri="", digest=id, submitted_at=NOW, **window)
    point = DriftPoint(
        id=f"p~{id}",
        batch=id,
        status="fine",
        score=10.0,
        threshold=17.0,
        n_features=1,
        n_drifted=0,
        features=("wind_speed",),
        statuses=("fine",),
        scores=(0.1,),
        **window,
    )
    api.documents.put(RUNS, dump(batch))
    api.documents.put(REPORTS, dump(point))
    return id


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A gateway over a store that was told some days of the demo."""
    options = Settings(
        home=tmp_path_factory.mktemp("demo"), gateway=Gateway(requests_per_second=1e6, burst=10**6, store_threads=2)
    )
    api = Api(options, open_engine(options), open_objects(options.objects), RecordingBus(), Clock())
    assert api.post("/models", json={"name": MODEL, "task": "binary"}).status_code == 201
    told = Told(api.documents)
    told.tell_model(MODEL)
    for day in DAYS:
        told.tell(day)
        told.tell_batch(MODEL, accepted(api, day))
    yield api
    api.close()


def marks_of(graph: dict[str, Any]) -> list[dict[str, Any]]:
    """Return all marks of a graph."""
    return [mark for lane in graph["lanes"] for mark in lane["marks"]]


def test_a_model_shows_what_failed_and_who_read_old_data_for_it(api: Api) -> None:
    window = {
        "from": f"{OUTAGE.start - timedelta(days=2)}T00:00:00Z",
        "to": f"{OUTAGE.start + timedelta(days=1)}T00:10:00Z",
    }
    asked = {"model": MODEL, "node": node_id("model", "bellwether", MODEL), "limit": 2000, **window}
    graph = api.get("/lineage/graph", params=asked).json()
    failed = [mark for mark in marks_of(graph) if mark["status"] == "FAILED"]
    assert [mark["label"] for mark in failed] == ["load-weather", "LoadWeather"]
    assert "The weather feed has no file for this day." in failed[1]["detail"]
    assert [mark["label"] for mark in marks_of(graph) if mark["stale"]] == ["BuildFeatures"]
    (edge,) = [edge for edge in graph["edges"] if edge["source"] == failed[1]["id"]]
    assert (edge["rel"], edge["evidence"], edge["derived"]) == ("attempted", "inferred", True)
    assert "flights.dbo.weather" in edge["target"]


def test_a_window_that_begins_in_an_outage_shows_the_run_that_failed_before_it(api: Api) -> None:
    asked = {"model": MODEL, "node": node_id("model", "bellwether", MODEL), "limit": 2000}
    inside = {"from": f"{OUTAGE.start}T12:00:00Z", "to": f"{OUTAGE.repaired}T00:00:00Z"}
    marks = marks_of(api.get("/lineage/graph", params=asked | inside).json())
    failed = [(mark["label"], mark["start"][:10]) for mark in marks if mark["status"] == "FAILED"]
    first, second = str(OUTAGE.start), str(OUTAGE.start + timedelta(days=1))
    assert failed == [(name, day) for day in (first, second) for name in ("load-weather", "LoadWeather")]
    standing = [(mark["label"], mark["start"][:10]) for mark in marks if mark["standing"]]
    assert standing == [("load-weather", first), ("LoadWeather", first)]
    assert [mark["label"] for mark in marks if mark["stale"]] == ["BuildFeatures"]
    before = {"from": f"{OUTAGE.start - timedelta(days=1)}T12:00:00Z", "to": f"{OUTAGE.start}T00:10:00Z"}
    marks = marks_of(api.get("/lineage/graph", params=asked | before).json())
    assert marks
    assert not [mark for mark in marks if mark["standing"]], "the run before the window succeeded"


def test_a_quiet_day_shows_no_failure(api: Api) -> None:
    report = node_id("report", f"bellwether/{MODEL}", f"drift/{batch_of(MODEL, QUIET)}")
    found = marks_of(api.get("/lineage/graph", params={"model": MODEL, "node": report}).json())
    assert found
    assert not [mark for mark in found if mark["status"] == "FAILED" or mark["stale"]]
