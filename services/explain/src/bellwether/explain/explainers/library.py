"""Contributions that a library computes itself: the booster's own, or those of the shap package."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from bellwether.explain.asked import Asked
from bellwether.explain.explainers.base import Contributions, Explainer, Options
from bellwether.explain.trees.ensemble import Floats, Unsupported


@dataclass(frozen=True, slots=True)
class Library:
    """A routine of the model's process; it returns the base value in the last column."""

    ask: Callable[[pa.Table], Floats]
    base_value: float

    def explain(self, rows: pa.Table) -> Contributions:
        """Return the library's contributions; the gap check says whether they are to be believed."""
        return Contributions(self.ask(rows)[:, :-1])


def prepare_native(model: Asked, output: int, background: pa.Table, options: Options) -> Library:
    """Use the booster's own routine."""
    return _prepared(model, lambda rows: model.native(rows, output), background)


def prepare_shap(model: Asked, output: int, background: pa.Table, options: Options) -> Library:
    """Use the shap package, loaded in the model's process."""
    return _prepared(model, lambda rows: model.borrowed(rows, output), background)


def _prepared(model: Asked, ask: Callable[[pa.Table], Floats], background: pa.Table) -> Library:
    found = ask(background.slice(0, 1))
    if found.shape[1] != len(model.about.players) + 1 or not np.isfinite(found).all():
        raise Unsupported(f"the library gave {found.shape[1] - 1} contributions for {len(model.about.players)} columns")
    return Library(ask, float(found[0, -1]))


NATIVE = Explainer(
    slug="native",
    title="the library's own contributions",
    exact=True,
    perturbation="path_dependent",
    prepare=prepare_native,
    source="XGBoost pred_contribs, LightGBM pred_contrib, CatBoost ShapValues",
)
SHAP = Explainer(
    slug="shap",
    title="shap.TreeExplainer",
    exact=True,
    perturbation="path_dependent",
    prepare=prepare_shap,
    source="shap 0.51",
)
