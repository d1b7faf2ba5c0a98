"""The tail of the Kolmogorov-Smirnov distance against scipy."""

import math

import pytest
from scipy import stats

from bellwether.drift.kolmogorov import kolmogorov_sf


@pytest.mark.parametrize("size", [1, 2, 7, 100, 141, 999, 1_000, 1_414, 5_000, 50_000])
@pytest.mark.parametrize("square", [0.0, 0.01, 0.1, 0.5, 1.0, 2.19, 2.21, 3.0, 5.0, 10.0, 50.0, 200.0, 400.0])
def test_it_equals_scipy_at_every_size(size: int, square: float) -> None:
    distance = min(1.0, math.sqrt(square / size))
    expected = stats.kstwo.sf(distance, size)
    assert kolmogorov_sf(distance, size) == pytest.approx(expected, rel=1e-12, abs=1e-300)
