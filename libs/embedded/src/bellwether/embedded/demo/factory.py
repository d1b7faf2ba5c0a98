"""The data factory of the demo: what it defines, and the runs of one day of the replay; pure.

Two pipelines load a day's flights and weather, a third builds the features and scores both models in notebooks. Run
ids follow from pipeline and day, so a day that is told again is the same runs.
"""

import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bellwether.embedded.demo.incident import INCIDENT, OUTAGE
from bellwether.embedded.demo.recipes import RECIPES
from bellwether.testing.data_factory.shapes import (
    WORKSPACE,
    WORKSPACE_URL,
    Json,
    activity_run,
    after,
    copied,
    expression,
    failed,
    notebook_output,
    pipeline_run,
    reference,
    wire_time,
)

SERVER = "sql-flights.database.windows.net"
NAMESPACE = f"mssql://{SERVER}:1433"
FEATURES = "flights.dbo.features"
LOAD_FLIGHTS, LOAD_WEATHER, SCORE = "load-flights", "load-weather", "score-flights"
JOB = 7001
_PUBLISHED = "2013-03-30T09:00:00Z"
_MINUTE = timedelta(minutes=1)
_REASON = (
    "ErrorCode=UserErrorFileNotFound,'Type=Microsoft.DataTransfer.Common.Shared.HybridDeliveryException,"
    "Message=The weather feed has no file for this day.'"
)
_WEATHER = (
    *(("origin", "String"), ("time_hour", "DateTime"), ("wind_speed", "Double"), ("wind_gust", "Double")),
    *(("wind_dir", "Double"), ("temp", "Double"), ("humid", "Double"), ("pressure", "Double")),
    *(("visib", "Double"), ("precip", "Double")),
)


def run_id(pipeline: str, day: date) -> str:
    """Name the run of a pipeline for a day."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"bellwether-demo/{pipeline}/{day.isoformat()}"))


def notebook(model: str) -> str:
    """Name the activity that scores a model."""
    return "Score" + "".join(part.capitalize() for part in model.split("-"))


def notebook_run(model: str, day: date) -> str:
    """Return the run id of the activity that scored a model on a day."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{run_id(SCORE, day)}/{notebook(model)}/"))


def job_run(model: str, day: date) -> int:
    """Number the Databricks run behind a notebook activity."""
    return 10 * day.toordinal() + [recipe.name for recipe in RECIPES].index(model)


def scored_at(model: str, day: date) -> tuple[datetime, datetime]:
    """Return when a model's notebook ran: before the first flight of the day leaves."""
    start = _midnight(day) + (46 + 5 * [recipe.name for recipe in RECIPES].index(model)) * _MINUTE
    return start, start + 4 * _MINUTE


def definitions() -> Iterator[tuple[str, str, Json]]:
    """Yield everything the factory defines as (kind, name, properties)."""
    lake = {"type": "AzureBlobFS", "typeProperties": {"url": "https://flightsfeeds.dfs.core.windows.net"}}
    sql = {"server": SERVER, "database": "flights", "authenticationType": "SystemAssignedManagedIdentity"}
    yield "linkedservices", "ls_feeds", lake
    yield "linkedservices", "ls_sql", {"type": "AzureSqlDatabase", "typeProperties": sql}
    yield "linkedservices", "ls_databricks", {"type": "AzureDatabricks", "typeProperties": {"domain": WORKSPACE_URL}}
    for name in ("schedule", "weather", "features"):
        yield "datasets", f"ds_{name}", _table(name)
    for name in ("flights", "weather"):
        yield "datasets", f"ds_{name}_feed", _feed(name)
    yield "dataflows", "df_features", {"type": "MappingDataFlow", "typeProperties": _flow()}
    yield "pipelines", LOAD_FLIGHTS, _loading("LoadFlights", "ds_flights_feed", "ds_schedule")
    yield "pipelines", LOAD_WEATHER, _loading("LoadWeather", "ds_weather_feed", "ds_weather")
    yield "pipelines", SCORE, _scoring()
    for pipeline in (LOAD_FLIGHTS, LOAD_WEATHER, SCORE):
        yield "triggers", f"daily-{pipeline}", _trigger(pipeline)


