"""OpenLineage events: runs, jobs and datasets of any producer, with the facets that say more; pure.

An event was checked when it was received, its facets were not: what is missing or of another form is left out.
Source: the OpenLineage specification, version 2-0-2.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import JsonValue

from bellwether.contracts import (
    AnyEvent,
    ColumnMap,
    DatasetUse,
    Document,
    LineageEvent,
    NodeKind,
    RunStatus,
    node_id,
)
from bellwether.graph import Teller
from bellwether.graph.datasets import canonical, dataset_id
from bellwether.lineage.extract.batches import one_of, teller
from bellwether.lineage.extract.datasets import read, wrote

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
_MOST = 2000


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
            for one in _datasets(said.event, "inputs"):
                tell.edge(_dataset(tell, one), "uses", job, evidence="inferred")
            for one in _datasets(said.event, "outputs"):
                tell.edge(job, "generated", _dataset(tell, one), evidence="inferred", columns=_columns(one))
        case "dataset":
            _dataset(tell, _map(said.event, "dataset"))
    return tell


def _run_event(tell: Teller, event: Mapping[str, Any]) -> None:
    status = STATUS.get(_text(event, "eventType") or "", "UNKNOWN")
    facets, job = _map(event, "run", "facets"), _job(tell, event)
    run_id = (_text(_map(event, "run"), "runId") or "").lower()
    id, time = node_id(NodeKind.RUN, RUNS, run_id), tell.time
    nominal = _map(facets, "nominalTime")
    tell.node(
        id,
        label=_text(_map(event, "job"), "name") or run_id,
        job=job,
        status=status,
        start=time if status == "RUNNING" else None,
        end=time if status in _ENDED else None,
        error=_text(_map(facets, "errorMessage"), "message"),
        engine=_text(_map(facets, "processing_engine"), "name"),
        nominal_start=_text(nominal, "nominalStartTime"),
        nominal_end=_text(nominal, "nominalEndTime"),
        producer=_text(event, "producer"),
        tags=_tags(facets),
        rows_written=_written(event),
    )
    _parents(tell, facets, id)
    _code(tell, event, id)
    for one in _datasets(event, "inputs"):
        read(tell, id, _use(one), time)
        _dataset(tell, one)
    for one in _datasets(event, "outputs"):
        wrote(tell, id, run_id, _use(one), status, time)
        _dataset(tell, one)


def _parents(tell: Teller, facets: Mapping[str, Any], run: str) -> None:
    """Say what started a run: its parent, and the Databricks job run whose ids Spark tells."""
    parent = _text(_map(facets, "parent", "run"), "runId")
    if parent:
        upper = node_id(NodeKind.RUN, RUNS, parent.lower())
        name = _text(_map(facets, "parent", "job"), "name")
        namespace = _text(_map(facets, "parent", "job"), "namespace")
        job = node_id(NodeKind.JOB, namespace, name) if name and namespace else None
        tell.node(upper, label=name, job=job)
        tell.edge(upper, "triggered", run)
    properties: dict[str, Any] = {}
    for facet in ("environment-properties", "environment_properties", "spark_properties"):
        for inner in (facet, "properties"):
            properties |= _map(facets, facet, inner)
    job_run, space = (
        _text(properties, "spark.databricks.job.runId"),
        _text(properties, "spark.databricks.clusterUsageTags.clusterOwnerOrgId"),
    )
    if job_run and space:
        job_id = _text(properties, "spark.databricks.job.id")
        compute = node_id(NodeKind.COMPUTE_RUN, f"dbx/{space}", job_run)
        tell.node(compute, job=node_id(NodeKind.JOB, f"dbx/{space}", job_id) if job_id else None)
        tell.edge(compute, "executed", run, evidence="bridge")


def _code(tell: Teller, event: Mapping[str, Any], run: str) -> None:
    where = _map(event, "job", "facets", "sourceCodeLocation")
    repository, commit = _text(where, "repoUrl") or _text(where, "url"), _text(where, "version")
    if repository and commit:
        code = node_id(NodeKind.CODE_VERSION, RUNS, repository, commit)
        tell.node(code, label=f"{repository.rstrip('/').rpartition('/')[2]} {commit[:8]}", commit=commit)
        tell.edge(code, "at_version", run)
        tell.node(run, commit=commit, repository=repository)


def _job(tell: Teller, event: Mapping[str, Any]) -> str:
    job = _map(event, "job")
    kind = _map(job, "facets", "jobType")
    said = [text for name in ("integration", "jobType", "processingType") if (text := _text(kind, name))]
    id = node_id(NodeKind.JOB, _text(job, "namespace") or "default", _text(job, "name") or "unnamed")
    return tell.node(id, label=_text(job, "name"), job_type=" ".join(said) or None)


def _dataset(tell: Teller, one: Mapping[str, Any]) -> str:
    """Say what is told about a dataset itself."""
    namespace, name = _named(one)
    facets = _map(one, "facets")
    quality = _map(one, "inputFacets", "dataQualityMetrics") or _map(facets, "dataQualityMetrics")
    change = _text(_map(facets, "lifecycleStateChange"), "lifecycleStateChange")
    return tell.node(
        dataset_id(namespace, name),
        label=None,
        lifecycle=change,
        deleted_at=tell.time if change == "DROP" else None,
        version=_text(_map(facets, "version"), "datasetVersion"),
        rows=_count(quality, "rowCount"),
        columns=[f"{column}: {kind}" for column, kind in _schema(one)[:500]] or None,
    )


def _use(one: Mapping[str, Any]) -> DatasetUse:
    namespace, name = _named(one)
    statistics = _map(one, "outputFacets", "outputStatistics") or _map(one, "inputFacets", "inputStatistics")
    return DatasetUse(
        namespace=namespace,
        name=name,
        rows=_count(statistics, "rowCount"),
        size_bytes=_count(statistics, "size"),
        schema_columns=_schema(one),
        columns=_columns(one),
    )


def _named(one: Mapping[str, Any]) -> tuple[str, str]:
    """Return the name of a dataset: of a table behind a location that is told as a symlink, the table's."""
    links = _map(one, "facets", "symlinks").get("identifiers")
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict) and link.get("type") == "TABLE" and _text(link, "namespace") and _text(link, "name"):
            return canonical(link["namespace"], link["name"])
    return canonical(_text(one, "namespace") or "unknown", _text(one, "name") or "unknown")


