"""PCA reconstruction error."""

import math
from typing import NamedTuple

import numpy as np
from scipy import special

from bellwether.contracts import Lines
from bellwether.drift.decision import ALPHA
from bellwether.drift.multivariate.base import Found, Joint, JointMethod, few
from bellwether.drift.performance.base import Floats
from bellwether.drift.performance.intervals import Z

KEPT = 0.65
"""Share of the variance the kept components explain at least."""
_FOLDS = 5
_WIDE = 1_000
"""Inputs beyond which the reference is split once: components cost the cube of the inputs, for each fold."""
LINES = Lines(watch=0.1, act=0.3)


def pca_error(joint: Joint) -> Found:
    """Return how far the mean reconstruction error has moved, up or down, in SDs of the reference's errors, >= 0.

    The error of a row is its distance from the reference's main components, so it moves when inputs no longer go
    together as they did, even where none moves alone. ``error`` and ``reference_error``, the means, stand beside it;
    that of the reference is out of fold, each fifth of its rows by the components of the rest, since components fit
    the rows they are from too well. Of more than 1,000 inputs the components are those of four fifths of its rows, and
    its errors those of the last fifth. The p-value is Welch's.
    """
    if (reason := few(joint)) is not None:
        return Found(None, reason=reason)
    if len(joint.names) < 2:
        return Found(None, reason="one_feature")
    learnt = joint.once("pca_error", _learn)
    usual, over = learnt.errors, joint.current @ learnt.left_out
    now = np.asarray(np.linalg.norm(over, axis=1))
    spread, before, after = float(usual.std()), float(usual.mean()), float(now.mean())
    beside = {"error": after, "reference_error": before}
    if spread == 0:
        return Found(None, beside=beside, reason="constant_reference")
    noise = math.sqrt(usual.var(ddof=1) / usual.size + now.var(ddof=1) / now.size)
    value = abs(after - before) / spread
    half = Z * noise / spread
    p_value = float(2 * special.ndtr(-abs(after - before) / noise)) if noise > 0 else float(after == before)
    return Found(
        value,
        max(LINES.watch, float(special.ndtri(1 - ALPHA / 2)) * noise / spread),
        p_value,
        beside,
        (max(0.0, value - half), value + half),
        np.abs(_squares(over, learnt.left_out) - learnt.squares),
        joint.rows,
    )


class Learnt(NamedTuple):
    """What the reference teaches.

    ``left_out``: the components left out, shape (f, r). ``errors`` of its rows, out of fold, (n,). ``squares``: the
    mean square of what is left over of each input, (f,).
    """

    left_out: Floats
    errors: Floats
    squares: Floats


def _learn(reference: Floats) -> Learnt:
    if reference.shape[1] > _WIDE:
        out = np.arange(len(reference)) % _FOLDS == 0
        rest, part = reference[~out], reference[out]
        left_out = residual(rest.T @ rest)
        return Learnt(left_out, errors(part, left_out), _squares(part @ left_out, left_out))
    left_out = residual(reference.T @ reference)
    return Learnt(left_out, held_out(reference), _squares(reference @ left_out, left_out))


def residual(scatter: Floats) -> Floats:
    """Return the components left out, shape (f, r), from the sum of outer products of standardised rows, (f, f)."""
    values, vectors = np.linalg.eigh(scatter)
    share = np.cumsum(values[::-1]) / max(float(values.sum()), np.finfo(float).tiny)
    kept = int(np.searchsorted(share, KEPT, side="right")) + 1
    return np.asarray(vectors[:, : max(0, values.size - kept)])


def errors(rows: Floats, left_out: Floats) -> Floats:
    """Return the distance of each row from its reconstruction, shape (rows,)."""
    return np.asarray(np.linalg.norm(rows @ left_out, axis=1))


def held_out(rows: Floats) -> Floats:
    """Return the error of each row by components of the other folds; a fold's scatter is subtracted, not refitted."""
    whole = rows.T @ rows
    found = np.empty(len(rows))
    for k in range(_FOLDS):
        part = rows[k::_FOLDS]
        found[k::_FOLDS] = errors(part, residual(whole - part.T @ part))
    return found


def _squares(over: Floats, left_out: Floats) -> Floats:
    """Return the mean square of what is left over of each input, (f,), from rows along the components left out."""
    return np.asarray(np.square(over @ left_out.T).mean(axis=0))


METHOD = JointMethod(
    slug="pca_error",
    title="PCA reconstruction error",
    measure=pca_error,
    unit="reference SD",
    limits=(0.0, None),
    lines=LINES,
    definition="|mean e(batch) - mean e(reference)| / sd e, e = ||z V_rest||, V_rest beyond 65 % of the variance",
    source="Jackson and Mudholkar (1979), Technometrics 21; scikit-learn PCA on the same rows",
)
