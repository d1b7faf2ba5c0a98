"""Whether attributions changed: the same model and background on two sets of rows. Pure.

Total variation of the shares decides, with a permutation test; NDCG stands beside it for those who know it. An alarm
needs both: evidence (p < 0.01) and size (TV >= 0.05). Among 450 windows without drift (200 to 2,000 rows) p alone
fired in 0.7 to 3.3 %, both together never.

Rows of one day share its weather, so days differ more than exchangeable rows do, and the permutation test alone would
call almost every day. Where the reference knows its times, it is cut into windows as long as the batch's: the size that
counts is then beyond what those windows show among themselves.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from bellwether.contracts import AgainstReference, AttributionChange, OutputShift, ShiftPart, Status
from bellwether.explain.columns import Floats
from bellwether.explain.summary import MOST_FEATURES, Z95

WATCH, ACT = 0.05, 0.10
"""Total variation of the shares that calls for a look, and for action, given the evidence."""
P_VALUE = 0.01
KNOWN_WATCH, KNOWN_ACT = 0.02, 0.05
"""The same where the reference's own windows say what is normal: at least their mean and 3, or 4, deviations."""
FEWEST_WINDOWS = 15
PERMUTATIONS = 500
FEWEST = 30
MOST_ROWS = 4_000
"""Rows of each side that the permutation test looks at."""


def shares(size: Floats) -> Floats:
    """Return each feature's part of the mean absolute contribution, shape (f,), in [0, 1]; 0 where there is none."""
    mean = size.mean(axis=0)
    total = float(mean.sum())
    return np.asarray(mean / total) if total > 0 else np.zeros_like(mean)


def total_variation(a: Floats, b: Floats) -> float:
    """Return half the sum of absolute differences of two share vectors, in [0, 1]."""
    return float(np.abs(a - b).sum() / 2)


def ndcg(baseline: Floats, current: Floats) -> float:
    """Return how well the current order of features keeps the baseline's importances on top, in [0, 1].

    Gain = baseline importance, discount 1 / log2(rank + 1), divided by the ideal order's.

    Examples
    --------
    >>> round(ndcg(np.array([0.70, 0.50, 0.05]), np.array([0.10, 0.20, 0.70])), 4)
    0.6876
    """
    discount = 1.0 / np.log2(np.arange(2, len(baseline) + 2))
    ideal = float(np.sort(baseline)[::-1] @ discount)
    return float(baseline[np.argsort(-current, kind="stable")] @ discount) / ideal if ideal > 0 else 1.0


def p_value(a: Floats, b: Floats, rng: np.random.Generator, permutations: int = PERMUTATIONS) -> float:
    """Return the share of relabellings of the pooled rows whose TV is at least the one seen, never 0.

    Parameters
    ----------
    a, b
        Absolute contributions, shape (n rows, f features) each.
    """
    both = np.concatenate([a, b])
    both = both[:, both.any(axis=0)]
    n, m = len(both), len(b)
    if not both.shape[1]:
        return 1.0
    total, seen = both.sum(axis=0), total_variation(shares(a), shares(b))
    later = np.zeros((permutations, n))
    for row in later:
        row[rng.permutation(n)[:m]] = 1.0
    b_sum = later @ both
    a_sum = total - b_sum
    drawn = np.abs(_normalised(a_sum) - _normalised(b_sum)).sum(axis=1) / 2
    return (1 + int((drawn >= seen - 1e-12).sum())) / (permutations + 1)


def _normalised(sums: Floats) -> Floats:
    total = sums.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(sums, total, out=np.zeros_like(sums), where=total > 0))


@dataclass(frozen=True, slots=True)
class Normal:
    """Total variation of a reference's windows against its other rows: lines drawn from it, the largest, how many."""

    watch: float
    act: float
    largest: float
    windows: int


