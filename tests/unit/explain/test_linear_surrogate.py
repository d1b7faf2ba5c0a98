"""The surrogate against its closed form, and what it refuses to say."""

import numpy as np
import pytest

from bellwether.explain.explainers import Surrogate, fit


def test_a_linear_answer_is_found_and_its_contributions_are_shapley_values() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal([1.0, -5.0, 0.0], [1.0, 10.0, 0.01], size=(500, 3))
    c = np.array([2.0, 0.1, 0.0])
    found = fit([x[:, [0]], x[:, [1]], x[:, [2]]], x @ c + 3)
    assert isinstance(found, Surrogate)
    np.testing.assert_allclose(found.contributions, c * (x - x.mean(0)), atol=1e-4)
    assert found.fidelity > 0.9999
    assert found.base_value == pytest.approx(float(np.mean(x @ c + 3)))


def test_an_answer_without_any_line_in_it_has_no_fidelity() -> None:
    rng = np.random.default_rng(1)
    found = fit([rng.normal(size=(4000, 1)), rng.normal(size=(4000, 1))], rng.normal(size=4000))
    assert isinstance(found, Surrogate)
    assert found.fidelity < 0.003


def test_columns_of_one_feature_are_added_and_duplicates_share() -> None:
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(300, 1)), rng.normal(size=(300, 1))
    found = fit([np.hstack([a, b]), a], a[:, 0] + b[:, 0])
    assert isinstance(found, Surrogate)
    half = (a - a.mean())[:, 0] / 2
    np.testing.assert_allclose(found.contributions[:, 1], half, atol=1e-4)
    np.testing.assert_allclose(found.contributions[:, 0], half + (b - b.mean())[:, 0], atol=1e-4)


@pytest.mark.parametrize(
    ("blocks", "output", "reason"),
    [
        ([], np.zeros(100), "no feature columns"),
        ([np.zeros((10, 1))], np.arange(10.0), "10 rows are too few for a line through 1 columns, 32"),
        ([np.ones((100, 1))], np.full(100, 7.0), "the same for every row"),
    ],
)
def test_what_cannot_be_said_has_a_reason(blocks: list[np.ndarray], output: np.ndarray, reason: str) -> None:
    assert reason in str(fit(blocks, output))


def test_a_constant_feature_has_no_share() -> None:
    x = np.random.default_rng(3).normal(size=(100, 1))
    found = fit([x, np.ones((100, 1))], x[:, 0])
    assert isinstance(found, Surrogate)
    assert not found.contributions[:, 1].any()
