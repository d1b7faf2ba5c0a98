"""One pass over a numeric column, then exact distances by looking again only at bins that can matter; pure.

In bin k let g be F - G at its left end, p and q the reference's and the window's mass strictly inside. Then F
- G stays within [g - q, g + p] there, so the bin can hold the largest distance only if one of these ends
beats what the edges show, and adds |integral of F - G| to the Wasserstein distance unless the sign can
change.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bellwether.profile.columns import BLOCK, Numbers
from bellwether.profile.kernels.port import Floats, Ids, Kernel, Slices, Totals
from bellwether.profile.numeric import Exact, NumericReference, NumericWindow


def count_numbers(column: Numbers, reference: NumericReference, kernel: Kernel) -> NumericWindow:
    """Return the window of a column, with exact distances when the reference still holds its values."""
    grid = reference.grid
    totals = Totals.of(grid.anchors.size)
    ids: list[Ids] = []
    spare = np.empty(BLOCK, dtype=np.uint16)
    exact = reference.values is not None
    for block in column.blocks():
        size = block.values.size
        found = np.empty(size, dtype=np.uint16) if exact else spare[:size]
        kernel.count(block, grid, totals, found)
        if exact:
            ids.append(found)
    window = _window(totals, column.notes)
    if not exact or window.n == 0 or reference.n == 0:
        return window
    return replace(window, exact=_distances(window, reference, column, ids, kernel))


@dataclass(frozen=True, slots=True)
class Geometry:
    """Per fine bin: both ends, F - G at the left end, mass strictly inside, integral of F - G.

    ``inside`` is of the reference and of the window.
    """

    left: Floats
    right: Floats
    gap: Floats
    inside: tuple[Floats, Floats]
    area: Floats

    @classmethod
    def of(cls, reference: NumericReference, window: NumericWindow) -> "Geometry":
        """Return the geometry of a pair with at least one finite value on each side."""
        n, m = reference.n, window.n
        anchors = reference.anchors
        left = np.r_[min(window.smallest, reference.smallest), reference.edges]
        right = np.r_[reference.edges, max(window.largest, reference.largest)]
        gap = np.r_[0, np.cumsum(reference.counts)[:-1]] / n - np.r_[0, np.cumsum(window.counts)[:-1]] / m
        with np.errstate(over="ignore", invalid="ignore"):
            reach = right - anchors
            area = gap * (right - left)
            area += (reference.counts * reach - reference.sums) / n - (window.counts * reach - window.sums) / m
        inside = ((reference.counts - reference.tied) / n, (window.counts - window.tied) / m)
        return cls(left, right, gap, inside, area)

    @property
    def sup(self) -> float:
        """Largest |F - G| at an edge."""
        return float(np.abs(self.gap).max())


def distance_bounds(
    reference: NumericReference, window: NumericWindow
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return proven (low, high) of ks and of wasserstein from counts and sums alone."""
    shape = Geometry.of(reference, window)
    p, q = shape.inside
    up, down = np.maximum(shape.gap + p, 0.0), np.maximum(q - shape.gap, 0.0)
    occupied = p + q > 0
    sup = shape.sup
    sup_high = max(sup, float(np.maximum(up, down)[occupied].max(initial=0.0)))
    mixed = (up > 0) & (down > 0)
    mixed[-1] = False  # beyond the reference's largest value F is 1
    with np.errstate(over="ignore", invalid="ignore"):
        width = shape.right - shape.left
        mean = np.divide(shape.area, width, out=np.zeros_like(width), where=width > 0)
        span = np.where(mixed, up + down, 1.0)
        most = np.where(mixed, width * (2 * up * down + mean * (up - down)) / span, np.abs(shape.area))
        low = float(np.abs(shape.area).sum())
        high = max(low, float(most.sum()))
    return (sup, min(1.0, sup_high)), (low, high)


def undecided_bins(shape: Geometry) -> NDArray[np.bool_]:
    """Return which bins, shape (k + 1,), can hold the largest distance or change the sign of F - G inside."""
    p, q = shape.inside
    up, down = shape.gap + p, shape.gap - q
    one_sided = (up <= 0) | (down >= 0)
    one_sided[-1] = True
    return np.asarray(((np.maximum(up, -down) > shape.sup + 1e-15) & (p + q > 0)) | ~one_sided)


def merge_flagged(
    window: NumericWindow, reference: NumericReference, shape: Geometry, picked: Slices, kernel: Kernel
) -> Exact:
    """Return exact distances from the geometry and the window's values in its undecided bins."""
    flagged = undecided_bins(shape)
    area = float(np.abs(shape.area[~flagged]).sum())
    assert reference.values is not None
    sup_inside, area_inside = kernel.merge(
        flagged,
        Slices(reference.values, reference.starts),
        picked,
        (reference.starts[:-1], np.r_[0, np.cumsum(window.counts)[:-1]]),
        (reference.n, window.n),
        (shape.left, shape.right),
    )
    return Exact(max(shape.sup, sup_inside), area + area_inside, picked.values.size / window.n)


def _distances(
    window: NumericWindow, reference: NumericReference, column: Numbers, ids: Sequence[Ids], kernel: Kernel
) -> Exact:
    shape = Geometry.of(reference, window)
    picked = _picked(window, column, ids, undecided_bins(shape), kernel)
    return merge_flagged(window, reference, shape, picked, kernel)


def _picked(
    window: NumericWindow, column: Numbers, ids: Sequence[Ids], flagged: NDArray[np.bool_], kernel: Kernel
) -> Slices:
    """The window's values in flagged bins, bin by bin."""
    starts = np.r_[0, np.cumsum(np.where(flagged, window.counts, 0))]
    values = np.empty(int(starts[-1]))
    cursor = starts[:-1].copy()
    if values.size:
        for block, found in zip(column.blocks(), ids, strict=True):
            kernel.pick(block.values, found, flagged, cursor, values)
    return Slices(values, starts)


def _window(totals: Totals, notes: tuple[str, ...]) -> NumericWindow:
    missing, above, below = (int(count) for count in totals.special)
    total, square, smallest, largest = (float(moment) for moment in totals.moments)
    return NumericWindow(
        totals.counts,
        totals.tied,
        totals.sums,
        missing,
        above,
        below,
        total,
        square,
        smallest,
        largest,
        None,
        notes,
    )
