"""Energy distance in reference standard deviations."""

import math

import numpy as np

from bellwether.contracts import Lines
from bellwether.drift.methods.base import DriftMethod, Measurement
from bellwether.drift.pairs import Pair


def energy(pair: Pair) -> Measurement:
    """Return sqrt(2 integral (F - G)^2 dx / sd), sd the reference's (ddof 0), >= 0.

    Finite values only; the distance in the root of the column's unit stands beside it as ``raw``. A constant
    reference has no SD: then the value is None and the raw distance stays. A shift of a normal column by s SD gives
    0.75 s, which is where the lines are from. Gated by ks. Of profiles, values inside one fine bin stand at their
    mean.
    """
    ranks = pair.ranks
    if ranks is None or pair.distances is None:
        return Measurement(None, reason=pair.empty or "no_finite_values")
    gap = np.cumsum(ranks.reference) / ranks.n - np.cumsum(ranks.current) / ranks.m
    with np.errstate(over="ignore", invalid="ignore"):
        raw = math.sqrt(2 * float((np.square(gap[:-1]) * np.diff(ranks.values)).sum()))
    sd = pair.distances.sd
    if not (math.isfinite(raw) and math.isfinite(sd)):
        return Measurement(None, reason="out_of_range")
    if sd == 0:
        return Measurement(None, reason="constant_reference", beside={"raw": raw})
    return Measurement(raw / math.sqrt(sd), beside={"raw": raw})


METHOD = DriftMethod(
    slug="energy",
    title="Energy distance",
    kinds=("numeric",),
    measure=energy,
    unit="root of reference SD",
    limits=(0.0, None),
    lines=Lines(watch=0.075, act=0.225),
    definition="sqrt(2 integral (F - G)^2 dx / sd(reference))",
    source="Szekely and Rizzo (2013); scipy.stats.energy_distance, divided by the root of the reference's SD",
    gate="ks",
)
