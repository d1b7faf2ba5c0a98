"""Linear surrogate: what a straight line through the model's answers says about its features. Pure.

For use where the model itself cannot be asked. It describes the answers, not the model; ``fidelity`` says how
much of them it describes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RIDGE = 1e-6
"""Added to the diagonal of the correlation matrix: duplicated columns then share their weight."""


@dataclass(frozen=True, slots=True)
class Surrogate:
    """Contributions, shape (n rows, f features), in the output's unit; ``fidelity`` in [0, 1].

    Contributions of a row sum to its fitted answer less the mean answer.
    """

    contributions: Floats
    base_value: float
    fidelity: float


def fit(features: Sequence[Floats], output: Floats) -> Surrogate | str:
    """Return the least-squares line through ``output``, or the reason why there is none.

    Parameters
    ----------
    features
        One block of columns per feature, each of shape (n rows, c columns), finite.
    output
        The model's answers, shape (n rows,), finite.

    Notes
    -----
    Contribution of feature j: the sum over its columns of c (x - mean x), as Shapley values of a line are
    (Strumbelj & Kononenko 2014). ``fidelity`` is R2 adjusted for the number of columns, cut at 0.
    """
    n, widths = len(output), [block.shape[1] for block in features]
    columns = sum(widths)
    if not features:
        return "the batch has no feature columns"
    if n < 2 * columns + 30:
        return f"{n} rows are too few for a line through {columns} columns, {2 * columns + 30} are needed"
    spread = float(output.std())
    if spread <= 1e-12 * max(1.0, float(np.abs(output).max())):
        return "the model's answer is the same for every row"
    x = np.concatenate(features, axis=1)
    x = x - x.mean(axis=0)
    scale = x.std(axis=0)
    x /= np.where(scale > 0, scale, 1.0)
    y = output - output.mean()
    weights = np.linalg.solve(x.T @ x / n + RIDGE * np.eye(columns), x.T @ y / n)
    starts = np.concatenate([[0], np.cumsum(widths)[:-1]])
    contributions = np.add.reduceat(x * weights, starts, axis=1)
    residual = y - contributions.sum(axis=1)
    fidelity = 1.0 - float(residual @ residual / (y @ y)) * (n - 1) / (n - columns - 1)
    return Surrogate(contributions, float(output.mean()), max(0.0, fidelity))
