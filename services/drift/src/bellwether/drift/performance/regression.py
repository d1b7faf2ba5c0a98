"""Metrics of models that predict a number; errors are prediction minus label."""

import numpy as np

from bellwether.drift.performance.base import Metric, Outcomes
from bellwether.drift.performance.intervals import Z


def mae(outcomes: Outcomes) -> float | None:
    """Return the mean absolute error, in units of the label."""
    return float(np.abs(outcomes.decision - outcomes.label).mean()) if len(outcomes) else None


def _mae_interval(outcomes: Outcomes, value: float) -> tuple[float, float]:
    spread = Z * float(np.abs(outcomes.decision - outcomes.label).std(ddof=1)) / float(np.sqrt(len(outcomes)))
    return max(0.0, value - spread), value + spread


def rmse(outcomes: Outcomes) -> float | None:
    """Return the root of the mean squared error, in units of the label."""
    return float(np.sqrt(((outcomes.decision - outcomes.label) ** 2).mean())) if len(outcomes) else None


def bias(outcomes: Outcomes) -> float | None:
    """Return the mean error, in units of the label; positive: predictions are too high."""
    return float((outcomes.decision - outcomes.label).mean()) if len(outcomes) else None


def _bias_interval(outcomes: Outcomes, value: float) -> tuple[float, float]:
    spread = Z * float((outcomes.decision - outcomes.label).std(ddof=1)) / float(np.sqrt(len(outcomes)))
    return value - spread, value + spread


def mape(outcomes: Outcomes) -> float | None:
    """Return the mean of |error / label|; None where any label is 0."""
    if not len(outcomes) or (outcomes.label == 0).any():
        return None
    return float(np.abs((outcomes.decision - outcomes.label) / outcomes.label).mean())


def r2(outcomes: Outcomes) -> float | None:
    """Return 1 - residual over total sum of squares; None where the label is constant."""
    total = float(((outcomes.label - outcomes.label.mean()) ** 2).sum()) if len(outcomes) else 0.0
    return 1 - float(((outcomes.decision - outcomes.label) ** 2).sum()) / total if total else None


REGRESSION = (
    Metric(
        "mae",
        "Mean absolute error",
        "regression",
        "lower",
        "units",
        "mean of |error|",
        "normal interval of a mean",
        mae,
        interval=_mae_interval,
    ),
    Metric("rmse", "Root mean squared error", "regression", "lower", "units", "sqrt(mean of error^2)", "Gauss", rmse),
    Metric(
        "bias",
        "Bias",
        "regression",
        "zero",
        "units",
        "mean of prediction - label",
        "normal interval of a mean",
        bias,
        interval=_bias_interval,
    ),
    Metric(
        "mape",
        "Mean absolute percentage error",
        "regression",
        "lower",
        "",
        "mean of |error / label|, none where a label is 0",
        "as sklearn.metrics",
        mape,
    ),
    Metric("r2", "R squared", "regression", "higher", "", "1 - SSE / SST", "as sklearn.metrics", r2),
)
