"""A reference part and a window part of one column, side by side: what every method measures; pure."""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bellwether.drift.pooling import EXPECTED, pool
from bellwether.profile import (
    CategoricalReference,
    CategoricalWindow,
    NumericReference,
    NumericWindow,
    distance_bounds,
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

    ``ordered``: neighbouring bins are alike (numbers), so rare ones are pooled with their neighbours.
    """

    labels: tuple[str, ...]
    reference: Counts
    current: Counts
    ordered: bool
    distances: Distances | None = None

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
    def observed(self) -> "Pair":
        """The same without missing values, comparable with tools that drop them."""
        return replace(self, labels=self.labels[:-1], reference=self.reference[:-1], current=self.current[:-1])


def pair_of(reference: NumericReference | CategoricalReference, window: NumericWindow | CategoricalWindow) -> Pair:
    """Return the pair of one column; raises ``TypeError`` when one side is numeric and the other is not."""
    match reference, window:
        case NumericReference(), NumericWindow():
            return _numeric(reference, window)
        case CategoricalReference(), CategoricalWindow():
            return _levels(reference, window)
        case _:
            raise TypeError(f"{type(reference).__name__} and {type(window).__name__} do not pair")


def _numeric(reference: NumericReference, window: NumericWindow) -> Pair:
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
    )


def _exact(window: NumericWindow) -> tuple[tuple[float, float], tuple[float, float]]:
    assert window.exact is not None
    ks, w1 = window.exact.ks, window.exact.wasserstein
    return (ks, ks), (w1, w1)


def _levels(reference: CategoricalReference, window: CategoricalWindow) -> Pair:
    """Bins of the kept levels, of ``other``, of each unseen level, and of missing values.

    Where the reference has rare levels beyond the kept ones, every window has rare levels the reference missed: they
    belong with them, or a long tail alone would look like drift.
    """
    kept = reference.levels[: reference.kept]
    unseen, spare = dict(window.unseen), window.unnamed
    bins = window.counts.copy()
    if reference.distinct > reference.kept and window.rows:
        enough = EXPECTED * (reference.rows + window.rows) / max(1, min(reference.rows, window.rows))
        unseen = {level: rows for level, rows in unseen.items() if rows >= enough}
        bins[-1] += window.new - sum(unseen.values())
        spare = 0
    r = np.concatenate([reference.bins, np.zeros(len(unseen) + 1, dtype=np.int64), [reference.missing]])
    x = np.concatenate([bins, [*unseen.values(), spare, window.missing]])
    labels = (*kept, OTHER, *unseen, f"{OTHER} (new)", MISSING)
    keep = r + x > 0
    keep[-1] = True
    names = tuple(label for label, kept_ in zip(labels, keep, strict=True) if kept_)
    return Pair(names, r[keep], x[keep].astype(np.int64), ordered=False)


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
