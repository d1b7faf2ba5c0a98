"""What is normal between windows of a reference, and the lines it draws for a batch."""

import numpy as np
import pytest

from bellwether.explain.attribution import KNOWN_WATCH, WATCH, against_reference, normal, shares, total_variation

NAMES = ("a", "b", "c")
DAY = 86_400.0


def days(count: int, rows: int, spread: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Absolute contributions and times; ``spread``: how much the first feature's size differs from day to day."""
    rng = np.random.default_rng(seed)
    scale = np.repeat(np.exp(rng.normal(0, spread, count)), rows)
    size = np.abs(rng.normal(size=(count * rows, 3))) * [1.0, 1.0, 0.5]
    size[:, 0] *= scale
    return size, np.repeat(np.arange(count) * DAY, rows) + rng.uniform(0, DAY, count * rows)


def test_the_largest_is_that_of_a_window_against_the_others() -> None:
    size, times = days(20, 50, 0.3, 0)
    found = normal(size, times, DAY)
    assert found is not None
    window = (times - times.min()) // DAY
    by_hand = [total_variation(shares(size[window == w]), shares(size[window != w])) for w in np.unique(window)]
    counted = [tv for w, tv in zip(np.unique(window), by_hand, strict=True) if (window == w).sum() >= 30]
    assert found.largest == pytest.approx(max(counted))
    assert found.windows == len(counted)
    assert found.watch == pytest.approx(max(KNOWN_WATCH, np.mean(counted) + 3 * np.std(counted, ddof=1)))
    assert found.act > found.watch


def test_too_few_windows_or_none_say_nothing() -> None:
    size, times = days(20, 50, 0.3, 0)
    assert normal(size, times, 0.0) is None
    assert normal(size, times, 10 * DAY) is None
    assert normal(size, np.full(len(times), np.nan), DAY) is None


def test_days_that_always_differ_are_no_alarm_and_what_exceeds_them_is() -> None:
    size, times = days(60, 60, 0.4, 1)
    usual = normal(size, times, DAY)
    rng = np.random.default_rng(0)
    alarms = [0, 0]
    for seed in range(2, 42):
        day, _ = days(1, 300, 0.4, seed)
        alarms[0] += against_reference(size, day, NAMES, rng).status != "fine"
        alarms[1] += against_reference(size, day, NAMES, rng, usual).status != "fine"
    assert alarms[0] > 10, "exchangeable rows are assumed without the windows"
    assert alarms[1] <= 2
    changed, _ = days(1, 300, 0.0, 99)
    changed[:, 0] *= 10
    said = against_reference(size, changed, NAMES, rng, usual)
    assert (said.status, said.windows) == ("act", 60)
    assert said.threshold > WATCH
