"""The graph over HTTP: what sources observed is recorded by the real lineage service and asked for in every way."""

import gzip
import json
import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from bellwether.contracts import (
    AliasSpan,
    Batch,
    DriftPoint,
    ModelVersionObserved,
    Observed,
    RegisteredVersion,
    fact_id,
    node_id,
    observed_subject,
)
from bellwether.lineage.handlers import Lineage
from bellwether.objects import open_objects
from bellwether.settings import Gateway, Settings
from bellwether.storage.collections import REPORTS, RUNS, SOURCES
from bellwether.storage.documents import dump
from bellwether.storage.factory import open_engine
from bellwether.storage.guard import OwnedDocuments
from bellwether.storage.lineage import GraphWriter
from bellwether.storage.months import note_month
from tests.integration.gateway.served import Api, Clock, RecordingBus
from tests.scenarios import FEATURES, MODEL, START, Scenario, scenario

JSON = {"Content-Type": "application/json"}


class World:
    """A gateway and a lineage service over one store."""

    def __init__(self, api: Api) -> None:
        self.api = api
        documents = OwnedDocuments(api.documents, "lineage")
        self.lineage = Lineage(documents, GraphWriter(documents))

    def tell(self, made: Scenario) -> None:
        for _, documents in made.told:
            for one in documents:
                coll = {Batch: RUNS, DriftPoint: REPORTS}.get(type(one), SOURCES)
                if coll is not SOURCES:
                    note_month(self.api.documents, MODEL, one.id.removeprefix("p~"))
                self.api.documents.put(coll, dump(one))
        for event, _ in made.told:
            self.lineage.record(event)

    def handle(self) -> None:
        """Record what was announced."""
        for event in self.api.bus.events:
            if event.type == "lineage.received":
                self.lineage.record(event)
        self.api.bus.events.clear()

    def get(self, what: str, **parameters: Any) -> Any:
        answer = self.api.get(f"/lineage/{what}", params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def made() -> Scenario:
    return scenario(42, "failed")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, made: Scenario) -> Iterator[World]:
    options = Settings(
        home=tmp_path_factory.mktemp("lineage"), gateway=Gateway(requests_per_second=1e6, burst=10**6, store_threads=2)
    )
    api = Api(options, open_engine(options), open_objects(options.objects), RecordingBus(), Clock())
    assert api.post("/models", json={"name": MODEL, "task": "binary"}).status_code == 201
    found = World(api)
    found.tell(made)
    yield found
    api.close()


@pytest.fixture(scope="module")
def batch(made: Scenario) -> str:
    return node_id("batch", f"bellwether/{MODEL}", made.points[-1].batch)


@pytest.fixture(scope="module")
def report(made: Scenario) -> str:
    return node_id("report", f"bellwether/{MODEL}", f"drift/{made.points[-1].batch}")


def test_the_graph_of_a_report_leads_over_five_lanes_to_what_failed(world: World, made: Scenario, report: str) -> None:
    graph = world.get("graph", node=report)
    marks = {mark["id"]: mark for lane in graph["lanes"] for mark in lane["marks"]}
    assert [lane["key"] for lane in graph["lanes"]] == [
        *("source", "data_factory", "compute", "datasets", "mlflow", "versions", "batches", "reports")
    ]
    assert {edge["source"] for edge in graph["edges"]} | {edge["target"] for edge in graph["edges"]} <= set(marks)
    assert graph["path"][0]["id"] == report
    assert marks[report]["verdict"] == "act"
    assert {lane["key"] for lane in graph["lanes"] if lane["marks"]} >= {"data_factory", "mlflow", "batches", "reports"}
    jobs = world.get("graph", node=report, level="job")
    names = {mark["label"] for lane in jobs["lanes"] for mark in lane["marks"]}
    assert names >= {"features", "weather", MODEL}
    early = world.get("graph", node=report, asof=(START + timedelta(days=5)).isoformat(), up=3)
    assert sum(len(lane["marks"]) for lane in early["lanes"]) == 1, "it had not come to be"


