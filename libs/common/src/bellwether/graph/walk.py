"""Walking the graph: what came before a node and what came after, as of a time; pure.

Walks are directed: up only goes up, down only goes down. They read a level at a time, newest first, and say what they
left out. That a run used a version of a dataset follows from times where no source says it: the newest version that
was produced before the run read the dataset, so a producer heard of later re-points the edge by itself.
"""

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from bellwether.contracts import ColumnMap, Evidence, Link, Node, NodeKind, Relation, node_id, parse_node_id
from bellwether.graph.facts import EdgeKey, default_label, node_doc_id
from bellwether.graph.merge import STRENGTH
from bellwether.graph.reading import Reader

Direction = Literal["up", "down"]
MOST_BATCHES = 200
"""Batches of a model that a walk from the model begins with, the newest."""
MOST_USERS = 200
"""Runs that read one version of a dataset which a walk goes on from, the newest."""
EXTERNAL = "external"
"""The version of a dataset that nobody is known to have produced."""


class Hop(NamedTuple):
    """An edge that was walked; ``derived``: it follows from times."""

    src: str
    rel: Relation
    dst: str
    evidence: Evidence
    first: datetime
    last: datetime
    derived: bool = False

    @property
    def key(self) -> EdgeKey:
        """What makes it the same edge as another."""
        return EdgeKey(self.src, self.rel, self.dst)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a walk goes.

    ``since`` and ``until`` bound the times of edges; ``asof`` shows the world at a time, ``known`` what had been
    received by then. ``kinds``: only these are kept, though all are walked through.
    """

    up: int = 8
    down: int = 2
    limit: int = 300
    since: datetime | None = None
    until: datetime | None = None
    asof: datetime | None = None
    known: datetime | None = None
    kinds: Set[NodeKind] | None = None

    def admits(self, link: Link) -> bool:
        """Say whether an edge exists within these bounds."""
        return not (
            (self.asof is not None and link.first > self.asof)
            or (self.known is not None and link.seen > self.known)
            or (self.until is not None and link.first > self.until)
            or (self.since is not None and link.last < self.since)
        )


@dataclass(slots=True)
class Walked:
    """What a walk found. ``up`` and ``down`` give the distance from the root, ``via`` the edge towards it.

    ``columns`` of edges are read only where somebody asks for them (``with_columns``).
    """

    root: str
    nodes: dict[str, Node] = field(default_factory=dict)
    hops: dict[EdgeKey, Hop] = field(default_factory=dict)
    up: dict[str, int] = field(default_factory=dict)
    down: dict[str, int] = field(default_factory=dict)
    via: dict[str, Hop] = field(default_factory=dict)
    columns: dict[EdgeKey, ColumnMap] = field(default_factory=dict)
    hidden: Counter[str] = field(default_factory=Counter)

    @property
    def truncated(self) -> bool:
        """Whether anything was left out."""
        return bool(self.hidden)

    def path(self, node: str) -> list[Hop]:
        """Return the edges from a node that was found to the root, in the direction of walking back."""
        found, at = [], node
        while at != self.root:
            hop = self.via[at]
            found.append(hop)
            at = hop.dst if hop.src == at else hop.src
        return found


def walk(reader: Reader, root: str, bounds: Bounds) -> Walked | None:
    """Return the neighbourhood of a node, None when it is not there."""
    known = reader.nodes([root])
    if root not in known:
        return None
    found = Walked(root, nodes={root: shown(known[root], bounds.asof)})
    found.up[root] = found.down[root] = 0
    _spread(reader, found, "up", bounds.up, bounds)
    _spread(reader, found, "down", bounds.down, bounds)
    if bounds.kinds is not None:
        _keep(found, bounds.kinds)
    return found


def with_columns(reader: Reader, found: Walked) -> Walked:
    """Read which columns the versions of datasets in a walk were made from."""
    made = f"{NodeKind.DATASET_VERSION}:"
    keys = [key for key in found.hops if key.rel == "generated" and key.dst.startswith(made)]
    found.columns = {key: edge.columns for key, edge in reader.edges(keys).items() if edge.columns}
    return found


def _spread(reader: Reader, found: Walked, direction: Direction, depth: int, bounds: Bounds) -> None:
    distance = found.up if direction == "up" else found.down
    level = [found.root]
    for step in range(1, depth + 1):
        nodes = reader.nodes(level)
        there = [nodes[id] for id in level if id in nodes]
        hops = [hop for node in there for hop in _hops(reader, node, direction, bounds, found)]
        hops += _used(reader, there, bounds) if direction == "up" else ()
        new: dict[str, Hop] = {}
        for hop in sorted(hops, key=_newest_first):
            other = hop.src if direction == "up" else hop.dst
            if other in distance:
                found.hops[hop.key] = hop
            elif other in new or other in found.nodes or len(found.nodes) + len(new) < bounds.limit:
                new.setdefault(other, hop)
                found.hops[hop.key] = hop
            else:
                found.hidden[other.partition(":")[0]] += 1
        reached = reader.nodes(new)
        for other, hop in new.items():
            distance[other] = step
            found.via.setdefault(other, hop)
            found.nodes.setdefault(other, shown(reached.get(other) or external(other, hop), bounds.asof))
        level = list(new)
        if not level:
            return


def _hops(reader: Reader, node: Node, direction: Direction, bounds: Bounds, found: Walked) -> Iterator[Hop]:
    """Yield the edges of one node in one direction, derived ones in place of those they follow from."""
    links, total = (node.into, node.into_total) if direction == "up" else (node.out, node.out_total)
    if total > len(links):
        kind = links[0].node.partition(":")[0] if links else "other"
        found.hidden[kind] += total - len(links)
    for link in links:
        if not bounds.admits(link) or link.rel == "uses":
            continue
        if direction == "up":
            yield Hop(link.node, link.rel, node.node, link.evidence, link.first, link.last)
        else:
            yield Hop(node.node, link.rel, link.node, link.evidence, link.first, link.last)
    if direction == "down" and node.kind is NodeKind.DATASET_VERSION and node.start is not None:
        yield from _users(reader, node, bounds, found)
    if direction == "up" and node.kind is NodeKind.MODEL:
        yield from _answered(reader, node, bounds)


def _answered(reader: Reader, model: Node, bounds: Bounds) -> Iterator[Hop]:
    """Yield a model's batches of the time, and the reports about them: what it answered, and how that was judged."""
    until = min((time for time in (bounds.until, bounds.asof) if time is not None), default=None)
    for batch in reader.history(model.node, since=bounds.since, until=until, limit=MOST_BATCHES):
        if batch.kind is not NodeKind.BATCH or batch.start is None:
            continue
        about = [link for link in batch.out if link.rel == "evaluated" and bounds.admits(link)]
        for id in (batch.node, *(link.node for link in about)):
            yield Hop(id, "version_of", model.node, "exact", batch.start, batch.last, derived=True)


