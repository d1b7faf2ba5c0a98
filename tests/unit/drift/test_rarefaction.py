"""Repeats among fewer rows: equal to the mean over all subsets; no alarm by luck; found when rows are sent again."""

from collections import Counter
from itertools import combinations

import numpy as np
import pytest

from bellwether.contracts import Repeats
from bellwether.drift.quality import issues
from bellwether.drift.rarefaction import expected_repeats, share_of_repeats


def counted(rows: list[int]) -> Repeats:
    return tuple(sorted(Counter(Counter(rows).values()).items()))


@pytest.mark.parametrize("rows", [[1, 1, 1, 2, 2, 3, 4, 5, 5], [1] * 6 + [2], list(range(8))])
def test_it_is_the_mean_over_all_subsets(rows: list[int]) -> None:
    for size in range(1, len(rows) + 1):
        exact = np.mean([size - len(set(some)) for some in combinations(rows, size)])
        assert expected_repeats(counted(rows), size) == pytest.approx(float(exact), abs=1e-9)


def test_millions_of_rows_lose_no_digits() -> None:
    whole: Repeats = ((1, 900_000), (2, 50_000_000))
    n = 900_000 + 2 * 50_000_000
    half = n // 2
    pairs = 50_000_000 * (half / n) * ((half - 1) / (n - 1))
    assert expected_repeats(whole, half) == pytest.approx(pairs, rel=1e-6)
    assert expected_repeats(whole, n) == pytest.approx(50_000_000, rel=1e-9)


def test_a_longer_batch_of_the_same_repeats_more_and_that_is_nothing() -> None:
    g = np.random.default_rng(1)
    share = 1 / np.arange(1, 5_001)
    alarms = 0
    for _ in range(200):
        before, now = (counted(g.choice(5_000, n, p=share / share.sum()).tolist()) for n in (1_000, 8_000))
        pair = share_of_repeats(before, now)
        assert pair is not None
        assert pair[0][1] == pair[1][1] == 1_000
        alarms += bool(issues({}, [("repeated_rows", *pair)]))
    assert alarms == 0


def test_rows_sent_twice_are_found() -> None:
    g = np.random.default_rng(2)
    before = counted(g.integers(0, 10**6, 20_000).tolist())
    now = g.integers(0, 10**6, 5_000).tolist()
    pair = share_of_repeats(before, counted(now + now[:600]))
    assert pair is not None
    ((found,),) = issues({}, [("repeated_rows", *pair)]).values()
    assert (found.kind, found.status) == ("repeated_rows", "act")
    assert found.current == pytest.approx(600 / 5_600, abs=0.005)
    assert found.reference is not None
    assert found.reference < 0.005


def test_what_was_pushed_before_repeats_were_counted_says_nothing() -> None:
    assert share_of_repeats((), ((1, 5),)) is None
    assert share_of_repeats(((1, 5),), ()) is None
