"""Metrics of models that choose among several classes; macro means weigh every class alike."""

import numpy as np

from bellwether.drift.performance.base import Floats, Metric, Outcomes
from bellwether.drift.performance.binary import accuracy
from bellwether.drift.performance.intervals import wilson


def _interval(outcomes: Outcomes, value: float) -> tuple[float, float]:
    return wilson(value * len(outcomes), len(outcomes))


def macro_f1(outcomes: Outcomes) -> float | None:
    """Return the mean over classes that occur or are chosen of 2 TP / (2 TP + FP + FN)."""
    hits, chosen, occurring = _tables(outcomes)
    present = chosen + occurring > 0
    if not present.any():
        return None
    return float((2 * hits[present] / (chosen + occurring)[present]).mean())


def macro_precision(outcomes: Outcomes) -> float | None:
    """Return the mean of TP / (TP + FP) over the classes that were chosen."""
    hits, chosen, _ = _tables(outcomes)
    return float((hits[chosen > 0] / chosen[chosen > 0]).mean()) if chosen.any() else None


def macro_recall(outcomes: Outcomes) -> float | None:
    """Return the mean of TP / (TP + FN) over the classes that occur."""
    hits, _, occurring = _tables(outcomes)
    return float((hits[occurring > 0] / occurring[occurring > 0]).mean()) if occurring.any() else None


def _tables(outcomes: Outcomes) -> tuple[Floats, Floats, Floats]:
    """Per class code: right decisions, decisions, rows."""
    label, decision = outcomes.label.astype(np.int64), outcomes.decision.astype(np.int64)
    classes = int(max(label.max(initial=-1), decision.max(initial=-1))) + 1
    hits = np.bincount(label[label == decision], minlength=classes).astype(np.float64)
    chosen = np.bincount(decision, minlength=classes).astype(np.float64)
    occurring = np.bincount(label, minlength=classes).astype(np.float64)
    return hits, chosen, occurring


MULTICLASS = (
    Metric(
        "accuracy",
        "Accuracy",
        "multiclass",
        "higher",
        "",
        "right decisions / rows",
        "Wilson 1927 for the interval",
        accuracy,
        interval=_interval,
    ),
    Metric(
        "macro_f1", "Macro F1", "multiclass", "higher", "", "mean of F1 over classes", "van Rijsbergen 1979", macro_f1
    ),
    Metric(
        "macro_precision",
        "Macro precision",
        "multiclass",
        "higher",
        "",
        "mean of TP / (TP + FP) over classes chosen",
        "as sklearn.metrics",
        macro_precision,
    ),
    Metric(
        "macro_recall",
        "Macro recall",
        "multiclass",
        "higher",
        "",
        "mean of TP / (TP + FN) over classes that occur",
        "as sklearn.metrics",
        macro_recall,
    ),
)
