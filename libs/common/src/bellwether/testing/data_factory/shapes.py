"""How the service writes things: times, expressions, references, runs; pure."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]

WORKSPACE = 1234567890123456
"""Databricks workspace id, as it stands in ``runPageUrl`` (?o=...)."""
WORKSPACE_URL = f"https://adb-{WORKSPACE}.7.azuredatabricks.net"
ENDED = frozenset({"Succeeded", "Failed", "Cancelled"})
_NO_ERROR: Json = {"errorCode": "", "message": "", "failureType": "", "details": ""}


def wire_time(moment: datetime) -> str:
    """Write a time as the service does: seven fractional digits and Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "7Z"


def read_time(text: str) -> datetime:
    """Read a wire time; the seventh digit is dropped, a time without zone is UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def expression(text: str) -> Json:
    """Wrap a pipeline expression the way definitions carry it."""
    return {"value": text, "type": "Expression"}


def reference(name: str, kind: str = "DatasetReference", **parameters: Any) -> Json:
    """Refer to a dataset, linked service or data flow."""
    found: Json = {"referenceName": name, "type": kind}
    return found | ({"parameters": parameters} if parameters else {})


def after(*names: str) -> list[Json]:
    """Depend on the success of other activities."""
    return [{"activity": name, "dependencyConditions": ["Succeeded"]} for name in names]


def pipeline_run(
    id: str,
    pipeline: str,
    start: datetime,
    end: datetime | None,
    status: str,
    *,
    parameters: Json | None = None,
    message: str = "",
    trigger: str = "tr_daily",
) -> Json:
    """Return a pipeline run as queries give it; ``lastUpdated`` is its end, or its start while it runs."""
    seconds = None if end is None else (end - start).total_seconds()
    return {
        "id": f"/pipelineruns/{id}",
        "runId": id,
        "debugRunId": None,
        "runGroupId": id,
        "pipelineName": pipeline,
        "parameters": parameters or {},
        "invokedBy": {
            "id": uuid.uuid5(uuid.NAMESPACE_URL, id).hex,
            "name": trigger,
            "invokedByType": "ScheduleTrigger",
        },
        "runStart": wire_time(start),
        "runEnd": None if end is None else wire_time(end),
        "durationInMs": None if seconds is None else round(1000 * seconds),
        "status": status,
        "message": message,
        "output": None,
        "lastUpdated": wire_time(end or start),
        "annotations": ["ml"],
        "runDimension": {},
        "isLatest": True,
    }


def activity_run(
    run: Json, name: str, kind: str, start: datetime, end: datetime | None, *, key: str = "", **more: Any
) -> Json:
    """Return an activity run of ``run``; ``key`` tells those of one name apart.

    A succeeded activity carries an error object of empty strings, as the service sends it.
    """
    seconds = None if end is None else (end - start) / timedelta(seconds=1)
    return {
        "id": f"/pipelineruns/{run['runId']}/activityruns/{name}",
        "activityName": name,
        "activityType": kind,
        "activityRunId": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{run['runId']}/{name}/{key}")),
        "pipelineRunId": run["runId"],
        "pipelineName": run["pipelineName"],
        "activityRunStart": wire_time(start),
        "activityRunEnd": None if end is None else wire_time(end),
        "durationInMs": None if seconds is None else round(1000 * seconds),
        "status": "InProgress" if end is None else "Succeeded",
        "linkedServiceName": "",
        "retryAttempt": None,
        "iterationHash": "",
        "userProperties": {},
        "recoveryStatus": "None",
        "integrationRuntimeNames": ["autoresolveintegrationruntime"],
        "executionDetails": None,
        "error": {**_NO_ERROR, "target": name},
        "input": {},
        "output": {},
        **more,
    }


def failed(activity: Json, message: str, code: str = "2200") -> Json:
    """Turn a finished activity run into a failed one; what only success gives is gone."""
    name = activity["activityName"]
    error = {"errorCode": code, "message": message, "failureType": "UserError", "target": name, "details": []}
    output = {k: v for k, v in activity["output"].items() if k == "runPageUrl"}
    output["errors"] = [{"Code": 11000, "Message": message}]
    return activity | {"status": "Failed", "error": error, "output": output}


def copied(rows_read: int, rows_copied: int | None = None, **more: Any) -> Json:
    """Return the output of a copy activity between tables or files of rows."""
    copied = rows_read if rows_copied is None else rows_copied
    return {
        "dataRead": 160 * rows_read,
        "dataWritten": 480 * copied,
        "filesRead": 1,
        "sourcePeakConnections": 1,
        "sinkPeakConnections": 2,
        "rowsRead": rows_read,
        "rowsCopied": copied,
        "copyDuration": 60,
        "throughput": 4.568,
        "errors": [],
        "effectiveIntegrationRuntime": "AutoResolveIntegrationRuntime (West Europe)",
        "usedDataIntegrationUnits": 4,
        "billingReference": _bill("DataMovement", 0.0667, "DIUHours"),
        "usedParallelCopies": 1,
        # A locale's words instead of a wire time: the service does this.
        "executionDetails": [
            {"source": {"type": "AzureBlobFS"}, "status": "Succeeded", "start": "6/14/2025, 7:47:13 PM", "duration": 60}
        ],
        "dataConsistencyVerification": {"VerificationResult": "NotVerified"},
        **more,
    }


def notebook_output(job: int, job_run: int, exit_value: str | None = None) -> Json:
    """Return the output of a Databricks notebook activity; ``runOutput`` only when the notebook gives a value."""
    output: Json = {
        "runPageUrl": f"{WORKSPACE_URL}/?o={WORKSPACE}#job/{job}/run/{job_run}",
        "effectiveIntegrationRuntime": "AutoResolveIntegrationRuntime (West Europe)",
        "executionDuration": 180,
        "durationInQueue": {"integrationRuntimeQueue": 0},
        "billingReference": _bill("ExternalActivity", 0.05, "Hours"),
    }
    return output | ({} if exit_value is None else {"runOutput": exit_value})


def trigger_run(run: Json) -> Json:
    """Return the schedule trigger run that started a pipeline run."""
    clock = read_time(run["runStart"]).strftime("%m/%d/%Y %I:%M:%S %p")
    return {
        "triggerName": run["invokedBy"]["name"],
        "triggerRunId": run["invokedBy"]["id"],
        "triggerType": "ScheduleTrigger",
        "triggerRunTimestamp": run["runStart"],
        "status": "Succeeded",
        "message": "",
        "properties": {"TriggerTime": clock, "ScheduleTime": clock},
        "triggeredPipelines": {run["pipelineName"]: run["runId"]},
        "dependencyStatus": {},
        "runDimension": {},
    }


def _bill(kind: str, duration: float, unit: str) -> Json:
    return {"activityType": kind, "billableDuration": [{"meterType": "AzureIR", "duration": duration, "unit": unit}]}
