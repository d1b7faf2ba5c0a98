"""A reference part and a window part of one column, side by side: what every method measures; pure."""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bellwether.drift.pooling import EXPECTED, pearson, pool
from bellwether.profile import (
    CategoricalReference,
    CategoricalWindow,
    NumericReference,
    NumericWindow,
    Ranks,
    distance_bounds,
    rank_bins,
    rank_rows,
)

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]

MISSING = "missing"
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Distances:
    """What only numbers have: finite values on each side, spread of the reference, proven (low, high) of distances.

    Both ends are equal when the window was profiled from its rows. ``wasserstein`` is in units of the column.
    """

    n: int
    m: int
    sd: float
    ks: tuple[float, float]
    wasserstein: tuple[float, float]

    @property
    def h(self) -> float:
        """Effective size n m / (n + m) of the finite values."""
        return self.n * self.m / (self.n + self.m)


@dataclass(frozen=True)
class Pair:
    """Counts of one column on the reference's coarse bins, shape (bins,) each, with missing values as a last bin.

    ``ordered``: neighbouring bins are alike (numbers), so rare ones are pooled with their neighbours. ``numbers`` are
    the parts the pair was made of, ``rows`` the sorted finite values of the window where they are at hand.
    """

    labels: tuple[str, ...]
    reference: Counts
    current: Counts
    ordered: bool
    distances: Distances | None = None
    numbers: tuple[NumericReference, NumericWindow] | None = None
    rows: Floats | None = None

    @cached_property
    def n(self) -> int:
        """Rows of the reference."""
        return int(self.reference.sum())

    @cached_property
    def m(self) -> int:
        """Rows of the window."""
        return int(self.current.sum())

    @property
    def h(self) -> float:
        """Effective size n m / (n + m)."""
        return self.n * self.m / (self.n + self.m)

    @property
    def empty(self) -> Literal["no_rows", "no_reference"] | None:
        """Why nothing can be measured, if so."""
        if self.n == 0:
            return "no_reference"
        return "no_rows" if self.m == 0 else None

    @cached_property
    def shares(self) -> tuple[Floats, Floats]:
        """Share of each bin, of reference and window; sums are 1."""
        return self.reference / self.n, self.current / self.m

    @cached_property
    def occupied(self) -> int:
        """Bins with any row on either side."""
        return int(np.count_nonzero(self.reference + self.current))

    @cached_property
    def pooled(self) -> tuple[Counts, Counts]:
        """Both counts with bins too rare for a chi-squared law joined."""
        return pool(self.reference, self.current, ordered=self.ordered)

    @cached_property
    def homogeneity(self) -> tuple[float, int]:
        """Pearson's statistic of the pooled table, and its degrees of freedom."""
        r, x = self.pooled
        return pearson(r, x), r.size - 1

    @cached_property
    def ranks(self) -> Ranks | None:
        """Both samples in one order, exact where the rows of both are at hand; None without finite values."""
        if self.numbers is None or self.distances is None:
            return None
        reference, window = self.numbers
        if self.rows is not None and reference.values is not None:
            return rank_rows(reference.values, self.rows)
        return rank_bins(reference, window)

    @cached_property
    def observed(self) -> "Pair":
        """The same without missing values, comparable with tools that drop them."""
        return replace(self, labels=self.labels[:-1], reference=self.reference[:-1], current=self.current[:-1])


def pair_of(
    reference: NumericReference | CategoricalReference,
    window: NumericWindow | CategoricalWindow,
    rows: Floats | None = None,
) -> Pair:
    """Return the pair of one column; raises ``TypeError`` when one side is numeric and the other is not.

    ``rows``: sorted finite values of the window, as the profile counts them, which make rank statistics exact.
    """
    match reference, window:
        case NumericReference(), NumericWindow():
            return _numeric(reference, window, rows)
        case CategoricalReference(), CategoricalWindow():
            return _levels(reference, window)
        case _:
            raise TypeError(f"{type(reference).__name__} and {type(window).__name__} do not pair")


