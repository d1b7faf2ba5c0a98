"""What one event says, as nodes and edges that merge; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from pydantic import JsonValue

from bellwether.contracts import (
    Attribute,
    ColumnMap,
    Edge,
    Evidence,
    Node,
    NodeKind,
    Relation,
    RunStatus,
    Status,
    fact_stamp,
    node_hash,
    parse_node_id,
)

SKEW_S = 300.0
"""A source's clock that is further ahead of ours than this is shown, in seconds."""
MOST_COLUMNS = 2000
"""Columns an edge maps: the first by name where there are more, whatever the order they arrived in."""


class EdgeKey(NamedTuple):
    """What makes two edges the same."""

    src: str
    rel: Relation
    dst: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Nodes by their id and edges by their ends, of one graph."""

    nodes: Mapping[str, Node] = field(default_factory=dict)
    edges: Mapping[EdgeKey, Edge] = field(default_factory=dict)


class Teller:
    """Collects the facts of one event: who says them, of which time, when they were received.

    A later word on the same node or edge adds to the earlier one, by the rules of the merge.
    """

    def __init__(self, graph: str, source: str, time: datetime, received: datetime) -> None:
        self.graph, self.source = graph, source
        self.time, self.received = time.astimezone(UTC), received.astimezone(UTC)
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []

    def node(
        self,
        id: str,
        *,
        label: str | None = None,
        job: str | None = None,
        status: RunStatus = "UNKNOWN",
        verdict: Status | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        deleted_at: datetime | None = None,
        **attributes: JsonValue,
    ) -> str:
        """Say something about a node; attributes that are None are not said. Returns its id."""
        said: dict[str, JsonValue] = {"label": label, "job": job, "verdict": verdict, **attributes}
        ahead = (self.time - self.received).total_seconds()
        self.nodes.append(
            derived(
                Node(
                    id=node_doc_id(id),
                    pk=self.graph,
                    node=id,
                    kind=NodeKind(id.partition(":")[0]),
                    label="",
                    status=status,
                    status_at=None if status == "UNKNOWN" else self.time,
                    start=_utc(start),
                    end=_utc(end),
                    last=self.time,
                    seen=self.received,
                    deleted_at=_utc(deleted_at),
                    clock_skew_s=ahead if ahead > SKEW_S else None,
                    attributes=self._attributes(said),
                )
            )
        )
        return id

    def edge(
        self,
        src: str,
        rel: Relation,
        dst: str,
        *,
        at: datetime | None = None,
        evidence: Evidence = "exact",
        columns: ColumnMap | None = None,
        attributes: Mapping[str, JsonValue] | None = None,
    ) -> None:
        """Say that one thing flowed into another, at the time of the fact unless ``at`` is given.

        Ends nobody told more about become stubs. An edge from a node to itself is not kept.
        """
        if src == dst:
            return
        time = _utc(at) or self.time
        for id in (src, dst):
            self.nodes.append(self._stub(id, time))
        self.edges.append(
            Edge(
                id=edge_doc_id(src, rel, dst),
                pk=self.graph,
                src=src,
                dst=dst,
                rel=rel,
                first=time,
                last=time,
                seen=self.received,
                evidence=evidence,
                columns={name: (columns or {})[name] for name in sorted(columns or {})[:MOST_COLUMNS]},
                attributes=self._attributes(attributes or {}),
            )
        )

    def _attributes(self, said: Mapping[str, JsonValue]) -> dict[str, Attribute]:
        return {
            name: Attribute(value=value, time=self.time, source=self.source)
            for name, value in said.items()
            if value is not None
        }

    def _stub(self, id: str, time: datetime) -> Node:
        return Node(
            id=node_doc_id(id),
            pk=self.graph,
            node=id,
            kind=NodeKind(id.partition(":")[0]),
            label=default_label(id),
            last=time,
            seen=self.received,
            stub=True,
        )


def derived(node: Node) -> Node:
    """Return a node with what follows from its attributes: label, job, verdict."""
    said = node.attributes
    verdict = said["verdict"].value if "verdict" in said else None
    return node.model_copy(
        update={
            "label": str(said["label"].value) if "label" in said else default_label(node.node),
            "job": str(said["job"].value) if "job" in said else None,
            "verdict": verdict if verdict in ("fine", "watch", "act") else ("unknown" if verdict else None),
        }
    )


def default_label(id: str) -> str:
    """Return what a node is called as long as nobody says better: the last part of its name, and its version."""
    parts = parse_node_id(id)
    name = parts.name.rstrip("/").rpartition("/")[2] or parts.name
    return name if parts.version is None else f"{name} {parts.version.rpartition('~')[2]}"


def node_doc_id(id: str) -> str:
    """Return the id of the document that holds a node."""
    return f"n~{id.partition(':')[0]}~{node_hash(id)}"


def edge_doc_id(src: str, rel: str, dst: str) -> str:
    """Return the id of the document that holds an edge."""
    return f"e~{node_hash(src)}~{rel}~{node_hash(dst)}"


def pointer_id(job: str, start: datetime, node: str) -> str:
    """Return the id of the document that leads from a job, at a time, to a run of it."""
    return f"{pointer_prefix(job)}{fact_stamp(start)}~{node_hash(node)}"


def pointer_prefix(job: str) -> str:
    """Return what the ids of all pointers of a job begin with."""
    return f"h~{node_hash(job)}~"


def use_id(dataset: str, time: datetime, run: str) -> str:
    """Return the id of the document that leads from a dataset, at a time, to a run that read it."""
    return f"{use_prefix(dataset)}{fact_stamp(time)}~{node_hash(run)}"


def use_prefix(dataset: str) -> str:
    """Return what the ids of all pointers to the readers of a dataset begin with."""
    return f"u~{node_hash(dataset)}~"


def _utc(time: datetime | None) -> datetime | None:
    return None if time is None else time.astimezone(UTC)
