"""OpenLineage: a run event for each run, with what it read and wrote; batches and versions of models are datasets.

Source: the OpenLineage specification, version 2-0-2. Run ids there are UUIDs: those of ours follow from node ids.
"""

import json
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from bellwether.contracts import ColumnMap, Node, NodeKind, RunStatus, parse_node_id
from bellwether.graph.columns import schema
from bellwether.graph.facts import EdgeKey
from bellwether.graph.quotient import job_of
from bellwether.graph.sentences import RUNS, number, text_of
from bellwether.graph.walk import Walked

PRODUCER = "https://bellwether.invalid/lineage"
_SCHEMA = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
_FACETS = "https://openlineage.io/spec/facets"
_OWN = "https://bellwether.invalid/spec/facets/1-0-0/BellwetherNode.json#/$defs/BellwetherNode"
_TYPES: dict[RunStatus, str] = {
    "SUCCEEDED": "COMPLETE",
    "FAILED": "FAIL",
    "ABORTED": "ABORT",
    "RUNNING": "RUNNING",
    "QUEUED": "OTHER",
    "UNKNOWN": "OTHER",
}
_METRICS = frozenset({"nullCount", "distinctCount", "sum", "count", "min", "max", "quantiles"})
_THINGS = frozenset(
    {
        *(NodeKind.DATASET_VERSION, NodeKind.DATASET, NodeKind.BATCH, NodeKind.LOGGED_MODEL, NodeKind.MODEL_VERSION),
    }
)


def openlineage(found: Walked, now: datetime) -> bytes:
    """Return the run events of a walk, oldest first, as a JSON list: what ``POST /lineage/batch`` takes."""
    runs = [node for node in found.nodes.values() if node.kind in RUNS]
    runs.sort(key=lambda node: (node.start or node.last, node.node))
    return json.dumps([event(found, run) for run in runs], indent=1).encode()


def event(found: Walked, run: Node) -> dict[str, Any]:
    """Return the event that tells how a run is doing, or how it ended."""
    time = run.end or run.start or run.last
    inputs = [found.nodes[hop.src] for hop in found.hops.values() if hop.dst == run.node and hop.src in found.nodes]
    outputs = [found.nodes[hop.dst] for hop in found.hops.values() if hop.src == run.node and hop.dst in found.nodes]
    job = parse_node_id(job_of(run))
    return {
        "eventType": _TYPES[run.status],
        "eventTime": time.isoformat(),
        "producer": PRODUCER,
        "schemaURL": _SCHEMA,
        "run": {"runId": run_id(run.node), "facets": _run_facets(run, inputs)},
        "job": {"namespace": job.namespace, "name": job.name, "facets": _job_facets(run)},
        "inputs": [_input(node) for node in _sorted(inputs)],
        "outputs": [
            _output(node, found.columns.get(EdgeKey(run.node, "generated", node.node), {})) for node in _sorted(outputs)
        ],
    }


def run_id(id: str) -> str:
    """Return the UUID of a run: its own where OpenLineage gave it, else one that follows from its node id."""
    parts = parse_node_id(id)
    if parts.namespace == "openlineage":
        return str(UUID(parts.name))
    return str(uuid5(NAMESPACE_URL, id))


def _sorted(nodes: list[Node]) -> list[Node]:
    return sorted((node for node in nodes if node.kind in _THINGS), key=lambda node: node.node)


def _run_facets(run: Node, inputs: list[Node]) -> dict[str, Any]:
    facets: dict[str, Any] = {"bellwether_node": _facet(_OWN, node=run.node, kind=str(run.kind))}
    error = text_of(run, "error")
    if error and run.status in ("FAILED", "ABORTED"):
        facets["errorMessage"] = _facet(
            _spec("1-0-1/ErrorMessageRunFacet"), message=error, programmingLanguage="unknown"
        )
    begin, end = text_of(run, "nominal_start"), text_of(run, "nominal_end")
    if begin:
        time = {"nominalStartTime": begin, **({"nominalEndTime": end} if end else {})}
        facets["nominalTime"] = _facet(_spec("1-0-1/NominalTimeRunFacet"), **time)
    parents = [node for node in inputs if node.kind in RUNS]
    if parents:
        parent = min(parents, key=lambda node: node.node)
        job = parse_node_id(job_of(parent))
        facets["parent"] = _facet(
            _spec("1-2-0/ParentRunFacet"),
            run={"runId": run_id(parent.node)},
            job={"namespace": job.namespace, "name": job.name},
        )
    return facets


