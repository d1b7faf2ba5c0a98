"""The neighbourhood of a node as lanes, edges and a path."""

from collections.abc import Iterable, Set
from datetime import datetime
from typing import get_args

from bellwether.contracts import Level, Node, NodeKind
from bellwether.gateway.lineage.answers import EdgeOut, GraphOut, LaneOut, LinkOut, MarkOut, StepOut
from bellwether.gateway.lineage.scope import Scope
from bellwether.graph.facts import EdgeKey
from bellwether.graph.failures import FAILED, add_failures
from bellwether.graph.quotient import counted, job_of, quotient
from bellwether.graph.sentences import RUNS, sentence, text_of
from bellwether.graph.walk import Bounds, Hop, Walked, walk

MOST_MARKS = 300
"""Above it, runs of one job in one day are one mark."""
LANES = {
    "source": "Source",
    "data_factory": "Data Factory",
    "compute": "Compute",
    "datasets": "Datasets",
    "mlflow": "MLflow",
    "versions": "Versions",
    "batches": "Batches",
    "reports": "Reports",
}
_LANE = {
    NodeKind.PIPELINE: "data_factory",
    NodeKind.ACTIVITY: "data_factory",
    NodeKind.PIPELINE_RUN: "data_factory",
    NodeKind.ACTIVITY_RUN: "data_factory",
    NodeKind.JOB: "compute",
    NodeKind.NOTEBOOK: "compute",
    NodeKind.COMPUTE_RUN: "compute",
    NodeKind.RUN: "compute",
    NodeKind.CODE_VERSION: "compute",
    NodeKind.DATASET: "datasets",
    NodeKind.DATASET_VERSION: "datasets",
    NodeKind.FEATURE: "datasets",
    NodeKind.ML_RUN: "mlflow",
    NodeKind.LOGGED_MODEL: "versions",
    NodeKind.MODEL_VERSION: "versions",
    NodeKind.MODEL: "versions",
    NodeKind.REFERENCE: "versions",
    NodeKind.BATCH: "batches",
    NodeKind.LABELS: "batches",
    NodeKind.PROFILE: "batches",
    NodeKind.REPORT: "reports",
    NodeKind.INCIDENT: "reports",
}
_TITLES = (("adf", "Open in Data Factory"), ("mlflow", "Open in MLflow"), ("dbx", "Open in Databricks"))


def neighbourhood(scope: Scope, root: str, bounds: Bounds, level: Level) -> GraphOut:
    """Return the graph around a node."""
    root = scope.node(root).node
    found = walk(scope.reader, root, bounds)
    assert found is not None
    stale = add_failures(scope.reader, found, bounds)
    version = max((node.seen for node in found.nodes.values()), default=found.nodes[root].seen)
    path = steps(scope, found, target(found))
    on_path = {step.id for step in path}
    runs: dict[EdgeKey, int] = {}
    shown = found
    if level == "job":
        jobs = quotient(scope.reader, found)
        shown, runs = jobs.walked, jobs.runs
        on_path = {job_of(found.nodes[id]) for id in on_path if id in found.nodes}
        marks = [_mark(node, on_path, jobs.members[node.node], stale) for node in shown.nodes.values()]
        of = {node.node: node.node for node in shown.nodes.values()}
    else:
        marks, of = _marks(list(found.nodes.values()), on_path, stale)
    edges = {key: hop for hop in shown.hops.values() if (key := _between(hop, of)) is not None}
    if bounds.since is not None:
        marks = [_dated(mark, bounds.since) for mark in marks]
    return GraphOut(
        root=shown.root,
        model=scope.model,
        level=level,
        version=version,
        truncated=found.truncated,
        hidden=dict(sorted(found.hidden.items())),
        lanes=lanes(marks),
        edges=tuple(_edge(key, hop, runs.get(hop.key, 1)) for key, hop in sorted(edges.items())),
        path=path,
        sources=scope.sources,
        **{"from": bounds.since, "to": bounds.until},
    )


def target(found: Walked) -> str:
    """Return where the path leads by default: the nearest failure above the root, else the furthest run, else node."""
    above = [found.nodes[id] for id in found.up if id != found.root and id in found.nodes]
    failed = [node for node in above if node.status in FAILED and node.kind in RUNS]
    if failed:
        return min(failed, key=lambda node: (found.up[node.node], node.node)).node
    runs = [node for node in above if node.kind in RUNS]
    furthest = max(runs or above, key=lambda node: (found.up[node.node], node.node), default=found.nodes[found.root])
    return furthest.node