def test_the_root_cause_is_what_was_planted(world: World, made: Scenario, report: str) -> None:
    found = world.get("root-cause", model=MODEL)
    assert (found["status"], found["report"]) == ("found", report)
    first = found["causes"][0]
    assert {(first["rule"], first["node"])} <= made.truth
    assert first["error"] == "the source timed out"
    assert [first["path"][0]["id"], first["path"][-1]["id"]] == [report, first["node"]]
    pairs = zip(made.points[-1].features, made.points[-1].statuses, strict=True)
    assert set(first["features"]) == {name for name, status in pairs if status == "act"}
    fine = world.get("root-cause", model=MODEL, report=report.replace(made.points[-1].batch, made.points[3].batch))
    assert (fine["status"], fine["causes"]) == ("none", [])
    other = world.get("root-cause", model=MODEL, feature="prediction")
    assert other["status"] == "none"
    assert world.get("root-cause", model=MODEL, feature="no such one")["status"] == "unknown"
    few = world.get("graph", node=report, level="job", kinds="pipeline_run")
    assert {mark["kind"] for lane in few["lanes"] for mark in lane["marks"]} == {"model", "pipeline"}


def test_a_batch_of_unknown_origin_has_no_known_cause(world: World, made: Scenario) -> None:
    api = world.api
    assert api.post("/models", json={"name": "alone", "task": "binary"}).status_code == 201
    assert world.get("root-cause", model="alone")["status"] == "unknown"
    point = made.points[-1].model_copy(update={"model": "alone", "pk": made.points[-1].pk.replace(MODEL, "alone")})
    note_month(api.documents, "alone", point.batch)
    api.documents.put(REPORTS, dump(point))
    found = world.get("root-cause", model="alone")
    assert (found["status"], found["causes"]) == ("unknown", [])
    assert "name its `run` when pushing" in found["reason"]


def test_paths_differences_columns_and_dependents(world: World, made: Scenario, batch: str, report: str) -> None:
    load = node_id("pipeline", "adf/sub/group/factory", made.table)
    runs = world.get("timeline", job=load)["items"]
    assert [runs[0]["status"], runs[1]["status"]] == ["FAILED", "SUCCEEDED"]
    way = world.get("path", **{"from": runs[1]["id"], "to": report})
    assert [way["hops"][0]["id"], way["hops"][-1]["id"], way["evidence"]] == [runs[1]["id"], report, "inferred"]
    assert world.get("path", **{"from": report, "to": runs[1]["id"]})["hops"] == []
    before = batch.replace(made.points[-1].batch, made.points[-2].batch)
    diff = world.get("diff", a=before, b=batch)
    assert {"rows"} <= {change["field"] for one in diff["changed"] for change in one["changes"]}
    features = node_id("dataset", "abfss://lake@account.dfs.core.windows.net", "features")
    column = world.get("columns", node=features, column=made.points[-1].features[1], model=MODEL)
    assert any(one["label"] == "weather" for one in column["columns"])
    impact = world.get("impact", node=runs[2]["id"])
    assert [one["model"] for one in impact["models"]] == [MODEL]
    assert impact["batches"]


def test_nodes_are_found_by_name_and_told_in_full(world: World, batch: str) -> None:
    found = world.get("search", q="weath")["items"]
    assert {"pipeline", "dataset"} <= {one["kind"] for one in found}
    node = world.get("node", node=batch)
    assert node["status"] == "SUCCEEDED"
    assert {one["name"] for one in node["attributes"]} >= {"rows", "digest", "source"}
    assert {(one["rel"], one["direction"]) for one in node["neighbours"]} == {
        ("generated", "up"),
        ("evaluated", "down"),
    }
    (only,) = world.get("search", q="weath", kinds="pipeline")["items"]
    assert only["label"] == "weather"


def test_every_job_that_is_shown_can_be_chosen(world: World, report: str) -> None:
    graph = world.get("graph", node=report, level="job")
    shown = {mark["id"]: mark["kind"] for lane in graph["lanes"] for mark in lane["marks"]}
    assert "activity" in shown.values()
    for id, kind in shown.items():
        node = world.get("node", node=id, model=MODEL)
        # What no source describes is told by its newest run.
        assert node["id"] == id or (kind, node["kind"]) == ("activity", "activity_run")
        assert world.get("graph", node=id, model=MODEL)["root"] == node["id"]


@pytest.mark.parametrize("format", ["openlineage", "prov-json", "dot", "svg", "csv"])
def test_what_is_shown_can_be_taken_away(world: World, report: str, format: str) -> None:
    answer = world.api.get("/lineage/export", params={"node": report, "format": format})
    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    if format == "openlineage":
        outputs = [one for event in answer.json() for one in event["outputs"]]
        (features,) = [one for one in outputs if one["name"] == "features"]
        lineage = features["facets"]["columnLineage"]["fields"]
        assert {name: one["inputFields"][0]["field"] for name, one in lineage.items()} == {one: one for one in FEATURES}
        events = [event for event in answer.json() if event["eventType"] != "OTHER"]
        back = world.api.post("/lineage/batch", json=events)
        assert back.json()["status"] == "success"


