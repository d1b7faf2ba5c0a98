"""Calibrated probabilities, and how well scores are calibrated."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import isotonic_regression

from bellwether.contracts import Calibration
from bellwether.drift.performance.base import Floats

BINS = 10
_FOLDS = 3


@dataclass(frozen=True, slots=True)
class Calibrator:
    """A monotone map from score to probability; the identity without knots."""

    scores: Floats
    probabilities: Floats

    def __call__(self, score: Floats) -> Floats:
        """Return probabilities in [0, 1], shape as ``score``; linear between knots, flat beyond the ends."""
        if not self.scores.size:
            return np.clip(score, 0.0, 1.0)
        return np.interp(score, self.scores, self.probabilities)


def isotonic(score: Floats, label: Floats) -> Calibrator:
    """Fit the least-squares monotone map, equal scores pooled.

    Source: Zadrozny and Elkan (2002); scipy.optimize.isotonic_regression (pool adjacent violators).
    """
    scores, index, counts = np.unique(score, return_inverse=True, return_counts=True)
    means = np.bincount(index, weights=label, minlength=scores.size) / counts
    fitted = np.asarray(isotonic_regression(means, weights=counts).x, dtype=np.float64)
    # Inside a block of equal values only its ends are knots: same map, far fewer points.
    keep = np.ones(scores.size, dtype=bool)
    keep[1:-1] = (np.diff(fitted)[:-1] != 0) | (np.diff(fitted)[1:] != 0)
    return Calibrator(scores[keep], np.clip(fitted[keep], 0.0, 1.0))


IDENTITY = Calibrator(np.empty(0), np.empty(0))


def calibrate(score: Floats, label: Floats, seed: int = 0) -> Calibrator:
    """Return the isotonic map when it helps out of sample, else the identity.

    It is kept only if the 3-fold out-of-fold calibration error falls: a well calibrated model is left alone.
    """
    fold = np.random.default_rng(seed).permutation(score.size) % _FOLDS
    held_out = np.empty_like(score)
    for k in range(_FOLDS):
        inside = fold == k
        held_out[inside] = isotonic(score[~inside], label[~inside])(score[inside])
    if ece(held_out, label) < ece(np.clip(score, 0, 1), label):
        return isotonic(score, label)
    return IDENTITY


def ece(probability: Floats, label: Floats) -> float:
    """Return the expected calibration error, in [0, 1]: mean |observed - promised| over ten equal-count bins.

    Source: Naeini et al. (2015), AAAI.
    """
    return float(sum(abs(p - o) * n for p, o, n in _bins(probability, label))) / max(1, probability.size)


def calibration(probability: Floats, label: Floats, normal: float | None = None) -> Calibration:
    """Return the reliability table with its summary."""
    promised = float(probability.sum())
    return Calibration(
        ece=ece(probability, label),
        normal_ece=normal,
        observed_to_expected=float(label.sum()) / promised if promised > 0 else None,
        bins=tuple(_bins(probability, label)),
    )


def _bins(probability: Floats, label: Floats) -> list[tuple[float, float, int]]:
    order = np.argsort(probability, kind="stable")
    return [
        (float(probability[part].mean()), float(label[part].mean()), int(part.size))
        for part in np.array_split(order, BINS)
        if part.size
    ]
