"""Sources, pipelines and runs over the API: what a person sets, and what the collector left in the store."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bellwether.contracts import (
    BACKFILLS_PK,
    PROGRESS_PK,
    SOURCES_PK,
    ActivityRun,
    Backfill,
    Pipeline,
    PipelineRun,
    PipelineTrigger,
    RunAddress,
    SourceDue,
    SourceProgress,
    TrainingRun,
    fact_id,
    month_pk,
)
from bellwether.gateway.pipelines import judge
from bellwether.settings import Settings, Sources
from bellwether.storage.collections import OPS, SOURCES
from bellwether.storage.documents import dump
from bellwether.storage.months import note_month
from tests.integration.gateway.served import Api

MLFLOW = {"name": "main", "settings": {"kind": "mlflow", "url": "http://mlflow.example:5000", "token": "MLFLOW"}}
GUID = "12345678-1234-1234-1234-12345678abcd"
FACTORY = {"kind": "adf", "subscription": GUID, "group": "rg-ml", "factory": "adf-ml"}
DAY = timedelta(days=1)
SOME_DAY = datetime(2026, 1, 31, 2, tzinfo=UTC)


def pipeline_run(number: int, status: str = "SUCCEEDED", minutes: int = 5, **more: Any) -> PipelineRun:
    start = SOME_DAY + number * DAY
    id = fact_id(start, "pipeline-run", f"run-{number}")
    failed = status == "FAILED"
    activity = ActivityRun(run_id=f"a-{number}", name="Load", kind="Copy", status="FAILED" if failed else "SUCCEEDED")
    return PipelineRun(
        id=id,
        pk=month_pk("adf/main", id),
        source="adf/main",
        digest="d",
        updated_at=start,
        received_at=start,
        factory="adf/s/g/f",
        pipeline="load",
        run_id=f"run-{number}",
        status=status,
        start=start,
        end=start + timedelta(minutes=minutes),
        activities=(activity.model_copy(update={"rows_read": None if failed else 100}),),
        **more,
    )


def observe(api: Api, *found: PipelineRun | TrainingRun) -> None:
    """Store runs as the collector does."""
    for run in found:
        note_month(api.documents, run.source, run.id)
        api.documents.put(SOURCES, dump(run))
        address = RunAddress(id=run.type, pk=f"run|{run.run_id}", source=run.source, document=run.id)
        api.documents.put(SOURCES, dump(address))


def define(api: Api, every_s: int | None = 86_400) -> Pipeline:
    trigger = PipelineTrigger(name="daily", kind="ScheduleTrigger", started=True, every_s=every_s)
    pipeline = Pipeline(
        id="p",
        pk="adf/main|pipelines",
        source="adf/main",
        factory="adf/s/g/f",
        pipeline="load",
        triggers=(trigger,),
        observed_at=SOME_DAY,
    )
    api.documents.put(SOURCES, dump(pipeline))
    return pipeline


@pytest.fixture
def watched(api: Api) -> Api:
    """An API that watches a factory with six runs of one pipeline, over the end of a month."""
    assert api.post("/sources", json={"name": "main", "settings": FACTORY}).status_code == 201
    define(api)
    observe(api, *(pipeline_run(number, "FAILED" if number == 4 else "SUCCEEDED") for number in range(5)))
    observe(api, pipeline_run(5, minutes=60))
    return api


def test_a_source_is_added_once_looked_at_and_its_past_is_read(api: Api) -> None:
    answer = api.post("/sources", json=MLFLOW)
    assert (answer.status_code, answer.headers["Location"]) == (201, "/api/v1/sources/mlflow/main")
    said = answer.json()
    assert (said["source"], said["condition"], said["lag_s"]) == ("mlflow/main", "new", None)
    assert [(one["state"], one["progress"]) for one in said["backfills"]] == [("waiting", 0.0)]
    assert [type(event) for event in api.bus.events] == [SourceDue]
    assert api.bus.events[0].model == "@mlflow/main"


def test_the_same_name_again_changes_the_settings_and_keeps_the_rest(api: Api) -> None:
    first = api.post("/sources", json=MLFLOW).json()
    api.now.advance(60)
    again = api.post("/sources", json={**MLFLOW, "poll_seconds": 300.0})
    assert again.status_code == 200
    assert again.json()["poll_seconds"] == 300.0
    assert again.json()["created_at"] == first["created_at"]
    assert len(again.json()["backfills"]) == 1
    assert [one["source"] for one in api.get("/sources").json()["items"]] == ["mlflow/main"]


def test_how_it_went_stands_beside_the_settings(api: Api) -> None:
    api.post("/sources", json=MLFLOW)
    went = SourceProgress(
        id="mlflow~main",
        pk=PROGRESS_PK,
        source="mlflow/main",
        condition="unreachable",
        error="no answer from MLflow",
        fix="check that the server is up",
        complete_until=api.now(),
        last_success=api.now(),
        runs=12,
    )
    api.documents.put(OPS, dump(went))
    api.now.advance(90)
    metrics = api.call("GET", "/metrics").text
    assert 'bellwether_source_up{source="mlflow/main"} 0.0' in metrics
    assert 'bellwether_source_lag_seconds{source="mlflow/main"} 90.0' in metrics
    said = api.get("/sources/mlflow/main").json()
    assert (said["condition"], said["error"], said["runs"], said["lag_s"]) == (
        "unreachable",
        "no answer from MLflow",
        12,
        90.0,
    )


def test_deleting_a_source_keeps_what_it_observed(watched: Api) -> None:
    assert watched.delete("/sources/adf/main").status_code == 204
    assert watched.get("/sources").json()["items"] == []
    assert watched.documents.query(OPS, BACKFILLS_PK).docs == []
    assert watched.get("/runs/run-1").status_code == 200
    assert watched.delete("/sources/adf/main").status_code == 404


def test_a_part_of_the_past_is_asked_for(watched: Api) -> None:
    body = {"since": "2025-12-01T00:00:00Z", "until": "2025-12-11T00:00:00Z"}
    answer = watched.post("/sources/adf/main:backfill", json=body)
    assert answer.status_code == 202
    (doc,) = [d for d in watched.documents.query(OPS, BACKFILLS_PK).docs if d["id"] == answer.json()["id"]]
    assert Backfill.model_validate({k: v for k, v in doc.items() if not k.startswith("_")}).days == 10
    assert watched.post("/sources/adf/main:backfill", json=body).json()["id"] == answer.json()["id"]
    late = watched.post("/sources/adf/main:backfill", json={"since": "2027-01-01T00:00:00Z"})
    assert (late.status_code, late.json()["errors"][0]["pointer"]) == (422, "/since")


@pytest.mark.parametrize(
    ("said", "pointer", "value"),
    [
        ({"kind": "mlflow", "url": "file:///etc"}, "/settings/url", "file:///etc"),
        ({"kind": "mlflow", "url": "http://me:hunter2@host"}, "/settings/url", "user and password"),
        ({"kind": "mlflow", "url": "http://169.254.169.254/x"}, "/settings/url", "169.254.169.254"),
        ({**FACTORY, "endpoint": "http://management.example"}, "/settings/endpoint", "http"),
    ],
)
def test_an_address_that_must_not_be_called_is_refused(
    api: Api, said: dict[str, Any], pointer: str, value: str
) -> None:
    before = api.everything()
    answer = api.post("/sources", json={"name": "x", "settings": said})
    (fault,) = answer.json()["errors"]
    assert (answer.status_code, fault["pointer"], fault["value"]) == (422, pointer, value)
    assert fault["fix"]
    assert "hunter2" not in answer.text
    assert api.everything() == before


def test_hosts_can_be_limited(settings: Settings, serve: Any) -> None:
    api = serve(settings.model_copy(update={"sources": Sources(hosts=("mlflow.example",))}))
    assert api.post("/sources", json=MLFLOW).status_code == 201
    other = {"name": "other", "settings": {"kind": "mlflow", "url": "https://elsewhere.example"}}
    answer = api.post("/sources", json=other)
    assert (answer.status_code, answer.json()["errors"][0]["limit"]) == (422, "mlflow.example")


def test_pipelines_tell_how_their_runs_went(watched: Api) -> None:
    (one,) = watched.get("/pipelines").json()["items"]
    assert (one["runs"], one["succeeded"], one["failed"]) == (6, 5, 1)
    assert (one["median_duration_s"], one["expected_every_s"]) == (300.0, 86_400.0)
    assert one["last_run"]["run_id"] == "run-5"
    assert one["last_failure"]["run_id"] == "run-4"
    assert one["last_failure"]["failed_activity"] == "Load"
    assert watched.get("/pipelines?source=adf/main").json()["items"] == [one]
    assert watched.get("/pipelines?source=adf/other").status_code == 404


def test_runs_come_newest_first_page_by_page_over_a_month(watched: Api) -> None:
    first = watched.get("/pipelines/load/runs?limit=4").json()
    rest = watched.get(f"/pipelines/load/runs?limit=4&cursor={first['next']}").json()
    assert [one["run_id"] for one in first["items"] + rest["items"]] == [f"run-{n}" for n in (5, 4, 3, 2, 1, 0)]
    assert rest["next"] is None
    assert [one["slow"] for one in first["items"]] == [False, False, False, False]  # four before it: too few to say
    assert watched.get("/pipelines/nothing/runs").status_code == 404


def test_a_run_that_took_long_is_slow_once_enough_are_known() -> None:
    recent = [pipeline_run(9, minutes=10), *(pipeline_run(number) for number in range(8, 2, -1))]
    found = judge(_pipeline(), recent, SOME_DAY + 9 * DAY)
    assert found.last_run is not None
    assert (found.last_run.slow, found.last_run.duration_s, found.late) == (True, 600.0, False)


def test_a_pipeline_is_late_when_its_schedule_asked_for_a_run() -> None:
    found = judge(_pipeline(), [pipeline_run(3)], SOME_DAY + 5 * DAY)
    assert found.late
    assert not judge(_pipeline(started=False), [pipeline_run(3)], SOME_DAY + 5 * DAY).late


def _pipeline(*, started: bool = True) -> Pipeline:
    trigger = PipelineTrigger(name="daily", kind="ScheduleTrigger", started=started, every_s=86_400)
    return Pipeline(
        id="p", pk="x", source="adf/main", factory="f", pipeline="load", triggers=(trigger,), observed_at=SOME_DAY
    )


def test_a_run_is_found_by_its_id(watched: Api) -> None:
    said = watched.get("/runs/run-4").json()
    assert (said["kind"], said["status"], said["node"]) == ("pipeline_run", "FAILED", "pipeline_run:adf:run-4")
    assert [one["name"] for one in said["pipeline"]["activities"]] == ["Load"]
    assert said["ml"] is None
    id = fact_id(SOME_DAY, "ml-run", "m1")
    ml = TrainingRun(
        id=id,
        pk=month_pk("mlflow/main", id),
        source="mlflow/main",
        digest="d",
        updated_at=SOME_DAY,
        received_at=SOME_DAY,
        run_id="m1",
        name="train",
        experiment_id="1",
        status="SUCCEEDED",
        metrics={"auc": 0.8},
    )
    observe(watched, ml)
    told = watched.get("/runs/m1").json()
    assert (told["kind"], told["title"], told["ml"]["metrics"]) == ("ml_run", "train", {"auc": 0.8})
    assert watched.get("/runs/nobody").status_code == 404


def test_a_source_document_is_the_gateways(api: Api) -> None:
    api.post("/sources", json=MLFLOW)
    doc = api.documents.get(OPS, SOURCES_PK, "mlflow~main")
    assert doc is not None
    assert doc["settings"]["token"] == "MLFLOW"  # the name of a secret, not the secret
