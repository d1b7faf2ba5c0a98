"""Expected errors of a regression model before labels arrive: a second model learns how large they are, and where."""

from contextlib import AbstractContextManager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from bellwether.drift.performance.base import Floats

_FOLDS = 3
_MOST_ROWS = 100_000
_ROUNDS = 120


@dataclass(frozen=True, slots=True)
class LossEstimator:
    """Direct loss estimation, fitted out of fold on labelled reference rows.

    ``held_out`` holds the expected |error| and error^2 of the reference rows by models that had not seen them, shape
    (n, 2), with ``rows`` their row numbers: in-sample estimates would be too good.
    Source: NannyML's DLE (2022).
    """

    models: tuple[tuple[HistGradientBoostingRegressor, HistGradientBoostingRegressor], ...]
    rows: NDArray[np.intp]
    held_out: Floats

    def expected(self, inputs: Floats) -> Floats:
        """Return the expected |error| and error^2 of rows, shape (n, 2), in units and units squared."""
        with one_thread():
            each = [np.column_stack([model.predict(inputs) for model in pair]) for pair in self.models]
        return np.asarray(np.maximum(np.mean(each, axis=0), 0.0))


def fit_losses(inputs: Floats, error: Floats, categorical: NDArray[np.bool_], seed: int = 0) -> LossEstimator:
    """Fit on reference rows: inputs (n, f) with NaN for missing and the prediction among them, errors (n,).

    Above 100,000 rows a seeded sample of that many is used.
    """
    rng = np.random.default_rng(seed)
    rows = np.sort(rng.permutation(error.size)[:_MOST_ROWS])
    fold = rng.permutation(rows.size) % _FOLDS
    held_out, models = np.empty((rows.size, 2)), []
    for k in range(_FOLDS):
        inside = fold == k
        with one_thread():
            pair = tuple(
                _booster(categorical, rows.size, seed).fit(inputs[rows[~inside]], loss[rows[~inside]])
                for loss in (np.abs(error), error**2)
            )
        held_out[inside] = np.column_stack([model.predict(inputs[rows[inside]]) for model in pair])
        models.append((pair[0], pair[1]))
    return LossEstimator(tuple(models), rows, np.maximum(held_out, 0.0))


def summary(expected: Floats) -> dict[str, float | None]:
    """Return the expected mean absolute error and root mean squared error of rows, by slug."""
    if not expected.size:
        return {"mae": None, "rmse": None}
    return {"mae": float(expected[:, 0].mean()), "rmse": float(np.sqrt(expected[:, 1].mean()))}


def one_thread() -> AbstractContextManager[object]:
    """Hold OpenMP to one thread: with several processes a core, threads that spin for one another cost seconds."""
    limited: AbstractContextManager[object] = threadpool_limits(limits=1, user_api="openmp")
    return limited


def _booster(categorical: NDArray[np.bool_], rows: int, seed: int) -> HistGradientBoostingRegressor:
    """Return a learner of losses: they are mostly noise, so where rows allow leaves hold more of them, and trees more.

    With leaves of 20 rows and 31 of them whatever the rows, estimates on 60,000 rows shrank to the mean and depended
    on the folds (`tests/bench/performance/test_estimates.py`).
    """
    return HistGradientBoostingRegressor(
        max_iter=_ROUNDS,
        learning_rate=0.08,
        max_leaf_nodes=int(np.clip(rows // 900, 31, 63)),
        min_samples_leaf=int(np.clip(rows // 600, 20, 100)),
        early_stopping=False,  # it costs a tenth of the rows, and stops long before the losses are learnt
        categorical_features=categorical if categorical.any() else None,
        random_state=seed,
    )
