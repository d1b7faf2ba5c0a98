"""Total variation distance."""

import math

import numpy as np

from bellwether.contracts import Lines
from bellwether.drift.methods.base import DriftMethod, Measurement, NullLaw
from bellwether.drift.methods.nulls import chi2_isf, detectable_chi2, homogeneity_p
from bellwether.drift.pairs import Pair


def tvd(pair: Pair) -> Measurement:
    """Return the total variation distance, the share of rows that would have to change bin, in [0, 1].

    The largest single difference stands beside it as ``linf``. The p-value is that of the chi-squared test;
    floor and detectable value follow from it, since TVD <= sqrt(chi2 / (4 h)), so they are upper bounds.
    """
    if pair.empty:
        return Measurement(None, reason=pair.empty)
    p, q = pair.shares
    parts = np.abs(p - q) / 2
    beside = {"linf": float(2 * parts.max(initial=0.0))}
    return Measurement(min(1.0, float(parts.sum())), homogeneity_p(pair), pair.occupied - 1, parts, beside=beside)


METHOD = DriftMethod(
    slug="tvd",
    title="Total variation distance",
    kinds=("numeric", "categorical", "boolean"),
    measure=tvd,
    unit="",
    limits=(0.0, 1.0),
    lines=Lines(watch=0.1, act=0.2),
    definition="0.5 sum |p - q|",
    source="Levin and Peres, Markov Chains and Mixing Times (2017), 4.1",
    law=NullLaw(
        floor=lambda alpha, h, df: math.sqrt(chi2_isf(alpha, df) / (4 * h)),
        detectable=lambda alpha, h, df: math.sqrt(detectable_chi2(alpha, df) / (4 * h)),
    ),
)
