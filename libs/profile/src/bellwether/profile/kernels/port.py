"""What a kernel does: sort values into the fine bins of a reference, and merge the few bins that need it."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Ids = NDArray[np.uint16]
Bits = NDArray[np.uint8]

NO_BIN = 65535
"""Bin id of a value that is missing or infinite."""
ALL_VALID: Bits = np.empty(0, dtype=np.uint8)
ALL_VALID.setflags(write=False)


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of a column, shape (b,); NaN is missing too.

    ``validity``: Arrow's bitmap, that of row 0 at bit ``offset``; empty when all rows are valid. What stands in
    ``values`` where a row is not valid means nothing.
    """

    values: Floats
    validity: Bits = field(default_factory=lambda: ALL_VALID)
    offset: int = 0

    def valid(self) -> NDArray[np.bool_]:
        """Return whether each row is valid, shape (b,)."""
        size = self.values.size
        if not self.validity.size:
            return np.ones(size, dtype=np.bool_)
        first = self.offset >> 3
        bits = np.unpackbits(self.validity[first : (self.offset + size + 7) >> 3], bitorder="little")
        start = self.offset - 8 * first
        return bits[start : start + size].astype(np.bool_)


@dataclass(frozen=True, slots=True)
class Grid:
    """The fine bins of one reference column; bin i is (edges[i-1], edges[i]], open at both ends.

    ``edges`` shape (k + 1,), strictly increasing, the last one infinite; ``anchors`` shape (k + 1,): what each bin's
    sum is centred on; ``centre``: what the moments are centred on. All are fixed by the reference, so sums of
    windows add up. The rest finds a bin without searching for it, see ``lookup.py``.
    """

    edges: Floats
    anchors: Floats
    centre: float
    low: float
    scale: float
    cells: Floats
    lookup: NDArray[np.uint16]


@dataclass(slots=True)
class Totals:
    """What one pass adds up; filled block by block.

    Per bin (shape (k + 1,)): ``counts``; ``tied``, of these the values equal to the right edge; ``sums`` of value
    minus anchor. ``moments``: sum and sum of squares of value minus centre, smallest and largest finite value.
    ``special``: missing, +inf, -inf.
    """

    counts: Counts
    tied: Counts
    sums: Floats
    moments: Floats = field(default_factory=lambda: np.array([0.0, 0.0, np.inf, -np.inf]))
    special: Counts = field(default_factory=lambda: np.zeros(3, dtype=np.int64))

    @classmethod
    def of(cls, bins: int) -> "Totals":
        """Return totals of nothing over this many bins."""
        return cls(np.zeros(bins, dtype=np.int64), np.zeros(bins, dtype=np.int64), np.zeros(bins))


@dataclass(frozen=True, slots=True)
class Slices:
    """A sorted sample cut at the bins: the values of bin k are ``values[starts[k]:starts[k + 1]]``."""

    values: Floats
    starts: Counts


class Kernel(Protocol):
    """Both kernels give the same counts bit for bit, and sums equal to rounding."""

    name: str

    def count(self, block: Block, grid: Grid, totals: Totals, ids: Ids) -> None:
        """Add one block to ``totals`` and write the bin of each row to ``ids``, shape (b,)."""

    def pick(self, values: Floats, ids: Ids, flagged: NDArray[np.bool_], cursor: Counts, out: Floats) -> None:
        """Copy the values in flagged bins to ``out``, bin by bin; ``cursor`` holds each bin's next place."""

    def merge(
        self,
        flagged: NDArray[np.bool_],
        reference: Slices,
        current: Slices,
        below: tuple[Counts, Counts],
        sizes: tuple[int, int],
        ends: tuple[Floats, Floats],
    ) -> tuple[float, float]:
        """Return (sup, integral) of |F - G| over the flagged bins, F and G the empirical distributions.

        ``current`` holds the picked values only, not yet sorted within their bin, and is sorted in place or not;
        ``below`` the counts left of each bin; ``ends`` the left and right end of each.
        """

    def codes(self, codes: NDArray[np.int32], counts: Counts) -> None:
        """Count dictionary codes, shape (b,), into ``counts``, shape (levels,)."""