def _numeric(reference: NumericReference, window: NumericWindow, rows: Floats | None) -> Pair:
    r = reference.coarse(reference.counts, reference.tied, reference.below, reference.above)
    x = reference.coarse(window.counts, window.tied, window.below, window.above)
    distances = None
    if reference.n and window.n:
        ks, w1 = distance_bounds(reference, window) if window.exact is None else _exact(window)
        distances = Distances(reference.n, window.n, reference.sd, ks, w1)
    return Pair(
        (*interval_labels(reference), MISSING),
        np.append(r, reference.missing),
        np.append(x, window.missing),
        ordered=True,
        distances=distances,
        numbers=(reference, window),
        rows=rows,
    )


def _exact(window: NumericWindow) -> tuple[tuple[float, float], tuple[float, float]]:
    assert window.exact is not None
    ks, w1 = window.exact.ks, window.exact.wasserstein
    return (ks, ks), (w1, w1)


def _levels(reference: CategoricalReference, window: CategoricalWindow) -> Pair:
    """Bins of the kept levels, of each unseen level, of ``other``, and of missing values."""
    unseen = tuple(window.unseen)
    labels = np.array([*reference.levels[: reference.kept], *unseen], dtype=object)
    r = np.concatenate([reference.bins[:-1], np.zeros(len(unseen), dtype=np.int64)])
    x = np.concatenate([window.counts[:-1], np.array(list(window.unseen.values()), dtype=np.int64)])
    other = [int(reference.bins[-1]), int(window.counts[-1]) + window.unnamed]
    shown = r + x > 0
    if reference.distinct > reference.kept and window.rows:
        common = shown & ~_rare(reference, r + x, window.rows)
        other = [other[0] + int(r[~common].sum()), other[1] + int(x[~common].sum())]
        shown = common
    return Pair(
        (*labels[shown], OTHER, MISSING),
        np.append(r[shown], [other[0], reference.missing]),
        np.append(x[shown], [other[1], window.missing]),
        ordered=False,
    )


def _rare(reference: CategoricalReference, totals: Counts, rows: int) -> NDArray[np.bool_]:
    """Which levels belong to ``other`` where the reference has more levels than are kept.

    Which levels are kept was chosen by the reference's counts, so those near the border are there by luck, and the
    window has less of them; it also has rare levels the reference missed. Both would look like drift. Told by the
    counts of both sides together, far enough from the border, no side is favoured.
    """
    n, m = max(1, reference.rows), rows
    border = int(reference.counts[reference.kept - 1])
    return (totals * (n / (n + m)) < 2 * border + 2 * EXPECTED) | (totals * (min(n, m) / (n + m)) < EXPECTED)


def edges_of(reference: NumericReference) -> tuple[float, ...]:
    """Return the finite interior edges of the coarse bins (-inf, e1], ..., (em, +inf), in units of the column."""
    if reference.constant:
        value = float(reference.edges[0])
        return (shown(reference, math.nextafter(value, -math.inf)), shown(reference, value))
    return tuple(shown(reference, float(edge)) for edge in reference.edges[reference.cuts])


def shown(reference: NumericReference, value: float) -> float:
    """Return a value of the profile in units of the column."""
    return value + reference.origin


def interval_labels(reference: NumericReference) -> tuple[str, ...]:
    """Return a name for each coarse bin: ``<= 1``, ``1 to 2``, ``> 2``; ``< v``, ``v``, ``> v`` for a constant."""
    if reference.edges.size == 0:
        return ("any",)
    if reference.constant:
        value = f"{shown(reference, float(reference.edges[0])):.6g}"
        return (f"< {value}", value, f"> {value}")
    edges = [f"{edge:.6g}" for edge in edges_of(reference)]
    inner = [f"{low} to {high}" for low, high in pairwise(edges)]
    return (f"<= {edges[0]}", *inner, f"> {edges[-1]}")