def _used(reader: Reader, runs: Sequence[Node], bounds: Bounds) -> Iterator[Hop]:
    """Yield which versions of datasets runs read, given when they read them."""
    links = [(run, link) for run in runs for link in run.into if link.rel == "uses" and bounds.admits(link)]
    if bounds.known is None:
        versions = reader.newest([(link.node, link.last) for _, link in links])
    else:
        versions = [version_at(reader, link.node, link.last, bounds.known) for _, link in links]
    for (run, link), version in zip(links, versions, strict=True):
        source = external_id(link.node) if version is None else version.node
        evidence = min(link.evidence, "inferred", key=STRENGTH.__getitem__)
        yield Hop(source, "used", run.node, evidence, link.first, link.last, derived=True)


def _users(reader: Reader, version: Node, bounds: Bounds, found: Walked) -> Iterator[Hop]:
    """Yield the runs that read a dataset while this was its newest version."""
    dataset, since = dataset_of(version.node), version.start
    assert since is not None
    later = reader.history(dataset, since=since, limit=2 if bounds.known is None else 50, earliest=True)
    until = next((one.start for one in later if _comes_after(one, version) and _is_known(one, bounds)), None)
    if until == since:
        return  # of two versions of one instant the other counts as the newer
    users = reader.users(dataset, since, until, MOST_USERS + 1)
    if len(users) > MOST_USERS:
        found.hidden[users[-1][0].partition(":")[0]] += 1
    for run, link in users[:MOST_USERS]:
        if bounds.admits(link):
            evidence = min(link.evidence, "inferred", key=STRENGTH.__getitem__)
            yield Hop(version.node, "used", run, evidence, link.first, link.last, derived=True)


def _comes_after(one: Node, version: Node) -> bool:
    return one.start is not None and version.start is not None and (one.start, one.node) > (version.start, version.node)


def _is_known(one: Node, bounds: Bounds) -> bool:
    return bounds.known is None or one.seen <= bounds.known


def version_at(reader: Reader, dataset: str, time: datetime, known: datetime | None = None) -> Node | None:
    """Return the newest version of a dataset produced by a time."""
    versions = reader.history(dataset, until=time, limit=1 if known is None else 50)
    return next((one for one in versions if known is None or one.seen <= known), None)


def dataset_of(version: str) -> str:
    """Return the dataset of a version of it."""
    parts = parse_node_id(version)
    return node_id(NodeKind.DATASET, parts.namespace, parts.name)


def external_id(dataset: str) -> str:
    """Return the version of a dataset that came from nobody knows where."""
    parts = parse_node_id(dataset)
    return node_id(NodeKind.DATASET_VERSION, parts.namespace, parts.name, EXTERNAL)


def external(id: str, hop: Hop) -> Node:
    """Return a node that only an edge speaks of."""
    kind = NodeKind(id.partition(":")[0])
    job = dataset_of(id) if kind is NodeKind.DATASET_VERSION else None
    return Node(
        id=node_doc_id(id),
        pk="",
        node=id,
        kind=kind,
        label=default_label(id),
        job=job,
        last=hop.last,
        seen=hop.last,
        stub=True,
    )


def shown(node: Node, asof: datetime | None) -> Node:
    """Return a node as it was at a time: a run that had not ended was running, one not begun is unknown."""
    if asof is None or node.status == "UNKNOWN":
        return node
    if node.start is not None and node.start > asof:
        return node.model_copy(update={"status": "UNKNOWN", "start": None, "end": None, "verdict": None})
    if node.end is not None and node.end > asof:
        return node.model_copy(update={"status": "RUNNING", "end": None, "verdict": None})
    return node


def _keep(found: Walked, kinds: Set[NodeKind]) -> None:
    for id, node in list(found.nodes.items()):
        if node.kind not in kinds and id != found.root:
            del found.nodes[id]
    found.hops = {key: hop for key, hop in found.hops.items() if hop.src in found.nodes and hop.dst in found.nodes}


def _newest_first(hop: Hop) -> tuple[float, str, str, str]:
    return -hop.last.timestamp(), hop.src, hop.rel, hop.dst
