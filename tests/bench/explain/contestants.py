"""Models and rows of the benches, and how the others explain them: shap 0.51, and the boosters themselves."""

import logging
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

import lightgbm
import numpy as np
import xgboost
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier

from bellwether.explain.flavours.base import Estimator
from bellwether.explain.flavours.sklearn import estimator_of

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of what its plots will change
    import shap

__all__ = ["FEATURES", "Contestant", "Rows", "answers", "boosted", "by_shap", "forest", "rate", "rows", "shap"]

Rows = NDArray[np.float64]

FEATURES = 30


def rows(n: int, seed: int, missing: float = 0.0) -> Rows:
    """Numbers as a table of customers has them, rounded to float32."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, FEATURES)).astype(np.float32).astype(np.float64)
    x[rng.random(x.shape) < missing] = np.nan
    return x


def answers(x: Rows, seed: int) -> NDArray[np.int64]:
    """A decision with main effects, a product and noise."""
    rng = np.random.default_rng(seed)
    z = np.nan_to_num(x)
    signal = z[:, 0] + 0.5 * z[:, 1] * z[:, 2] + np.sin(z[:, 3]) + 0.2 * z[:, 4:10].sum(1)
    return np.asarray(signal + rng.normal(size=len(x)) > 0, np.int64)


@dataclass(frozen=True)
class Contestant:
    """A fitted model, and the ways others explain it."""

    name: str
    model: Any
    others: dict[str, Callable[[Rows], Any]]

    @property
    def estimator(self) -> Estimator:
        """The same as this product reads it."""
        return estimator_of(self.model)


def boosted() -> list[Contestant]:
    """Boosted trees of usual size: 200 of depth 6, or of 31 leaves."""
    x = rows(10_000, 0)
    y = answers(x, 1)
    x_model = xgboost.XGBClassifier(n_estimators=200, max_depth=6, learning_rate=0.1, n_jobs=1).fit(x, y)
    l_model = lightgbm.LGBMClassifier(n_estimators=200, num_leaves=31, n_jobs=1, verbose=-1).fit(x, y)
    h_model = HistGradientBoostingClassifier(max_iter=200, early_stopping=False, random_state=0).fit(x, y)
    booster = x_model.get_booster()
    return [
        Contestant(
            "XGBoost",
            x_model,
            {
                "native": lambda r: booster.predict(xgboost.DMatrix(r, nthread=1), pred_contribs=True),
                "shap": by_shap(x_model),
            },
        ),
        Contestant(
            "LightGBM",
            l_model,
            {
                "native": lambda r: l_model.booster_.predict(r, pred_contrib=True, num_threads=1),
                "shap": by_shap(l_model),
            },
        ),
        Contestant("HistGradientBoosting", h_model, {"shap": by_shap(h_model)}),
    ]


def forest() -> Contestant:
    """A forest of 100 trees of depth 10."""
    x = rows(5_000, 0)
    model = RandomForestClassifier(100, max_depth=10, random_state=0, n_jobs=1).fit(x, answers(x, 1))
    return Contestant("RandomForest", model, {"shap": by_shap(model)})


def by_shap(model: Any, background: Rows | None = None) -> Callable[[Rows], Any]:
    """shap's TreeExplainer; with a background of the size asked for, not the 100 rows it cuts to."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.getLogger("shap").setLevel(logging.ERROR)
        if background is None:
            explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
        else:
            masker = shap.maskers.Independent(background, max_samples=len(background))
            explainer = shap.TreeExplainer(model, masker, feature_perturbation="interventional")
    return lambda r: explainer.shap_values(r, check_additivity=False)


def rate(call: Callable[[Rows], Any], x: Rows, times: int = 3) -> float:
    """Return rows a second of CPU time, the median of some runs after one to warm up."""
    call(x[:2])
    spent = []
    for _ in range(times):
        began = time.process_time()
        call(x)
        spent.append(time.process_time() - began)
    return len(x) / median(spent)
