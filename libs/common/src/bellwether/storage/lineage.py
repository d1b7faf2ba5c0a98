"""The provenance graph in the store: facts are merged into it, and it is read by node.

A node's document holds its newest links, so a walk reads one document for each node it visits, a level at a time.
What sources observed lies in graphs of their own (``@<source>``), read together with a model's: joining documents of
two graphs is the same merge, so nothing is ever copied from one graph to another.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import uniform
from time import sleep
from typing import TypeVar

from typing_extensions import override

from bellwether.contracts import (
    Edge,
    Graph,
    Link,
    Node,
    NodeKind,
    Pointer,
    Touch,
    fact_stamp,
    node_hash,
)
from bellwether.errors import Conflict, PreconditionFailed, Unavailable
from bellwether.graph.facts import (
    EdgeKey,
    Facts,
    edge_doc_id,
    node_doc_id,
    pointer_id,
    pointer_prefix,
    use_id,
    use_prefix,
)
from bellwether.graph.merge import add, link_to, merge_edges, merge_nodes
from bellwether.graph.reading import Reader, began, used_in
from bellwether.storage.collections import LINEAGE
from bellwether.storage.documents import dump, parse
from bellwether.storage.port import Create, Doc, DocumentStore, Filter, Op, Replace, Upsert

GRAPHS = "graphs"
"""The partition that names the graphs there are."""
_TRIES = 12
_PAUSE_S = 0.005  # before the second try; up to twice as long before each further one, a second at most
_EDGES_AT_ONCE = 16  # with their 32 ends and a pointer to each: at most 100 operations
_IDS_AT_ONCE = 100
_GRAPHS_AT_ONCE = 50
_POINTERS = 210
_MOVED = 4  # pointers left behind by runs whose start moved earlier, beside those wanted

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class GraphWriter:
    """Merges facts into graphs: read, merge, write if unchanged. Writing the same facts again writes nothing."""

    documents: DocumentStore
    _known: set[str] = field(default_factory=set)

    def write(self, graph: str, nodes: Iterable[Node], edges: Iterable[Edge]) -> int:
        """Add facts to a graph; how many documents were written. Raises ``Unavailable`` when others are faster."""
        facts = add(Facts(), nodes, edges)
        if not facts.nodes:
            return 0
        self._announce(graph)
        told = facts.nodes
        written, done = 0, set[str]()
        for few in _portions(list(facts.edges.values()), _EDGES_AT_ONCE):
            ends = {id: told[id] for edge in few for id in (edge.src, edge.dst)}
            written += self._merge(graph, ends, few)
            done |= ends.keys()
        for ids in _portions([id for id in told if id not in done], _EDGES_AT_ONCE):
            written += self._merge(graph, {id: told[id] for id in ids}, [])
        return written

    def _merge(self, graph: str, nodes: Mapping[str, Node], edges: Sequence[Edge]) -> int:
        for attempt in range(_TRIES):
            if attempt:
                # Writers of one hub that try again at the same time would only be in each other's way again.
                sleep(uniform(0, min(1.0, _PAUSE_S * 2**attempt)))  # noqa: S311 - spreads the load, guards nothing
            ids = [*(node_doc_id(id) for id in nodes), *(edge_doc_id(one.src, one.rel, one.dst) for one in edges)]
            docs = {doc["id"]: doc for doc in _read(self.documents, graph, ids)}
            stored = [doc for doc in docs.values() if doc["type"] == "node"]
            known_nodes = {node.node: node for node in (parse(Node, doc) for doc in stored)}
            known_edges = {
                EdgeKey(edge.src, edge.rel, edge.dst): edge
                for edge in (parse(Edge, doc) for doc in docs.values() if doc["type"] == "edge")
            }
            state = add(Facts(known_nodes, known_edges), nodes.values(), edges)
            ops = list(_changes(graph, state, known_nodes, known_edges, docs))
            try:
                self._touch(graph, nodes.keys() - known_nodes.keys())
                self.documents.commit(LINEAGE, graph, ops)
            except (Conflict, PreconditionFailed):
                continue  # another worker merged in between: what it wrote is merged next
            return len(ops)
        raise Unavailable(f"nodes of graph {graph!r} changed {_TRIES} times while facts were merged into them")

    def _touch(self, graph: str, new: Iterable[str]) -> None:
        """Note which model's graph holds a shared node; before the node is there, so that none is missed."""
        if graph.startswith("@"):
            return
        for id in new:
            if not own(id):
                doc = Touch(id=graph_doc_id("g~", graph), pk=touch_pk(id), node=id, graph=graph)
                with suppress(Conflict):
                    self.documents.put(LINEAGE, dump(doc), create=True)

    def _announce(self, graph: str) -> None:
        if graph in self._known:
            return
        with suppress(Conflict):
            doc = Graph(id=graph_doc_id("", graph), pk=GRAPHS, graph=graph)
            self.documents.put(LINEAGE, dump(doc), create=True)
        self._known.add(graph)


