"""The estimators against exact values: bias, convergence, and whether the standard errors tell the truth."""

from collections.abc import Callable

import numpy as np
import pytest

from bellwether.explain.definition import shapley
from bellwether.explain.games import Estimate, Game, antithetic, enumerate_all, estimate, leverage, until
from bellwether.explain.games.game import game_of
from bellwether.explain.games.leverage import sample

Estimator = Callable[[Game, int, np.random.Generator], Estimate]


def worths(d: int, seed: int, n: int = 1) -> np.ndarray:
    """All worths of smooth games with interactions, shape (n, 2^d)."""
    made = []
    z = ((np.arange(1 << d)[:, None] >> np.arange(d)) & 1).astype(float)
    for i in range(n):
        rng = np.random.default_rng([seed, i])
        pairs = rng.normal(size=(d, d)) / d
        made.append(z @ rng.normal(size=d) + np.tanh(z @ rng.normal(size=d)) * 2 + ((z @ pairs) * z).sum(1))
    return np.stack(made)


def game(v: np.ndarray) -> Game:
    d = v.shape[1].bit_length() - 1
    return Game(lambda z: v[:, z @ (1 << np.arange(d))], d)


def relative_error(values: np.ndarray, exact: np.ndarray) -> float:
    return float(((values - exact) ** 2).sum() / (exact**2).sum())


@pytest.mark.parametrize("d", [1, 2, 3, 8])
def test_enumeration_and_exhausted_leverage_are_exact(d: int) -> None:
    v = worths(d, d, n=3)
    exact = shapley(v)
    np.testing.assert_allclose(enumerate_all(game(v)).values, exact, atol=1e-12)
    full = leverage(game(v), 1 << d, np.random.default_rng(0))
    np.testing.assert_allclose(full.values, exact, atol=1e-9)
    np.testing.assert_allclose(full.std_error, 0.0, atol=1e-9)
    assert not full.half_width().any()


@pytest.mark.parametrize(("estimator", "bound"), [(antithetic, 1e-2), (leverage, 2e-3)])
def test_estimates_add_up_and_close_in(estimator: Estimator, bound: float) -> None:
    v = worths(12, 1, n=4)
    exact = shapley(v)
    errors = []
    for evaluations in (60, 1000):
        runs = [estimator(game(v), evaluations, np.random.default_rng(s)) for s in range(6)]
        for run in runs:
            np.testing.assert_allclose(run.values.sum(1), v[:, -1] - v[:, 0])
            assert run.evaluations <= evaluations + 2 + 2 * 11
        errors.append(float(np.median([relative_error(run.values, exact) for run in runs])))
    assert errors[1] < errors[0] / 4
    assert errors[1] < bound


@pytest.mark.parametrize(("d", "per_player"), [(12, 10), (12, 20), (12, 40), (8, 10), (13, 5), (13, 16)])
def test_nominal_95_percent_intervals_cover(d: int, per_player: int) -> None:
    v = worths(d, 100, n=40)
    exact = shapley(v)
    hits = []
    for run in range(8):
        found = estimate(game(v), per_player * d, np.random.default_rng(run))
        hits.append(np.abs(found.values - exact) <= found.half_width())
    assert 0.90 <= np.mean(hits) <= 0.975


def test_one_pair_of_permutations_knows_no_error() -> None:
    one = antithetic(game(worths(12, 200)), 5, np.random.default_rng(0))
    assert np.isinf(one.half_width()).all()


def test_pairs_are_complementary_distinct_and_of_every_size() -> None:
    for d, m in ((12, 100), (30, 600), (9, 40), (2, 2), (3, 6)):
        z, weight = sample(d, m, np.random.default_rng(0))
        assert len(z) == len(weight) == m
        np.testing.assert_array_equal(z[0::2], ~z[1::2])
        assert len(np.unique(z, axis=0)) == m
        assert set(z.sum(1)) == set(range(1, d))


def test_the_ladder_and_the_budget() -> None:
    v = worths(8, 3)
    rng = np.random.default_rng(0)
    assert estimate(game(v), 254, rng).method == "enumeration"
    assert estimate(game(v), 20, rng).method == "antithetic"
    assert estimate(game(v), 100, rng).method == "leverage"


def test_precision_is_reached_or_the_budget_ends() -> None:
    v = worths(14, 5, n=2)
    rng = np.random.default_rng(0)
    rough = until(game(v), 16 * 14, rng, precision=1e-9)
    assert rough.evaluations <= 16 * 14 + 2
    fine = until(game(v), 5_000, rng, precision=0.002)
    assert fine.evaluations <= 5_002
    assert fine.std_error.max() < rough.std_error.max() / 2
    np.testing.assert_allclose(fine.values.sum(1), v[:, -1] - v[:, 0])
    exact = until(game(worths(9, 1)), 5_000, rng, precision=1e-9)
    assert exact.method == "enumeration"


def test_a_model_and_its_background_make_games() -> None:
    rng = np.random.default_rng(0)
    background, rows, c = rng.normal(size=(50, 5)), rng.normal(size=(3, 5)), rng.normal(size=5)
    g = game_of(lambda a: a @ c, rows, background, max_rows=120)
    np.testing.assert_allclose(leverage(g, 20, rng).values, c * (rows - background.mean(0)), atol=1e-9)
    with pytest.raises(ValueError, match="missing, infinite"):
        game_of(lambda a: a @ c * np.nan, rows, background)
    with pytest.raises(ValueError, match="at least one player"):
        Game(lambda z: np.zeros((1, len(z))), 0)
    with pytest.raises(ValueError, match="too many coalitions"):
        enumerate_all(Game(lambda z: np.zeros((1, len(z))), 21))
