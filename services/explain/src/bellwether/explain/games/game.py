"""Games of many rows that share their coalitions, and what an estimator says of them. Pure.

A game maps coalitions to worths: for each explained row the mean model output over the background rows with the
coalition's columns taken from the explained row. One evaluation costs as many model rows as the background has.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]
Coalitions = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Estimate:
    """Shapley values and their standard errors, shape (n rows, d players), output units.

    ``freedom``: degrees of freedom of the standard errors (infinite: large samples, or no error at all).
    ``evaluations`` counts coalitions per row.
    """

    values: Floats
    std_error: Floats
    freedom: float
    evaluations: int
    method: str

    def half_width(self, level: float = 0.95) -> Floats:
        """Return half the width of the interval with this coverage, shape (n, d)."""
        quantile = float(special.stdtrit(self.freedom, 0.5 + level / 2)) if self.freedom >= 1 else np.inf
        with np.errstate(invalid="ignore"):
            return np.where(self.std_error == 0, 0.0, quantile * self.std_error)


class Game:
    """Games of n rows over d players.

    Parameters
    ----------
    worth
        Coalitions, shape (m, d), to worths, shape (n, m), output units.

    Raises
    ------
    ValueError
        There is no player, or the model's output for a coalition is missing, infinite or misshapen.
    """

    def __init__(self, worth: Callable[[Coalitions], Floats], d: int) -> None:
        if d < 1:
            raise ValueError("a game needs at least one player")
        self._worth, self.d, self.evaluations = worth, d, 0
        ends = self(np.array([[False] * d, [True] * d]))
        self.none, self.all = ends[:, 0], ends[:, 1]
        self.n = len(ends)

    def __call__(self, coalitions: Coalitions) -> Floats:
        """Return worths, shape (n, m)."""
        self.evaluations += len(coalitions)
        worth = np.asarray(self._worth(coalitions), np.float64)
        if worth.ndim != 2 or worth.shape[1] != len(coalitions) or not np.isfinite(worth).all():
            raise ValueError("the model returned missing, infinite or misshapen outputs for a coalition")
        return worth

    def of_one_player(self, method: str) -> Estimate:
        """Return the exact answer of a game with a single player."""
        return Estimate((self.all - self.none)[:, None], np.zeros((self.n, 1)), np.inf, self.evaluations, method)


def game_of(predict: Callable[[Floats], Floats], rows: Floats, background: Floats, max_rows: int = 200_000) -> Game:
    """Return the interventional games of rows, shape (n, f), over a background, shape (b, f)."""
    step = max(1, max_rows // len(background))

    def worth(coalitions: Coalitions) -> Floats:
        found = np.empty((len(rows), len(coalitions)))
        for i, row in enumerate(rows):
            for at in range(0, len(coalitions), step):
                part = coalitions[at : at + step]
                mixed = np.where(part[:, None, :], row, background).reshape(-1, rows.shape[1])
                found[i, at : at + step] = np.asarray(predict(mixed)).reshape(len(part), -1).mean(1)
        return found

    return Game(worth, rows.shape[1])
