"""From contributions of rows to what is said about a batch. Pure."""

from collections.abc import Sequence

import numpy as np

from bellwether.contracts import Importance
from bellwether.explain.columns import Floats


def importances(contributions: Floats, names: Sequence[str]) -> tuple[Importance, ...]:
    """Return mean absolute contribution per feature, largest first, with its share of the sum.

    Parameters
    ----------
    contributions
        Shape (n rows, f features), output units.
    """
    mean = np.abs(contributions).mean(axis=0)
    total = float(mean.sum())
    order = np.argsort(-mean, kind="stable")
    return tuple(
        Importance(feature=names[j], importance=float(mean[j]), share=float(mean[j]) / total if total > 0 else 0.0)
        for j in order
    )
