"""Kullback-Leibler divergence."""

import numpy as np

from bellwether.contracts import Lines
from bellwether.drift.methods.base import DriftMethod, Floats, Measurement, NullLaw
from bellwether.drift.methods.nulls import chi2_isf, detectable_chi2, homogeneity_p
from bellwether.drift.methods.psi import FLOOR
from bellwether.drift.pairs import Pair


def kl(pair: Pair) -> Measurement:
    """Return the divergence of the batch from the reference over the bins and the missing bin, in nats, >= 0.

    Not symmetric: a bin the reference hardly has weighs much, one the batch lost hardly anything. Shares below 1e-4
    are raised to it. Without drift 2 h KL is near chi-squared with bins - 1 degrees of freedom; PSI is the sum of
    both directions, so the lines are half of its. The p-value is that of the chi-squared test.
    """
    if pair.empty:
        return Measurement(None, reason=pair.empty)
    p, q = (np.maximum(share, FLOOR) for share in pair.shares)
    value = max(0.0, float((q * np.log(q / p)).sum()))
    return Measurement(value, homogeneity_p(pair), pair.occupied - 1, terms(p, q))


def terms(p: Floats, q: Floats) -> Floats:
    """Return q ln(q / p) - q + p of each bin: >= 0, and in sum the divergence where both shares sum to 1."""
    return np.asarray(np.maximum(q * np.log(q / p) - q + p, 0.0))


METHOD = DriftMethod(
    slug="kl",
    title="Kullback-Leibler divergence",
    kinds=("numeric", "categorical", "boolean"),
    measure=kl,
    unit="nats",
    limits=(0.0, None),
    lines=Lines(watch=0.05, act=0.125),
    definition="sum q ln(q / p) over the reference's deciles or levels and missing, shares >= 1e-4",
    source="Kullback and Leibler (1951); scipy.special.rel_entr",
    law=NullLaw(
        floor=lambda alpha, h, df: chi2_isf(alpha, df) / (2 * h),
        detectable=lambda alpha, h, df: detectable_chi2(alpha, df) / (2 * h),
    ),
)