def _changes(
    graph: str,
    state: Facts,
    known_nodes: Mapping[str, Node],
    known_edges: Mapping[EdgeKey, Edge],
    docs: Mapping[str, Doc],
) -> Iterator[Op]:
    """Yield what has to be written to make the store hold ``state``."""
    for id, node in state.nodes.items():
        before = known_nodes.get(id)
        if node == before:
            continue
        yield _write(node, docs)
        moved = before is None or (before.job, before.start) != (node.job, node.start)
        if moved and node.job is not None and node.start is not None:
            yield Upsert(
                dump(
                    Pointer(id=pointer_id(node.job, node.start, id), pk=graph, job=node.job, node=id, start=node.start)
                )
            )
    for key, edge in state.edges.items():
        known = known_edges.get(key)
        if edge == known:
            continue
        yield _write(edge, docs)
        if edge.rel == "uses" and (known is None or known.last != edge.last):
            yield Upsert(dump(pointer_to_use(graph, edge)))


def pointer_to(graph: str, node: Node) -> Pointer | None:
    """Return what leads from a job to one of its runs by time; None where either is not known."""
    if node.job is None or node.start is None:
        return None
    id = pointer_id(node.job, node.start, node.node)
    return Pointer(id=id, pk=graph, job=node.job, node=node.node, start=node.start)


def pointer_to_use(graph: str, edge: Edge) -> Pointer:
    """Return what leads from a dataset to a run that read it by time."""
    id = use_id(edge.src, edge.last, edge.dst)
    return Pointer(id=id, pk=graph, job=edge.src, node=edge.dst, start=edge.last)


def _write(document: Node | Edge, docs: Mapping[str, Doc]) -> Op:
    doc = docs.get(document.id)
    return Create(dump(document)) if doc is None else Replace(dump(document), doc["_etag"])


