"""Maximum mean discrepancy."""

import numpy as np

from bellwether.contracts import Lines
from bellwether.drift.decision import ALPHA
from bellwether.drift.multivariate.base import SEED, Found, Joint, JointMethod, few
from bellwether.drift.performance.base import Floats

MOST_ROWS = 5_000
"""Rows of each side that are looked at, drawn with a fixed seed; a report says how many."""
FEATURES = 512
PERMUTATIONS = 299
_WIDTH_ROWS = 1_000
LINES = Lines(watch=0.01, act=0.05)


def mmd(joint: Joint) -> Found:
    """Return the squared discrepancy of both samples under a Gaussian kernel, unbiased: about 0 without drift.

    The kernel's width is the median distance within a fixed sample of the reference. It is applied through 512 random
    Fourier features, a kernel of their own, so the cost is linear in the rows. The p-value is that of 299
    permutations of the rows, exact at any sizes. A shift of one of ten inputs by half a standard deviation gives about
    0.01, which is where the line is from.
    """
    if (reason := few(joint)) is not None:
        return Found(None, reason=reason)
    part = joint.sample(MOST_ROWS)
    n, m = part.rows
    g = np.random.default_rng(SEED)
    width = _width(part.reference, g)
    if width == 0:
        return Found(None, reason="constant_reference")
    features = fourier(np.vstack([part.reference, part.current]), width, g)
    sides = np.zeros((n + m, 1 + PERMUTATIONS))
    sides[n:, 0] = 1.0
    for i in range(1, 1 + PERMUTATIONS):
        sides[g.choice(n + m, m, replace=False), i] = 1.0
    values = unbiased(features, sides)
    value, shuffled = float(values[0]), values[1:]
    p_value = (1 + int((shuffled >= value).sum())) / (1 + PERMUTATIONS)
    line = max(LINES.watch, float(np.quantile(shuffled, 1 - ALPHA)))
    return Found(value, line, p_value, rows=(n, m))


def fourier(rows: Floats, width: float, g: np.random.Generator) -> Floats:
    """Return features whose inner products approach exp(-d^2 / (2 width^2)), shape (rows, FEATURES)."""
    frequencies = g.normal(0, 1 / width, (rows.shape[1], FEATURES // 2))
    angles = rows @ frequencies
    return np.asarray(np.hstack([np.cos(angles), np.sin(angles)]) * np.sqrt(2 / FEATURES))


def unbiased(features: Floats, sides: Floats) -> Floats:
    """Return the statistic for each assignment of rows, shape (k,); ``sides`` (rows, k) is 1 for the batch's rows."""
    m = sides.sum(axis=0)
    n = len(features) - m
    whole, squares = features.sum(axis=0), np.square(features).sum(axis=1)
    x = features.T @ sides
    r = whole[:, None] - x
    own = squares @ sides
    within = (np.square(x).sum(axis=0) - own) / (m * (m - 1))
    without = (np.square(r).sum(axis=0) - (squares.sum() - own)) / (n * (n - 1))
    return np.asarray(within + without - 2 * (x * r).sum(axis=0) / (n * m))


def _width(reference: Floats, g: np.random.Generator) -> float:
    """Median distance between rows of a sample."""
    some = reference[g.permutation(len(reference))[:_WIDTH_ROWS]]
    squares = np.square(some).sum(axis=1)
    distances = squares[:, None] + squares[None, :] - 2 * some @ some.T
    return float(np.sqrt(np.median(np.maximum(distances[np.triu_indices(len(some), 1)], 0.0))))


METHOD = JointMethod(
    slug="mmd",
    title="Maximum mean discrepancy",
    measure=mmd,
    unit="",
    limits=(-2.0, None),
    lines=LINES,
    definition="mean k(x, x') + mean k(r, r') - 2 mean k(x, r), unbiased, k Gaussian by random Fourier features",
    source="Gretton et al. (2012), JMLR 13; Rahimi and Recht (2007)",
)
