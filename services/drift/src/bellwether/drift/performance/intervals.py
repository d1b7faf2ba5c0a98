"""95 % intervals: Wilson for shares, DeLong for the area under the curve, the bootstrap for the rest."""

import math

import numpy as np
from scipy.stats import rankdata

from bellwether.drift.performance.base import Floats, Measure, Outcomes

Z = 1.959963984540054
"""97.5 % quantile of the normal distribution."""
RESAMPLES = 200


def wilson(hits: float, trials: float) -> tuple[float, float]:
    """Return the Wilson score interval of a share, in [0, 1].

    Source: Wilson (1927), J. Am. Stat. Assoc. 22; without continuity correction.
    """
    if trials <= 0:
        return 0.0, 1.0
    share, zz = hits / trials, Z * Z / trials
    centre = (share + zz / 2) / (1 + zz)
    half = Z / (1 + zz) * math.sqrt(share * (1 - share) / trials + zz / (4 * trials))
    return max(0.0, centre - half), min(1.0, centre + half)


def delong(score: Floats, label: Floats) -> tuple[float, float]:
    """Return the area under the ROC curve, in [0, 1], and its variance.

    Ties count a half. Source: DeLong et al. (1988), Biometrics 44, by midranks as in Sun and Xu (2014), IEEE Signal
    Processing Letters 21: O(n log n). Needs two rows of each class.
    """
    positive, negative = score[label == 1], score[label == 0]
    m, n = positive.size, negative.size
    together = rankdata(np.concatenate([positive, negative]))
    above = (together[:m] - rankdata(positive)) / n
    below = 1.0 - (together[m:] - rankdata(negative)) / m
    return float(above.mean()), float(above.var(ddof=1) / m + below.var(ddof=1) / n)


def bootstrap(outcomes: Outcomes, measure: Measure, seed: int = 0) -> tuple[float, float] | None:
    """Return the 2.5 % and 97.5 % quantiles over resampled rows; None where too few resamples have a value.

    Source: Efron (1979), percentile intervals; 200 resamples with a fixed seed, so a window always gets the same one.
    Above 20,000 rows a resample holds 20,000 and the half-widths are scaled by sqrt(20,000 / n).
    """
    rng, n = np.random.default_rng(seed), len(outcomes)
    size = min(n, 20_000)
    values = [measure(outcomes.rows(rng.integers(0, n, size))) for _ in range(RESAMPLES)]
    found = np.array([value for value in values if value is not None])
    if found.size < RESAMPLES // 2:
        return None
    low, high = np.quantile(found, [0.025, 0.975])
    if size == n:
        return float(low), float(high)
    centre, shrink = float(np.median(found)), math.sqrt(size / n)
    return centre - (centre - float(low)) * shrink, centre + (float(high) - centre) * shrink
