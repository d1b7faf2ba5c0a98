"""Jensen-Shannon distance."""

import math

import numpy as np

from bellwether.contracts import Lines
from bellwether.drift.methods.base import DriftMethod, Floats, Measurement, NullLaw
from bellwether.drift.methods.nulls import chi2_isf, detectable_chi2, homogeneity_p
from bellwether.drift.pairs import Pair

_SCALE = 8 * math.log(2)


def js(pair: Pair) -> Measurement:
    """Return the Jensen-Shannon distance (base 2) over the reference's bins and the missing bin, in [0, 1].

    An empty bin needs no floor. 0: equal shares; 1: no bin in common. Without drift 8 ln(2) h JS^2 is near
    chi-squared with bins - 1 degrees of freedom. The p-value is that of the chi-squared test.
    """
    if pair.empty:
        return Measurement(None, reason=pair.empty)
    parts = terms(*pair.shares)
    return Measurement(math.sqrt(min(1.0, max(0.0, float(parts.sum())))), homogeneity_p(pair), pair.occupied - 1, parts)


def terms(p: Floats, q: Floats) -> Floats:
    """Return what each bin adds to the squared distance: (p log2(p / M) + q log2(q / M)) / 2, M the mean share."""
    middle = (p + q) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        left = np.where(p > 0, p * np.log2(p / middle), 0.0)
        right = np.where(q > 0, q * np.log2(q / middle), 0.0)
    return np.maximum((left + right) / 2, 0.0)


METHOD = DriftMethod(
    slug="js",
    title="Jensen-Shannon distance",
    kinds=("numeric", "categorical", "boolean", "text", "datetime"),
    measure=js,
    unit="",
    limits=(0.0, 1.0),
    lines=Lines(watch=0.1, act=0.2),
    definition="sqrt((KL2(p, M) + KL2(q, M)) / 2), M = (p + q) / 2, logarithms to base 2",
    source="Lin (1991), IEEE Trans. Inf. Theory 37; scipy.spatial.distance.jensenshannon(base=2)",
    law=NullLaw(
        floor=lambda alpha, h, df: math.sqrt(chi2_isf(alpha, df) / (_SCALE * h)),
        detectable=lambda alpha, h, df: math.sqrt(detectable_chi2(alpha, df) / (_SCALE * h)),
    ),
)