@pytest.mark.parametrize(
    ("what", "status"),
    [
        ("graph?node=nonsense", 422),
        ("graph?node=strange:a:b", 422),
        ("graph?node=batch:bellwether%2Fcredit:none", 404),
        ("graph?node=batch:bellwether%2Fnone:none", 404),
        ("graph?node=run:x:y&up=21", 422),
        ("graph?node=batch:bellwether%2Fcredit:none&limit=0", 422),
        ("search?q=a&kinds=house", 422),
        ("node?node=run:a%00:b", 422),
        ("root-cause?model=nobody", 404),
        ("root-cause?model=credit&report=run:a:b", 422),
        ("columns?node=dataset:a:b", 404),
        ("timeline?job=pipeline:none:none", 404),
        ("export?node=run:x:none", 404),
    ],
)
def test_what_cannot_be_answered_is_refused(world: World, what: str, status: int) -> None:
    answer = world.api.get(f"/lineage/{what}")
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_key_for_other_models_sees_nothing_of_this_one(world: World, batch: str, made: Scenario) -> None:
    key = world.api.new_key("viewer", models=["alone"])
    assert world.api.get("/lineage/node", params={"node": batch}, key=key).status_code == 404
    load = world.get("search", q="weath", kinds="pipeline")["items"][0]["id"]
    assert world.api.get("/lineage/node", params={"node": load}, key=key).status_code == 404
    own = world.api.new_key("viewer", models=[MODEL])
    graph = world.api.get("/lineage/graph", params={"node": batch}, key=own).json()
    kinds = {mark["kind"] for lane in graph["lanes"] for mark in lane["marks"]}
    assert kinds >= {"batch", "ml_run", "pipeline_run"}, "what leads up from its own model is shown"


def test_an_alias_that_moved_is_an_edge_with_its_time(world: World) -> None:
    said = RegisteredVersion(
        id=fact_id(START, "model-version", "credit", "9"),
        pk="mlflow/main|2026-03",
        source="mlflow/main",
        digest="d",
        updated_at=START,
        received_at=START,
        name="credit",
        version="9",
        created_at=START,
        aliases=(AliasSpan(alias="champion", since=START + timedelta(days=1)),),
        models=(MODEL,),
    )
    world.api.documents.put(SOURCES, dump(said))
    event = ModelVersionObserved(model="@mlflow/main", subject=observed_subject(said), occurred_at=START)
    world.lineage.record(event)
    node = world.get("node", node=node_id("model_version", "mlflow/main", "credit", "9"))
    assert {"rel": "promoted", "direction": "down"}.items() <= node["neighbours"][0].items()


def event(run: UUID, type: str, **more: Any) -> dict[str, Any]:
    return {
        "eventType": type,
        "eventTime": "2026-03-14T02:00:00Z",
        "producer": "https://example.com/producer",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json",
        "run": {"runId": str(run)},
        "job": {"namespace": "airflow", "name": "dag.task"},
        "inputs": [],
        "outputs": [],
        **more,
    }


def test_foreign_events_make_nodes_whatever_their_order(world: World) -> None:
    run, table = uuid4(), {"namespace": "sqlserver://Host.database.windows.net", "name": "Db.dbo.[Orders]"}
    events = [
        event(run, "START", inputs=[table]),
        event(run, "COMPLETE", eventTime="2026-03-14T02:30:00+00:00", outputs=[{**table, "name": "db.dbo.Out"}]),
    ]
    random.shuffle(events)
    for one in events:
        body = gzip.compress(json.dumps(one).encode())
        answer = world.api.post("/lineage", content=body, headers={**JSON, "Content-Encoding": "gzip"})
        assert answer.status_code == 200, answer.text
    world.handle()
    id = node_id("run", "openlineage", str(run))
    node = world.get("node", node=id)
    assert (node["status"], node["start"], node["end"]) == ("SUCCEEDED", "2026-03-14T02:00:00Z", "2026-03-14T02:30:00Z")
    graph = world.get("graph", node=id)
    labels = {mark["id"] for lane in graph["lanes"] for mark in lane["marks"]}
    assert f"dataset_version:mssql%3A//host.database.windows.net%3A1433:db.dbo.out#run~{run}" in labels


