"""Models of every sort, logged to a real MLflow server."""

import logging
import warnings
from typing import Any

import mlflow
import numpy as np
import pandas as pd
import xgboost
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from tests.integration.explain.world import FEATURES, NUMBERS, WORDS, defaults, people

Uris = dict[str, str]
WIDE = 5_000


def doubles(model_input):  # type: ignore[no-untyped-def]  # MLflow takes hints for a signature
    """Answer with twice the debt: a function that somebody wrote, without a signature."""
    return model_input["debt"].astype(float) * 2


def pipeline(model: Any, *, trees: bool) -> Pipeline:
    """Preprocessing as people do it, before a model."""
    numbers: Any = "passthrough" if trees else Pipeline([("fill", SimpleImputer()), ("scale", StandardScaler())])
    words = (
        OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan)
        if trees
        else OneHotEncoder(handle_unknown="ignore")
    )
    return Pipeline([("columns", ColumnTransformer([("w", words, WORDS), ("n", numbers, NUMBERS)])), ("model", model)])


def several() -> Pipeline:
    """A model of three classes, not yet fitted."""
    return pipeline(HistGradientBoostingClassifier(max_iter=10, random_state=0), trees=True)


def kinds_of(frame: pd.DataFrame) -> np.ndarray:
    """What it learns."""
    return np.where(frame["debt"] > 0.5, "high", np.where(frame["age"] > 50, "old", "plain"))


def wide_frame(rows: int) -> pd.DataFrame:
    """As many columns as people are known to watch."""
    made = np.random.default_rng(rows).normal(size=(rows, WIDE))
    return pd.DataFrame(made, columns=[f"f{j}" for j in range(WIDE)])


def wide_line() -> Ridge:
    """A line through more columns than rows, of which one counts."""
    frame = wide_frame(400)
    return Ridge().fit(frame, 100 * frame["f7"])


def served_line(url: str) -> str:
    """Log a line whose files the server keeps and hands out itself; its URI."""
    frame = people(200, 0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mlflow.set_tracking_uri(url)
        mlflow.set_registry_uri(url)
        kept = mlflow.MlflowClient().create_experiment("served", artifact_location="mlflow-artifacts:/served")
        with mlflow.start_run(experiment_id=kept):
            info = mlflow.sklearn.log_model(
                Ridge().fit(frame[["age"]], frame["debt"]),
                name="line",
                serialization_format="skops",
                pip_requirements=["scikit-learn"],
            )
    return str(info.model_uri)


def register(url: str) -> Uris:
    """Train, log and register; the URIs by name."""
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    frame = people(2_000, 0)
    y = defaults(frame, 1)
    trees = pipeline(HistGradientBoostingClassifier(max_iter=30, categorical_features=[0], random_state=0), trees=True)
    line = pipeline(LogisticRegression(), trees=False)
    box = pipeline(MLPClassifier((8,), max_iter=60, random_state=0), trees=False)
    forest = pipeline(RandomForestClassifier(10, max_depth=6, random_state=0), trees=False)
    many, kinds = several(), kinds_of(frame)
    boost = xgboost.XGBClassifier(n_estimators=20, max_depth=4, n_jobs=1).fit(frame[NUMBERS], y)
    trusted = ["sklearn.tree._tree.Tree", "functools.partial", "sklearn.utils.validation.check_array", "numpy.dtype"]
    trusted += ["sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"]
    trusted += ["sklearn.neural_network._stochastic_optimizers.AdamOptimizer"]
    found: Uris = {}
    ids: dict[str, str] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mlflow.set_tracking_uri(url)
        mlflow.set_registry_uri(url)
        mlflow.set_experiment("explain")
        with mlflow.start_run() as run:
            for name, model, target in (
                ("trees", trees, y),
                ("line", line, y),
                ("box", box, y),
                ("forest", forest, y),
                ("many", many, kinds),
            ):
                model.fit(frame[FEATURES], target)
                info = mlflow.sklearn.log_model(
                    model,
                    name=name,
                    signature=mlflow.models.infer_signature(frame[FEATURES]),
                    serialization_format="skops",
                    skops_trusted_types=trusted,
                    pip_requirements=["scikit-learn"],
                )
                found[name], ids[name] = info.model_uri, info.model_id
            info = mlflow.xgboost.log_model(boost, name="boost", model_format="ubj", pip_requirements=["xgboost"])
            found["boost"] = info.model_uri
            info = mlflow.sklearn.log_model(
                wide_line(),
                name="wide",
                signature=mlflow.models.infer_signature(wide_frame(1)),
                serialization_format="skops",
                pip_requirements=["scikit-learn"],
            )
            found["wide"] = info.model_uri
            info = mlflow.sklearn.log_model(
                line, name="pickle", serialization_format="cloudpickle", pip_requirements=["scikit-learn"]
            )
            found["pickle"] = info.model_uri
            info = mlflow.pyfunc.log_model(name="function", python_model=doubles, pip_requirements=["mlflow"])
            found["function"] = info.model_uri
        client = mlflow.MlflowClient()
        client.create_registered_model("loans")
        version = client.create_model_version("loans", found["trees"], run_id=run.info.run_id, model_id=ids["trees"])
        client.set_registered_model_alias("loans", "champion", version.version)
        found |= {"version": f"models:/loans/{version.version}", "alias": "models:/loans@champion"}
        found["run"] = f"runs:/{run.info.run_id}/trees"
    return found