def runs_of(day: date, rows: int, observations: int, now: datetime) -> Iterator[tuple[Json, list[Json]]]:
    """Yield the pipeline runs of a day with their activity runs, as changed ``now``.

    ``rows`` are the day's flights, ``observations`` its hours of weather at three airports.
    """
    yield _load(LOAD_FLIGHTS, "LoadFlights", day, 10, rows, now)
    yield _load(LOAD_WEATHER, "LoadWeather", day, 20, observations, now)
    yield _score(day, rows, now)


def _load(pipeline: str, name: str, day: date, minute: int, rows: int, now: datetime) -> tuple[Json, list[Json]]:
    start = _midnight(day) + minute * _MINUTE
    end = start + 4 * _MINUTE
    broken = pipeline == LOAD_WEATHER and OUTAGE.holds(day)
    message = f"Operation on target {name} failed: {_REASON}" if broken else ""
    run = _run(pipeline, day, start, end, "Failed" if broken else "Succeeded", message, now)
    given = _copy_input(pipeline, day)
    activity = activity_run(run, name, "Copy", start + _MINUTE / 2, end, input=given, output=copied(rows))
    return run, [failed(activity, _REASON) if broken else activity]


def _score(day: date, rows: int, now: datetime) -> tuple[Json, list[Json]]:
    start = _midnight(day) + 40 * _MINUTE
    _, end = scored_at(RECIPES[-1].name, day)
    run = _run(SCORE, day, start, end + _MINUTE / 2, "Succeeded", "", now)
    built = {
        "runStatus": {
            "profile": {"features": {"lineage": _lineage()}},
            "metrics": {
                "features": {
                    "rowsWritten": rows,
                    "sources": {"schedule": {"rowsRead": rows}, "weather": {"rowsRead": 72}},
                }
            },
        }
    }
    flow = {"dataflow": reference("df_features", "DataFlowReference")}
    activities = [
        activity_run(run, "BuildFeatures", "ExecuteDataFlow", start, start + 5 * _MINUTE, input=flow, output=built)
    ]
    for recipe in RECIPES:
        begin, finish = scored_at(recipe.name, day)
        given = {
            "notebookPath": f"/Repos/flights/score-{recipe.name}",
            "baseParameters": {"day": day.isoformat(), "adf_run_id": run["runId"]},
        }
        output = notebook_output(JOB, job_run(recipe.name, day))
        name = notebook(recipe.name)
        activities.append(activity_run(run, name, "DatabricksNotebook", begin, finish, input=given, output=output))
    return run, activities


def _run(pipeline: str, day: date, start: datetime, end: datetime, status: str, message: str, now: datetime) -> Json:
    parameters = {"day": day.isoformat()}
    id, trigger = run_id(pipeline, day), f"daily-{pipeline}"
    run = pipeline_run(id, pipeline, start, end, status, parameters=parameters, message=message, trigger=trigger)
    # The days are those of 2013; that a run of them was added is news of today.
    return run | {"lastUpdated": wire_time(now)}


def _copy_input(pipeline: str, day: date) -> Json:
    """Return what a run of a copy was given; the changed step of the unit incident shows here, and nowhere else."""
    given: Json = {"source": {"type": "DelimitedTextSource"}, "sink": {"type": "AzureSqlSink"}}
    if pipeline == LOAD_WEATHER:
        given["translator"] = {"type": "TabularTranslator", "mappings": list(_mappings(day))}
    return given


def _mappings(day: date) -> Iterator[Json]:
    for name, kind in _WEATHER:
        if name == INCIDENT.column and INCIDENT.holds(day):
            # The column of the archive instead of the converted one, and its type with it.
            yield {"source": {"name": "wind_speed_tenths_ms", "type": "Int32"}, "sink": {"name": name, "type": "Int32"}}
        else:
            source = "wind_speed_mph" if name == INCIDENT.column else name
            yield {"source": {"name": source, "type": kind}, "sink": {"name": name, "type": kind}}


