"""Population stability index."""

import numpy as np

from bellwether.contracts import Lines
from bellwether.drift.methods.base import DriftMethod, Floats, Measurement, NullLaw
from bellwether.drift.methods.nulls import chi2_isf, detectable_chi2, homogeneity_p
from bellwether.drift.pairs import Pair

FLOOR = 1e-4
"""Smallest share that enters the logarithm; nothing is renormalised after it."""


def psi(pair: Pair) -> Measurement:
    """Return the population stability index over the reference's bins and the missing bin, in nats, >= 0.

    Shares below 1e-4 are raised to it, so an empty bin cannot dominate. Without drift h PSI is near chi-squared
    with bins - 1 degrees of freedom, so its mean is (bins - 1) / h. The p-value is that of the chi-squared test.
    """
    if pair.empty:
        return Measurement(None, reason=pair.empty)
    parts = terms(*pair.shares)
    return Measurement(float(parts.sum()), homogeneity_p(pair), pair.occupied - 1, parts)


def terms(p: Floats, q: Floats) -> Floats:
    """Return (q - p) ln(q / p) of each bin, shares floored."""
    a, b = np.maximum(p, FLOOR), np.maximum(q, FLOOR)
    return np.asarray((b - a) * np.log(b / a))


METHOD = DriftMethod(
    slug="psi",
    title="Population stability index",
    kinds=("numeric", "categorical", "boolean"),
    measure=psi,
    unit="nats",
    limits=(0.0, None),
    lines=Lines(watch=0.1, act=0.25),
    definition="sum (q - p) ln(q / p) over the reference's deciles or levels and missing, shares >= 1e-4",
    source="Siddiqi, Credit Risk Scorecards (2006); null law: Yurdakul and Naranjo (2020)",
    law=NullLaw(
        floor=lambda alpha, h, df: chi2_isf(alpha, df) / h,
        detectable=lambda alpha, h, df: detectable_chi2(alpha, df) / h,
    ),
)
