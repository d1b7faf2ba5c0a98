"""What walks and causes need of a graph, wherever it lies: nodes, edges, and the history of a job."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from typing_extensions import override

from bellwether.contracts import Edge, Link, Node
from bellwether.graph.facts import EdgeKey, Facts
from bellwether.graph.merge import link_to, newest_first


class Reader(Protocol):
    """A graph that can be asked."""

    def nodes(self, ids: Iterable[str]) -> Mapping[str, Node]:
        """Return those of these nodes that are there."""

    def edges(self, keys: Iterable[EdgeKey]) -> Mapping[EdgeKey, Edge]:
        """Return those of these edges that are there."""

    def history(
        self,
        job: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 20,
        earliest: bool = False,
    ) -> Sequence[Node]:
        """Return the runs of a job, or versions of a dataset, that began in this time (inclusive).

        The newest ones and newest first, or the earliest and earliest first.
        """

    def newest(self, asked: Sequence[tuple[str, datetime]]) -> Sequence[Node | None]:
        """Return for each job or dataset, and time, its newest run or version that began by then."""

    def users(self, dataset: str, since: datetime, until: datetime | None, limit: int) -> Sequence[tuple[str, Link]]:
        """Return the runs that read a dataset from ``since`` to before ``until``, the newest first, each with how."""


@dataclass(frozen=True, slots=True)
class FactsReader(Reader):
    """Facts at hand."""

    facts: Facts
    _jobs: dict[str, list[Node]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Sort the nodes by their jobs."""
        for node in self.facts.nodes.values():
            if node.job is not None and node.start is not None:
                self._jobs.setdefault(node.job, []).append(node)

    @override
    def nodes(self, ids: Iterable[str]) -> Mapping[str, Node]:
        return {id: self.facts.nodes[id] for id in ids if id in self.facts.nodes}

    @override
    def edges(self, keys: Iterable[EdgeKey]) -> Mapping[EdgeKey, Edge]:
        return {key: self.facts.edges[key] for key in keys if key in self.facts.edges}

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
        return began(self._jobs.get(job, ()), since, until, limit, earliest=earliest)

    @override
    def newest(self, asked: Sequence[tuple[str, datetime]]) -> Sequence[Node | None]:
        return [next(iter(self.history(job, until=time, limit=1)), None) for job, time in asked]

    @override
    def users(self, dataset: str, since: datetime, until: datetime | None, limit: int) -> Sequence[tuple[str, Link]]:
        edges = [edge for edge in self.facts.edges.values() if (edge.src, edge.rel) == (dataset, "uses")]
        return used_in((link_to(edge.dst, edge) for edge in edges), since, until)[:limit]


def began(
    nodes: Iterable[Node], since: datetime | None, until: datetime | None, limit: int, *, earliest: bool = False
) -> list[Node]:
    """Return nodes that began in a time, newest or earliest first."""
    found = [
        (node.start, node.node, node)
        for node in nodes
        if node.start is not None and (since is None or since <= node.start) and (until is None or node.start <= until)
    ]
    return [node for _, _, node in sorted(found, key=lambda one: one[:2], reverse=not earliest)[:limit]]


def used_in(links: Iterable[Link], since: datetime, until: datetime | None) -> list[tuple[str, Link]]:
    """Return the runs at the other end of links that were used in a time, the newest first."""
    found = [link for link in links if since <= link.last and (until is None or link.last < until)]
    return [(link.node, link) for link in sorted(found, key=newest_first)]
