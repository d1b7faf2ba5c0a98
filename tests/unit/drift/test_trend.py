"""Slopes, monotone trends and change points against scipy, and against series with a known place of change."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from scipy import stats

from bellwether.contracts import Trend
from bellwether.drift.trend import change_points, mann_kendall, split_counts, stretch, theil_sen, trend

START = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_slope_equals_scipy() -> None:
    g = np.random.default_rng(1)
    days = np.sort(g.random(40) * 90)
    values = 0.2 * days + g.standard_t(2, 40)
    assert theil_sen(days, values) == pytest.approx(stats.theilslopes(values, days).slope, rel=1e-12)
    assert theil_sen(np.zeros(5), np.arange(5.0)) == 0.0


@pytest.mark.parametrize("digits", [0, 1, 6])
def test_the_trend_test_agrees_with_kendalls_tau_on_the_order(digits: int) -> None:
    g = np.random.default_rng(2)
    values = np.round(0.05 * np.arange(60) + g.normal(size=60), digits)
    tau = stats.kendalltau(np.arange(60), values)
    # Scipy's asymptotic p has no continuity correction; undo ours to compare.
    assert mann_kendall(values) == pytest.approx(tau.pvalue, rel=0.05)
    assert mann_kendall(np.ones(20)) == 1.0


def test_a_step_is_found_where_it_is_and_noise_has_none() -> None:
    g = np.random.default_rng(3)
    values = np.r_[g.normal(0, 1, 40), g.normal(2.5, 1, 30)]
    (split,) = change_points(values)
    assert split.low <= 40 <= split.high
    assert abs(split.at - 40) <= 2
    false = sum(stretch(g.normal(size=40)) is not None for _ in range(200))
    assert false <= 200 * 0.01 + 3 * np.sqrt(200 * 0.01)


def test_an_incident_has_a_beginning_and_an_end() -> None:
    g = np.random.default_rng(4)
    values = np.r_[g.normal(5, 1, 30), g.normal(30, 1, 8), g.normal(5, 1, 30)]
    assert [split.at for split in change_points(values)] == [30, 38]


def test_a_distribution_changes_where_its_counts_do() -> None:
    g = np.random.default_rng(6)
    before, after = np.full(10, 0.1), np.array([0.14, 0.06, *[0.1] * 8])
    counts = np.array(
        [g.multinomial(2_000, before) for _ in range(25)] + [g.multinomial(500, after) for _ in range(15)]
    )
    split = split_counts(counts)
    assert split is not None
    assert split.low <= 25 <= split.high
    steady = np.array([g.multinomial(1_000, before) for _ in range(40)])
    assert split_counts(steady) is None


def test_a_trend_needs_eight_values() -> None:
    times = [START + timedelta(days=i) for i in range(20)]
    names = [str(i) for i in range(20)]
    assert trend(names[:7], times[:7], [float(i) for i in range(7)]) == Trend()
    found = trend(names, times, [None if i == 3 else 2.0 * i for i in range(20)])
    assert found.slope == pytest.approx(2.0)
    assert found.slope_p_value is not None
    assert found.slope_p_value < 1e-6
    assert trend(names, times, [4.0] * 20) == Trend(slope=0.0, slope_p_value=1.0)
