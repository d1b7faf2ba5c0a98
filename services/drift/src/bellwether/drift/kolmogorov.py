"""Tail of the Kolmogorov-Smirnov distance at any sample size, in constant time; pure.

Scipy sums n terms for it, of the order of half a second at half a million rows. The terms change slowly, so
quadrature over them gives the same value to 1e-12.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

Floats = NDArray[np.float64]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(256)
_ANGLES = (_NODES + 1) * np.pi / 4
_LARGE = 1_000
_CERTAIN = 0.02
"""n D^2 below which P(D <= distance) is less than the smallest difference from 1."""
_TAIL = (2.2, 370.0)
"""Range of n D^2 where scipy doubles the one-sided tail; above it the tail is 0."""


def kolmogorov_sf(distance: float, size: int) -> float:
    """Return P(D > ``distance``) of a sample of ``size``, in [0, 1]; equal to ``scipy.stats.kstwo.sf``."""
    size = max(size, 1)
    square = size * distance * distance
    if size >= _LARGE and square < _CERTAIN:
        return 1.0
    if size < _LARGE or distance >= 0.5 or not _TAIL[0] <= square < _TAIL[1]:
        return float(stats.kstwo.sf(distance, size))
    return float(min(1.0, 2 * _one_sided(distance, size)))


def _one_sided(x: float, n: int) -> float:
    """Return P(sup F_n - F > x) = x sum_j C(n, j) (x + j/n)^(j-1) (1 - x - j/n)^(n-j).

    Each term is a binomial probability of j, written with Stirling's series and the deviance, which lose no
    digits (Loader 2000), over (x + j/n). At both ends the terms vanish faster than any power, so their sum is
    n times the integral over j / n.
    """
    t = (1 - x) * np.sin(_ANGLES) ** 2
    weights = _WEIGHTS * (1 - x) * np.sin(2 * _ANGLES) * np.pi / 4
    j, shift = n * t, n * x
    rest = n - j
    deviance = j * np.log1p(-shift / (j + shift)) - rest * np.log1p(-np.minimum(shift / rest, 1 - 1e-16))
    log = _stirling(np.array([float(n)]))[0] - _stirling(j) - _stirling(rest) - deviance
    terms = np.exp(log) * np.sqrt(n / (2 * np.pi * j * rest)) / (t + x)
    return float(x * n * (weights * terms).sum())


def _stirling(k: Floats) -> Floats:
    """Return log k! - log(sqrt(2 pi k) (k / e)^k), k > 0."""
    large, small = np.maximum(k, 16.0), np.clip(k, 1e-300, 16.0)
    i = 1 / large
    i2 = i * i
    series = i * (1 / 12 - i2 * (1 / 360 - i2 * (1 / 1260 - i2 * (1 / 1680 - i2 / 1188))))
    direct = special.gammaln(small + 1) - (0.5 * np.log(2 * np.pi * small) + small * np.log(small) - small)
    return np.asarray(np.where(k < 16.0, direct, series))
