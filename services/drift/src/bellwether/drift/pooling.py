"""Joining bins too rare for a chi-squared law; pure."""

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]

EXPECTED = 5.0
"""Rows expected in a bin on the smaller side, below which the chi-squared laws fail."""


def pool(reference: Counts, current: Counts, *, ordered: bool) -> tuple[Counts, Counts]:
    """Return both counts, shape (groups,), rare bins joined: neighbours where bins are ordered, else the rarest."""
    totals = reference + current
    n, m = int(reference.sum()), int(current.sum())
    keep = totals > 0
    expected = (totals * (min(n, m) / (n + m))).astype(np.float64)
    if (expected[keep] >= EXPECTED).all():
        return reference[keep], current[keep]
    groups = _neighbours(expected) if ordered else _rarest(expected)
    size = int(groups.max()) + 1
    return _joined(reference, groups, size), _joined(current, groups, size)


def pearson(reference: Counts, current: Counts) -> float:
    """Return Pearson's statistic of a 2 x groups table without continuity correction; every group has rows."""
    n, m = int(reference.sum()), int(current.sum())
    totals = reference + current
    expected = totals * (n / (n + m)), totals * (m / (n + m))
    sides = zip((reference, current), expected, strict=True)
    return float(sum((np.square(found - wanted) / wanted).sum() for found, wanted in sides))


def _joined(counts: Counts, groups: Counts, size: int) -> Counts:
    joined = np.zeros(size, dtype=np.int64)
    np.add.at(joined, groups, counts)
    return joined


def _neighbours(expected: Floats) -> Counts:
    """Group of each bin: walk from the left, close a group once it expects enough; the rest joins the last."""
    groups = np.zeros(expected.size, dtype=np.int64)
    group, held = 0, 0.0
    for place, rows in enumerate(expected):
        groups[place] = group
        held += rows
        if held >= EXPECTED:
            group, held = group + 1, 0.0
    if held < EXPECTED and group > 0:
        groups[groups == group] = group - 1
    return groups


def _rarest(expected: Floats) -> Counts:
    """Group of each level: the rare ones together, with the smallest common one if they are still too rare."""
    rare = expected < EXPECTED
    if not rare.any():
        return np.arange(expected.size)
    common = np.flatnonzero(~rare)
    groups = np.zeros(expected.size, dtype=np.int64)
    if common.size == 0:
        return groups
    groups[common] = np.arange(1, common.size + 1)
    if expected[rare].sum() < EXPECTED:
        groups[common[np.argmin(expected[common])]] = 0
        _, groups = np.unique(groups, return_inverse=True)
    return groups
