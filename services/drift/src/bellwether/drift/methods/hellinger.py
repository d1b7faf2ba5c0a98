"""Hellinger distance."""

import math

import numpy as np

from bellwether.contracts import Lines
from bellwether.drift.methods.base import DriftMethod, Floats, Measurement, NullLaw
from bellwether.drift.methods.nulls import chi2_isf, detectable_chi2, homogeneity_p
from bellwether.drift.pairs import Pair


def hellinger(pair: Pair) -> Measurement:
    """Return the Hellinger distance over the reference's bins and the missing bin, in [0, 1].

    An empty bin needs no floor. Without drift 8 h H^2 is near chi-squared with bins - 1 degrees of freedom, for
    small effects. The p-value is that of the chi-squared test.
    """
    if pair.empty:
        return Measurement(None, reason=pair.empty)
    parts = terms(*pair.shares)
    return Measurement(math.sqrt(min(1.0, float(parts.sum()))), homogeneity_p(pair), pair.occupied - 1, parts)


def terms(p: Floats, q: Floats) -> Floats:
    """Return what each bin adds to the squared distance: (sqrt p - sqrt q)^2 / 2."""
    return np.asarray(np.square(np.sqrt(p) - np.sqrt(q)) / 2)


METHOD = DriftMethod(
    slug="hellinger",
    title="Hellinger distance",
    kinds=("numeric", "categorical", "boolean"),
    measure=hellinger,
    unit="",
    limits=(0.0, 1.0),
    lines=Lines(watch=0.1, act=0.2),
    definition="sqrt(1 - sum sqrt(p q))",
    source="Hellinger (1909); Le Cam, Asymptotic Methods in Statistical Decision Theory (1986)",
    law=NullLaw(
        floor=lambda alpha, h, df: math.sqrt(chi2_isf(alpha, df) / (8 * h)),
        detectable=lambda alpha, h, df: math.sqrt(detectable_chi2(alpha, df) / (8 * h)),
    ),
)
