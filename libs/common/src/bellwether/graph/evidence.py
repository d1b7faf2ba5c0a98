"""Four tests of a candidate: is it new, do columns lead from it to what drifts, does its size fit, is the rest fine."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import NamedTuple

from bellwether.contracts import NodeKind
from bellwether.graph.case import Case
from bellwether.graph.columns import Column, Columns, columns_of, schema
from bellwether.graph.reading import Reader
from bellwether.graph.rules.base import FEWEST, USUAL, Candidate
from bellwether.graph.sentences import number
from bellwether.graph.walk import Walked, dataset_of

SIZE_FITS = 0.25
"""How far the ratio of a run's rows to the usual may be from that of the batch's, relatively."""


class Outcomes(NamedTuple):
    """The outcomes; None: a test cannot be made."""

    onset: bool | None = None
    column: bool | None = None
    size: bool | None = None
    siblings: bool | None = None


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the tests look at. ``reached``: the columns of datasets each feature comes from, where facts say so."""

    case: Case
    reached: dict[str, dict[Column, int]] = field(default_factory=dict)
    batch_ratio: float | None = None

    @classmethod
    def gather(cls, reader: Reader, walked: Walked, case: Case) -> "Grounds":
        """Read what the tests need."""
        keys = [
            key for key in walked.hops if key.rel == "generated" and key.dst.startswith(f"{NodeKind.DATASET_VERSION}:")
        ]
        facts = columns_of(reader.edges(keys).values())
        features = (*case.drifting, *case.fine)
        reached = {name: facts.reached(_scored(walked, facts, name)) for name in features}
        return cls(case, reached if facts else {}, _batch_ratio(reader, case))

    def tests(self, one: Candidate) -> Outcomes:
        """Return the outcomes for a candidate."""
        return Outcomes(self._onset(one.at), self._column(one), self._size(one), self._siblings(one))

    def features(self, one: Candidate) -> tuple[str, ...]:
        """Return the drifting features that columns lead to from a candidate."""
        return tuple(name for name in self.case.drifting if self._leads(one, name))

    def _onset(self, at: datetime | None) -> bool | None:
        if at is None or self.case.before is None:
            return None
        return self.case.before < at <= self.case.onset

    def _column(self, one: Candidate) -> bool | None:
        outcomes = [self._leads(one, name) for name in self.case.drifting]
        return None if None in outcomes or not outcomes else any(outcomes)

    def _siblings(self, one: Candidate) -> bool | None:
        """Say whether what does not come from a candidate is fine, and something that does is not."""
        apart = [name for name in (*self.case.drifting, *self.case.fine) if self._leads(one, name) is False]
        if not apart or not self._column(one):
            return None
        return not any(name in self.case.drifting for name in apart)

    def _size(self, one: Candidate) -> bool | None:
        if one.columns and self.reached:
            hit = {
                column.name
                for name in self.case.drifting
                for column in self.reached.get(name, {})
                if column.node in one.datasets
            }
            return bool(hit & one.columns) if hit else None
        if one.columns:
            return bool(one.columns & {*self.case.drifting})
        if one.ratio is None or self.batch_ratio is None:
            return None
        return abs(one.ratio - self.batch_ratio) <= SIZE_FITS * max(self.batch_ratio, one.ratio)

    def _leads(self, one: Candidate, feature: str) -> bool | None:
        """Say whether a feature comes from a dataset a candidate touches; None where no facts say where from."""
        columns = self.reached.get(feature)
        if not columns or not one.datasets:
            return None
        return any(column.node in one.datasets for column in columns)


def _scored(walked: Walked, facts: Columns, feature: str) -> Iterable[Column]:
    """Return the columns a feature was read from: those of its name in what was read nearest to the batch."""
    holders: dict[Column, int] = {}
    for id, distance in walked.up.items():
        node = walked.nodes.get(id)
        if node is None or node.kind is not NodeKind.DATASET_VERSION:
            continue
        column = Column(dataset_of(id), feature)
        if column in facts.up or feature in schema(node):
            holders[column] = min(distance, holders.get(column, distance))
    nearest = min(holders.values(), default=0)
    return [column for column, distance in holders.items() if distance == nearest]


def _batch_ratio(reader: Reader, case: Case) -> float | None:
    """Return how many times the usual rows the first bad batch has."""
    batch = reader.nodes([case.batch]).get(case.batch)
    rows = None if batch is None else number(batch, "rows")
    if batch is None or rows is None or batch.job is None:
        return None
    older = reader.history(batch.job, until=batch.start, limit=USUAL + 1)
    usual = [count for one in older if one.node != batch.node and (count := number(one, "rows")) is not None]
    return rows / max(median(usual), 1.0) if len(usual) >= FEWEST else None
