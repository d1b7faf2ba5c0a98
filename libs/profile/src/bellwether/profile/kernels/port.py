"""What a kernel does: sort values into the fine bins of a reference, and merge the few bins that need it."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Ids = NDArray[np.uint16]

NO_BIN = 65535
"""Bin id of a value that is missing or infinite."""
LOOKUP_CELLS = 16384


@dataclass(frozen=True, slots=True)
class Grid:
    """The fine bins of one reference column; bin k is (edges[k-1], edges[k]], open at both ends.

    ``edges`` shape (k,), strictly increasing; ``anchors`` shape (k + 1,): what each bin's sum is centred on;
    ``lookup`` shape (LOOKUP_CELLS + 2,): edges below the left end of each cell of [low, low + cells / scale].
    ``centre`` is what the moments are centred on. All are fixed by the reference, so sums of windows add up.
    """

    edges: Floats
    anchors: Floats
    lookup: NDArray[np.uint16]
    low: float
    scale: float
    centre: float


@dataclass(slots=True)
class Totals:
    """What one pass adds up; filled block by block.

    Per bin (shape (k + 1,)): ``counts``; ``tied``, of these the values equal to the right edge; ``sums`` of
    value minus anchor. ``moments``: sum and sum of squares of value minus centre, smallest and largest finite
    value. ``special``: missing, +inf, -inf.
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
    """Two sorted samples cut at the same bins: values of bin k are ``values[starts[k]:starts[k + 1]]``."""

    values: Floats
    starts: Counts


class Kernel(Protocol):
    """Both kernels give the same counts bit for bit, and sums equal to rounding."""

    name: str

    def count(self, values: Floats, grid: Grid, totals: Totals, ids: Ids) -> None:
        """Add one block of values, shape (b,), to ``totals``; write their bins to ``ids``, shape (b,)."""

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

        ``current`` holds the picked values only; ``below`` the counts left of each bin; ``ends`` left and
        right.
        """

    def codes(self, codes: NDArray[np.int32], counts: Counts) -> None:
        """Count dictionary codes, shape (b,), into ``counts``, shape (levels,)."""
