"""Two samples of one column in one order: what rank statistics are computed from; pure.

From rows the ranks are exact. From profiles they are those of the values rounded to the reference's fine bins: values
strictly inside one bin count as equal, which is a proper tie, so tests that know ties stay valid.
"""

from dataclasses import dataclass

import numpy as np

from bellwether.profile.kernels.port import Counts, Floats
from bellwether.profile.numeric import NumericReference, NumericWindow


@dataclass(frozen=True, slots=True)
class Ranks:
    """Distinct finite values of both samples in order, shape (k,), and the rows of each sample that hold them.

    ``blurred``: pairs of a reference and a window value, in all, whose order is not known because one fine bin holds
    both; 0 from rows.
    """

    values: Floats
    reference: Counts
    current: Counts
    blurred: float = 0.0

    @property
    def n(self) -> int:
        """Finite values of the reference."""
        return int(self.reference.sum())

    @property
    def m(self) -> int:
        """Finite values of the window."""
        return int(self.current.sum())


def rank_rows(reference: Floats, current: Floats) -> Ranks:
    """Return the ranks of two sorted samples of finite values."""
    both = np.concatenate([reference, current])
    both.sort(kind="stable")  # two sorted runs: merged in linear time
    values = both[np.r_[True, both[1:] != both[:-1]]] if both.size else both
    return Ranks(values, _steps(reference, values), _steps(current, values))


def rank_bins(reference: NumericReference, window: NumericWindow) -> Ranks:
    """Return the ranks of two profiles on the same fine bins.

    What lies strictly inside a bin stands at the mean of both sides' values there, what equals an edge at that edge.
    """
    edges = np.append(reference.edges, np.nan)  # the last bin has no right edge, and nothing tied to it
    inner = reference.counts - reference.tied, window.counts - window.tied
    with np.errstate(over="ignore", invalid="ignore"):
        reach = np.nan_to_num(edges - reference.anchors)
        sums = reference.sums - reference.tied * reach + window.sums - window.tied * reach
        mean = reference.anchors + np.divide(sums, inner[0] + inner[1], out=np.zeros_like(sums), where=sum(inner) > 0)
    low = np.r_[-np.inf, reference.edges]
    high = np.r_[reference.edges, np.inf]
    values = np.column_stack([np.clip(mean, low, high), edges]).ravel()
    r = np.column_stack([inner[0], reference.tied]).ravel()
    x = np.column_stack([inner[1], window.tied]).ravel()
    held = r + x > 0
    blurred = float((inner[0].astype(np.float64) * inner[1]).sum())
    return Ranks(values[held], r[held], x[held], blurred)


def _steps(ordered: Floats, values: Floats) -> Counts:
    """How often each value stands in a sorted sample."""
    return np.diff(np.searchsorted(ordered, values, side="right"), prepend=0)
