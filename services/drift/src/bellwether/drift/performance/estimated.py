"""Estimates without labels. All of them assume that the meaning of a score, P(label | score), has not changed."""

from dataclasses import dataclass

import numpy as np

from bellwether.drift.performance.base import Floats
from bellwether.drift.performance.calibration import Calibrator, calibrate

_CLIP = 1e-15


@dataclass(frozen=True, slots=True)
class ConfidenceBased:
    """Confidence-based performance estimation of a yes-or-no model, fitted on labelled reference rows.

    Source: NannyML's CBPE (Kuberski et al., 2022); Garg et al. (2022) for the limits.
    """

    calibrator: Calibrator

    def estimate(self, score: Floats, decision: Floats) -> dict[str, float | None]:
        """Return the expected value of each binary metric, by slug, for rows of shape (n,)."""
        p = self.calibrator(score)
        chosen = decision == 1
        tp, fp = float(p[chosen].sum()), float((1 - p[chosen]).sum())
        fn, tn = float(p[~chosen].sum()), float((1 - p[~chosen]).sum())
        clipped = np.clip(p, _CLIP, 1 - _CLIP)
        raw = np.clip(score, _CLIP, 1 - _CLIP)
        return {
            "roc_auc": _expected_auc(score, p),
            "accuracy": (tp + tn) / p.size if p.size else None,
            "precision": tp / (tp + fp) if tp + fp else None,
            "recall": tp / (tp + fn) if tp + fn else None,
            "f1": 2 * tp / (2 * tp + fp + fn) if tp + fp + fn else None,
            "average_precision": _expected_average_precision(score, p),
            "log_loss": float(-(clipped * np.log(raw) + (1 - clipped) * np.log1p(-raw)).mean()) if p.size else None,
            "brier": float((p * (1 - score) ** 2 + (1 - p) * score**2).mean()) if p.size else None,
        }


def fit_confidence(score: Floats, label: Floats) -> ConfidenceBased:
    """Fit on labelled reference rows of shape (n,), label 0 or 1."""
    return ConfidenceBased(calibrate(score, label))


@dataclass(frozen=True, slots=True)
class DecisionConfidence:
    """Expected accuracy of a model of several classes, from the calibrated confidence in each decision."""

    calibrator: Calibrator

    def estimate(self, score: Floats) -> dict[str, float | None]:
        """Return the expected accuracy of rows of shape (n,)."""
        return {"accuracy": float(self.calibrator(score).mean()) if score.size else None}


def fit_decision_confidence(score: Floats, right: Floats) -> DecisionConfidence:
    """Fit on reference rows: confidence, and whether the decision was right (0 or 1)."""
    return DecisionConfidence(calibrate(score, right))


def _expected_auc(score: Floats, p: Floats) -> float | None:
    """Area under the curve of expected positives against expected negatives, by falling raw score, ties as one step."""
    order = np.argsort(-score, kind="stable")
    ordered = score[order]
    last = np.append(np.flatnonzero(np.diff(ordered)), ordered.size - 1) if score.size else np.empty(0, dtype=np.intp)
    rise = np.concatenate([[0.0], np.cumsum(p[order])[last]])
    run = np.concatenate([[0.0], np.cumsum(1 - p[order])[last]])
    if rise[-1] <= 0 or run[-1] <= 0:
        return None
    return float(np.trapezoid(rise / rise[-1], run / run[-1]))


def _expected_average_precision(score: Floats, p: Floats) -> float | None:
    total = float(p.sum())
    if total <= 0:
        return None
    order = np.argsort(-score, kind="stable")
    ordered, hits = score[order], np.cumsum(p[order])
    last = np.append(np.flatnonzero(np.diff(ordered)), ordered.size - 1)
    return float((np.diff(hits[last], prepend=0.0) / total * hits[last] / (last + 1)).sum())
