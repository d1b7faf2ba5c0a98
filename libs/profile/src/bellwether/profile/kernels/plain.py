"""The numpy-only kernel: some times slower than the compiled one, same counts."""

import numpy as np
from numpy.typing import NDArray

from bellwether.profile.kernels.port import NO_BIN, Block, Counts, Floats, Grid, Ids, Slices, Totals


class PlainKernel:
    """``Kernel`` by searchsorted and bincount; see ``port`` for what each does."""

    name = "plain"

    def count(self, block: Block, grid: Grid, totals: Totals, ids: Ids) -> None:
        """Add one block to the totals."""
        valid = block.valid()
        finite = np.isfinite(block.values) & valid
        whole = bool(finite.all())
        x = block.values if whole else block.values[finite]
        bins = np.searchsorted(grid.edges[:-1], x)  # number of edges below the value
        size = totals.counts.size
        totals.counts += np.bincount(bins, minlength=size)
        totals.tied += np.bincount(bins[grid.edges[bins] == x], minlength=size)
        with np.errstate(over="ignore", invalid="ignore"):
            totals.sums += np.bincount(bins, weights=x - grid.anchors[bins], minlength=size)
            centred = x - grid.centre
            totals.moments[0] += centred.sum()
            totals.moments[1] += np.square(centred).sum()
        if x.size:
            totals.moments[2] = min(totals.moments[2], float(x.min()))
            totals.moments[3] = max(totals.moments[3], float(x.max()))
        if whole:
            ids[:] = bins
            return
        ids[:] = NO_BIN
        ids[finite] = bins
        above, below = (int(((block.values == end) & valid).sum()) for end in (np.inf, -np.inf))
        totals.special += [block.values.size - x.size - above - below, above, below]

    def pick(self, values: Floats, ids: Ids, flagged: NDArray[np.bool_], cursor: Counts, out: Floats) -> None:
        """Copy the values in flagged bins."""
        chosen = np.append(flagged, False)[np.minimum(ids, flagged.size)]
        bins = ids[chosen]
        order = np.argsort(bins, kind="stable")
        bins, x = bins[order], values[chosen][order]
        taken = np.bincount(bins, minlength=flagged.size)
        first = np.cumsum(taken) - taken
        out[cursor[bins] + np.arange(bins.size) - first[bins]] = x
        cursor += taken

    def merge(
        self,
        flagged: NDArray[np.bool_],
        reference: Slices,
        current: Slices,
        below: tuple[Counts, Counts],
        sizes: tuple[int, int],
        ends: tuple[Floats, Floats],
    ) -> tuple[float, float]:
        """Return sup and integral over the flagged bins."""
        chosen = np.flatnonzero(flagged)
        lengths = np.diff(reference.starts)[chosen]
        places = np.repeat(reference.starts[chosen] - (np.cumsum(lengths) - lengths), lengths)
        r = reference.values[places + np.arange(places.size)]
        x = np.sort(current.values)  # bins follow one another, so one sort serves all
        bins = np.repeat(chosen, np.diff(reference.starts)[chosen] + np.diff(current.starts)[chosen])
        v = np.sort(np.concatenate([r, x]))
        if v.size == 0:
            return 0.0, 0.0
        n, m = sizes
        left, right = ends
        before_r = np.cumsum(lengths) - lengths
        at_r, at_x = np.zeros(flagged.size, dtype=np.int64), np.zeros(flagged.size, dtype=np.int64)
        at_r[chosen], at_x[chosen] = before_r, current.starts[chosen]
        f = below[0][bins] + np.searchsorted(r, v, side="right") - at_r[bins]
        g = below[1][bins] + np.searchsorted(x, v, side="right") - at_x[bins]
        gap = np.abs(f / n - g / m)
        first = np.r_[True, bins[1:] != bins[:-1]]
        previous = np.where(first, left[bins], np.r_[0.0, v[:-1]])
        start = np.abs(below[0][bins] / n - below[1][bins] / m)
        with np.errstate(over="ignore", invalid="ignore"):
            area = (np.where(first, start, np.r_[0.0, gap[:-1]]) * (v - previous)).sum()
            last = np.r_[first[1:], True]
            area += (gap[last] * (right[bins[last]] - v[last])).sum()
        return float(gap.max()), float(area)

    def codes(self, codes: NDArray[np.int32], counts: Counts) -> None:
        """Count dictionary codes."""
        counts += np.bincount(codes, minlength=counts.size)
