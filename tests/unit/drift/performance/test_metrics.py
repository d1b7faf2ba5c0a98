"""Every metric against scikit-learn, and its interval against simulation."""

from collections.abc import Callable

import numpy as np
import pytest
from sklearn import metrics as sk

from bellwether.drift.performance import METRICS, Metric
from bellwether.drift.performance.base import Outcomes
from bellwether.drift.performance.intervals import bootstrap, delong, wilson

BY_TASK = {task: [m for m in METRICS if m.task == task] for task in ("binary", "multiclass", "regression")}


def binary(n: int = 500, seed: int = 1, ties: bool = False) -> Outcomes:
    rng = np.random.default_rng(seed)
    score = rng.beta(1, 2, n)
    if ties:
        score = np.round(score, 1)
    label = (rng.random(n) < score).astype(float)
    return Outcomes(label, (score > 0.4).astype(float), score)


def several(n: int = 500, seed: int = 1) -> Outcomes:
    rng = np.random.default_rng(seed)
    label = rng.integers(0, 4, n).astype(float)
    decision = np.where(rng.random(n) < 0.7, label, rng.integers(0, 5, n))
    return Outcomes(label, decision.astype(float), rng.random(n))


def numbers(n: int = 500, seed: int = 1) -> Outcomes:
    rng = np.random.default_rng(seed)
    label = rng.normal(100, 20, n)
    return Outcomes(label, label + rng.normal(1, 5, n))


SKLEARN: dict[tuple[str, str], Callable[[Outcomes], float]] = {
    ("binary", "roc_auc"): lambda o: sk.roc_auc_score(o.label, o.score),
    ("binary", "average_precision"): lambda o: sk.average_precision_score(o.label, o.score),
    ("binary", "accuracy"): lambda o: sk.accuracy_score(o.label, o.decision),
    ("binary", "precision"): lambda o: sk.precision_score(o.label, o.decision),
    ("binary", "recall"): lambda o: sk.recall_score(o.label, o.decision),
    ("binary", "f1"): lambda o: sk.f1_score(o.label, o.decision),
    ("binary", "log_loss"): lambda o: sk.log_loss(o.label, o.score),
    ("binary", "brier"): lambda o: sk.brier_score_loss(o.label, o.score),
    ("multiclass", "accuracy"): lambda o: sk.accuracy_score(o.label, o.decision),
    ("multiclass", "macro_f1"): lambda o: sk.f1_score(o.label, o.decision, average="macro"),
    ("multiclass", "macro_recall"): lambda o: sk.recall_score(
        o.label, o.decision, average="macro", labels=np.unique(o.label)
    ),
    ("multiclass", "macro_precision"): lambda o: sk.precision_score(
        o.label, o.decision, average="macro", labels=np.unique(o.decision)
    ),
    ("regression", "mae"): lambda o: sk.mean_absolute_error(o.label, o.decision),
    ("regression", "rmse"): lambda o: sk.root_mean_squared_error(o.label, o.decision),
    ("regression", "bias"): lambda o: float(np.mean(o.decision) - np.mean(o.label)),
    ("regression", "mape"): lambda o: sk.mean_absolute_percentage_error(o.label, o.decision),
    ("regression", "r2"): lambda o: sk.r2_score(o.label, o.decision),
}
MAKE = {"binary": binary, "multiclass": several, "regression": numbers}


@pytest.mark.parametrize("metric", METRICS, ids=lambda m: f"{m.task}-{m.slug}")
@pytest.mark.parametrize("seed", range(5))
def test_equals_scikit_learn(metric: Metric, seed: int) -> None:
    outcomes = MAKE[metric.task](seed=seed)
    assert metric.measure(outcomes) == pytest.approx(SKLEARN[metric.task, metric.slug](outcomes), abs=1e-12)


@pytest.mark.parametrize("slug", ["roc_auc", "average_precision"])
def test_ties_count_as_scikit_learn_counts_them(slug: str) -> None:
    outcomes = binary(ties=True)
    metric = next(m for m in BY_TASK["binary"] if m.slug == slug)
    assert metric.measure(outcomes) == pytest.approx(SKLEARN["binary", slug](outcomes), abs=1e-12)


def test_the_variance_of_the_area_is_that_of_repeated_samples() -> None:
    areas, variances = [], []
    for seed in range(400):
        outcomes = binary(300, seed)
        assert outcomes.score is not None
        area, variance = delong(outcomes.score, outcomes.label)
        areas.append(area)
        variances.append(variance)
    assert np.mean(variances) == pytest.approx(np.var(areas), rel=0.2)


def test_wilson_is_the_published_interval() -> None:
    # Newcombe (1998), Stat. Med. 17, table I: 81 of 263 by the score method without continuity correction.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)


@pytest.mark.parametrize("metric", METRICS, ids=lambda m: f"{m.task}-{m.slug}")
def test_intervals_hold_the_truth_about_as_often_as_they_say(metric: Metric) -> None:
    truth = metric.measure(MAKE[metric.task](200_000, 0))
    assert truth is not None
    held, runs = 0, 60
    for seed in range(1, runs + 1):
        outcomes = MAKE[metric.task](400, seed)
        value = metric.measure(outcomes)
        assert value is not None
        bounds = metric.interval(outcomes, value) if metric.interval else bootstrap(outcomes, metric.measure)
        assert bounds is not None
        held += bounds[0] <= truth <= bounds[1]
    assert held >= 0.85 * runs  # 95 % of 60 runs, less four standard errors


@pytest.mark.parametrize("metric", METRICS, ids=lambda m: f"{m.task}-{m.slug}")
def test_no_rows_have_no_value(metric: Metric) -> None:
    empty = np.empty(0)
    assert metric.measure(Outcomes(empty, empty, empty)) is None


def test_slugs_are_unique_within_a_task_and_documented() -> None:
    assert len({(m.task, m.slug) for m in METRICS}) == len(METRICS)
    assert all(m.definition and m.source and m.measure.__doc__ for m in METRICS)
