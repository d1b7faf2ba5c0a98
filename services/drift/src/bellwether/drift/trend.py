"""Where a series goes and since when: slope, monotone trend, change points; pure.

A series is values at times; None is a batch without a value and is left out. Seeds are fixed, so the same
history always gives the same answer. Permutation p-values take the values of a stable stretch as
exchangeable: a strong season is then a change too, and is one.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import special

from bellwether.contracts import ChangePoint, Trend

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

FEWEST = 8
"""Values below which there is no slope and no change point."""
ALPHA = 0.01
_SEGMENT = 3
_WITHIN = 3.84
_PERMUTATIONS = 499
_SEED = 20_130_101
_MOST_POINTS = 5
_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Split:
    """A change before value ``at``; the true place lies in ``low..high``, both inclusive, with ``p_value``."""

    at: int
    low: int
    high: int
    p_value: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """Values ``start`` to ``stop`` (exclusive) lie on another level than the rest."""

    start: int
    stop: int
    p_value: float


def theil_sen(days: Floats, values: Floats) -> float:
    """Return the median slope over all pairs of values, per day; 0 when all times are one."""
    i, j = np.triu_indices(values.size, k=1)
    apart = days[j] - days[i]
    there = apart != 0
    if not there.any():
        return 0.0
    return float(np.median((values[j] - values[i])[there] / apart[there]))


def mann_kendall(values: Floats) -> float:
    """Return the two-sided p-value of a monotone trend, in [0, 1], corrected for ties and continuity."""
    n = values.size
    if n < 3:
        return 1.0
    i, j = np.triu_indices(n, k=1)
    s = float(np.sign(values[j] - values[i]).sum())
    _, ties = np.unique(values, return_counts=True)
    variance = (n * (n - 1) * (2 * n + 5) - float((ties * (ties - 1) * (2 * ties + 5)).sum())) / 18
    if variance <= 0:
        return 1.0
    z = max(0.0, abs(s) - 1) / math.sqrt(variance)
    return float(min(1.0, 2 * special.ndtr(-z)))


def stretch(values: Floats) -> Stretch | None:
    """Return the stretch whose level differs most from the rest, or None when luck explains it.

    Largest standardised rank sum over all stretches, so a passing incident is found as well as a lasting step
    (circular binary segmentation on ranks); p-value by 499 permutations.
    """
    n = values.size
    if n < FEWEST:
        return None
    order = _ranks(values)
    order -= order.mean()
    if not order.any():
        return None
    best, start, stop = 0.0, 0, 0
    g = np.random.default_rng(_SEED)
    found = _sums(order[None])
    chance = _sums(g.permuted(np.tile(order, (_PERMUTATIONS, 1)), axis=1))
    largest = np.zeros(_PERMUTATIONS)
    for length in range(_SEGMENT, n - _SEGMENT + 1):
        scale = math.sqrt(length * (n - length) / (n - 1) * float(order.var()))
        away = _away_from_ends(n, length)
        here = np.abs(found[:, length:] - found[:, :-length])[0] * away / scale
        place = int(here.argmax())
        if here[place] > best + 1e-12:
            best, start, stop = float(here[place]), place, place + length
        moved = np.abs(chance[:, length:] - chance[:, :-length]) * away
        np.maximum(largest, moved.max(axis=1) / scale, out=largest)
    p_value = _p_value(best, largest)
    return Stretch(start, stop, p_value) if p_value <= ALPHA else None


def split_counts(counts: Counts) -> Split | None:
    """Return the likeliest place where a distribution changed, or None when luck explains it.

    ``counts`` shape (windows, bins), on the bins of one reference. Largest multinomial likelihood ratio of
    the merged counts before and after; p-value by 499 permutations of the windows, so unequal windows and
    spread beyond the multinomial are allowed for.
    """
    counts = counts[:, counts.sum(axis=0) > 0]
    n = counts.shape[0]
    if n < FEWEST or counts.shape[1] < 2:
        return None
    inner = slice(_SEGMENT - 1, n - _SEGMENT)
    found = _likelihood_ratios(counts[None])[0, inner]
    g = np.random.default_rng(_SEED)
    orders = g.permuted(np.tile(np.arange(n), (_PERMUTATIONS, 1)), axis=1)
    chance = np.concatenate(
        [_likelihood_ratios(counts[part])[:, inner].max(axis=1) for part in np.array_split(orders, 10)]
    )
    return _split(found, chance)


def change_points(values: Floats) -> list[Split]:
    """Return the changes of a series in order of time, found one inside the other, at most five."""
    found: list[tuple[int, float]] = []
    waiting = [(0, values.size)]
    while waiting and len(found) < _MOST_POINTS:
        begin, end = waiting.pop(0)
        one = stretch(values[begin:end])
        if one is None:
            continue
        edges = [begin + edge for edge in (one.start, one.stop) if 0 < edge < end - begin]
        found += [(edge, one.p_value) for edge in edges]
        waiting += pairwise([begin, *edges, end])
    found = _pruned(values, sorted(found))
    bounds = [0, *(at for at, _ in found), values.size]
    return [_located(values, bounds[i], at, bounds[i + 2], p) for i, (at, p) in enumerate(found)]


def trend(
    batches: Sequence[str], times: Sequence[datetime], scores: Sequence[float | None], *, dated: bool = True
) -> Trend:
    """Return slope, monotone trend and change points of a series, oldest first; empty below eight values.

    Without ``dated`` no change points are looked for, which is most of the work.
    """
    kept = [(b, t, s) for b, t, s in zip(batches, times, scores, strict=True) if s is not None]
    if len(kept) < FEWEST:
        return Trend()
    values = np.array([score for _, _, score in kept])
    days = np.array([(time - kept[0][1]).total_seconds() / _DAY_S for _, time, _ in kept])
    splits = change_points(values) if dated else []
    bounds = [0, *(split.at for split in splits), values.size]
    points = tuple(
        ChangePoint(
            batch=kept[split.at][0],
            time=kept[split.at][1],
            interval=(kept[split.low][1], kept[split.high][1]),
            p_value=split.p_value,
            before=float(np.median(values[bounds[i] : split.at])),
            after=float(np.median(values[split.at : bounds[i + 2]])),
        )
        for i, split in enumerate(splits)
    )
    return Trend(slope=theil_sen(days, values), slope_p_value=mann_kendall(values), change_points=points)


def _pruned(values: Floats, found: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """The changes whose neighbouring stretches differ: a stretch found inside a series may end where nothing does."""
    while found:
        bounds = [0, *(at for at, _ in found), values.size]
        p_values = [
            _rank_sum_p(values[a:b], values[b:c]) for a, b, c in zip(bounds, bounds[1:], bounds[2:], strict=False)
        ]
        worst = int(np.argmax(p_values))
        if p_values[worst] <= ALPHA:
            break
        del found[worst]
    return found


def _rank_sum_p(one: Floats, two: Floats) -> float:
    """Two-sided normal p-value of the rank sum of two samples, corrected for ties."""
    order = _ranks(np.concatenate([one, two]))
    n = order.size
    variance = one.size * two.size / (n - 1) * float(order.var())
    if variance <= 0:
        return 1.0
    z = abs(float(order[: one.size].sum()) - one.size * (n + 1) / 2) / math.sqrt(variance)
    return float(2 * special.ndtr(-z))


def _located(values: Floats, begin: int, at: int, end: int, p_value: float) -> Split:
    """The change at ``at`` with the places it may as well have, between its neighbours ``begin`` and ``end``."""
    order = _ranks(values[begin:end])
    n = order.size
    sizes = np.arange(1, n)
    scale = sizes * (n - sizes) / (n - 1) * max(float(order.var()), 1e-12)
    found = np.square(np.cumsum(order - order.mean())[:-1]) / scale
    near = begin + 1 + np.flatnonzero(found >= found[at - begin - 1] - _WITHIN)
    return Split(at, min(at, int(near.min())), max(at, int(near.max())), p_value)


def _split(found: Floats, chance: Floats) -> Split | None:
    """Best of the inner splits by twice a log-likelihood ratio, against the largest such by chance."""
    best = int(found.argmax())
    p_value = _p_value(float(found[best]), chance)
    if p_value > ALPHA:
        return None
    near = np.flatnonzero(found >= found[best] - _WITHIN) + _SEGMENT
    return Split(best + _SEGMENT, int(near.min()), int(near.max()), p_value)


def _p_value(found: float, chance: Floats) -> float:
    return (1 + int((chance >= found - 1e-12).sum())) / (1 + chance.size)


def _away_from_ends(n: int, length: int) -> NDArray[np.bool_]:
    """Whether a stretch of this length, by its start, leaves none or enough values before and after it."""
    before = np.arange(n - length + 1)
    after = n - length - before
    return np.asarray(((before == 0) | (before >= _SEGMENT)) & ((after == 0) | (after >= _SEGMENT)))


def _sums(orders: Floats) -> Floats:
    """Sums of the first 0..n values of each row, shape (rows, n + 1)."""
    return np.concatenate([np.zeros((orders.shape[0], 1)), np.cumsum(orders, axis=1)], axis=1)


def _likelihood_ratios(counts: Counts) -> Floats:
    """Twice the log-likelihood ratio at each split, for a stack of histories; shape (stack, windows - 1)."""
    before = np.cumsum(counts, axis=1)
    total = before[:, -1:, :]
    before = before[:, :-1, :]
    ratio = _entropy(before) + _entropy(total - before) - _entropy(total)
    return np.asarray(2 * ratio)


def _entropy(counts: Counts) -> Floats:
    """Sum of c log(c / n) over the last axis."""
    n = counts.sum(axis=-1)
    return np.asarray(special.xlogy(counts, counts).sum(axis=-1) - special.xlogy(n, n))


def _ranks(values: Floats) -> Floats:
    """Mid-ranks."""
    _, places, ties = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(ties) - (ties - 1) / 2)[places])
