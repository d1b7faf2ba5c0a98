"""From a value to its bin without a search: cells, in them equally wide sub-cells, in those hardly ever two edges.

A line maps a value to one of ``CELLS`` cells between the 0.1 % and the 99.9 % quantile; each cell has a line of its
own to its sub-cells, the more of them the more edges it holds, so heavy tails and narrow peaks are served alike.
``lookup[s]`` is the number of edges in sub-cells before ``s``. Both lines are monotone in floating point too, and
edges are sent through the very same arithmetic, so the bin of a value lies in ``lookup[s]..lookup[s + 1]`` exactly;
neighbouring floats cannot end up on the wrong side.
"""

import numpy as np
from numpy.typing import NDArray

from bellwether.profile.kernels.port import Counts, Floats, Grid

CELLS = 512
SUB_CELLS = 16_384


def make_grid(edges: Floats, anchors: Floats, counts: Counts, centre: float) -> Grid:
    """Return the grid of a reference with these edges, shape (k,), and counts, shape (k + 1,)."""
    padded = np.append(edges, np.inf)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        low, scale, cells = _cells(edges, counts)
        if not (
            np.isfinite(scale) and np.isfinite(cells).all()
        ):  # no, one, or immensely distant values: one cell that is searched by halves
            low, scale, cells = 0.0, 0.0, np.zeros((1, 4))
        places = _places(edges, low, scale, cells)
    size = int(cells[-1, 2] + cells[-1, 3]) + 2
    lookup = np.searchsorted(places, np.arange(size)).astype(np.uint16)
    return Grid(padded, anchors, centre, low, scale, cells, lookup)


def _cells(edges: Floats, counts: Counts) -> tuple[float, float, Floats]:
    """Left end, cells per unit, and per cell: slope and offset of its line, first sub-cell, sub-cells - 1."""
    nothing = (0.0, np.nan, np.zeros((1, 4)))
    if edges.size < 2:
        return nothing
    below = np.cumsum(counts[:-1])
    ends = np.searchsorted(below, (0.001 * counts.sum(), 0.999 * counts.sum())).clip(0, edges.size - 1)
    low, high = edges[ends[0]], edges[ends[1]]
    scale = CELLS / (high - low)
    if not (np.isfinite(scale) and scale > 0):
        return nothing
    inside = np.bincount(_cell(edges, low, scale), minlength=CELLS)
    parts = np.maximum(1, inside * (SUB_CELLS - CELLS) // edges.size)
    slopes = parts * scale
    offsets = -(low + np.arange(CELLS) / scale) * slopes
    first = np.cumsum(parts) - parts
    return float(low), float(scale), np.column_stack([slopes, offsets, first, parts - 1]).astype(np.float64)


def _cell(values: Floats, low: float, scale: float) -> NDArray[np.int64]:
    return np.asarray(np.clip((values - low) * scale, 0.0, CELLS - 1), dtype=np.int64)


def _places(edges: Floats, low: float, scale: float, cells: Floats) -> NDArray[np.int64]:
    """Sub-cell of each edge, by the arithmetic of the kernels."""
    if cells.shape[0] == 1:
        return np.zeros(edges.size, dtype=np.int64)
    slope, offset, first, last = cells[_cell(edges, low, scale)].T
    inside = np.clip(slope * edges + offset, 0.0, last)
    return np.asarray(inside, dtype=np.int64) + np.asarray(first, dtype=np.int64)
