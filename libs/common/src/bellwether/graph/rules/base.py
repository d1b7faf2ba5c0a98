"""What the rules of root cause share: a candidate, what is usual, who made what; pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Literal

from bellwether.contracts import Link, Node, NodeKind
from bellwether.graph.reading import Reader
from bellwether.graph.sentences import day, number, shortened, text_of
from bellwether.graph.walk import Hop, dataset_of

Rule = Literal[
    "failed_upstream",
    "stale_input",
    "late_producer",
    "missing_run",
    "row_count",
    "schema_change",
    "upstream_distribution",
    "promotion",
    "code_change",
]
Z = 6.0
"""Robust deviations from which a number is unusual."""
USUAL, FEWEST = 20, 5
"""Runs that tell what is usual: the newest before, and how many it takes."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a rule found. The way to it goes over ``anchor``, a node of the walk, and then ``beyond``.

    ``datasets`` are those it touches, ``ratio`` how many times the usual rows there are, ``columns`` those that
    changed.
    """

    rule: Rule
    node: Node
    sentence: str
    anchor: str
    distance: int
    at: datetime | None
    error: str | None = None
    beyond: tuple[Hop, ...] = ()
    datasets: frozenset[str] = frozenset()
    ratio: float | None = None
    columns: frozenset[str] = frozenset()


Found = Iterator[Candidate]


def first_failure(reader: Reader, run: Node) -> Node:
    """Return the first activity of a run that failed, or the run itself where none is told."""
    inside = reader.nodes([link.node for link in run.out if link.rel == "has_activity"])
    failed = [
        node for node in inside.values() if node.status in ("FAILED", "ABORTED") and not was_repeated(reader, node)
    ]
    failed.sort(key=lambda node: (node.status == "ABORTED", (node.start or node.last).timestamp(), node.node))
    return failed[0] if failed else run


def robust_z(value: float, usual: Sequence[float]) -> float:
    """Return how far a number is from the median of others, in normal deviations by their median distance from it.

    The median distance is taken to be at least 1 % of the median, so that a constant does not make all else unusual.
    Source: Iglewicz and Hoaglin (1993), How to detect and handle outliers (the modified z-score without its 0.6745).
    """
    middle = median(usual)
    spread = median(abs(one - middle) for one in usual)
    return abs(value - middle) / (1.4826 * max(spread, 0.01 * abs(middle), 1e-12))


def predecessors(reader: Reader, node: Node) -> list[Node]:
    """Return runs of the same job that succeeded before, or versions of the same dataset, newest first."""
    assert node.job is not None
    older = reader.history(node.job, until=node.start, limit=2 * USUAL)
    return [
        one
        for one in older
        if one.node != node.node and one.kind is node.kind and one.status in ("SUCCEEDED", "UNKNOWN")
    ][:USUAL]


def maker_of(reader: Reader, thing: Node) -> Node | None:
    """Return the newest run that generated a thing; None where none is known."""
    makers = reader.nodes([link.node for link in thing.into if link.rel == "generated"])
    return max(makers.values(), key=lambda node: (node.start or node.last, node.node), default=None)


def was_repeated(reader: Reader, node: Node) -> bool:
    """Say whether a later try of the same activity succeeded."""
    tries = reader.nodes([link.node for link in node.out if link.rel == "retry_of"])
    return any(one.status == "SUCCEEDED" or was_repeated(reader, one) for one in tries.values())


def rows_of(node: Node) -> int | None:
    """Return how many rows a version has or a run wrote."""
    name = "rows" if node.kind is NodeKind.DATASET_VERSION else "rows_written"
    return number(node, name)


def touched(reader: Reader, run: Node) -> frozenset[str]:
    """Return the datasets a run wrote or tried to, those of its activities included."""
    inside = reader.nodes([link.node for link in run.out if link.rel == "has_activity"])
    wrote = [link for one in (run, *inside.values()) for link in one.out if link.rel in ("generated", "attempted")]
    return frozenset(_as_dataset(link) for link in wrote if link.node.startswith("dataset"))


def _as_dataset(link: Link) -> str:
    return dataset_of(link.node) if link.node.startswith(f"{NodeKind.DATASET_VERSION}:") else link.node


def dataset(node: Node) -> frozenset[str]:
    """Return the dataset a version is of; nothing for anything else."""
    return frozenset({dataset_of(node.node)}) if node.kind is NodeKind.DATASET_VERSION else frozenset()


def hop_from(maker: Node, thing: Node) -> Hop:
    """Return the step from a run to what it generated."""
    link = next(one for one in thing.into if one.node == maker.node)
    return Hop(maker.node, link.rel, thing.node, link.evidence, link.first, link.last)


def when(node: Node) -> str:
    """Return the day of a run as it stands in a sentence."""
    return "" if node.start is None else f" on {day(node.start)}"


def because(node: Node) -> str:
    """Return the error of a run as it stands in a sentence."""
    error = text_of(node, "error")
    return f' with "{shortened(error)}"' if error else ""
