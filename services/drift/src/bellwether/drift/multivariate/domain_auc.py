"""Domain classifier."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy import special
from sklearn.ensemble import HistGradientBoostingClassifier

from bellwether.contracts import Lines
from bellwether.drift.decision import ALPHA
from bellwether.drift.multivariate.base import SEED, Found, Joint, JointMethod, few
from bellwether.drift.performance.base import Floats
from bellwether.drift.performance.intervals import Z, delong
from bellwether.drift.performance.losses import one_thread

MOST_ROWS = 5_000
"""Rows of each side that are looked at, drawn with a fixed seed; a report says how many."""
_FOLDS = 5
LINES = Lines(watch=0.1, act=0.3)


def domain_auc(joint: Joint) -> Found:
    """Return max(0, 2 AUC - 1) of a classifier that tells batch from reference, in [0, 1]; 0: it cannot.

    Shallow gradient boosting, each fifth of the rows judged by a model of the others, on scores and not on verdicts.
    The interval is DeLong's, the one-sided p-value that of Mann-Whitney on the scores. What it keys on: how much the
    AUC falls when one input is shuffled among the rows that are judged.
    """
    if (reason := few(joint)) is not None:
        return Found(None, reason=reason)
    part = joint.sample(MOST_ROWS)
    n, m = part.rows
    inputs, side = np.vstack([part.reference, part.current]), np.repeat([0.0, 1.0], [n, m])
    g = np.random.default_rng(SEED)
    fold = np.concatenate([g.permutation(size) % _FOLDS for size in (n, m)])
    score, fall = np.empty(n + m), np.zeros(inputs.shape[1])
    with one_thread():
        for k in range(_FOLDS):
            inside = fold == k
            model = HistGradientBoostingClassifier(
                max_iter=30, max_leaf_nodes=8, early_stopping=False, random_state=SEED
            ).fit(inputs[~inside], side[~inside])
            score[inside] = model.predict_proba(inputs[inside])[:, 1]
            fall += _fall(model, inputs[inside], side[inside], score[inside], g)
    auc, variance = delong(_ranked(score, fold), side)
    value = max(0.0, 2 * auc - 1)
    spread = math.sqrt(max(variance, 0.0))
    null = math.sqrt((n + m + 1) / (12 * n * m))
    line = max(LINES.watch, float(special.ndtri(1 - ALPHA)) * 2 * null)
    low, high = (max(0.0, 2 * (auc + sign * Z * spread) - 1) for sign in (-1, 1))
    p_value = float(special.ndtr(-(auc - 0.5) / null))
    return Found(value, line, p_value, {"auc": auc}, (low, min(1.0, high)), np.maximum(fall, 0.0), (n, m))


def _ranked(score: Floats, fold: NDArray[np.int64]) -> Floats:
    """Scores as shares of their own fold below them: models of different folds need not agree on a scale."""
    found = np.empty(score.size)
    for k in range(_FOLDS):
        inside = fold == k
        ordered = np.sort(score[inside])
        found[inside] = (
            np.searchsorted(ordered, score[inside], "left") + np.searchsorted(ordered, score[inside], "right")
        ) / (2 * ordered.size)
    return found


def _fall(
    model: HistGradientBoostingClassifier, inputs: Floats, side: Floats, score: Floats, g: np.random.Generator
) -> Floats:
    """How much the AUC falls with each input shuffled, shape (f,)."""
    whole = delong(score, side)[0]
    found = np.zeros(inputs.shape[1])
    for i in range(inputs.shape[1]):
        shuffled = inputs.copy()
        shuffled[:, i] = g.permutation(shuffled[:, i])
        found[i] = whole - delong(model.predict_proba(shuffled)[:, 1], side)[0]
    return found


METHOD = JointMethod(
    slug="domain_auc",
    title="Domain classifier",
    measure=domain_auc,
    unit="",
    limits=(0.0, 1.0),
    lines=LINES,
    definition="max(0, 2 AUC - 1) of out-of-fold scores, batch against reference",
    source="Ben-David et al. (2006); Lopez-Paz and Oquab (2017); sklearn.metrics.roc_auc_score",
)
