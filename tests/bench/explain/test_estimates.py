"""Black boxes: error at equal model calls against shap's explainers, and whether stated standard errors cover.

The game is a network of 30 inputs; the truth is 200 times the evaluations. Coverage is over rows, features and draws.
"""

import warnings

import numpy as np
import pytest
from scipy import stats
from sklearn.neural_network import MLPRegressor

from bellwether.explain.games.game import game_of
from bellwether.explain.games.leverage import leverage
from tests.bench.explain.contestants import FEATURES, Rows, answers, rows, shap

pytestmark = [pytest.mark.bench, pytest.mark.filterwarnings("ignore")]

EVALUATIONS, ROWS, BACKGROUND = 2_400, 8, 20


@pytest.fixture(scope="module")
def model() -> MLPRegressor:
    x = rows(4_000, 0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return MLPRegressor(hidden_layer_sizes=(32,), max_iter=150, random_state=0).fit(
            x, answers(x, 1) + 0.5 * x[:, 0] * x[:, 5]
        )


@pytest.fixture(scope="module")
def truth(model: MLPRegressor) -> Rows:
    game = game_of(model.predict, rows(ROWS, 5), rows(BACKGROUND, 6))
    return leverage(game, 100 * EVALUATIONS, np.random.default_rng(99)).values


def test_error_at_equal_model_calls(model: MLPRegressor, truth: Rows, capsys: pytest.CaptureFixture[str]) -> None:
    x, b = rows(ROWS, 5), rows(BACKGROUND, 6)
    own = np.mean(
        [
            _error(leverage(game_of(model.predict, x, b), EVALUATIONS, np.random.default_rng(s)).values, truth)
            for s in range(5)
        ]
    )
    masker = shap.maskers.Independent(b, max_samples=BACKGROUND)
    permutation = shap.PermutationExplainer(model.predict, masker, seed=0)
    told = np.asarray(permutation(x, max_evals=EVALUATIONS, silent=True).values)
    theirs = _error(told, truth)
    with capsys.disabled():
        print(f"\n{FEATURES} features, {EVALUATIONS} evaluations: relative squared error {own:.1e}")
        print(f"shap Permutation {theirs:.1e}: {own / theirs:.2f} of it (wanted at most 0.5)")
    assert own <= theirs / 2


@pytest.mark.parametrize("per_player", [10, 16, 40, 80])
def test_stated_errors_cover(
    model: MLPRegressor, truth: Rows, per_player: int, capsys: pytest.CaptureFixture[str]
) -> None:
    x, b, hits = rows(ROWS, 5), rows(BACKGROUND, 6), []
    for seed in range(100, 140):
        game = game_of(model.predict, x, b)
        found = leverage(game, per_player * FEATURES, np.random.default_rng(seed))
        hits.append(np.abs(found.values - truth) <= found.half_width())
    covered = float(np.mean(hits))
    low, high = stats.binomtest(int(np.sum(hits)), int(np.size(hits))).proportion_ci()
    with capsys.disabled():
        print(f"\n{per_player} evaluations a player: 95 % intervals cover {covered:.3f} [{low:.3f}, {high:.3f}]")
    assert 0.90 <= covered <= 0.97


def _error(found: Rows, truth: Rows) -> float:
    return float(((found - truth) ** 2).sum() / (truth**2).sum())
