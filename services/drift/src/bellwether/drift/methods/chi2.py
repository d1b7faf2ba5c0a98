"""Chi-squared test of homogeneity."""

import numpy as np

from bellwether.drift.methods.base import DriftMethod, Measurement, NullLaw
from bellwether.drift.methods.nulls import chi2_isf, detectable_chi2, homogeneity_p
from bellwether.drift.pairs import Pair


def chi2(pair: Pair) -> Measurement:
    """Return Pearson's statistic of two samples over levels and missing, >= 0, without continuity correction.

    Both samples are samples: the reference is not taken as exact. Levels that expect fewer than 5 rows on the
    smaller side are pooled first. The statistic grows with the rows, so it is evidence, never an effect.
    """
    if pair.empty:
        return Measurement(None, reason=pair.empty)
    value, df = pair.homogeneity
    n, m = pair.n, pair.m
    share = (pair.reference + pair.current) / (n + m)
    gap = np.square(pair.reference / n - pair.current / m)
    parts = pair.h * np.divide(gap, share, out=np.zeros(gap.size), where=share > 0)
    return Measurement(value, homogeneity_p(pair), df, parts, beside={"levels": float(df + 1)})


METHOD = DriftMethod(
    slug="chi2",
    title="Chi-squared test",
    kinds=("numeric", "categorical", "boolean"),
    measure=chi2,
    unit="",
    limits=(0.0, None),
    lines=None,
    definition="sum (observed - expected)^2 / expected over the 2 x levels table",
    source="Pearson (1900); scipy.stats.chi2_contingency(correction=False)",
    law=NullLaw(
        floor=lambda alpha, _h, df: chi2_isf(alpha, df),
        detectable=lambda alpha, _h, df: detectable_chi2(alpha, df) + df,
    ),
)
