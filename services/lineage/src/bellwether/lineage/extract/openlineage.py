"""OpenLineage events: runs, jobs and datasets of any producer, with the facets that say more; pure.

An event was checked when it was received, its facets were not: what is missing or of another form is left out.
Source: the OpenLineage specification, version 2-0-2.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import JsonValue

from bellwether.contracts import (
    AnyEvent,
    Document,
    LineageEvent,
    NodeKind,
    RunStatus,
    node_id,
)
from bellwether.graph import Teller
from bellwether.lineage.extract.batches import one_of, teller
from bellwether.lineage.extract.datasets import read, wrote
from bellwether.lineage.extract.facets import (
    columns_of,
    datasets,
    named,
    object_in,
    profile_of,
    rows_written,
    tell_dataset,
    text_in,
    use_of,
)

RUNS = "openlineage"
STATUS: Mapping[str, RunStatus] = {
    "START": "RUNNING",
    "RUNNING": "RUNNING",
    "COMPLETE": "SUCCEEDED",
    "FAIL": "FAILED",
    "ABORT": "ABORTED",
}
"""An event of another type tells facets, and nothing about how the run is doing."""
_ENDED = frozenset({"SUCCEEDED", "FAILED", "ABORTED"})


def facts(event: AnyEvent, documents: Sequence[Document]) -> Teller:
    """Return what one event of another producer says."""
    said = one_of(documents, LineageEvent)
    if said is None:
        return teller(event)
    tell = Teller(event.model, said.source, said.updated_at, said.received_at)
    match said.kind:
        case "run":
            _run_event(tell, said.event)
        case "job":
            job = _job(tell, said.event)
            for one in datasets(said.event, "inputs"):
                tell.edge(tell_dataset(tell, one), "uses", job, evidence="inferred")
            for one in datasets(said.event, "outputs"):
                tell.edge(
                    job, "generated", tell_dataset(tell, one), evidence="inferred", columns=columns_of(one, said.event)
                )
        case "dataset":
            tell_dataset(tell, object_in(said.event, "dataset"))
    return tell


def _run_event(tell: Teller, event: Mapping[str, Any]) -> None:
    status = STATUS.get(text_in(event, "eventType") or "", "UNKNOWN")
    facets, job = object_in(event, "run", "facets"), _job(tell, event)
    run_id = (text_in(object_in(event, "run"), "runId") or "").lower()
    id, time = node_id(NodeKind.RUN, RUNS, run_id), tell.time
    nominal = object_in(facets, "nominalTime")
    tell.node(
        id,
        label=text_in(object_in(event, "job"), "name") or run_id,
        job=job,
        status=status,
        start=time if status == "RUNNING" else None,
        end=time if status in _ENDED else None,
        error=text_in(object_in(facets, "errorMessage"), "message"),
        engine=text_in(object_in(facets, "processing_engine"), "name"),
        nominal_start=text_in(nominal, "nominalStartTime"),
        nominal_end=text_in(nominal, "nominalEndTime"),
        producer=text_in(event, "producer"),
        tags=_tags(facets),
        rows_written=rows_written(event),
        profile={named(one)[1]: told for one in datasets(event, "inputs") if (told := profile_of(one))} or None,
    )
    _parents(tell, facets, id)
    _code(tell, event, id)
    for one in datasets(event, "inputs"):
        read(tell, id, use_of(one, event), time)
        tell_dataset(tell, one)
    for one in datasets(event, "outputs"):
        wrote(tell, id, run_id, use_of(one, event), status, time)
        tell_dataset(tell, one)


def _parents(tell: Teller, facets: Mapping[str, Any], run: str) -> None:
    """Say what started a run: its parent, and the Databricks job run whose ids Spark tells."""
    parent = text_in(object_in(facets, "parent", "run"), "runId")
    if parent:
        upper = node_id(NodeKind.RUN, RUNS, parent.lower())
        name = text_in(object_in(facets, "parent", "job"), "name")
        namespace = text_in(object_in(facets, "parent", "job"), "namespace")
        job = node_id(NodeKind.JOB, namespace, name) if name and namespace else None
        tell.node(upper, label=name, job=job)
        tell.edge(upper, "triggered", run)
    properties: dict[str, Any] = {}
    for facet in ("environment-properties", "environment_properties", "spark_properties"):
        for inner in (facet, "properties"):
            properties |= object_in(facets, facet, inner)
    job_run, space = (
        text_in(properties, "spark.databricks.job.runId"),
        text_in(properties, "spark.databricks.clusterUsageTags.clusterOwnerOrgId"),
    )
    if job_run and space:
        job_id = text_in(properties, "spark.databricks.job.id")
        compute = node_id(NodeKind.COMPUTE_RUN, f"dbx/{space}", job_run)
        tell.node(compute, job=node_id(NodeKind.JOB, f"dbx/{space}", job_id) if job_id else None)
        tell.edge(compute, "executed", run, evidence="bridge")


def _code(tell: Teller, event: Mapping[str, Any], run: str) -> None:
    where = object_in(event, "job", "facets", "sourceCodeLocation")
    repository, commit = text_in(where, "repoUrl") or text_in(where, "url"), text_in(where, "version")
    if repository and commit:
        code = node_id(NodeKind.CODE_VERSION, RUNS, repository, commit)
        tell.node(code, label=f"{repository.rstrip('/').rpartition('/')[2]} {commit[:8]}", commit=commit)
        tell.edge(code, "at_version", run)
        tell.node(run, commit=commit, repository=repository)


def _job(tell: Teller, event: Mapping[str, Any]) -> str:
    job = object_in(event, "job")
    kind = object_in(job, "facets", "jobType")
    said = [text for name in ("integration", "jobType", "processingType") if (text := text_in(kind, name))]
    id = node_id(NodeKind.JOB, text_in(job, "namespace") or "default", text_in(job, "name") or "unnamed")
    return tell.node(id, label=text_in(job, "name"), job_type=" ".join(said) or None)


def _tags(facets: Mapping[str, Any]) -> JsonValue:
    tags = object_in(facets, "tags").get("tags")
    found: dict[str, JsonValue] = {
        str(tag["key"])[:200]: str(tag.get("value"))[:1000]
        for tag in (tags if isinstance(tags, list) else ())[:100]
        if isinstance(tag, dict) and "key" in tag
    }
    return found or None


def time_of(event: Mapping[str, Any]) -> datetime:
    """Return when an event happened, by its producer's clock."""
    return datetime.fromisoformat(str(event["eventTime"]))
