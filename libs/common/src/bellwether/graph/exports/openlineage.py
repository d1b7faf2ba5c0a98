"""OpenLineage: a run event for each run, with what it read and wrote; batches and versions of models are datasets.

Source: the OpenLineage specification, version 2-0-2. Run ids there are UUIDs: those of ours follow from node ids.
"""

import json
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from bellwether.contracts import Node, NodeKind, RunStatus, parse_node_id
from bellwether.graph.columns import schema
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
        "job": {"namespace": job.namespace, "name": job.name, "facets": {}},
        "inputs": [_dataset(node) for node in _sorted(inputs)],
        "outputs": [_dataset(node) for node in _sorted(outputs)],
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
        url = f"{_FACETS}/1-0-1/ErrorMessageRunFacet.json#/$defs/ErrorMessageRunFacet"
        facets["errorMessage"] = _facet(url, message=error, programmingLanguage="unknown")
    parents = [node for node in inputs if node.kind in RUNS]
    if parents:
        parent = min(parents, key=lambda node: node.node)
        job = parse_node_id(job_of(parent))
        url = f"{_FACETS}/1-1-0/ParentRunFacet.json#/$defs/ParentRunFacet"
        facets["parent"] = _facet(
            url, run={"runId": run_id(parent.node)}, job={"namespace": job.namespace, "name": job.name}
        )
    return facets


def _dataset(node: Node) -> dict[str, Any]:
    parts = parse_node_id(node.node)
    facets: dict[str, Any] = {"bellwether_node": _facet(_OWN, node=node.node, kind=str(node.kind))}
    if parts.version is not None:
        url = f"{_FACETS}/1-0-1/DatasetVersionDatasetFacet.json#/$defs/DatasetVersionDatasetFacet"
        facets["version"] = _facet(url, datasetVersion=parts.version)
    if columns := schema(node):
        url = f"{_FACETS}/1-1-1/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet"
        fields = [{"name": name, "type": kind or "unknown"} for name, kind in columns.items()]
        facets["schema"] = _facet(url, fields=fields)
    if (rows := number(node, "rows")) is not None:
        facets["bellwether_rows"] = _facet(_OWN, rows=rows)
    return {"namespace": parts.namespace, "name": parts.name, "facets": facets}


def _facet(url: str, **said: Any) -> dict[str, Any]:
    return {"_producer": PRODUCER, "_schemaURL": url, **said}