def steps(scope: Scope, found: Walked, node: str) -> tuple[StepOut, ...]:
    """Return the way from the root to a node that was found."""
    hops = found.path(node)[::-1]
    ids = [found.root]
    for hop in hops:
        ids.append(hop.src if hop.dst == ids[-1] else hop.dst)
    missing = scope.reader.nodes([id for id in ids if id not in found.nodes])
    nodes = [found.nodes.get(id) or missing.get(id) for id in ids]
    evidence = [*(hop.evidence for hop in hops), "exact"]
    return tuple(
        step(n, one, said) for n, (one, said) in enumerate(zip(nodes, evidence, strict=True), 1) if one is not None
    )


def step(number: int, node: Node, evidence: str) -> StepOut:
    """Return one step of a path."""
    return StepOut(
        step=number,
        id=node.node,
        kind=node.kind,
        sentence=sentence(node),
        status=node.status,
        verdict=node.verdict,
        at=node.start or node.end,
        evidence=evidence,
        links=links(node),
    )


def links(node: Node) -> tuple[LinkOut, ...]:
    """Return the ways out of the app to a node's source; only web addresses a source gave."""
    href = text_of(node, "url")
    if href is None or not href.startswith(("https://", "http://")):
        return ()
    namespace = node.node.split(":", 2)[1]
    title = next((title for start, title in _TITLES if namespace.startswith(start)), "Open at its source")
    return (LinkOut(title=title, href=href),)


def lanes(marks: Iterable[MarkOut]) -> tuple[LaneOut, ...]:
    """Return marks by lane, every lane there is, each in the order of time."""
    by_lane: dict[str, list[MarkOut]] = {key: [] for key in LANES}
    for mark in marks:
        external = mark.kind is NodeKind.DATASET_VERSION and mark.id.endswith("#external")
        by_lane["source" if external else _LANE[mark.kind]].append(mark)
    return tuple(
        LaneOut(key=key, title=LANES[key], marks=tuple(sorted(by_lane[key], key=_by_time)))
        for key in get_args(LaneOut.model_fields["key"].annotation)
    )


def _by_time(mark: MarkOut) -> tuple[bool, datetime | None, str]:
    time = mark.start or mark.end
    return (time is None, time, mark.id) if time is not None else (True, None, mark.id)


def _marks(nodes: list[Node], on_path: set[str], stale: Set[str]) -> tuple[list[MarkOut], dict[str, str]]:
    """Return one mark a node, or fewer where there are too many, and which mark stands for which node."""
    if len(nodes) <= MOST_MARKS:
        return [_mark(node, on_path, [node], stale) for node in nodes], {node.node: node.node for node in nodes}
    groups: dict[tuple[str, ...], list[Node]] = {}
    for node in nodes:
        time = node.start or node.last
        apart = node.node in on_path or node.job is None
        key = (node.node,) if apart else (node.job or "", node.kind, f"{time:%Y-%m-%d}")
        groups.setdefault(key, []).append(node)
    marks, of = [], {}
    for group in groups.values():
        first = min(group, key=lambda node: (node.start or node.last, node.node))
        marks.append(_mark(first, on_path, group, stale))
        of.update({node.node: first.node for node in group})
    return marks, of


def _mark(node: Node, on_path: set[str], members: list[Node], stale: Set[str]) -> MarkOut:
    status, detail = counted(members)
    alone = len(members) == 1
    ends = [one.end for one in members if one.end is not None]
    return MarkOut(
        id=node.node,
        kind=node.kind,
        label=node.label,
        start=node.start,
        end=max(ends, default=node.end),
        status=members[0].status if alone else status,
        verdict=node.verdict,
        count=len(members),
        stale=any(one.node in stale for one in members),
        on_path=node.node in on_path,
        detail=sentence(node) if alone else detail,
    )


def _dated(mark: MarkOut, since: datetime) -> MarkOut:
    """Return a mark that says whether it is a failure from before the window that stood when the window began."""
    before = mark.start is not None and mark.start < since
    standing = before and mark.kind in RUNS and mark.status in FAILED
    return mark.model_copy(update={"standing": True}) if standing else mark


def _between(hop: Hop, of: dict[str, str]) -> EdgeKey | None:
    """Return an edge between marks, None inside one."""
    src, dst = of.get(hop.src), of.get(hop.dst)
    return None if src is None or dst is None or src == dst else EdgeKey(src, hop.rel, dst)


def _edge(key: EdgeKey, hop: Hop, runs: int) -> EdgeOut:
    return EdgeOut(source=key.src, target=key.dst, rel=key.rel, evidence=hop.evidence, derived=hop.derived, runs=runs)