def normal(size: Floats, times: Floats, seconds: float) -> Normal | None:
    """Return what windows of this length show without drift; None below ``FEWEST_WINDOWS`` windows of enough rows.

    Parameters
    ----------
    size
        Absolute contributions of the reference, shape (n rows, f features).
    times
        Shape (n rows,), seconds; not a number where unknown.
    """
    known = np.isfinite(times)
    if seconds <= 0 or not known.any():
        return None
    size, times = size[known], times[known]
    window = ((times - times.min()) // seconds).astype(np.int64)
    _, window, counts = np.unique(window, return_inverse=True, return_counts=True)
    sums = np.zeros((len(counts), size.shape[1]))
    np.add.at(sums, window, size)
    full = (counts >= FEWEST) & (len(size) - counts >= FEWEST)
    if full.sum() < FEWEST_WINDOWS:
        return None
    rest = sums.sum(axis=0) - sums
    found = np.abs(_normalised(sums) - _normalised(rest)).sum(axis=1)[full] / 2
    centre, spread = float(found.mean()), float(found.std(ddof=1))
    watch, act = max(KNOWN_WATCH, centre + 3 * spread), max(KNOWN_ACT, centre + 4 * spread)
    return Normal(watch, act, float(found.max()), int(full.sum()))


def against_reference(
    reference: Floats,
    current: Floats,
    names: tuple[str, ...],
    rng: np.random.Generator,
    usual: Normal | None = None,
) -> AgainstReference:
    """Return the verdict on two sets of absolute contributions, shape (n rows, f features) each."""
    rows = {"rows": len(current), "reference_rows": len(reference)}
    if min(rows.values()) < FEWEST:
        reason = f"{len(current)} rows against {len(reference)} of the reference; {FEWEST} of each are needed"
        return AgainstReference(status="unknown", reason=reason, **rows)
    then, now = shares(reference), shares(current)
    if not then.any() or not now.any():
        return AgainstReference(status="unknown", reason="no feature moves the output", **rows)
    tv = total_variation(then, now)
    p = p_value(_some(reference, rng), _some(current, rng), rng)
    watch, act = (WATCH, ACT) if usual is None else (usual.watch, usual.act)
    status: Status = "fine" if p >= P_VALUE or tv < watch else "act" if tv >= act else "watch"
    q = _benjamini_hochberg(_welch(reference, current))
    order = np.argsort(-np.abs(now - then), kind="stable")[:MOST_FEATURES].tolist()
    changes = tuple(
        AttributionChange(feature=names[j], share=float(now[j]), reference_share=float(then[j]), q_value=float(q[j]))
        for j in order
    )
    return AgainstReference(
        status=status,
        tv=tv,
        threshold=watch,
        normal=None if usual is None else usual.largest,
        windows=0 if usual is None else usual.windows,
        p_value=p,
        ndcg=ndcg(reference.mean(axis=0), current.mean(axis=0)),
        features=changes,
        **rows,
    )


def _some(size: Floats, rng: np.random.Generator) -> Floats:
    return size if len(size) <= MOST_ROWS else size[rng.choice(len(size), MOST_ROWS, replace=False)]


def _welch(a: Floats, b: Floats) -> Floats:
    """p-values of equal means, shape (f,); 1 where both are the same constant."""
    va, vb = a.var(axis=0, ddof=1) / len(a), b.var(axis=0, ddof=1) / len(b)
    gap, spread = np.abs(a.mean(axis=0) - b.mean(axis=0)), va + vb
    with np.errstate(divide="ignore", invalid="ignore"):
        t = gap / np.sqrt(spread)
        freedom = spread**2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
        p = 2 * stats.t.sf(t, freedom)
    return np.asarray(np.where(spread > 0, p, np.where(gap > 0, 0.0, 1.0)))


def _benjamini_hochberg(p: Floats) -> Floats:
    """p-values corrected over the features, shape (f,)."""
    order = np.argsort(p)
    ranked = p[order] * len(p) / np.arange(1, len(p) + 1)
    q = np.empty_like(p)
    q[order] = np.minimum.accumulate(ranked[::-1])[::-1]
    return np.minimum(q, 1.0)


def output_shift(reference: Floats, current: Floats, names: tuple[str, ...], base_value: float) -> OutputShift | None:
    """Return why the mean output moved, given signed contributions of both with the same model and background.

    mean f_B - mean f_A = sum_j (mean phi_j^B - mean phi_j^A): exact and additive; intervals are Welch's, 95 %. None
    below ``FEWEST`` rows of either.
    """
    if min(len(reference), len(current)) < FEWEST:
        return None
    before, after = reference.mean(axis=0), current.mean(axis=0)
    change = after - before
    error = np.sqrt(reference.var(axis=0, ddof=1) / len(reference) + current.var(axis=0, ddof=1) / len(current))
    order = np.argsort(-np.abs(change), kind="stable")
    parts = tuple(
        ShiftPart(
            feature=names[j],
            change=float(change[j]),
            interval=(float(change[j] - Z95 * error[j]), float(change[j] + Z95 * error[j])),
        )
        for j in order[:MOST_FEATURES].tolist()
    )
    return OutputShift(
        reference=base_value + float(before.sum()),
        current=base_value + float(after.sum()),
        change=float(change.sum()),
        features=parts,
        other=float(change[order[MOST_FEATURES:]].sum()),
    )
