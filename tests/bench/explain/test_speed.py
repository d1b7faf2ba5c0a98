"""Exact Shapley values of trees against shap 0.51 and the boosters' own, one thread each, in one run.

Ratios are of rows a second of CPU time: what another process does beside it does not count. Slow contestants get fewer
rows; all cost the same per row whatever their number.
"""

import time

import numpy as np
import pytest

from bellwether.explain.trees.ensemble import Unsupported
from bellwether.explain.trees.quadrature import Quadrature
from bellwether.explain.trees.tables import PatternTables
from tests.bench.explain.contestants import Contestant, Rows, boosted, by_shap, forest, rate, rows

pytestmark = [pytest.mark.bench, pytest.mark.filterwarnings("ignore")]

MANY, FEW = 20_000, 100


@pytest.fixture(scope="module")
def contestants() -> list[Contestant]:
    return boosted()


def kernel(one: Contestant, background: Rows | None) -> PatternTables | Quadrature:
    ensemble = one.estimator.ensemble(0)
    try:
        return PatternTables(ensemble, background)
    except Unsupported:
        return Quadrature(ensemble)


def test_path_dependent(contestants: list[Contestant], capsys: pytest.CaptureFixture[str]) -> None:
    x = rows(MANY, 7)
    for one in contestants:
        ours = kernel(one, None)
        own = rate(ours.attribute, x)
        best_name, best = max(
            ((name, rate(call, x[:FEW])) for name, call in one.others.items()), key=lambda found: found[1]
        )
        with capsys.disabled():
            print(f"\n{one.name}, path-dependent: {own / best:.0f} times {best_name} (wanted 30); {own:,.0f} rows/s")
        assert own >= 30 * best, one.name


@pytest.mark.parametrize(("background", "wanted"), [(100, 80), (1_000, 700)])
def test_with_a_background(
    contestants: list[Contestant], background: int, wanted: int, capsys: pytest.CaptureFixture[str]
) -> None:
    x, b = rows(MANY, 7), rows(background, 8)
    few = 20 if background <= 100 else 3
    for one in contestants:
        ours = kernel(one, b)
        own = rate(ours.attribute, x)
        other = rate(by_shap(one.model, b), x[:few], times=1)
        with capsys.disabled():
            print(f"\n{one.name}, {background} background rows: {own / other:,.0f} times shap (wanted {wanted})")
        assert own >= wanted * other, one.name


def test_a_forest(capsys: pytest.CaptureFixture[str]) -> None:
    one, x = forest(), rows(2_000, 7)
    ours = kernel(one, None)
    own, other = rate(ours.attribute, x), rate(one.others["shap"], x[:30], times=1)
    with capsys.disabled():
        print(f"\n{one.name}, path-dependent: {own / other:.0f} times shap (wanted 20), {type(ours).__name__}")
    assert own >= 20 * other


def test_two_threads(contestants: list[Contestant], capsys: pytest.CaptureFixture[str]) -> None:
    """Wall time, so on an idle machine of two cores only."""
    x = rows(4 * MANY, 7)
    ours = kernel(contestants[0], None)
    ours.attribute(x[:10], 2)
    spent = {threads: min(_seconds(ours, x, threads) for _ in range(5)) for threads in (1, 2)}
    with capsys.disabled():
        print(f"\ntwo threads: {spent[1] / spent[2]:.2f} times one (wanted 1.5)")
    assert spent[1] / spent[2] >= 1.5


def _seconds(ours: PatternTables | Quadrature, x: Rows, threads: int) -> float:
    began = time.perf_counter()
    ours.attribute(x, threads)
    return time.perf_counter() - began


def test_the_same_numbers(contestants: list[Contestant], capsys: pytest.CaptureFixture[str]) -> None:
    """What is compared above is the same thing."""
    x = rows(20, 9)
    for one in contestants:
        found = kernel(one, None).attribute(x)
        told = np.asarray(one.others["shap"](x))
        worst = float(np.abs(found - told).max())
        with capsys.disabled():
            print(f"\n{one.name}: largest difference to shap {worst:.1e}")
        assert worst < 2e-5
