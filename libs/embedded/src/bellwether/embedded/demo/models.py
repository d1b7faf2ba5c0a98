"""Training, scoring and measuring the two models of the demo; pure."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.metrics import log_loss, mean_absolute_error, r2_score, roc_auc_score, root_mean_squared_error
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
from threadpoolctl import threadpool_limits

from bellwether.embedded.demo.data import between
from bellwether.embedded.demo.recipes import REFERENCE, SEED, TRAINING, Recipe


def train(recipe: Recipe, flights: pa.Table) -> Pipeline:
    """Fit the recipe on the flights whose target is known; on one thread, since all services share the cores."""
    known = labelled(recipe, flights)
    with threadpool_limits(1):
        return _pipeline(recipe).fit(inputs(recipe, known), known[recipe.target].to_numpy())


def score(recipe: Recipe, model: Pipeline, flights: pa.Table) -> pa.Table:
    """Return what is pushed for these flights: id, time, the features, and what the model says.

    ``score`` is the probability of the positive class; ``prediction`` the decision, or the value of a regression.
    """
    rows = flights.select(["id", "time", *recipe.features])
    said = answers(recipe, model, flights)
    if recipe.threshold is None:
        return rows.append_column("prediction", pa.array(said))
    return rows.append_column("score", pa.array(said)).append_column("prediction", pa.array(said >= recipe.threshold))


def labels(recipe: Recipe, flights: pa.Table) -> pa.Table:
    """Return id and label of the flights whose target is known."""
    known = labelled(recipe, flights)
    return pa.table({"id": known["id"], "label": known[recipe.target]})


def reference(recipe: Recipe, model: Pipeline, flights: pa.Table) -> pa.Table:
    """Return held-out flights as they are pushed, with their labels (missing where never known)."""
    return score(recipe, model, flights).append_column("label", flights[recipe.target])


def evaluate(recipe: Recipe, model: Pipeline, flights: pa.Table, base: pa.Table) -> dict[str, float]:
    """Return the metrics on the flights whose target is known, beside those of the mean of ``base``."""
    known = labelled(recipe, flights)
    true, said = known[recipe.target].to_numpy(), answers(recipe, model, known)
    mean = np.full(len(true), pc.mean(pc.cast(base[recipe.target], pa.float64())).as_py())
    if recipe.threshold is None:
        return {
            "rows": float(len(true)),
            "mae": mean_absolute_error(true, said),
            "rmse": root_mean_squared_error(true, said),
            "r2": r2_score(true, said),
            "bias": float(np.mean(said - true)),
            "mae_of_mean": mean_absolute_error(true, mean),
        }
    warned = said >= recipe.threshold
    return {
        "rows": float(len(true)),
        "auc": roc_auc_score(true, said),
        "log_loss": log_loss(true, said),
        "base_rate": float(true.mean()),
        "warned": float(warned.mean()),
        "precision": float(true[warned].mean()),
        "recall": float(warned[true].mean()),
        "log_loss_of_base_rate": log_loss(true, mean),
    }


def answers(recipe: Recipe, model: Pipeline, flights: pa.Table) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the model's answers: probabilities in [0, 1], or values in the target's unit."""
    rows = inputs(recipe, flights)
    with threadpool_limits(1):
        said = model.predict(rows) if recipe.threshold is None else model.predict_proba(rows)[:, 1]
    return np.asarray(said, dtype=np.float64)


def inputs(recipe: Recipe, flights: pa.Table) -> pd.DataFrame:
    """Return the features as the model takes them."""
    return flights.select(list(recipe.features)).to_pandas()


def labelled(recipe: Recipe, flights: pa.Table) -> pa.Table:
    """Keep the flights whose target is known."""
    return flights.filter(pc.is_valid(flights[recipe.target]))


def training(flights: pa.Table) -> pa.Table:
    """Return the flights of the training window."""
    return between(flights, *TRAINING)


def held_out(flights: pa.Table) -> pa.Table:
    """Return the flights of the reference window, all after the training window."""
    return between(flights, *REFERENCE)


def _pipeline(recipe: Recipe) -> Pipeline:
    categories, numbers = list(recipe.categories), list(recipe.numbers)
    if recipe.task == "binary":
        encode = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan)
        columns = [("categories", encode, categories), ("numbers", "passthrough", numbers)]
        places = list(range(len(categories)))
        learner = HistGradientBoostingClassifier(
            categorical_features=places, random_state=SEED, early_stopping=False, **recipe.settings
        )
        return Pipeline([("columns", ColumnTransformer(columns)), ("trees", learner)])
    encode = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=20)
    fill = Pipeline([("fill", SimpleImputer(strategy="median")), ("scale", StandardScaler())])
    columns = [("categories", encode, categories), ("numbers", fill, numbers)]
    return Pipeline([("columns", ColumnTransformer(columns)), ("line", Ridge(**recipe.settings))])
