"""Attribution drift: planted changes found and false alarms, on seeds that set no threshold (those were below 1,000).

Contributions are those of a boosted model on rows drawn anew for each window; a change is planted in the rows.
"""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats
from sklearn.ensemble import HistGradientBoostingClassifier

from bellwether.explain.attribution import against_reference
from bellwether.explain.flavours.sklearn import estimator_of
from bellwether.explain.trees.tables import PatternTables
from tests.bench.explain.contestants import FEATURES, Rows, answers, rows

pytestmark = pytest.mark.bench

SEEDS = range(10_000, 10_400)
NAMES = tuple(f"f{j}" for j in range(FEATURES))


@pytest.fixture(scope="module")
def kernel() -> PatternTables:
    x = rows(6_000, 10_000)
    model = HistGradientBoostingClassifier(max_iter=80, early_stopping=False).fit(x, answers(x, 1))
    return PatternTables(estimator_of(model).ensemble(0), rows(500, 10_001))


def stuck(x: Rows) -> Rows:
    x[:, 0] = 0.4
    return x


def unit(x: Rows) -> Rows:
    x[:, 3] *= 10
    return x


def shrunk(x: Rows) -> Rows:
    x[:, 0] *= 0.2
    return x


def swapped(x: Rows) -> Rows:
    x[:, [0, 20]] = x[:, [20, 0]] * [0.3, 1]
    return x


def alarms(kernel: PatternTables, n: int, change: Callable[[Rows], Rows] | None, seeds: range) -> int:
    reference = np.abs(kernel.attribute(rows(2_000, 10_002)))
    found = 0
    for seed in seeds:
        x = rows(n, seed)
        size = np.abs(kernel.attribute(x if change is None else change(x)))
        said = against_reference(reference, size, NAMES, np.random.default_rng(seed))
        found += said.status in ("watch", "act")
    return found


@pytest.mark.parametrize("n", [200, 500, 2_000])
def test_false_alarms(kernel: PatternTables, n: int, capsys: pytest.CaptureFixture[str]) -> None:
    found = alarms(kernel, n, None, SEEDS)
    high = stats.binomtest(found, len(SEEDS)).proportion_ci().high
    with capsys.disabled():
        print(f"\n{n} rows without a change: {found} alarms in {len(SEEDS)} windows (at most {high:.1%} at 95 %)")
    assert found <= 0.01 * len(SEEDS)


def test_changes_are_found(kernel: PatternTables, capsys: pytest.CaptureFixture[str]) -> None:
    """Of all planted changes; the change of a unit is in a weak feature, near the size that counts as one."""
    seeds, found, planted = range(20_000, 20_100), 0, 0
    for change in (stuck, unit, shrunk, swapped):
        for n in (200, 1_000):
            hits = alarms(kernel, n, change, seeds)
            with capsys.disabled():
                print(f"\n{change.__name__}, {n} rows: {hits} of {len(seeds)} found")
            assert hits >= 0.9 * len(seeds), change.__name__
            found, planted = found + hits, planted + len(seeds)
    with capsys.disabled():
        print(f"\n{found} of {planted} changes found (wanted 95 %)")
    assert found >= 0.95 * planted
