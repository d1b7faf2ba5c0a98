"""Why performance moved: other rows, or another world. Reference rows are weighted to look like the window's."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

from bellwether.drift.performance.base import Floats
from bellwether.drift.performance.losses import one_thread

_FOLDS = 5
_LEAST_ROWS = 200.0
_LEAST_SHARE = 0.05
_MOST_ROWS = 20_000
_LEAST_COVER = 0.5


@dataclass(frozen=True, slots=True)
class GapSplit:
    """A change of mean loss in its two parts, in units of the loss.

    ``covariate`` is what the model would lose on rows like the window's if the world were as before, ``concept`` the
    rest. None where the reference holds too few rows like the window's (``reason`` ``no_overlap``).
    """

    covariate: float | None
    concept: float | None
    effective_rows: float
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Weights:
    """A weight for each reference row, mean 1, shape (n,).

    ``cover`` is the share of the window's mass that lies where the reference has rows: about 1 in theory, near 0
    when the two can be told apart everywhere.
    """

    values: Floats
    cover: float


def weights(reference: Floats, current: Floats, categorical: NDArray[np.bool_], seed: int = 0) -> Weights:
    """Return how much more common the like of each reference row is in ``current``.

    w(x) = (n / m) c / (1 - c), with c the out-of-fold probability of "current" by gradient boosting, clipped at the
    99th percentile. Source: Bickel et al. (2009), JMLR 10.
    """
    rng = np.random.default_rng(seed)
    sample = current if len(current) <= _MOST_ROWS else current[np.sort(rng.permutation(len(current))[:_MOST_ROWS])]
    n, m = len(reference), len(sample)
    inputs = np.vstack([reference, sample])
    domain = np.repeat([0, 1], [n, m])
    fold = rng.permutation(n + m) % _FOLDS
    chance = np.empty(n + m)
    for k in range(_FOLDS):
        inside = fold == k
        model = HistGradientBoostingClassifier(
            max_iter=50,
            max_leaf_nodes=15,
            categorical_features=categorical if categorical.any() else None,
            random_state=seed,
        )
        with one_thread():
            chance[inside] = model.fit(inputs[~inside], domain[~inside]).predict_proba(inputs[inside])[:, 1]
    c = np.clip(chance[:n], 1e-6, 1 - 1e-6)
    raw = n / m * c / (1 - c)
    cover = min(1.0, float(raw.mean()))
    raw = np.minimum(raw, np.quantile(raw, 0.99))
    return Weights(raw / raw.mean(), cover)


def effective_rows(weight: Floats) -> float:
    """Return Kish's effective sample size, (sum w)^2 / sum w^2, in rows. Source: Kish (1965)."""
    return float(weight.sum() ** 2 / (weight**2).sum())


def split(reference_loss: Floats, weight: Weights, current_loss: float) -> GapSplit:
    """Split ``current_loss`` minus the mean of ``reference_loss`` (n,) by the rows' weights."""
    size = effective_rows(weight.values)
    if weight.cover < _LEAST_COVER or size < max(_LEAST_ROWS, _LEAST_SHARE * reference_loss.size):
        return GapSplit(None, None, size, "no_overlap")
    expected = float((weight.values * reference_loss).mean())
    return GapSplit(expected - float(reference_loss.mean()), current_loss - expected, size)
