"""Cramer-von Mises test."""

import math

import numpy as np
from scipy import optimize, special

from bellwether.drift.methods.base import DriftMethod, Measurement, NullLaw
from bellwether.drift.pairs import Pair

_CERTAIN = 0.003
"""Value of the limit law below which its tail is 1 to the last digit."""


def cvm(pair: Pair) -> Measurement:
    """Return the two-sample statistic T, >= 0, which luck alone keeps near 1/6 whatever the rows.

    T grows with the rows, so it is evidence, never an effect. The p-value is that of the limit law, with mean and
    variance corrected for the sizes. Equal values are stepped together, and then the p-value errs on the safe side:
    with mean ranks instead, as scipy has it, T counts the ties themselves and calls samples of few distinct values
    different whatever they are. Of profiles, values inside one fine bin count as equal.
    """
    ranks = pair.ranks
    if ranks is None:
        return Measurement(None, reason=pair.empty or "no_finite_values")
    n, m = float(ranks.n), float(ranks.m)
    gap = np.cumsum(ranks.reference) / n - np.cumsum(ranks.current) / m
    value = float(((ranks.reference + ranks.current) * np.square(gap)).sum() * n * m / (n + m) ** 2)
    return Measurement(value, _p_value(value, n, m), 1)


def _p_value(value: float, n: float, m: float) -> float:
    size, product = n + m, n * m
    mean = (1 + 1 / size) / 6
    variance = (size + 1) * (4 * product * size - 3 * (n * n + m * m) - 2 * product) / (45 * size**2 * 4 * product)
    if variance <= 0:
        return 1.0
    return limit_sf(1 / 6 + (value - mean) / math.sqrt(45 * variance))


def limit_sf(x: float) -> float:
    """Return the tail of the limit law of T, in [0, 1]. Source: Csorgo and Faraway (1996), formula 1.2."""
    if x < _CERTAIN:
        return 1.0
    k = np.arange(60)
    y = 4 * k + 1
    q = y**2 / (16 * x)
    weight = np.exp(special.gammaln(k + 0.5) - special.gammaln(k + 1)) / (np.pi**1.5 * math.sqrt(x))
    # exp(-q) K(q) = exp(-2 q) times the scaled function, which does not underflow.
    terms = weight * np.sqrt(y) * np.exp(-2 * q) * special.kve(0.25, q)
    return float(np.clip(1 - terms.sum(), 0.0, 1.0))


def _floor(alpha: float, _h: float, _df: int) -> float:
    return float(optimize.brentq(lambda x: limit_sf(x) - alpha, 0.01, 10.0))


METHOD = DriftMethod(
    slug="cvm",
    title="Cramer-von Mises test",
    kinds=("numeric",),
    measure=cvm,
    unit="",
    limits=(0.0, None),
    lines=None,
    definition="T = n m / (n + m)^2 sum (F - G)^2 over both samples",
    source="Anderson (1962), Ann. Math. Stat. 33; scipy.stats.cramervonmises_2samp(method='asymptotic')",
    law=NullLaw(floor=_floor),
)
