"""A deterministic sample factory: a daily scoring pipeline, and a loop over tables on request.

``ls_sql`` holds a credential on purpose: it must never be stored.
"""

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from bellwether.testing.data_factory.factory import Factory
from bellwether.testing.data_factory.shapes import (
    WORKSPACE_URL,
    Json,
    activity_run,
    after,
    copied,
    expression,
    failed,
    notebook_output,
    pipeline_run,
    read_time,
    reference,
)

NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)
SECRET = "SECRET-MUST-NOT-BE-STORED"  # noqa: S105 - planted, opens nothing
DAILY, LOOP = "pl_score_daily", "pl_load_tables"
ROWS = 39_614
_PUBLISHED = "2026-10-01T00:00:00Z"
_TRANSLATOR: Json = {
    "type": "TabularTranslator",
    "mappings": [
        {"source": {"name": "cust_id"}, "sink": {"name": "customer_id"}},
        {"source": {"name": "amt"}, "sink": {"name": "amount"}},
    ],
}
_SOURCE: Json = {"type": "ParquetSource", "storeSettings": {"type": "AzureBlobFSReadSettings", "recursive": True}}
_SINK: Json = {"type": "AzureSqlSink", "writeBehavior": "insert", "preCopyScript": "TRUNCATE TABLE dbo.features"}
_FLOW: Json = {
    "dataflow": {
        "referenceName": "df_features",
        "type": "DataFlowReference",
        "datasetParameters": {"src": {}, "snk": {}},
    },
    "compute": {"coreCount": 8, "computeType": "General"},
    "traceLevel": "Fine",
}


def run_id(index: int) -> str:
    """Name the ``index``-th run of the daily pipeline; 0 is the newest."""
    return f"{index:08d}-0000-4000-8000-000000000000"


def sample(
    *,
    runs: int = 250,
    every: timedelta = timedelta(hours=1),
    now: datetime = NOW,
    live: bool = True,
    failing: Mapping[int, str] | None = None,
    page_size: int = 100,
) -> Factory:
    """Return a factory whose daily pipeline ran ``runs`` times, one each ``every``.

    Run 0 is the newest, and still in progress when ``live``; of the runs in ``failing`` the named activity fails
    and the activities after it never start.
    """
    factory = Factory(now=now, page_size=page_size)
    _define(factory)
    failures = {run_id(index): name for index, name in (failing or {}).items()}
    factory.made[DAILY] = lambda run: _activities(run, failures.get(run["runId"]))
    for index in range(runs):
        id, start = run_id(index), now - every * index
        running, activity = live and index == 0, failures.get(id)
        status = "InProgress" if running else "Failed" if activity else "Succeeded"
        message = f"Operation on target {activity} failed: {reason(activity)}" if activity else ""
        end = None if running else start + timedelta(minutes=7)
        parameters = {"day": start.date().isoformat()}
        factory.record(pipeline_run(id, DAILY, start, end, status, parameters=parameters, message=message))
    return factory


def fail_later(factory: Factory, id: str, activity: str) -> None:
    """Let a run fail that was running, or had succeeded, when it was last seen."""
    run = factory.runs[id]
    end = read_time(run["runStart"]) + timedelta(minutes=27)
    factory.activities[id] = _activities(run | {"status": "Failed"}, activity)
    message = f"Operation on target {activity} failed: {reason(activity)}"
    times = pipeline_run(id, DAILY, read_time(run["runStart"]), end, "Failed")
    factory.change(id, status="Failed", message=message, runEnd=times["runEnd"], durationInMs=times["durationInMs"])


def add_loop(factory: Factory, pairs: int = 50) -> str:
    """Add one run of a pipeline with a loop over ``pairs`` pairs of tables; returns its id."""
    factory.define("pipelines", LOOP, _loop_pipeline())
    table = {"type": "AzureSqlTable", "linkedServiceName": reference("ls_sql", "LinkedServiceReference")}
    table |= {"parameters": {"table": {"type": "string"}}, "schema": []}
    table["typeProperties"] = {"schema": "dbo", "table": expression("@dataset().table")}
    factory.define("datasets", "ds_table", table)
    id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"loop/{pairs}"))
    start = factory.time() - timedelta(minutes=30)
    tables = json.dumps([{"source": f"t{n:02d}", "target": f"f{n:02d}"} for n in range(pairs)])
    run = pipeline_run(id, LOOP, start, start + timedelta(minutes=7), "Succeeded", parameters={"tables": tables})
    factory.record(run, _loop_activities(run, start, pairs))
    return id


