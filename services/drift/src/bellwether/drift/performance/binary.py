"""Metrics of yes-or-no models."""

import math

import numpy as np

from bellwether.drift.performance.base import Floats, Metric, Outcomes
from bellwether.drift.performance.intervals import Z, delong, wilson

_CLIP = 1e-15


def roc_auc(outcomes: Outcomes) -> float | None:
    """Return the chance that a positive row scores above a negative one, ties a half; in [0, 1]."""
    if outcomes.score is None or not _both(outcomes.label):
        return None
    return delong(outcomes.score, outcomes.label)[0]


def _roc_auc_interval(outcomes: Outcomes, value: float) -> tuple[float, float]:
    assert outcomes.score is not None
    spread = Z * math.sqrt(max(0.0, delong(outcomes.score, outcomes.label)[1]))
    return max(0.0, value - spread), min(1.0, value + spread)


def average_precision(outcomes: Outcomes) -> float | None:
    """Return the sum over distinct thresholds of the rise in recall times the precision; in [0, 1]."""
    if outcomes.score is None or not _both(outcomes.label):
        return None
    order = np.argsort(-outcomes.score, kind="stable")
    score, hits = outcomes.score[order], np.cumsum(outcomes.label[order])
    last = np.append(np.flatnonzero(np.diff(score)), score.size - 1)
    recall = np.diff(hits[last], prepend=0.0) / hits[-1]
    return float((recall * hits[last] / (last + 1)).sum())


def accuracy(outcomes: Outcomes) -> float | None:
    """Return the share of right decisions; in [0, 1]."""
    return float((outcomes.label == outcomes.decision).mean()) if len(outcomes) else None


def precision(outcomes: Outcomes) -> float | None:
    """Return the share of positive decisions that were right; in [0, 1]."""
    chosen = outcomes.decision == 1
    return float(outcomes.label[chosen].mean()) if chosen.any() else None


def recall(outcomes: Outcomes) -> float | None:
    """Return the share of positive rows that were found; in [0, 1]."""
    positive = outcomes.label == 1
    return float(outcomes.decision[positive].mean()) if positive.any() else None


def f1(outcomes: Outcomes) -> float | None:
    """Return the harmonic mean of precision and recall, 2 TP / (2 TP + FP + FN); in [0, 1]."""
    total = outcomes.label.sum() + outcomes.decision.sum()
    return float(2 * (outcomes.label * outcomes.decision).sum() / total) if total else None


def log_loss(outcomes: Outcomes) -> float | None:
    """Return the mean negative log-likelihood in nats; scores are clipped to [1e-15, 1 - 1e-15]."""
    if outcomes.score is None or not len(outcomes):
        return None
    p = np.clip(outcomes.score, _CLIP, 1 - _CLIP)
    return float(-np.where(outcomes.label == 1, np.log(p), np.log1p(-p)).mean())


def brier(outcomes: Outcomes) -> float | None:
    """Return the mean squared difference of score and label; in [0, 1]."""
    if outcomes.score is None or not len(outcomes):
        return None
    return float(((outcomes.score - outcomes.label) ** 2).mean())


def _accuracy_interval(outcomes: Outcomes, value: float) -> tuple[float, float]:
    return wilson(value * len(outcomes), len(outcomes))


def _precision_interval(outcomes: Outcomes, value: float) -> tuple[float, float]:
    chosen = float(outcomes.decision.sum())
    return wilson(value * chosen, chosen)


def _recall_interval(outcomes: Outcomes, value: float) -> tuple[float, float]:
    positive = float(outcomes.label.sum())
    return wilson(value * positive, positive)


def _both(label: Floats) -> bool:
    positive = float(label.sum())
    return 2 <= positive <= label.size - 2


_SKLEARN = "as sklearn.metrics"
BINARY = (
    Metric(
        "roc_auc",
        "Area under the ROC curve",
        "binary",
        "higher",
        "",
        "P(score of a positive > score of a negative) + half of P(equal)",
        "DeLong et al. 1988",
        roc_auc,
        needs_score=True,
        interval=_roc_auc_interval,
    ),
    Metric(
        "accuracy",
        "Accuracy",
        "binary",
        "higher",
        "",
        "right decisions / rows",
        "Wilson 1927 for the interval",
        accuracy,
        interval=_accuracy_interval,
    ),
    Metric(
        "precision",
        "Precision",
        "binary",
        "higher",
        "",
        "TP / (TP + FP)",
        "Wilson 1927 for the interval",
        precision,
        interval=_precision_interval,
    ),
    Metric(
        "recall",
        "Recall",
        "binary",
        "higher",
        "",
        "TP / (TP + FN)",
        "Wilson 1927 for the interval",
        recall,
        interval=_recall_interval,
    ),
    Metric("f1", "F1", "binary", "higher", "", "2 TP / (2 TP + FP + FN)", "van Rijsbergen 1979", f1),
    Metric(
        "average_precision",
        "Average precision",
        "binary",
        "higher",
        "",
        "sum of rise in recall x precision over thresholds",
        _SKLEARN,
        average_precision,
        needs_score=True,
    ),
    Metric(
        "log_loss",
        "Log loss",
        "binary",
        "lower",
        "nats",
        "- mean of y ln p + (1 - y) ln(1 - p)",
        "Good 1952",
        log_loss,
        needs_score=True,
    ),
    Metric("brier", "Brier score", "binary", "lower", "", "mean of (p - y)^2", "Brier 1950", brier, needs_score=True),
)
