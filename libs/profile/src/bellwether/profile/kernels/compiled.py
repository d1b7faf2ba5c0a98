"""The compiled kernel: short loops over the rows, without the interpreter's lock.

Signatures are given, with read-only inputs as Arrow hands them out, so nothing is compiled a second time. The
machine code is cached beside this file, or where numba's own cache setting says; a place that cannot be
written costs the compilation at each start, nothing else.
"""
# Kernels have no annotations: their types are the signatures numba compiles.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numba import types
from numpy.typing import NDArray

from bellwether.profile.kernels.port import NO_BIN, Block, Counts, Floats, Grid, Ids, Slices, Totals

Loop = Callable[..., Any]


def _read(scalar: types.Type) -> types.Array:
    return types.Array(scalar, 1, "C", readonly=True)


def _write(scalar: types.Type) -> types.Array:
    return types.Array(scalar, 1, "C")


def _jit(result: types.Type, *arguments: types.Type) -> Callable[[Loop], Loop]:
    """Compile for these types now; cached where a cache can be written."""

    def compile_(function: Loop) -> Loop:
        signature = result(*arguments)
        try:
            return numba.njit(signature, cache=True, nogil=True)(function)
        except RuntimeError:  # "no locator available": no folder for the cache can be written
            return numba.njit(signature, nogil=True)(function)

    return compile_


_F8, _I8, _U1, _U2, _B1 = types.float64, types.int64, types.uint8, types.uint16, types.boolean


@_jit(
    types.void,
    _read(_F8), _read(_U1), _I8, _read(_F8), _F8, _F8, types.Array(_F8, 2, "C", readonly=True), _read(_U2),
    _write(_I8), _write(_U2),
)  # fmt: skip
def _find(x, validity, offset, edges, low, scale, cells, lookup, special, ids):
    top = float(cells.shape[0] - 1)
    masked = validity.size > 0
    for i in range(x.size):
        v = x[i]
        if masked and not (validity[(offset + i) >> 3] >> ((offset + i) & 7)) & 1:
            special[0] += 1
            ids[i] = NO_BIN
            continue
        if v - v != 0.0:
            special[0 if v != v else (1 if v > 0 else 2)] += 1
            ids[i] = NO_BIN
            continue
        t = (v - low) * scale
        t = t if t > 0.0 else 0.0
        t = t if t < top else top
        cell = int(t)
        u = cells[cell, 0] * v + cells[cell, 1]
        last = cells[cell, 3]
        u = u if u > 0.0 else 0.0
        u = u if u < last else last
        place = int(u) + int(cells[cell, 2])
        b = np.int64(lookup[place])
        left = np.int64(lookup[place + 1]) - b
        if left > 2:
            while left > 1:
                half = left >> 1
                b += half * np.int64(edges[b + half - 1] < v)
                left -= half
            b += np.int64(edges[b] < v)
        else:  # nearly always; two steps without a branch
            b += np.int64(edges[b] < v)
            b += np.int64(edges[b] < v)
        ids[i] = b


@_jit(
    types.void,
    _read(_F8), _read(_U2), _read(_F8), _read(_F8), _F8, _write(_I8), _write(_I8), _write(_F8), _write(_F8),
)  # fmt: skip
def _add(x, ids, edges, anchors, centre, counts, tied, sums, moments):
    total, square, smallest, largest = moments[0], moments[1], moments[2], moments[3]
    for i in range(x.size):
        b = ids[i]
        if b == NO_BIN:
            continue
        v = x[i]
        counts[b] += 1
        tied[b] += np.int64(edges[b] == v)
        sums[b] += v - anchors[b]
        d = v - centre
        total += d
        square += d * d
        smallest = v if v < smallest else smallest
        largest = v if v > largest else largest
    moments[0], moments[1], moments[2], moments[3] = total, square, smallest, largest


@_jit(types.void, _read(_F8), _read(_U2), _read(_B1), _write(_I8), _write(_F8))
def _pick(x, ids, flagged, cursor, out):
    for i in range(x.size):
        b = ids[i]
        if b != NO_BIN and flagged[b]:
            out[cursor[b]] = x[i]
            cursor[b] += 1


@_jit(
    types.UniTuple(_F8, 2),
    _read(_B1), _read(_F8), _read(_I8), _write(_F8), _read(_I8),
    _read(_I8), _read(_I8), _I8, _I8, _read(_F8), _read(_F8),
)  # fmt: skip
def _merge(flagged, ref, ref_starts, cur, cur_starts, below_ref, below_cur, n, m, left, right):
    sup, area = 0.0, 0.0
    for k in range(flagged.size):
        if not flagged[k]:
            continue
        r = ref[ref_starts[k] : ref_starts[k + 1]]
        c = np.sort(cur[cur_starts[k] : cur_starts[k + 1]])
        i, j, previous = 0, 0, left[k]
        gap = abs((below_ref[k] + i) / n - (below_cur[k] + j) / m)
        while i < r.size or j < c.size:
            v = r[i] if j >= c.size or (i < r.size and r[i] <= c[j]) else c[j]
            area += gap * (v - previous)
            while i < r.size and r[i] == v:
                i += 1
            while j < c.size and c[j] == v:
                j += 1
            gap = abs((below_ref[k] + i) / n - (below_cur[k] + j) / m)
            sup = max(sup, gap)
            previous = v
        area += gap * (right[k] - previous)
    return sup, area


@_jit(types.void, _read(types.int32), _write(_I8))
def _codes(codes, counts):
    for i in range(codes.size):
        counts[codes[i]] += 1


class CompiledKernel:
    """``Kernel`` by machine code; see ``port`` for what each does."""

    name = "compiled"

    def count(self, block: Block, grid: Grid, totals: Totals, ids: Ids) -> None:
        """Add one block to the totals: first find all bins, then add; two short loops beat one long one."""
        _find(
            block.values, block.validity, block.offset, grid.edges, grid.low, grid.scale, grid.cells, grid.lookup,
            totals.special, ids,
        )  # fmt: skip
        _add(
            block.values, ids, grid.edges, grid.anchors, grid.centre,
            totals.counts, totals.tied, totals.sums, totals.moments,
        )  # fmt: skip

    def pick(self, values: Floats, ids: Ids, flagged: NDArray[np.bool_], cursor: Counts, out: Floats) -> None:
        """Copy the values in flagged bins."""
        _pick(values, ids, flagged, cursor, out)

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
        sup, area = _merge(
            flagged, reference.values, reference.starts, current.values, current.starts, *below, *sizes, *ends
        )
        return float(sup), float(area)

    def codes(self, codes: NDArray[np.int32], counts: Counts) -> None:
        """Count dictionary codes."""
        _codes(codes, counts)