def _schema(one: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    fields = _map(one, "facets", "schema").get("fields")
    found = [
        (field["name"][:200], str(field.get("type") or "unknown")[:200])
        for field in (fields if isinstance(fields, list) else ())
        if isinstance(field, dict) and isinstance(field.get("name"), str) and field["name"]
    ]
    return tuple(found[:_MOST])


def _columns(one: Mapping[str, Any]) -> ColumnMap:
    """Return which columns an output's columns were made from, as the producer tells."""
    found: ColumnMap = {}
    for target, lineage in sorted(_map(one, "facets", "columnLineage", "fields").items())[:_MOST]:
        sources = lineage.get("inputFields") if isinstance(lineage, dict) else None
        pairs = {
            (dataset_id(namespace, name), field[:200])
            for source in (sources if isinstance(sources, list) else ())
            if isinstance(source, dict)
            and (namespace := _text(source, "namespace"))
            and (name := _text(source, "name"))
            and (field := _text(source, "field"))
        }
        if pairs:
            found[str(target)[:200]] = tuple(sorted(pairs)[:_MOST])
    return found


def _datasets(event: Mapping[str, Any], side: str) -> Iterator[Mapping[str, Any]]:
    found = event.get(side)
    yield from (one for one in (found if isinstance(found, list) else ()) if isinstance(one, dict))


def _written(event: Mapping[str, Any]) -> int | None:
    rows = [_count(_map(one, "outputFacets", "outputStatistics"), "rowCount") for one in _datasets(event, "outputs")]
    told = [count for count in rows if count is not None]
    return sum(told) if told else None


def _tags(facets: Mapping[str, Any]) -> JsonValue:
    tags = _map(facets, "tags").get("tags")
    found: dict[str, JsonValue] = {
        str(tag["key"])[:200]: str(tag.get("value"))[:1000]
        for tag in (tags if isinstance(tags, list) else ())[:100]
        if isinstance(tag, dict) and "key" in tag
    }
    return found or None


def _map(value: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return an object inside others, an empty one where there is none."""
    found: Any = value
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _text(value: Mapping[str, Any], name: str) -> str | None:
    found = value.get(name)
    if isinstance(found, int) and not isinstance(found, bool):
        found = str(found)
    return found[:2048] if isinstance(found, str) and found else None


def _count(value: Mapping[str, Any], name: str) -> int | None:
    found = value.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) and 0 <= found < 2**53 else None


def time_of(event: Mapping[str, Any]) -> datetime:
    """Return when an event happened, by its producer's clock."""
    return datetime.fromisoformat(str(event["eventTime"]))
