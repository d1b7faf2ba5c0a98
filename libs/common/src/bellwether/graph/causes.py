"""Likely causes of a bad report, ranked; pure.

Reachability alone misses the usual cause: a run that failed wrote nothing, so it is upstream of nothing. So beside
failures on the way up, what the way should have held is looked for: runs that failed, came late or did not come
between a version of a dataset and the run that read it. The scale of every rule and boost is in one table, set on
generated scenarios (``tests/bench/lineage``) of other seeds than those reported.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from types import MappingProxyType
from typing import Literal

from bellwether.contracts import Evidence, Node
from bellwether.graph.case import Case
from bellwether.graph.evidence import Grounds, Outcomes
from bellwether.graph.paths import weakest
from bellwether.graph.reading import Reader
from bellwether.graph.rules import RULES, Candidate, Rule
from bellwether.graph.walk import Bounds, Hop, Walked, walk

Strength = Literal["strong", "moderate", "weak"]
MOST = 10
"""Causes that are named."""
UP, LIMIT = 10, 1000
SEVERITY: dict[Rule, float] = {
    "failed_upstream": 100.0,
    "stale_input": 90.0,
    "late_producer": 80.0,
    "missing_run": 70.0,
    "row_count": 60.0,
    "schema_change": 50.0,
    "promotion": 40.0,
    "code_change": 25.0,
    "upstream_distribution": 8.0,
}
"""What was read shows most of the others as well: a changed distribution is named first where nothing else is."""
BOOST: dict[tuple[str, bool], float] = {
    ("onset", True): 1.25,
    ("onset", False): 0.2,
    ("column", True): 1.5,
    ("column", False): 0.3,
    ("size", True): 1.2,
    ("size", False): 0.8,
    ("siblings", True): 1.1,
    ("siblings", False): 0.7,
}
"""What the outcome of a test does to a score; a test that cannot be made leaves it as it is."""
DOUBT, MOST_DOUBTS = 0.6, 4
"""What each earlier incident does to a score in which people rejected a cause by the same rule and of the same job."""
Doubts = Mapping[tuple[str, str], int]
"""Rule and job to the number of incidents in which such a cause was rejected."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A likely cause. ``hops`` lead from the report to it; ``count`` failures of one job in a row are one.

    ``doubted``: incidents in which people rejected one like it.
    """

    node: Node
    rule: Rule
    sentence: str
    score: float
    strength: Strength
    tests: Outcomes
    distance: int
    error: str | None
    hops: tuple[Hop, ...]
    evidence: Evidence
    at: datetime | None
    features: tuple[str, ...]
    doubted: int = 0
    count: int = 1

    @property
    def like(self) -> tuple[str, str]:
        """What makes it like another one: the rule, and the job it is a run of."""
        return self.rule, self.node.job or self.node.node


@dataclass(frozen=True, slots=True)
class Causes:
    """What a search found. ``known`` is False where nothing is known of where the batch came from."""

    causes: tuple[Cause, ...]
    known: bool
    walked: Walked | None = field(repr=False, default=None)


def causes(reader: Reader, case: Case, known: datetime | None = None, doubts: Doubts = MappingProxyType({})) -> Causes:
    """Return the likely causes of the first bad report, the likeliest first."""
    bounds = Bounds(up=UP, down=0, limit=LIMIT, known=known)
    walked = walk(reader, case.report, bounds)
    if walked is None or not any(_is_origin(walked, id) for id in walked.up):
        return Causes((), known=False, walked=walked)
    grounds = Grounds.gather(reader, walked, case)
    found = [_weigh(one, grounds, walked, doubts) for rule in RULES for one in rule(reader, walked, case)]
    return Causes(tuple(_ranked(_in_rows(_best(found)))[:MOST]), known=True, walked=walked)


def _is_origin(walked: Walked, id: str) -> bool:
    """Say whether a node tells where a batch came from."""
    return id != walked.root and not id.startswith(("batch:", "reference:", "labels:", "profile:"))


def _weigh(one: Candidate, grounds: Grounds, walked: Walked, doubts: Doubts) -> Cause:
    tests = grounds.tests(one)
    doubted = doubts.get((one.rule, one.node.job or one.node.node), 0)
    score = SEVERITY[one.rule] / (1 + one.distance) * DOUBT ** min(doubted, MOST_DOUBTS)
    for name in ("onset", "column", "size", "siblings"):
        outcome = getattr(tests, name)
        score *= 1.0 if outcome is None else BOOST[name, outcome]
    passed = sum(outcome is True for outcome in (tests.onset, tests.column, tests.size, tests.siblings))
    hops = (*walked.path(one.anchor)[::-1], *one.beyond)
    return Cause(
        node=one.node,
        rule=one.rule,
        sentence=one.sentence,
        score=round(score, 3),
        strength="strong" if passed >= 3 else "moderate" if passed == 2 else "weak",
        tests=tests,
        distance=one.distance,
        error=one.error,
        hops=hops,
        evidence=weakest(list(hops)) or "exact",
        at=one.at,
        features=grounds.features(one),
        doubted=doubted,
    )


def _best(found: Iterable[Cause]) -> list[Cause]:
    """Return the best cause of each node."""
    best: dict[str, Cause] = {}
    for one in found:
        if one.node.node not in best or best[one.node.node].score < one.score:
            best[one.node.node] = one
    return list(best.values())


def _in_rows(found: list[Cause]) -> Iterator[Cause]:
    """Yield failures of one job by one rule as one: the first of them is the reason."""
    ordered = sorted(found, key=lambda one: (one.rule, one.node.job or one.node.node, _time(one), one.node.node))
    for _, group in groupby(ordered, key=lambda one: (one.rule, one.node.job or one.node.node)):
        row = list(group)
        if row[0].rule in ("failed_upstream", "stale_input"):
            yield replace(row[0], count=len(row), score=max(one.score for one in row))
        else:
            yield from row


def _ranked(found: Iterable[Cause]) -> list[Cause]:
    return sorted(found, key=lambda one: (-one.score, _time(one), one.node.node))


def _time(one: Cause) -> float:
    return one.at.timestamp() if one.at is not None else float("inf")
