"""Wasserstein distance in standard deviations of the reference."""

import math

from bellwether.contracts import Lines
from bellwether.drift.methods.base import DriftMethod, Measurement
from bellwether.drift.pairs import Pair


def wasserstein(pair: Pair) -> Measurement:
    """Return integral |F - G| dx over the reference's standard deviation (ddof 0), in reference SDs, >= 0.

    Finite values only; the raw distance, in units of the column, stands beside it. A constant reference has
    no SD: then the value is None and the raw distance stays. It has no null law of its own and is gated by
    ks.
    """
    if pair.distances is None:
        return Measurement(None, reason=pair.empty or "no_finite_values")
    low, high = pair.distances.wasserstein
    sd = pair.distances.sd
    if not (math.isfinite(low) and math.isfinite(high) and math.isfinite(sd)):
        return Measurement(None, reason="out_of_range")
    if sd == 0:
        return Measurement(None, reason="constant_reference", beside={"raw": low})
    bounds = None if low == high else (low / sd, high / sd)
    return Measurement(low / sd, bounds=bounds, beside={"raw": low})


METHOD = DriftMethod(
    slug="wasserstein",
    title="Wasserstein distance",
    kinds=("numeric",),
    measure=wasserstein,
    unit="reference SD",
    limits=(0.0, None),
    lines=Lines(watch=0.1, act=0.3),
    definition="integral |F - G| dx / sd(reference)",
    source="Kantorovich (1942); scipy.stats.wasserstein_distance, divided by the SD of the reference",
    gate="ks",
)
