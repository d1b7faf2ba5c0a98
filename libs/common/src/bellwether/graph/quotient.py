"""The graph of jobs: runs, versions, batches and reports stand for what they are of; pure."""

from collections import Counter
from dataclasses import dataclass

from bellwether.contracts import Node, NodeKind, RunStatus, node_id, parse_node_id
from bellwether.graph.facts import EdgeKey, default_label, node_doc_id
from bellwether.graph.merge import STRENGTH
from bellwether.graph.reading import Reader
from bellwether.graph.walk import Hop, Walked, dataset_of

WORST: dict[RunStatus, int] = {"FAILED": 5, "ABORTED": 4, "RUNNING": 3, "QUEUED": 2, "UNKNOWN": 1, "SUCCEEDED": 0}
_OK: dict[RunStatus, str] = {
    "SUCCEEDED": "ok",
    "FAILED": "failed",
    "ABORTED": "cancelled",
    "RUNNING": "running",
    "QUEUED": "waiting",
    "UNKNOWN": "unknown",
}


@dataclass(frozen=True, slots=True)
class Quotient:
    """Jobs and the edges between them, with the number of run edges behind each, and the runs behind each job."""

    walked: Walked
    runs: dict[EdgeKey, int]
    members: dict[str, list[Node]]


def job_of(node: Node) -> str:
    """Return what a node is one of: its job, dataset or model; itself where it is no instance of anything."""
    if node.job is not None:
        return node.job
    if node.kind is NodeKind.DATASET_VERSION:
        return dataset_of(node.node)
    parts = parse_node_id(node.node)
    if parts.namespace.startswith("bellwether/") and node.kind is not NodeKind.FEATURE:
        return node_id(NodeKind.MODEL, "bellwether", parts.namespace.partition("/")[2])
    return node.node


def quotient(reader: Reader, found: Walked) -> Quotient:
    """Return the jobs of what a walk found; a job's status is that of its newest run."""
    members: dict[str, list[Node]] = {}
    for node in found.nodes.values():
        members.setdefault(job_of(node), []).append(node)
    of = {node.node: job for job, nodes in members.items() for node in nodes}
    known = reader.nodes(members)
    jobs = Walked(of[found.root], hidden=Counter(found.hidden))
    for job, nodes in members.items():
        jobs.nodes[job] = _job(job, known.get(job), nodes)
        for ours, theirs in ((jobs.up, found.up), (jobs.down, found.down)):
            if steps := [theirs[node.node] for node in nodes if node.node in theirs]:
                ours[job] = min(steps)
    runs: Counter[EdgeKey] = Counter()
    for hop in found.hops.values():
        if hop.src not in of or hop.dst not in of or of[hop.src] == of[hop.dst]:
            continue
        one = hop._replace(src=of[hop.src], dst=of[hop.dst])
        runs[one.key] += 1
        jobs.hops[one.key] = _join(jobs.hops[one.key], one) if one.key in jobs.hops else one
    for id, hop in found.via.items():
        if {id, hop.src, hop.dst} <= of.keys() and of[hop.src] != of[hop.dst]:
            jobs.via.setdefault(of[id], hop._replace(src=of[hop.src], dst=of[hop.dst]))
    return Quotient(jobs, dict(runs), members)


def counted(nodes: list[Node]) -> tuple[RunStatus, str]:
    """Return the worst status of some runs, and how many have which: ``38 ok, 2 failed``."""
    counts = Counter(node.status for node in nodes)
    order = sorted(counts, key=lambda status: WORST[status])
    return order[-1], ", ".join(f"{counts[status]} {_OK[status]}" for status in order)


def _job(id: str, known: Node | None, nodes: list[Node]) -> Node:
    newest = max(nodes, key=lambda node: (node.last, node.node))
    base = known or Node(
        id=node_doc_id(id),
        pk="",
        node=id,
        kind=NodeKind(id.partition(":")[0]),
        label=default_label(id),
        last=newest.last,
        seen=newest.seen,
        stub=True,
    )
    starts, ends = [n.start for n in nodes if n.start], [n.end for n in nodes if n.end]
    return base.model_copy(
        update={
            "status": newest.status,
            "verdict": newest.verdict,
            "start": min(starts, default=base.start),
            "end": max(ends, default=base.end),
            "last": max(base.last, newest.last),
        }
    )


def _join(a: Hop, b: Hop) -> Hop:
    weaker = min(a.evidence, b.evidence, key=STRENGTH.__getitem__)
    return a._replace(
        evidence=weaker, first=min(a.first, b.first), last=max(a.last, b.last), derived=a.derived and b.derived
    )
