"""How often a job runs, and whether a run came late; pure."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from bellwether.contracts import Node

LATE = 1.5
"""A run is late when it came after so many usual intervals."""
SLACK = 0.05
"""Part of the usual interval by which a run may always be later."""
FEWEST = 5
"""Intervals it takes to know what is usual."""


def usual_interval_s(runs: Sequence[Node]) -> float | None:
    """Return the median time from start to start, in seconds; None with fewer than five intervals."""
    starts = sorted(node.start for node in runs if node.start is not None)
    gaps = [(b - a).total_seconds() for a, b in pairwise(starts)]
    return median(gaps) if len(gaps) >= FEWEST else None


def longest_usual_s(runs: Sequence[Node]) -> float | None:
    """Return after how many seconds without a run one is missing; None with fewer than five intervals.

    The median interval, and six robust deviations of the intervals on top, at least a twentieth of it.
    """
    starts = sorted(node.start for node in runs if node.start is not None)
    gaps = [(b - a).total_seconds() for a, b in pairwise(starts)]
    if len(gaps) < FEWEST:
        return None
    usual = median(gaps)
    return usual + max(6 * 1.4826 * median(abs(gap - usual) for gap in gaps), SLACK * usual)


def is_late(run: Node, before: Node | None, interval_s: float | None) -> bool:
    """Say whether a run came more than ``LATE`` usual intervals after the one before."""
    if before is None or interval_s is None or run.start is None or before.start is None:
        return False
    return (run.start - before.start).total_seconds() > LATE * interval_s
