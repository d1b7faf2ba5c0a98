"""What is normal: a metric over chunks of the reference, and whether a window is worse than that."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from bellwether.contracts import MetricValue
from bellwether.drift.performance.base import Metric
from bellwether.drift.performance.intervals import Z

CHUNKS = 20
_LEAST_CHUNKS = 5
_LEAST_ROWS = 200


@dataclass(frozen=True, slots=True)
class Normal:
    """Mean and spread of a metric over chunks of ``rows`` reference rows each, in the metric's unit."""

    mean: float
    spread: float
    rows: int

    def at(self, rows: int) -> float:
        """Return the spread to expect in a window of ``rows``: sampling alone widens it in smaller windows.

        A larger window is not held to a narrower band: what differs between chunks besides sampling stays.
        """
        return self.spread * math.sqrt(max(1.0, self.rows / max(1, rows)))


def chunks(rows: int) -> list[slice]:
    """Cut reference rows, in the order of time, into at most 20 chunks of at least 200 rows."""
    count = min(CHUNKS, rows // _LEAST_ROWS)
    if count < _LEAST_CHUNKS:
        return []
    edges = np.linspace(0, rows, count + 1).astype(int)
    return [slice(int(a), int(b)) for a, b in pairwise(edges)]


def normal(parts: Sequence[slice], measure: Callable[[slice], float | None]) -> Normal | None:
    """Measure every chunk; None with fewer than five values."""
    values = [value for part in parts if (value := measure(part)) is not None]
    if len(values) < _LEAST_CHUNKS:
        return None
    rows = int(np.median([part.stop - part.start for part in parts]))
    return Normal(float(np.mean(values)), float(np.std(values, ddof=1)), rows)


@dataclass(frozen=True, slots=True)
class Checked:
    """How far estimates were from the truth: root mean square over chunks of ``rows`` reference rows each."""

    error: float
    rows: int

    def interval(self, value: float, rows: int, low: float | None, high: float | None) -> tuple[float, float]:
        """Return the 95 % interval of an estimate for ``rows`` rows, within what the metric can be."""
        half = Z * self.error * math.sqrt(max(1.0, self.rows / max(1, rows)))
        ends = value - half, value + half
        return (ends[0] if low is None else max(low, ends[0])), (ends[1] if high is None else min(high, ends[1]))


def checked(
    parts: Sequence[slice], estimate: Callable[[slice], float | None], truth: Callable[[slice], float | None]
) -> Checked | None:
    """Hold estimates of reference chunks against their labels; None with fewer than five chunks that have both."""
    gaps = [
        found - real for part in parts if (found := estimate(part)) is not None and (real := truth(part)) is not None
    ]
    if len(gaps) < _LEAST_CHUNKS:
        return None
    rows = int(np.median([part.stop - part.start for part in parts]))
    return Checked(float(np.sqrt(np.mean(np.square(gaps)))), rows)


def judge(
    metric: Metric,
    value: float | None,
    rows: int,
    usual: Normal | None,
    interval: tuple[float, float] | None = None,
    reason: str | None = None,
) -> MetricValue:
    """Hold a value against what is normal: worse by two standard deviations is ``watch``, by three ``act``.

    ``act`` also needs evidence: the interval, where there is one, must leave out the normal value.
    """
    if value is None:
        return MetricValue(metric=metric.slug, value=None, reason=reason or "not_defined")
    if usual is None:
        return MetricValue(metric=metric.slug, value=value, interval=interval, reason="reference_too_small")
    spread = usual.at(rows)
    if metric.better == "zero":
        worse, sign = abs(value - usual.mean), 1.0 if value >= usual.mean else -1.0
    else:
        sign = -1.0 if metric.better == "higher" else 1.0
        worse = sign * (value - usual.mean)
    sure = interval is None or not interval[0] <= usual.mean <= interval[1]
    status = "act" if worse > 3 * spread and sure else "watch" if worse > 2 * spread else "fine"
    return MetricValue(
        metric=metric.slug,
        value=value,
        interval=interval,
        normal=usual.mean,
        watch=usual.mean + sign * 2 * spread,
        act=usual.mean + sign * 3 * spread,
        status=status,
    )
