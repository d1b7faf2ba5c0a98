"""What walks and causes need of a graph, wherever it lies: nodes, edges, and the history of a job."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from typing_extensions import override

from bellwether.contracts import Edge, Node
from bellwether.graph.facts import EdgeKey, Facts


class Reader(Protocol):
    """A graph that can be asked."""

    def nodes(self, ids: Iterable[str]) -> Mapping[str, Node]:
        """Return those of these nodes that are there."""

    def edges(self, keys: Iterable[EdgeKey]) -> Mapping[EdgeKey, Edge]:
        """Return those of these edges that are there."""

    def history(
        self, job: str, *, since: datetime | None = None, until: datetime | None = None, limit: int = 20
    ) -> Sequence[Node]:
        """Return the runs of a job, or versions of a dataset, that began in this time (inclusive), newest first."""


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
        self, job: str, *, since: datetime | None = None, until: datetime | None = None, limit: int = 20
    ) -> Sequence[Node]:
        return newest(self._jobs.get(job, ()), since, until, limit)


def newest(nodes: Iterable[Node], since: datetime | None, until: datetime | None, limit: int) -> list[Node]:
    """Return nodes that began in a time, newest first."""
    began = [
        (node.start, node.node, node)
        for node in nodes
        if node.start is not None and (since is None or since <= node.start) and (until is None or node.start <= until)
    ]
    return [node for _, _, node in sorted(began, key=lambda one: one[:2], reverse=True)[:limit]]
