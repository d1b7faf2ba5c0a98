"""How facts become one state: commutative, associative, idempotent; pure.

So facts may arrive late, twice and in any order, on any number of workers: every order ends in the same graph.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from bellwether.contracts import MOST_LINKS, Attribute, ColumnMap, Edge, Evidence, Link, Node, RunStatus
from bellwether.graph.facts import MOST_COLUMNS, EdgeKey, Facts, derived

RANK: dict[RunStatus, int] = {"UNKNOWN": 0, "QUEUED": 1, "RUNNING": 2, "SUCCEEDED": 3, "FAILED": 3, "ABORTED": 3}
"""A status of higher rank stands whenever it arrives; of equal ranks the later one by the source's clock."""
STRENGTH: dict[Evidence, int] = {"exact": 3, "bridge": 2, "inferred": 1, "unresolved": 0}
_NO_LINKS = {"into": (), "out": (), "into_total": 0, "out_total": 0}
_NEVER = datetime.min.replace(tzinfo=UTC)

T = TypeVar("T")


def merge_nodes(a: Node, b: Node) -> Node:
    """Return what two states of one node say together; it lies in the graph of the first."""
    status = max((a, b), key=lambda one: (RANK[one.status], one.status_at or _NEVER, one.status))
    return derived(
        a.model_copy(
            update={
                "status": status.status,
                "status_at": status.status_at,
                "start": _least(a.start, b.start),
                "end": _most(a.end, b.end),
                "last": max(a.last, b.last),
                "seen": min(a.seen, b.seen),
                "stub": a.stub and b.stub,
                "deleted_at": _most(a.deleted_at, b.deleted_at),
                "clock_skew_s": _most(a.clock_skew_s, b.clock_skew_s),
                "attributes": _attributes(a.attributes, b.attributes),
                "into": merge_links(a.into, b.into),
                "out": merge_links(a.out, b.out),
                "into_total": max(a.into_total, b.into_total),
                "out_total": max(a.out_total, b.out_total),
            }
        )
    )


def merge_edges(a: Edge, b: Edge) -> Edge:
    """Return what two states of one edge say together."""
    return a.model_copy(
        update={
            "first": min(a.first, b.first),
            "last": max(a.last, b.last),
            "seen": min(a.seen, b.seen),
            "evidence": max(a.evidence, b.evidence, key=STRENGTH.__getitem__),
            "columns": _columns(a.columns, b.columns),
            "attributes": _attributes(a.attributes, b.attributes),
        }
    )


def merge_links(a: Iterable[Link], b: Iterable[Link], most: int = MOST_LINKS) -> tuple[Link, ...]:
    """Return the newest links of both, newest first."""
    found: dict[tuple[str, str], Link] = {}
    for one in (*a, *b):
        key = (one.rel, one.node)
        found[key] = _same_link(found[key], one) if key in found else one
    return tuple(sorted(found.values(), key=newest_first)[:most])


def merge_facts(a: Facts, b: Facts) -> Facts:
    """Return what two sets of facts of one graph say together."""
    return add(a, b.nodes.values(), b.edges.values())


def add(facts: Facts, nodes: Iterable[Node], edges: Iterable[Edge]) -> Facts:
    """Return facts with more of them. Links and their totals follow from the edges, so those of ``nodes`` are not read.

    Both ends of every edge have to be among the nodes.
    """
    all_nodes, all_edges = dict(facts.nodes), dict(facts.edges)
    for node in nodes:
        bare = node.model_copy(update=_NO_LINKS)
        known = all_nodes.get(node.node)
        all_nodes[node.node] = bare if known is None else merge_nodes(known, bare)
    touched: dict[str, _Touched] = {}
    for edge in edges:
        key = EdgeKey(edge.src, edge.rel, edge.dst)
        known_edge = all_edges.get(key)
        merged = edge if known_edge is None else merge_edges(known_edge, edge)
        all_edges[key] = merged
        src, dst = touched.setdefault(edge.src, _Touched()), touched.setdefault(edge.dst, _Touched())
        src.out.append(link_to(merged.dst, merged))
        dst.into.append(link_to(merged.src, merged))
        if known_edge is None:
            src.new_out += 1
            dst.new_into += 1
    for id, more in touched.items():
        node = all_nodes[id]
        all_nodes[id] = node.model_copy(
            update={
                "into": merge_links(node.into, more.into),
                "out": merge_links(node.out, more.out),
                "into_total": node.into_total + more.new_into,
                "out_total": node.out_total + more.new_out,
            }
        )
    return Facts(all_nodes, all_edges)


@dataclass(slots=True)
class _Touched:
    """Links a node gains or renews, and how many edges are new."""

    into: list[Link] = field(default_factory=list)
    out: list[Link] = field(default_factory=list)
    new_into: int = 0
    new_out: int = 0


def link_to(other: str, edge: Edge) -> Link:
    """Return an edge as the node at one end holds it."""
    return Link(edge.rel, other, edge.first, edge.last, edge.seen, edge.evidence)


def canonical(value: object) -> str:
    """Return a JSON value as text that is the same for equal values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _attributes(a: Mapping[str, Attribute], b: Mapping[str, Attribute]) -> dict[str, Attribute]:
    found = dict(a)
    for name, one in b.items():
        found[name] = max(found[name], one, key=_newest) if name in found else one
    return dict(sorted(found.items()))


def _newest(one: Attribute) -> tuple[datetime, str, str]:
    return one.time, canonical(one.value), one.source


def _columns(a: ColumnMap, b: ColumnMap) -> ColumnMap:
    if not a or not b or a == b:
        return a or b
    names = sorted({*a, *b})[:MOST_COLUMNS]
    return {name: tuple(sorted({*a.get(name, ()), *b.get(name, ())})) for name in names}


def _same_link(a: Link, b: Link) -> Link:
    evidence = max(a.evidence, b.evidence, key=STRENGTH.__getitem__)
    return Link(a.rel, a.node, min(a.first, b.first), max(a.last, b.last), min(a.seen, b.seen), evidence)


def newest_first(one: Link) -> tuple[float, str, str]:
    """Return what links are sorted by: the newest first."""
    return -one.last.timestamp(), one.rel, one.node


def _least(a: T | None, b: T | None) -> T | None:
    found = [one for one in (a, b) if one is not None]
    return min(found, default=None)  # type: ignore[type-var]  # times or numbers


def _most(a: T | None, b: T | None) -> T | None:
    found = [one for one in (a, b) if one is not None]
    return max(found, default=None)  # type: ignore[type-var]  # times or numbers
