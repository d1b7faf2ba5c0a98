"""What is different about the rows of one segment: their mean output against that of all others, by feature. Pure."""

import numpy as np
from numpy.typing import NDArray

from bellwether.contracts import Cohort, ShiftPart
from bellwether.explain.columns import Floats
from bellwether.explain.summary import Z95

FEWEST = 50
MOST_VALUES = 10
MOST_FEATURES = 10


def cohorts(
    column: str, labels: NDArray[np.object_], contributions: Floats, names: tuple[str, ...], base_value: float
) -> tuple[Cohort, ...]:
    """Return the commonest values of a segment column, each against all other rows.

    Values with fewer than ``FEWEST`` rows, or with fewer than that many others, are left out.
    """
    text = np.array(["(missing)" if label is None else str(label) for label in labels])
    values, counts = np.unique(text, return_counts=True)
    common = np.argsort(-counts, kind="stable")[:MOST_VALUES]
    chosen = [c for c in common if FEWEST <= counts[c] <= len(text) - FEWEST]
    return tuple(_cohort(column, str(values[c]), text == values[c], contributions, names, base_value) for c in chosen)


def _cohort(
    column: str, value: str, inside: NDArray[np.bool_], phi: Floats, names: tuple[str, ...], base_value: float
) -> Cohort:
    ours, others = phi[inside], phi[~inside]
    change = ours.mean(axis=0) - others.mean(axis=0)
    error = np.sqrt(ours.var(axis=0, ddof=1) / len(ours) + others.var(axis=0, ddof=1) / len(others))
    order = np.argsort(-np.abs(change), kind="stable")
    return Cohort(
        column=column,
        value=value[:200],
        rows=len(ours),
        output=base_value + float(ours.sum(axis=1).mean()),
        rest=base_value + float(others.sum(axis=1).mean()),
        features=tuple(
            ShiftPart(
                feature=names[j],
                change=float(change[j]),
                interval=(float(change[j] - Z95 * error[j]), float(change[j] + Z95 * error[j])),
            )
            for j in order[:MOST_FEATURES].tolist()
        ),
        other=float(change[order[MOST_FEATURES:]].sum()),
    )