def reason(activity: str | None) -> str:
    """Return the words with which an activity fails."""
    if activity == "ScoreNotebook":
        return "Databricks execution failed with error state: FAILED"
    return "ErrorCode=SqlOperationFailed, connection timeout"


def _define(factory: Factory) -> None:
    factory.define("pipelines", DAILY, _daily_pipeline())
    service = reference("ls_adls", "LinkedServiceReference")
    folder = expression("@concat('raw/',dataset().folder)")
    factory.define(
        "datasets",
        "ds_raw",
        {
            "type": "Parquet",
            "linkedServiceName": service,
            "parameters": {"folder": {"type": "string"}},
            "typeProperties": {
                "location": {"type": "AzureBlobFSLocation", "folderPath": folder, "fileSystem": "landing"},
                "compressionCodec": "snappy",
            },
            "schema": [],
        },
    )
    factory.define(
        "datasets",
        "ds_features",
        {
            "type": "AzureSqlTable",
            "linkedServiceName": reference("ls_sql", "LinkedServiceReference"),
            "typeProperties": {"schema": "dbo", "table": "features"},
            "schema": [{"name": "customer_id", "type": "int"}, {"name": "amount", "type": "float"}],
        },
    )
    adls = {"type": "AzureBlobFS", "typeProperties": {"url": "https://acct.dfs.core.windows.net"}}
    sql = {"server": "srv.database.windows.net", "database": "sqldb", "encrypt": "mandatory"}
    sql |= {"authenticationType": "SystemAssignedManagedIdentity", "encryptedCredential": SECRET}
    databricks = {"domain": WORKSPACE_URL, "authentication": "MSI"}
    factory.define("linkedservices", "ls_adls", adls)
    factory.define("linkedservices", "ls_sql", {"type": "AzureSqlDatabase", "typeProperties": sql})
    factory.define("linkedservices", "ls_databricks", {"type": "AzureDatabricks", "typeProperties": databricks})
    flow = {"sources": [{"name": "src", "dataset": reference("ds_features")}]}
    flow |= {"sinks": [{"name": "snk", "dataset": reference("ds_features")}], "transformations": [{"name": "derive"}]}
    factory.define("dataflows", "df_features", {"type": "MappingDataFlow", "typeProperties": flow})
    recurrence = {"frequency": "Day", "interval": 1, "startTime": _PUBLISHED, "timeZone": "UTC"}
    trigger: Json = {"type": "ScheduleTrigger", "runtimeState": "Started", "typeProperties": {"recurrence": recurrence}}
    trigger["pipelines"] = [{"pipelineReference": reference(DAILY, "PipelineReference"), "parameters": {}}]
    factory.define("triggers", "tr_daily", trigger)


def _daily_pipeline() -> Json:
    """Copy, then mapping data flow, then Databricks notebook."""
    copy = {
        "name": "CopyRaw",
        "type": "Copy",
        "dependsOn": [],
        "userProperties": [
            {"name": "Source", "value": expression("@concat('raw/',pipeline().parameters.day)")},
            {"name": "Destination", "value": "sqldb.dbo.features"},
        ],
        "typeProperties": {"source": _SOURCE, "sink": _SINK, "enableStaging": False, "translator": _TRANSLATOR},
        "inputs": [reference("ds_raw", folder=expression("@pipeline().parameters.day"))],
        "outputs": [reference("ds_features")],
    }
    flow = {"name": "BuildFeatures", "type": "ExecuteDataFlow", "dependsOn": after("CopyRaw"), "typeProperties": _FLOW}
    parameters = {
        "day": expression("@pipeline().parameters.day"),
        "adf_run_id": expression("@pipeline().RunId"),
    }
    notebook = {
        "name": "ScoreNotebook",
        "type": "DatabricksNotebook",
        "dependsOn": after("BuildFeatures"),
        "linkedServiceName": reference("ls_databricks", "LinkedServiceReference"),
        "typeProperties": {"notebookPath": "/Repos/ml/score", "baseParameters": parameters},
    }
    return {
        "activities": [copy, flow, notebook],
        "parameters": {"day": {"type": "String"}},
        "annotations": ["ml"],
        "lastPublishTime": _PUBLISHED,
    }