BAD: list[tuple[Callable[[dict[str, Any]], Any], str]] = [
    (lambda one: {**one, "run": {"runId": "seven"}}, "/run/runId"),
    (lambda one: {**one, "job": {"name": "x"}}, "/job/namespace"),
    (lambda one: {**one, "job": "x"}, "/job"),
    (lambda one: {**one, "eventTime": "yesterday"}, "/eventTime"),
    (lambda one: {**one, "eventTime": "2026-03-14T02:00:00"}, "/eventTime"),
    (lambda one: {**one, "eventType": "BEGIN"}, "/eventType"),
    (lambda one: {**one, "inputs": [{"namespace": "a"}]}, "/inputs/0/name"),
    (lambda one: {**one, "outputs": {"namespace": "a"}}, "/outputs"),
    (lambda one: [one], "/"),
    (lambda one: {"eventTime": "2026-03-14T02:00:00Z"}, "/dataset"),
]


@pytest.mark.parametrize(("change", "pointer"), BAD, ids=[f"{n}{pointer}" for n, (_, pointer) in enumerate(BAD)])
def test_a_bad_event_is_refused_by_the_name_of_what_is_wrong(
    world: World, change: Callable[[dict[str, Any]], Any], pointer: str
) -> None:
    answer = world.api.post("/lineage", json=change(event(uuid4(), "START")))
    assert answer.status_code == 400, answer.text
    assert pointer in {one["pointer"] for one in answer.json()["errors"]}
    assert not world.api.bus.events


def test_a_batch_with_one_bad_event_takes_the_others(world: World) -> None:
    good, bad = event(uuid4(), "START"), event(uuid4(), "START", job={})
    found = world.api.post("/lineage/batch", json=[good, bad, 7]).json()
    assert (found["status"], found["summary"]["successful"], found["summary"]["failed"]) == ("partial_success", 1, 2)
    assert [one["index"] for one in found["failed_events"]] == [1, 2]
    assert not any(one["retriable"] for one in found["failed_events"])
    world.handle()


def test_bodies_that_are_too_large_are_refused_before_they_are_unpacked(world: World) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    for content, encoding, status in (
        (bomb, "gzip", 413),
        (b"{" + b" " * 1_100_000 + b"}", "identity", 413),
        (b"no gzip", "gzip", 400),
        (gzip.compress(b"{}")[:-4], "gzip", 400),
        (b"{}", "br", 415),
        (b"[" * 100 + b"]" * 100, "identity", 400),
    ):
        headers = {**JSON, "Content-Encoding": encoding}
        assert world.api.post("/lineage", content=content, headers=headers).status_code == status
    many = [event(uuid4(), "START")] * 501
    assert world.api.post("/lineage/batch", json=many).status_code == 413


def test_no_secret_of_an_event_is_stored(world: World) -> None:
    facets = {"spark_properties": {"properties": {"spark.accountKey": "planted-1", "url": "jdbc:x;password=planted-2"}}}
    one = event(uuid4(), "START")
    one["run"]["facets"] = facets
    assert world.api.post("/lineage", json=one).status_code == 200
    world.handle()
    stored = json.dumps([doc for coll in (SOURCES,) for doc in world.api.documents.scan(coll)])
    assert "planted" not in stored
    assert "(removed)" in stored


def test_a_key_of_one_model_sends_events_of_that_model(world: World) -> None:
    key, run = world.api.new_key("ingest", models=[MODEL]), uuid4()
    answer = world.api.post("/lineage", json=event(run, "START"), key=key)
    assert (answer.status_code, answer.json()["graph"]) == (200, MODEL)
    world.handle()
    assert world.get("node", node=node_id("run", "openlineage", str(run)), model=MODEL)["status"] == "RUNNING"


def test_overload_is_told_so_that_clients_come_back(serve: Callable[[Settings], Api], settings: Settings) -> None:
    api = serve(settings.model_copy(update={"gateway": Gateway(requests_per_second=0.001, burst=1)}))
    statuses = [api.post("/lineage", json=event(uuid4(), "START")) for _ in range(3)]
    assert statuses[-1].status_code == 503
    assert int(statuses[-1].headers["retry-after"]) > 0


def test_every_document_of_a_source_is_one_of_ours() -> None:
    assert {kind.__name__ for kind in Observed.__subclasses__()} == {
        *("PipelineRun", "TrainingRun", "RegisteredVersion", "LineageEvent")
    }