def _lineage() -> Json:
    """Return which columns of its sources each feature comes from, as a data flow's profile tells it."""
    names = {name for recipe in RECIPES for name in recipe.features}
    weather = {name for name, _ in _WEATHER} - {"origin"}
    return {
        name: {"mapped": True, "from": [{"source": "weather" if name in weather else "schedule", "columns": [name]}]}
        for name in sorted(names)
    }


def _table(name: str) -> Json:
    return {
        "type": "AzureSqlTable",
        "linkedServiceName": reference("ls_sql", "LinkedServiceReference"),
        "typeProperties": {"schema": "dbo", "table": name},
        "schema": [],
    }


def _feed(name: str) -> Json:
    location = {"type": "AzureBlobFSLocation", "fileSystem": "feeds", "folderPath": name}
    return {
        "type": "DelimitedText",
        "linkedServiceName": reference("ls_feeds", "LinkedServiceReference"),
        "typeProperties": {"location": location},
        "schema": [],
    }


def _flow() -> Json:
    sources = [{"name": name, "dataset": reference(f"ds_{name}")} for name in ("schedule", "weather")]
    return {"sources": sources, "sinks": [{"name": "features", "dataset": reference("ds_features")}]}


def _loading(name: str, source: str, sink: str) -> Json:
    copy = {
        "name": name,
        "type": "Copy",
        "dependsOn": [],
        "typeProperties": {"source": {"type": "DelimitedTextSource"}, "sink": {"type": "AzureSqlSink"}},
        "inputs": [reference(source)],
        "outputs": [reference(sink)],
    }
    return _pipeline([copy])


def _scoring() -> Json:
    flow = {"dataflow": reference("df_features", "DataFlowReference")}
    build = {"name": "BuildFeatures", "type": "ExecuteDataFlow", "dependsOn": [], "typeProperties": flow}
    parameters = {"day": expression("@pipeline().parameters.day"), "adf_run_id": expression("@pipeline().RunId")}
    notebooks = [
        {
            "name": notebook(recipe.name),
            "type": "DatabricksNotebook",
            "dependsOn": after("BuildFeatures"),
            "linkedServiceName": reference("ls_databricks", "LinkedServiceReference"),
            "typeProperties": {
                "notebookPath": f"/Repos/flights/score-{recipe.name}",
                "baseParameters": parameters,
            },
        }
        for recipe in RECIPES
    ]
    return _pipeline([build, *notebooks])


def _pipeline(activities: list[Any]) -> Json:
    return {
        "activities": activities,
        "parameters": {"day": {"type": "String"}},
        "folder": {"name": "flights"},
        "lastPublishTime": _PUBLISHED,
    }


def _trigger(pipeline: str) -> Json:
    """Return a daily trigger, stopped: the replay starts the runs, and 2013 is over."""
    recurrence: Mapping[str, Any] = {"frequency": "Day", "interval": 1, "startTime": _PUBLISHED, "timeZone": "UTC"}
    return {
        "type": "ScheduleTrigger",
        "runtimeState": "Stopped",
        "typeProperties": {"recurrence": recurrence},
        "pipelines": [{"pipelineReference": reference(pipeline, "PipelineReference"), "parameters": {}}],
    }


def tags(model: str, day: date) -> dict[str, str]:
    """Return the tags of the MLflow run in which a notebook scored a model: how it meets the factory's run."""
    return {
        "adf_run_id": run_id(SCORE, day),
        "adf_activity_run_id": notebook_run(model, day),
        "mlflow.databricks.workspaceID": str(WORKSPACE),
        "mlflow.databricks.workspaceURL": WORKSPACE_URL.removeprefix("https://"),
        "mlflow.databricks.jobID": str(JOB),
        "mlflow.databricks.jobRunID": str(job_run(model, day)),
        "mlflow.databricks.notebookPath": f"/Repos/flights/score-{model}",
        "mlflow.source.name": f"jobs/{JOB}/run/{job_run(model, day)}",
        "mlflow.source.type": "JOB",
    }


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
