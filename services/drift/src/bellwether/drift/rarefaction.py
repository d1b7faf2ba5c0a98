"""How many rows would repeat among fewer of them: what makes tables of different lengths comparable; pure."""

import numpy as np
from scipy import special

from bellwether.contracts import Repeats


def expected_repeats(repeats: Repeats, rows: int) -> float:
    """Return how many of ``rows`` rows, drawn without replacement, repeat one before them; in [0, rows).

    ``repeats``: (times, rows) pairs of the whole table, which has at least as many rows.

    Source: Hurlbert (1971), Ecology 52, on the expected number of species in a sample.
    """
    times, different = (np.array(side, dtype=np.float64) for side in zip(*repeats, strict=True))
    n = float((times * different).sum())
    rows_ = min(float(rows), n)
    absent = np.zeros(times.size)
    may = n - times >= rows_
    left = n - times[may]
    absent[may] = np.exp(
        special.gammaln(left + 1) - special.gammaln(left - rows_ + 1)
        - special.gammaln(n + 1) + special.gammaln(n - rows_ + 1)
    )  # fmt: skip
    return max(0.0, rows_ - float((different * (1 - absent)).sum()))


def share_of_repeats(reference: Repeats, batch: Repeats) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Return (rows that repeat, rows) of reference and batch, both at the length of the shorter; None of nothing."""
    if not reference or not batch:
        return None
    rows = min(sum(times * different for times, different in side) for side in (reference, batch))
    found = [(round(expected_repeats(side, rows)), rows) for side in (reference, batch)]
    return found[0], found[1]
