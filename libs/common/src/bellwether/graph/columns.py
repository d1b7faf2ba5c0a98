"""Which columns were made from which: facts of runs joined over datasets; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from bellwether.contracts import Edge, Evidence, Node, NodeKind
from bellwether.graph.walk import dataset_of


class Column(NamedTuple):
    """A column of a dataset, or a feature of a model (then ``name`` is its own)."""

    node: str
    name: str


class Made(NamedTuple):
    """A column was made from another, by a run."""

    source: Column
    target: Column
    by: str
    evidence: Evidence


@dataclass(slots=True)
class Columns:
    """Column facts, ready to be walked in both directions."""

    up: dict[Column, list[Made]] = field(default_factory=dict)
    down: dict[Column, list[Made]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether there is any fact."""
        return bool(self.up)

    def add(self, made: Made) -> None:
        """Add one fact."""
        self.up.setdefault(made.target, []).append(made)
        self.down.setdefault(made.source, []).append(made)

    def reached(self, starts: Iterable[Column], *, up: bool = True, most: int = 5000) -> dict[Column, int]:
        """Return the columns on the way from some, with their distance; breadth first."""
        found = dict.fromkeys(starts, 0)
        level = list(found)
        while level and len(found) < most:
            after: list[Column] = []
            for column in level:
                for made in (self.up if up else self.down).get(column, ()):
                    other = made.source if up else made.target
                    if other not in found:
                        found[other] = found[column] + 1
                        after.append(other)
            level = after
        return found

    def facts(self, found: Iterable[Column], *, up: bool = True) -> list[Made]:
        """Return the facts that lead on from some columns."""
        return sorted({made for column in found for made in (self.up if up else self.down).get(column, ())})


def columns_of(edges: Iterable[Edge]) -> Columns:
    """Return the column facts of edges to versions of datasets, between the datasets."""
    found = Columns()
    for edge in edges:
        target = dataset_of(edge.dst) if edge.dst.startswith(f"{NodeKind.DATASET_VERSION}:") else edge.dst
        for name, sources in edge.columns.items():
            for source, column in sources:
                if (source, column) != (target, name):
                    found.add(Made(Column(source, column), Column(target, name), edge.src, edge.evidence))
    return found


def schema(node: Node) -> Mapping[str, str]:
    """Return the columns of a version or dataset with their types; none where its source does not say."""
    said = node.attributes.get("columns")
    names = said.value if said is not None and isinstance(said.value, list) else []
    return {name: kind for text in names if isinstance(text, str) for name, _, kind in [text.partition(": ")]}