def _job_facets(run: Node) -> dict[str, Any]:
    kind = _spec("2-0-4/JobTypeJobFacet")
    facets = {"jobType": _facet(kind, processingType="BATCH", integration="BELLWETHER", jobType=run.kind.upper())}
    commit, repository = text_of(run, "commit"), text_of(run, "repository")
    if commit and repository:
        place = _spec("1-1-0/SourceCodeLocationJobFacet")
        facets["sourceCodeLocation"] = _facet(place, type="git", url=repository, repoUrl=repository, version=commit)
    return facets


def _input(node: Node) -> dict[str, Any]:
    """Return what was read: rows, and statistics of the columns where a source told any."""
    rows, measured = number(node, "rows"), _metrics(node)
    facets: dict[str, Any] = {}
    if rows is not None:
        facets["inputStatistics"] = _facet(_spec("1-0-0/InputStatisticsInputDatasetFacet"), rowCount=rows)
    if measured:
        quality = _spec("1-0-3/DataQualityMetricsInputDatasetFacet")
        facets["dataQualityMetrics"] = _facet(quality, columnMetrics=measured, **({"rowCount": rows} if rows else {}))
    return {**_dataset(node), "inputFacets": facets}


def _output(node: Node, columns: ColumnMap) -> dict[str, Any]:
    """Return what was written: rows and size, and which columns its columns were made from."""
    dataset, facets = _dataset(node), {}
    told = {"rowCount": number(node, "rows"), "size": number(node, "size_bytes")}
    if said := {name: value for name, value in told.items() if value is not None}:
        facets["outputStatistics"] = _facet(_spec("1-0-2/OutputStatisticsOutputDatasetFacet"), **said)
    if measured := _metrics(node):
        quality = _spec("1-0-1/DataQualityMetricsDatasetFacet")
        dataset["facets"]["dataQualityMetrics"] = _facet(quality, columnMetrics=measured)
    if columns:
        fields = {name: {"inputFields": [_field(*one) for one in sources]} for name, sources in columns.items()}
        dataset["facets"]["columnLineage"] = _facet(_spec("1-2-0/ColumnLineageDatasetFacet"), fields=fields)
    return {**dataset, "outputFacets": facets}


def _field(dataset: str, column: str) -> dict[str, str]:
    parts = parse_node_id(dataset)
    return {"namespace": parts.namespace, "name": parts.name, "field": column}


def _metrics(node: Node) -> dict[str, Any]:
    """Return the statistics of a version that OpenLineage has a name for, by column."""
    said = node.attributes.get("profile")
    profile = said.value if said is not None and isinstance(said.value, dict) else {}
    found = {
        column: {name: value for name, value in told.items() if name in _METRICS}
        for column, told in profile.items()
        if isinstance(told, dict)
    }
    return {column: told for column, told in found.items() if told}


def _dataset(node: Node) -> dict[str, Any]:
    parts = parse_node_id(node.node)
    facets: dict[str, Any] = {"bellwether_node": _facet(_OWN, node=node.node, kind=str(node.kind))}
    if parts.version is not None:
        facets["version"] = _facet(_spec("1-0-1/DatasetVersionDatasetFacet"), datasetVersion=parts.version)
    if columns := schema(node):
        fields = [{"name": name, "type": kind or "unknown"} for name, kind in columns.items()]
        facets["schema"] = _facet(_spec("1-2-0/SchemaDatasetFacet"), fields=fields)
    return {"namespace": parts.namespace, "name": parts.name, "facets": facets}


def _spec(name: str) -> str:
    """Return the address of a facet of the specification, by its version and name."""
    return f"{_FACETS}/{name}.json#/$defs/{name.partition('/')[2]}"


def _facet(url: str, /, **said: Any) -> dict[str, Any]:
    return {"_producer": PRODUCER, "_schemaURL": url, **said}