def _loop_pipeline() -> Json:
    child = {
        "name": "CopyTable",
        "type": "Copy",
        "dependsOn": [],
        "typeProperties": {"source": {"type": "AzureSqlSource"}, "sink": {"type": "AzureSqlSink"}},
        "inputs": [reference("ds_table", table=expression("@item().source"))],
        "outputs": [reference("ds_table", table=expression("@item().target"))],
    }
    items = expression("@pipeline().parameters.tables")
    loop = {
        "name": "EachTable",
        "type": "ForEach",
        "dependsOn": [],
        "typeProperties": {"items": items, "activities": [child]},
    }
    return {"activities": [loop], "parameters": {"tables": {"type": "Array"}}, "lastPublishTime": _PUBLISHED}


def _activities(run: Json, failing: str | None) -> list[Json]:
    """Return what ran: up to the one that fails, or up to the second one while the run is in progress."""
    done: list[Json] = []
    for activity in (_copy(run), _flow(run), _notebook(run)):
        if run["status"] == "InProgress" and len(done) == 1:
            still: Json = {"status": "InProgress", "activityRunEnd": None, "durationInMs": None, "output": {}}
            return [*done, activity | still]
        if activity["activityName"] == failing:
            return [*done, failed(activity, reason(failing), "3204" if failing == "ScoreNotebook" else "2200")]
        done.append(activity)
    return done


def _span(run: Json, offset: int, seconds: int) -> tuple[datetime, datetime]:
    start = read_time(run["runStart"]) + timedelta(seconds=offset)
    return start, start + timedelta(seconds=seconds)


def _copy(run: Json) -> Json:
    start, end = _span(run, 5, 60)
    properties = {"Source": "raw/" + run["parameters"]["day"], "Destination": "sqldb.dbo.features"}
    given = {"source": _SOURCE, "sink": _SINK, "enableStaging": False, "translator": _TRANSLATOR}
    said: Json = {"userProperties": properties, "input": given, "output": copied(ROWS)}
    return activity_run(run, "CopyRaw", "Copy", start, end, **said)


def _flow(run: Json) -> Json:
    """Return the data flow's run, whose profile tells the columns it read for each column it wrote."""
    lineage = {
        "customer_id": {"mapped": True, "from": [{"source": "src", "columns": ["customer_id"]}]},
        "x": {"mapped": False, "from": [{"source": "src", "columns": ["amount"]}]},
    }
    sink = {"computed": [{"source": "src", "columns": ["x"]}], "lineage": lineage, "newer": 1, "total": 3, "updated": 1}
    metrics = {"rowsWritten": ROWS, "sources": {"src": {"rowsRead": ROWS}}, "stages": [], "progressState": "Completed"}
    status = {
        "profile": {"src": {"computed": [], "lineage": {}, "total": 2}, "snk": sink},
        "metrics": {"snk": metrics},
        "dsl": "source() ~> src\nsrc derive() ~> derive\nderive sink() ~> snk",
    }
    return activity_run(
        run, "BuildFeatures", "ExecuteDataFlow", *_span(run, 70, 120), input=_FLOW, output={"runStatus": status}
    )


def _notebook(run: Json) -> Json:
    job_run = 4000 + int(run["runId"][:8])
    given = {
        "notebookPath": "/Repos/ml/score",
        "baseParameters": {"day": run["parameters"]["day"], "adf_run_id": run["runId"]},
    }
    said: Json = {
        "linkedServiceName": "ls_databricks",
        "input": given,
        "output": notebook_output(991, job_run, '{"rows":39614}'),
    }
    return activity_run(run, "ScoreNotebook", "DatabricksNotebook", *_span(run, 200, 180), **said)


def _loop_activities(run: Json, start: datetime, pairs: int) -> list[Json]:
    second = timedelta(seconds=1)
    loop = activity_run(run, "EachTable", "ForEach", start, start + second * (10 + pairs))
    children = []
    for n in range(pairs):
        # The query is the only field that shows which item this iteration took.
        given = {
            "source": {"type": "AzureSqlSource", "sqlReaderQuery": f"SELECT * FROM [dbo].[t{n:02d}]"},  # noqa: S608 - a shape
            "sink": {"type": "AzureSqlSink", "preCopyScript": f"TRUNCATE TABLE [dbo].[f{n:02d}]"},
        }
        begin = start + second * (5 + n)
        said: Json = {"iterationHash": f"{n:032x}", "input": given, "output": copied(100 + n)}
        children.append(activity_run(run, "CopyTable", "Copy", begin, begin + 5 * second, key=str(n), **said))
    return [loop, *children]
