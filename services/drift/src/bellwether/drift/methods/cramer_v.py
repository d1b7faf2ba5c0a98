"""Cramer's V, balanced."""

import math

import numpy as np

from bellwether.contracts import Lines
from bellwether.drift.methods.base import DriftMethod, Measurement, NullLaw
from bellwether.drift.methods.nulls import chi2_isf, detectable_chi2, homogeneity_p
from bellwether.drift.pairs import Pair


def cramer_v(pair: Pair) -> Measurement:
    """Return Cramer's V as it would be with equally many rows on both sides, in [0, 1].

    So it does not depend on the ratio of the sample sizes; the plain sqrt(chi2 / N) stands beside it. The
    p-value is that of the chi-squared test. Without drift 4 h V^2 follows chi-squared with bins - 1 degrees
    of freedom.
    """
    if pair.empty:
        return Measurement(None, reason=pair.empty)
    p, q = pair.shares
    both = p + q
    parts = np.divide(np.square(p - q), both, out=np.zeros(p.size), where=both > 0) / 2
    plain = math.sqrt(pair.homogeneity[0] / (pair.n + pair.m))
    return Measurement(
        math.sqrt(min(1.0, float(parts.sum()))),
        homogeneity_p(pair),
        pair.occupied - 1,
        parts,
        beside={"plain": plain},
    )


METHOD = DriftMethod(
    slug="cramer_v",
    title="Cramer's V (balanced)",
    kinds=("numeric", "categorical", "boolean"),
    measure=cramer_v,
    unit="",
    limits=(0.0, 1.0),
    lines=Lines(watch=0.1, act=0.3),
    definition="sqrt(0.5 sum (p - q)^2 / (p + q))",
    source="Cramer (1946), Mathematical Methods of Statistics; scipy.stats.contingency.association at n = m",
    law=NullLaw(
        floor=lambda alpha, h, df: math.sqrt(chi2_isf(alpha, df) / (4 * h)),
        detectable=lambda alpha, h, df: math.sqrt(detectable_chi2(alpha, df) / (4 * h)),
    ),
)
