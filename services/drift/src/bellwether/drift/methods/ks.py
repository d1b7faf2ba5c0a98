"""Kolmogorov-Smirnov distance."""

import math

from scipy import special

from bellwether.contracts import Lines
from bellwether.drift.kolmogorov import kolmogorov_sf
from bellwether.drift.methods.base import DriftMethod, Measurement, NullLaw
from bellwether.drift.methods.nulls import POWER
from bellwether.drift.pairs import Pair


def ks(pair: Pair) -> Measurement:
    """Return sup |F - G| of the two empirical distributions of finite values, in [0, 1].

    Equal values are stepped together, so ties need no correction. Exact when the window was profiled from its
    rows; of a merged window the value is the proven lower end, within the largest inner mass of a fine bin.
    The p-value is that of scipy's ``method="asymp"`` at every size.
    """
    if pair.distances is None:
        return Measurement(None, reason=pair.empty or "no_finite_values")
    low, high = pair.distances.ks
    p_value = kolmogorov_sf(low, round(pair.distances.h))
    return Measurement(low, p_value, 1, bounds=None if low == high else (low, high))


def _floor(alpha: float, h: float, _df: int) -> float:
    return min(1.0, math.sqrt(-math.log(alpha / 2) / (2 * h)))


def _detectable(alpha: float, h: float, df: int) -> float:
    """Floor plus the spread of the difference at one point, at most 0.5 / sqrt(h): an upper bound."""
    return min(1.0, _floor(alpha, h, df) + float(special.ndtri(POWER)) * 0.5 / math.sqrt(h))


METHOD = DriftMethod(
    slug="ks",
    title="Kolmogorov-Smirnov distance",
    kinds=("numeric",),
    measure=ks,
    unit="",
    limits=(0.0, 1.0),
    lines=Lines(watch=0.1, act=0.2),
    definition="sup |F - G|",
    source="Smirnov (1939); scipy.stats.ks_2samp(method='asymp')",
    law=NullLaw(floor=_floor, detectable=_detectable),
)
