"""Profiling rows that lie in pieces, each by whoever has it, and putting the results together.

First every piece is counted and the profiles are added. What the counts leave open about exact distances lies in few
fine bins: the values in those are picked in a second look at the pieces, and settle it. Nobody ever holds all rows.
"""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import reduce
from operator import add
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from bellwether.profile.columns import numbers
from bellwether.profile.fitting import window
from bellwether.profile.kernels import KernelName, load
from bellwether.profile.kernels.port import NO_BIN, Floats, Slices, Totals
from bellwether.profile.numeric import NumericReference, NumericWindow
from bellwether.profile.parts import ReferencePart
from bellwether.profile.passes import Geometry, merge_flagged, undecided_bins
from bellwether.profile.profiles import ReferenceProfile, WindowProfile

Flags = Mapping[str, NDArray[np.bool_]]
Picked = Mapping[str, Floats]


def undecided(reference: ReferenceProfile, whole: WindowProfile) -> dict[str, NDArray[np.bool_]]:
    """Return, by column, the fine bins whose values can still move an exact distance; others are left out."""
    found = {}
    for name, part in reference.parts.items():
        seen = whole.parts[name]
        if isinstance(part, NumericReference) and isinstance(seen, NumericWindow) and part.n and seen.n:
            flagged = undecided_bins(Geometry.of(part, seen))
            if (flagged & (seen.counts > 0)).any():
                found[name] = flagged
    return found


def pick(piece: pa.Table, reference: ReferenceProfile, flagged: Flags) -> dict[str, Floats]:
    """Return the finite values of one piece that lie in flagged bins, by column."""
    return {name: _picked(piece.column(name), reference.parts[name], bins) for name, bins in flagged.items()}


def settle(reference: ReferenceProfile, whole: WindowProfile, picked: Iterable[Picked]) -> WindowProfile:
    """Return the profile of all pieces with exact distances, from what was picked of each of them.

    The reference has to hold its values; raises ``ValueError`` when it does not.
    """
    flagged = undecided(reference, whole)
    values: dict[str, list[Floats]] = {name: [] for name in flagged}
    for one in picked:
        for name, some in one.items():
            values[name].append(some)
    parts = dict(whole.parts)
    for name, part in reference.parts.items():
        seen = whole.parts[name]
        if isinstance(part, NumericReference) and isinstance(seen, NumericWindow) and part.n and seen.n:
            parts[name] = _settled(part, seen, values.get(name, []))
    return replace(whole, parts=parts)


def window_of_file(
    path: Path, reference: ReferenceProfile, workers: int = 1, *, kernel: KernelName = "auto"
) -> WindowProfile:
    """Return the profile of a Parquet file, row group by row group on so many threads; equal to that of one pass.

    Memory is that of one row group a thread, and of the values that decide. With a reference without values the
    distances stay bounded, and one look suffices.
    """
    load(kernel)  # before any thread: the first call compiles
    bare = replace(reference, parts={name: _bare(part) for name, part in reference.parts.items()})
    with pq.ParquetFile(path) as file:
        groups = range(file.metadata.num_row_groups)
        nothing = window(file.schema_arrow.empty_table(), bare, kernel=kernel)
    with ThreadPoolExecutor(max(1, workers), thread_name_prefix="pieces") as pool:
        counted = pool.map(lambda group: window(_read(path, group), bare, kernel=kernel), groups)
        whole = reduce(add, counted, nothing)
        if not settles(reference):
            return whole
        flagged = undecided(reference, whole)
        picked = pool.map(lambda group: pick(_read(path, group), bare, flagged), groups if flagged else ())
        return settle(reference, whole, picked)


def settles(reference: ReferenceProfile) -> bool:
    """Return whether the reference holds the values exact distances need."""
    return any(isinstance(part, NumericReference) and part.values is not None for part in reference.parts.values())


def _read(path: Path, group: int) -> pa.Table:
    with pq.ParquetFile(path) as file:
        return file.read_row_group(group, use_threads=False)


def _bare(part: ReferencePart) -> ReferencePart:
    return replace(part, values=None) if isinstance(part, NumericReference) else part


def _picked(column: pa.ChunkedArray, part: ReferencePart, flagged: NDArray[np.bool_]) -> Floats:
    found = [np.empty(0)]
    assert isinstance(part, NumericReference)
    values, kernel, totals = numbers(column, part.origin), load("auto"), Totals.of(part.grid.anchors.size)
    chosen = np.append(flagged, np.zeros(NO_BIN + 1 - flagged.size, dtype=np.bool_))  # by bin, none of ``NO_BIN``
    for block in values.blocks() if values is not None else ():
        bins = np.empty(block.values.size, dtype=np.uint16)
        kernel.count(block, part.grid, totals, bins)
        found.append(block.values[chosen[bins]])
    return np.concatenate(found)


def _settled(reference: NumericReference, window: NumericWindow, picked: Sequence[Floats]) -> NumericWindow:
    if reference.values is None:
        raise ValueError("the reference holds no values: read it with values=True to settle exact distances")
    shape = Geometry.of(reference, window)
    flagged = undecided_bins(shape)
    values = np.sort(np.concatenate([np.empty(0), *picked]))
    starts = np.r_[0, np.cumsum(np.where(flagged, window.counts, 0))]
    if values.size != starts[-1]:
        raise ValueError(
            f"{values.size:,} values were picked where {starts[-1]:,} are undecided: pick from every piece"
        )
    return replace(window, exact=merge_flagged(window, reference, shape, Slices(values, starts), load("auto")))