@dataclass(slots=True)
class GraphReader(Reader):
    """Graphs read as one; the first is a model's, or the only one. ``read`` counts the documents that were read."""

    documents: DocumentStore
    graphs: tuple[str, ...]
    read: int = 0
    _nodes: dict[str, Node | None] = field(default_factory=dict)

    @override
    def nodes(self, ids: Iterable[str]) -> Mapping[str, Node]:
        wanted = list(dict.fromkeys(ids))
        missing = [id for id in wanted if id not in self._nodes]
        self._nodes.update(dict.fromkeys(missing))
        for graph in self.graphs:
            here = [node_doc_id(id) for id in missing if not graph.startswith("@") or _shared(id)]
            for doc in _read(self.documents, graph, here):
                self.read += 1
                found = parse(Node, doc)
                known = self._nodes[found.node]
                self._nodes[found.node] = found if known is None else merge_nodes(known, found)
        return {id: node for id in wanted if (node := self._nodes[id]) is not None}

    @override
    def edges(self, keys: Iterable[EdgeKey]) -> Mapping[EdgeKey, Edge]:
        ids, found = [edge_doc_id(*key) for key in keys], dict[EdgeKey, Edge]()
        for graph in self.graphs:
            for doc in _read(self.documents, graph, ids):
                self.read += 1
                edge = parse(Edge, doc)
                key = EdgeKey(edge.src, edge.rel, edge.dst)
                found[key] = merge_edges(found[key], edge) if key in found else edge
        return found

    @override
    def history(
        self,
        job: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 20,
        earliest: bool = False,
    ) -> Sequence[Node]:
        pointed = self._pointed(pointer_prefix(job), since, until, limit + _MOVED, earliest=earliest)
        runs = [node for node in self.nodes(pointed).values() if node.job == job]
        return began(runs, since, until, limit, earliest=earliest)

    @override
    def newest(self, asked: Sequence[tuple[str, datetime]]) -> Sequence[Node | None]:
        pointed = {(job, time): self._pointed(pointer_prefix(job), None, time, 1) for job, time in asked}
        nodes = self.nodes(id for found in pointed.values() for id in found)
        made: dict[tuple[str, datetime], Node | None] = {}
        for (job, time), found in pointed.items():
            # A pointer of a run that began earlier than once thought leads to it, but not to its time.
            moved = any(id not in nodes or (nodes[id].job, nodes[id].start) != (job, at) for id, at in found.items())
            runs = (
                self.history(job, until=time, limit=1) if moved else began([nodes[id] for id in found], None, time, 1)
            )
            made[job, time] = next(iter(runs), None)
        return [made[one] for one in asked]

    @override
    def users(self, dataset: str, since: datetime, until: datetime | None, limit: int) -> Sequence[tuple[str, Link]]:
        pointed = self._pointed(use_prefix(dataset), since, until, limit + _MOVED)
        return used_in(self._uses(dataset, list(pointed)), since, until)[:limit]

    def _uses(self, dataset: str, runs: Sequence[str]) -> Iterator[Link]:
        """Yield how each run read a dataset: as the run itself has it, else by the edge."""
        left = []
        for run, node in self.nodes(runs).items():
            link = next((one for one in node.into if (one.rel, one.node) == ("uses", dataset)), None)
            if link is None:
                left.append(EdgeKey(dataset, "uses", run))
            else:
                yield link._replace(node=run)
        for key, edge in self.edges(left).items():
            yield link_to(key.dst, edge)

    def _pointed(
        self, prefix: str, since: datetime | None, until: datetime | None, limit: int, *, earliest: bool = False
    ) -> dict[str, datetime]:
        """Return the nodes that pointers of this time (inclusive) lead to, and the time each says."""
        first = None if since is None else f"{prefix}{fact_stamp(since)}"
        last = None if until is None else f"{prefix}{fact_stamp(until + timedelta(microseconds=1))}"
        where: list[Filter] = [("id", "prefix", prefix)]
        where += [] if first is None else [("id", "ge", first)]
        where += [] if last is None else [("id", "lt", last)]
        found: dict[str, datetime] = {}
        for graph in self.graphs:
            page = self.documents.query(LINEAGE, graph, where, desc=not earliest, limit=min(limit, _POINTERS))
            self.read += len(page.docs)
            found |= {doc["node"]: datetime.fromisoformat(doc["start"]) for doc in page.docs}
        return found


def observed_graphs(documents: DocumentStore) -> list[str]:
    """Return the graphs of sources, by name."""
    page = documents.query(LINEAGE, GRAPHS, [("id", "prefix", "@")], limit=_GRAPHS_AT_ONCE)
    return [doc["graph"] for doc in page.docs]


def touching(documents: DocumentStore, id: str) -> tuple[list[str], bool]:
    """Return the models whose graphs hold a shared node, and whether there are more."""
    page = documents.query(LINEAGE, touch_pk(id), limit=_GRAPHS_AT_ONCE)
    return [doc["graph"] for doc in page.docs], page.cursor is not None


def forget_touch(documents: DocumentStore, graph: str, id: str) -> None:
    """Take back that a model's graph holds a shared node."""
    if not own(id):
        documents.delete(LINEAGE, touch_pk(id), graph_doc_id("g~", graph))


def own(id: str) -> bool:
    """Say whether a node belongs to one model, so that no other graph can hold it."""
    return id.partition(":")[2].startswith("bellwether")


def _shared(id: str) -> bool:
    """Say whether a source may know of a node: of what is a model's own, only of the model itself."""
    return not own(id) or id.startswith(f"{NodeKind.MODEL}:")


def touch_pk(id: str) -> str:
    """Return the partition that names the graphs holding a node."""
    return f"i~{node_hash(id)}"


def graph_doc_id(prefix: str, graph: str) -> str:
    """Return the id of a document named after a graph."""
    return prefix + graph.replace("/", "~")


def _read(documents: DocumentStore, graph: str, ids: Sequence[str]) -> Iterator[Doc]:
    if len(ids) == 1:  # a point read costs a third of a query
        doc = documents.get(LINEAGE, graph, ids[0])
        yield from () if doc is None else (doc,)
        return
    for few in _portions(list(ids), _IDS_AT_ONCE):
        yield from documents.query(LINEAGE, graph, [("id", "in", list(few))], limit=_IDS_AT_ONCE).docs


def _portions(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
