"""A numeric column: fine quantile bins of a reference, and counts of a window on them; pure.

Shapes: reference (n finite values,), fine edges (k,), bins (k + 1,), k <= 4106; bin i is (edge[i-1],
edge[i]], open at both ends. Everything a window holds is a sum, so windows of one reference add.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from bellwether.profile.kernels.port import Block, Counts, Floats, Grid
from bellwether.profile.lookup import make_grid

FINE_BINS = 4096
COARSE_BINS = 10


@dataclass(frozen=True)
class NumericReference:
    """Fine bins of a reference column.

    ``cuts``: positions of the decile edges among ``edges``; ``tied``: values equal to their bin's right edge;
    ``sums``: of value minus the bin's anchor; ``origin``: what was subtracted from integers too large for
    float64. ``values``: the sorted finite values, shape (n,), without which distances are bounded instead of
    exact.
    """

    edges: Floats
    counts: Counts
    tied: Counts
    sums: Floats
    cuts: Counts
    missing: int
    above: int
    below: int
    mean: float
    m2: float
    origin: int = 0
    integral: bool = False
    values: Floats | None = field(default=None, repr=False, compare=False)

    @cached_property
    def n(self) -> int:
        """Finite values."""
        return int(self.counts.sum())

    @property
    def rows(self) -> int:
        """All values, missing and infinite ones included."""
        return self.n + self.missing + self.above + self.below

    @property
    def smallest(self) -> float:
        """Smallest finite value; infinite when there is none."""
        return float(self.edges[0]) if self.edges.size else np.inf

    @property
    def largest(self) -> float:
        """Largest finite value; minus infinite when there is none."""
        return float(self.edges[-1]) if self.edges.size else -np.inf

    @property
    def sd(self) -> float:
        """Standard deviation (ddof 0) of the finite values; 0 for a constant."""
        return float(np.sqrt(self.m2 / self.n)) if self.n and self.edges.size > 1 else 0.0

    @property
    def constant(self) -> bool:
        """Whether all finite values are one."""
        return self.edges.size == 1

    @cached_property
    def starts(self) -> Counts:
        """Position in the sorted values where each bin begins, shape (k + 2,)."""
        return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(self.counts)])

    @cached_property
    def anchors(self) -> Floats:
        """What each bin's sum is centred on: its left edge, or the first edge; shape (k + 1,)."""
        return _anchors(self.edges)

    @cached_property
    def grid(self) -> Grid:
        """The bins in the form a kernel reads; made once a process, never stored."""
        return make_grid(self.edges, self.anchors, self.counts, self.mean if np.isfinite(self.mean) else 0.0)

    def coarse(self, counts: Counts, tied: Counts, below: int, above: int) -> Counts:
        """Return fine counts summed to the decile bins, infinities in the end bins; a constant has three."""
        if self.edges.size == 0:
            return np.array([counts[0] + below + above])
        if self.constant:
            bins = np.array([counts[0] - tied[0], tied[0], counts[1]])
        else:
            bins = np.add.reduceat(counts, np.r_[0, self.cuts + 1])
        bins[0] += below
        bins[-1] += above
        return np.asarray(bins, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Exact:
    """Distances from the rows themselves: ``ks`` in [0, 1], ``wasserstein`` in units of the column."""

    ks: float
    wasserstein: float
    refined: float = 0.0


@dataclass(frozen=True, slots=True)
class NumericWindow:
    """Counts of one or more windows on a reference's fine bins.

    ``total`` and ``square``: sum and sum of squares of value minus the reference's mean.
    ``exact`` exists when all rows were seen in one go; a sum of windows has none and is bounded instead.
    ``notes`` says what had to be done to the column, e.g. ``text read as numbers``.
    """

    counts: Counts
    tied: Counts
    sums: Floats
    missing: int
    above: int
    below: int
    total: float
    square: float
    smallest: float
    largest: float
    exact: Exact | None = None
    notes: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """Finite values."""
        return int(self.counts.sum())

    @property
    def rows(self) -> int:
        """All values, missing and infinite ones included."""
        return self.n + self.missing + self.above + self.below

    def __add__(self, other: "NumericWindow") -> "NumericWindow":
        """Counts of both; exact in the counts, to rounding in the sums, without exact distances."""
        if self.rows == 0 or other.rows == 0:
            return other if self.rows == 0 else self
        return NumericWindow(
            self.counts + other.counts,
            self.tied + other.tied,
            self.sums + other.sums,
            self.missing + other.missing,
            self.above + other.above,
            self.below + other.below,
            self.total + other.total,
            self.square + other.square,
            min(self.smallest, other.smallest),
            max(self.largest, other.largest),
            notes=tuple(dict.fromkeys((*self.notes, *other.notes))),
        )


def order_statistics(ordered: Floats, parts: int) -> Floats:
    """Return the i/parts quantiles, i = 1..parts-1, as values of the sample (inverted CDF, in integers)."""
    i = np.arange(1, parts, dtype=np.int64)
    return ordered[(i * ordered.size + parts - 1) // parts - 1]


def fit_numeric(blocks: Iterable[Block], origin: int = 0, integral: bool = False) -> NumericReference:
    """Return the reference of a column given block by block; NaN is missing, infinities are counted apart."""
    kept: list[Floats] = [np.empty(0)]
    missing = above = below = 0
    for block in blocks:
        valid, values = block.valid(), block.values
        finite = np.isfinite(values) & valid
        good = values[finite]
        if good.size < values.size:
            up, down = (int(((values == end) & valid).sum()) for end in (np.inf, -np.inf))
            above, below, missing = above + up, below + down, missing + values.size - good.size - up - down
        kept.append(good)
    ordered = np.concatenate(kept)
    ordered.sort()
    ordered += 0.0  # one zero: -0.0 and 0.0 are the same value
    edges, cuts = _edges(ordered)
    starts = np.r_[0, np.searchsorted(ordered, edges, side="right"), ordered.size]
    counts = np.diff(starts)
    tied = np.r_[starts[1:-1] - np.searchsorted(ordered, edges, side="left"), 0]
    with np.errstate(over="ignore", invalid="ignore"):
        centred = ordered - np.repeat(_anchors(edges), counts)
        # Each bin but the last holds its right edge, so none is empty; the last one is.
        sums = np.append(np.add.reduceat(centred, starts[:-2]) if edges.size else np.empty(0), 0.0)
        mean = float(ordered.mean()) if ordered.size else 0.0
        m2 = float(np.square(ordered - mean).sum()) if ordered.size else 0.0
    return NumericReference(edges, counts, tied, sums, cuts, missing, above, below, mean, m2, origin, integral, ordered)


def _anchors(edges: Floats) -> Floats:
    return np.r_[edges[:1], edges] if edges.size else np.zeros(1)


def _edges(ordered: Floats) -> tuple[Floats, Counts]:
    """Fine edges of a sorted sample, and where its deciles stand among them."""
    if ordered.size == 0:
        return np.empty(0), np.empty(0, dtype=np.int64)
    deciles = np.unique(order_statistics(ordered, COARSE_BINS))
    distinct = ordered[np.r_[True, ordered[1:] != ordered[:-1]]]
    if distinct.size <= FINE_BINS:
        edges = distinct
    else:
        # Deciles, because 10 does not divide 4096; both ends, because beyond them F is 0 or 1.
        edges = np.unique(np.r_[order_statistics(ordered, FINE_BINS), deciles, ordered[[0, -1]]])
    return edges, np.searchsorted(edges, deciles)
