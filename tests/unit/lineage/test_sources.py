"""Facts of every kind of source: pipelines with loops and tries, MLflow runs, versions, events of other producers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bellwether.contracts import (
    ActivityRun,
    DatasetUse,
    Edge,
    LineageEvent,
    LineageReceived,
    ModelVersionObserved,
    Node,
    PipelineRun,
    PipelineRunObserved,
    RegisteredVersion,
    RunDataset,
    TrainingRun,
    TrainingRunObserved,
    node_id,
    observed_subject,
)
from bellwether.graph import Bounds, Facts, FactsReader, add, walk
from bellwether.graph.datasets import canonical
from bellwether.graph.paths import path, weakest
from bellwether.lineage.extract import graph_of
from bellwether.lineage.extract.batches import run_of

ZERO = datetime(2026, 3, 1, 4, tzinfo=UTC)
RUN, GUID = "a" * 32, "0000aaaa-1111-2222-3333-444455556666"
COMMON: dict[str, Any] = {"pk": "x", "digest": "d", "updated_at": ZERO, "received_at": ZERO}
LAKE = "abfss://lake@account.dfs.core.windows.net"
KINDS: dict[Any, Any] = {
    PipelineRun: PipelineRunObserved,
    TrainingRun: TrainingRunObserved,
    RegisteredVersion: ModelVersionObserved,
    LineageEvent: LineageReceived,
}


def told(*documents: Any) -> FactsReader:
    nodes: list[Node] = []
    edges: list[Edge] = []
    for one in documents:
        event: Any = KINDS[type(one)](model="@x/y", subject=observed_subject(one), occurred_at=ZERO)
        tell = graph_of(event, (one,))
        nodes += tell.nodes
        edges += tell.edges
    return FactsReader(add(Facts(), nodes, edges))


def pipeline(*activities: ActivityRun, **more: Any) -> PipelineRun:
    said = {"id": "p", "source": "adf/main", "factory": "adf/s/g/f", "pipeline": "load", "run_id": GUID, **COMMON}
    return PipelineRun(**{**said, "status": "SUCCEEDED", "start": ZERO, "activities": activities, **more})


def activity(name: str, id: str, **more: Any) -> ActivityRun:
    return ActivityRun(**{"run_id": id, "name": name, "kind": "Copy", "status": "SUCCEEDED", "start": ZERO, **more})


def ml_run(**more: Any) -> TrainingRun:
    said = {"id": "m", "source": "mlflow/main", "run_id": RUN, "experiment_id": "1", "status": "SUCCEEDED", **COMMON}
    return TrainingRun(**{**said, "start": ZERO, "end": ZERO + timedelta(minutes=5), **more})


def rels(reader: FactsReader) -> set[tuple[str, str, str]]:
    return {(key.src.partition(":")[0], key.rel, key.dst.partition(":")[0]) for key in reader.facts.edges}


def test_a_loop_of_fifty_copies_makes_fifty_edges() -> None:
    copies = [
        activity(
            "copy",
            f"c{n}",
            depends_on=("list",),
            inputs=(DatasetUse(namespace=LAKE, name=f"in/{n}"),),
            outputs=(DatasetUse(namespace=LAKE, name=f"out/{n}"),),
        )
        for n in range(50)
    ]
    reader = told(pipeline(activity("list", "l"), activity("check", "k", depends_on=("copy",)), *copies))
    by_rel = [key.rel for key in reader.facts.edges]
    assert {rel: by_rel.count(rel) for rel in set(by_rel)} == {
        "has_activity": 52,
        "uses": 50,
        "generated": 50,
        "precedes": 100,
    }


def test_two_loops_after_another_do_not_pair_what_nobody_paired() -> None:
    first = [activity("read", f"r{n}") for n in range(50)]
    second = [activity("write", f"w{n}", depends_on=("read",)) for n in range(50)]
    assert "precedes" not in {key.rel for key in told(pipeline(*first, *second)).facts.edges}


def test_a_run_that_failed_generates_nothing() -> None:
    out = DatasetUse(namespace=LAKE, name="out")
    reader = told(pipeline(activity("copy", "c", status="FAILED", outputs=(out,), error="no"), status="FAILED"))
    assert rels(reader) == {("pipeline_run", "has_activity", "activity_run"), ("activity_run", "attempted", "dataset")}


def test_a_job_run_bridges_from_the_factory_to_mlflow_and_a_tag_is_exact() -> None:
    bridge = {"workspace_id": "7", "job_run_id": "4003"}
    copy = activity("score", "n", job_id="12", url="https://adb.example/jobs/12/runs/4003", **bridge)
    reader = told(pipeline(copy), ml_run(**bridge))
    top, run = node_id("pipeline_run", "adf", GUID), node_id("ml_run", "mlflow/main", RUN)
    hops = path(reader, top, run)
    assert [hop.rel for hop in hops] == ["has_activity", "started", "executed"]
    assert weakest(hops) == "bridge"
    tagged = told(pipeline(copy), ml_run(adf_run_id=GUID.upper(), adf_activity_run_id="n"))
    assert weakest(path(tagged, top, run)) == "exact"


def test_an_mlflow_run_tells_its_data_code_and_models() -> None:
    reader = told(
        ml_run(
            commit="c0ffee" * 4,
            repository="https://git.example/team/score",
            model_versions=(("credit", "3"),),
            model_inputs=("m-1",),
            model_outputs=("m-2",),
            datasets=(
                RunDataset(namespace=LAKE, name="features", digest="d1", context="training"),
                RunDataset(namespace=LAKE, name="scores", context="prediction", rows=10),
            ),
        ),
        RegisteredVersion(
            id="v", source="mlflow/main", name="credit", version="4", created_at=ZERO, logged_model="m-2", **COMMON
        ),
    )
    assert rels(reader) == {
        ("code_version", "at_version", "ml_run"),
        ("dataset", "uses", "ml_run"),
        ("dataset_version", "used", "ml_run"),
        ("model_version", "used", "ml_run"),
        ("logged_model", "used", "ml_run"),
        ("ml_run", "generated", "dataset_version"),
        ("ml_run", "generated", "logged_model"),
        ("logged_model", "registered_as", "model_version"),
    }
    found = walk(reader, node_id("model_version", "mlflow/main", "credit", "4"), Bounds())
    assert found is not None
    assert node_id("code_version", "mlflow/main", "https://git.example/team/score", "c0ffee" * 4) in found.nodes


@pytest.mark.parametrize(
    ("hint", "source", "node"),
    [
        (RUN, "push", f"ml_run:mlflow/main:{RUN}"),
        ("x1", "mlflow/other", "ml_run:mlflow/other:x1"),
        (GUID.upper(), "push", f"pipeline_run:adf:{GUID}"),
        ("ml_run:mlflow/eu:r", "push", "ml_run:mlflow/eu:r"),
        ("nightly 7", "push", "run:push:nightly%207"),
        ("batch:a:b", "push", "run:push:batch%3Aa%3Ab"),
    ],
)
def test_the_run_a_push_names_is_an_exact_node(hint: str, source: str, node: str) -> None:
    assert run_of(hint, source) == node


@pytest.mark.parametrize(
    ("given", "one"),
    [
        (("sqlserver://H.database.windows.net", "Db.dbo.[T]"), ("mssql://h.database.windows.net:1433", "db.dbo.t")),
        (("mssql://h.database.windows.net:1433", "db.dbo.t"), ("mssql://h.database.windows.net:1433", "db.dbo.t")),
        (("sqlserver://w.sql.azuresynapse.net", "dbo.T"), ("sqlserver://w.sql.azuresynapse.net:1433", "dbo.t")),
        (("abfss://L@A.dfs.core.windows.net/", "/a/b/"), ("abfss://l@a.dfs.core.windows.net", "a/b")),
        (("unitycatalog://Host", "C.s.t"), ("unitycatalog://host", "C.s.t")),
        (("postgresql://h", "d.public.T"), ("postgres://h:5432", "d.public.t")),
        (("adf/s/g/f", "Dataset1"), ("adf/s/g/f", "Dataset1")),
    ],
)
def test_a_dataset_has_one_name(given: tuple[str, str], one: tuple[str, str]) -> None:
    assert canonical(*given) == one
    assert canonical(*canonical(*given)) == one


TABLE = {"namespace": "unitycatalog://h", "name": "c.s.features", "type": "TABLE"}
SPARK = {
    "eventType": "COMPLETE",
    "eventTime": "2026-03-01T05:00:00Z",
    "run": {
        "runId": GUID,
        "facets": {
            "parent": {"run": {"runId": GUID.replace("0000", "ffff")}, "job": {"namespace": "spark", "name": "app"}},
            "environment-properties": {
                "environment-properties": {
                    "spark.databricks.job.id": "12",
                    "spark.databricks.job.runId": "4003",
                    "spark.databricks.clusterUsageTags.clusterOwnerOrgId": 7,
                }
            },
            "processing_engine": {"name": "spark", "version": "3.5"},
        },
    },
    "job": {"namespace": "spark", "name": "app.join", "facets": {"jobType": {"integration": "SPARK"}}},
    "inputs": [{"namespace": LAKE, "name": "raw"}],
    "outputs": [
        {
            "namespace": LAKE,
            "name": "/warehouse/features",
            "facets": {
                "symlinks": {
                    "identifiers": [{"namespace": "unitycatalog://h", "name": "c.s.features", "type": "TABLE"}]
                },
                "schema": {"fields": [{"name": "age", "type": "int"}, {"broken": 1}]},
                "columnLineage": {
                    "fields": {"age": {"inputFields": [{"namespace": LAKE, "name": "raw", "field": "birth"}]}}
                },
            },
            "outputFacets": {"outputStatistics": {"rowCount": 1000, "size": 9}},
        }
    ],
}
AIRFLOW = {
    "eventType": "FAIL",
    "eventTime": "2026-03-01T05:00:00+01:00",
    "run": {
        "runId": GUID,
        "facets": {
            "nominalTime": {"nominalStartTime": "2026-03-01T00:00:00Z"},
            "errorMessage": {"message": "task failed", "programmingLanguage": "python"},
        },
    },
    "job": {"namespace": "airflow", "name": "dag.task"},
    "outputs": [{"namespace": "postgres://db:5432", "name": "d.public.t"}],
}
DBT = {
    "eventTime": "2026-03-01T05:00:00Z",
    "job": {
        "namespace": "dbt",
        "name": "model.orders",
        "facets": {"sourceCodeLocation": {"repoUrl": "https://git.example/dbt", "version": "abc123def"}},
    },
    "inputs": [{"namespace": "snowflake://a", "name": "d.s.raw"}],
    "outputs": [{"namespace": "snowflake://a", "name": "d.s.orders"}],
}
DROPPED = {
    "eventTime": "2026-03-01T05:00:00Z",
    "dataset": {
        "namespace": LAKE,
        "name": "gone",
        "facets": {"lifecycleStateChange": {"lifecycleStateChange": "DROP"}},
    },
}


def foreign(event: dict[str, Any]) -> FactsReader:
    kind = "run" if "run" in event else "job" if "job" in event else "dataset"
    return told(LineageEvent(id="e", source="openlineage/main", kind=kind, event=event, **COMMON))


def test_a_spark_event_tells_its_parent_its_job_run_its_table_and_columns() -> None:
    reader = foreign(SPARK)
    run, table = node_id("run", "openlineage", GUID), node_id("dataset", "unitycatalog://h", "c.s.features")
    assert {key.rel for key in reader.facts.edges if key.dst == run} == {"triggered", "executed", "uses"}
    (made,) = [edge for key, edge in reader.facts.edges.items() if key.rel == "generated"]
    assert made.dst == node_id("dataset_version", "unitycatalog://h", "c.s.features", f"run~{GUID}")
    assert made.columns == {"age": ((node_id("dataset", LAKE, "raw"), "birth"),)}
    node = reader.facts.nodes[made.dst]
    assert (node.job, node.attributes["rows"].value, node.attributes["columns"].value) == (table, 1000, ["age: int"])


def test_airflow_dbt_and_dataset_events_say_what_they_can() -> None:
    failed = foreign(AIRFLOW).facts.nodes[node_id("run", "openlineage", GUID)]
    assert (failed.status, failed.attributes["error"].value) == ("FAILED", "task failed")
    assert rels(foreign(AIRFLOW)) == {("run", "attempted", "dataset")}
    assert rels(foreign(DBT)) == {("dataset", "uses", "job"), ("job", "generated", "dataset")}
    gone = foreign(DROPPED).facts.nodes[node_id("dataset", LAKE, "gone")]
    assert gone.deleted_at == ZERO


@pytest.mark.parametrize("junk", [None, 7, "x", [], [7], {"facets": 7}, {"fields": {"a": 7}}])
def test_facets_of_another_form_are_left_out(junk: Any) -> None:
    event = {
        **SPARK,
        "run": {"runId": GUID, "facets": {"parent": junk, "tags": junk, "environment-properties": junk}},
        "inputs": [{"namespace": LAKE, "name": "raw", "facets": junk, "inputFacets": junk}],
        "outputs": [
            {"namespace": LAKE, "name": "o", "facets": {"schema": junk, "columnLineage": junk, "symlinks": junk}}
        ],
        "eventType": "OTHER",
    }
    run = foreign(event).facts.nodes[node_id("run", "openlineage", GUID)]
    assert run.status == "UNKNOWN"


def test_a_document_that_is_gone_says_nothing() -> None:
    event = PipelineRunObserved(model="@adf/main", subject="adf/main|p|d", occurred_at=ZERO)
    assert graph_of(event).nodes == []
