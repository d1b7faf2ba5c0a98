"""Mann-Whitney effect."""

import math

import numpy as np
from scipy import special

from bellwether.contracts import Lines
from bellwether.drift.methods.base import DriftMethod, Measurement, NullLaw
from bellwether.drift.methods.nulls import POWER
from bellwether.drift.pairs import Counts, Pair


def mwu(pair: Pair) -> Measurement:
    """Return |2 AUC - 1|, AUC the chance that a value of the batch beats one of the reference, in [0, 1].

    Equal values count half. 0: neither side tends to be larger; so a change of spread alone is not seen. ``auc``
    stands beside it. The p-value is two-sided, corrected for ties and continuity. Of profiles, values inside one fine
    bin count as ties; ``bounds`` says how far the value can be from that of the rows.
    """
    ranks = pair.ranks
    if ranks is None:
        return Measurement(None, reason=pair.empty or "no_finite_values")
    n, m = ranks.n, ranks.m
    before = np.cumsum(ranks.reference) - ranks.reference
    wins = float((ranks.current * (before + ranks.reference / 2)).sum())
    auc = wins / (n * m)
    value = min(1.0, abs(2 * auc - 1))
    slack = ranks.blurred / (n * m)
    bounds = (max(0.0, value - slack), min(1.0, value + slack)) if slack else None
    return Measurement(
        value, _p_value(wins, n, m, ranks.reference + ranks.current), 1, bounds=bounds, beside={"auc": auc}
    )


def _p_value(wins: float, n: int, m: int, totals: Counts) -> float:
    """Two-sided tail of the normal law of U, with its correction for ties and for continuity."""
    size = n + m
    t = totals.astype(np.float64)
    ties = float((t**3 - t).sum()) / (size * (size - 1)) if size > 1 else 0.0
    spread = math.sqrt(max(0.0, n * m / 12 * (size + 1 - ties)))
    if spread == 0:
        return 1.0
    z = (max(wins, n * m - wins) - n * m / 2 - 0.5) / spread
    return float(min(1.0, 2 * special.ndtr(-z)))


def _sd(h: float) -> float:
    """Standard deviation of 2 AUC - 1 without drift."""
    return 1 / math.sqrt(3 * h)


METHOD = DriftMethod(
    slug="mwu",
    title="Mann-Whitney effect",
    kinds=("numeric",),
    measure=mwu,
    unit="",
    limits=(0.0, 1.0),
    lines=Lines(watch=0.1, act=0.3),
    definition="|2 AUC - 1|, AUC = U / (n m)",
    source="Mann and Whitney (1947); scipy.stats.mannwhitneyu(method='asymptotic')",
    law=NullLaw(
        floor=lambda alpha, h, _df: min(1.0, float(special.ndtri(1 - alpha / 2)) * _sd(h)),
        detectable=lambda alpha, h, _df: min(1.0, float(special.ndtri(1 - alpha / 2) + special.ndtri(POWER)) * _sd(h)),
    ),
)
