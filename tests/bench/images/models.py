"""Models as people log them to MLflow, one of each way an image has to open."""

import logging
import sys
import warnings
from dataclasses import dataclass
from typing import Any

import cloudpickle
import lightgbm
import mlflow
import numpy as np
import pandas as pd
import xgboost
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from bellwether.explain.flavours.trusted import TRUSTED
from tests.integration.explain import registered
from tests.integration.explain.registered import doubles, pipeline
from tests.integration.explain.world import FEATURES, NUMBERS, defaults, people


@dataclass(frozen=True, slots=True)
class Way:
    """What a model is explained by, in which space, and whether its file runs code."""

    method: str
    output: str
    runs_code: bool = False


WAYS = {
    "histogram": Way("pattern_tables", "margin"),
    "line": Way("linear", "margin"),
    "network": Way("black_box", "probability"),
    "lightgbm-in-pipeline": Way("pattern_tables", "margin"),
    "lightgbm": Way("pattern_tables", "margin"),
    "xgboost": Way("pattern_tables", "margin"),
    "pickled": Way("linear", "margin", runs_code=True),
    "function": Way("black_box", "value", runs_code=True),
}
GREEDY = "greedy"


def greedy(model_input):  # type: ignore[no-untyped-def]  # MLflow takes hints for a signature
    """Take 3.2 GB to answer, more than the container has."""
    return np.ones(3 << 27)[: len(model_input)]


def register(url: str) -> dict[str, str]:
    """Train, log and register; the address of each by its name in ``WAYS``, and of one that cannot be explained."""
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    for module in (registered, sys.modules[__name__]):
        cloudpickle.register_pickle_by_value(module)  # as of a notebook: where it is opened, there are no tests
    frame = people(2_000, 0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mlflow.set_tracking_uri(url)
        mlflow.set_registry_uri(url)
        mlflow.set_experiment("images")
        with mlflow.start_run():
            return {name: _logged(name, frame) for name in (*WAYS, GREEDY)}


def _logged(name: str, frame: pd.DataFrame) -> str:
    y = defaults(frame, 1)
    more: dict[str, Any] = {"name": name, "registered_model_name": name, "pip_requirements": ["numpy"]}
    if name == "lightgbm":
        booster = lightgbm.train({"verbose": -1, "objective": "binary"}, lightgbm.Dataset(frame[NUMBERS], y), 20)
        mlflow.lightgbm.log_model(booster, **more)
    elif name == "xgboost":
        boost = xgboost.XGBClassifier(n_estimators=20, max_depth=4, n_jobs=1).fit(frame[NUMBERS], y)
        mlflow.xgboost.log_model(boost, model_format="ubj", **more)
    elif name in {"function", GREEDY}:
        mlflow.pyfunc.log_model(python_model=greedy if name == GREEDY else doubles, **more)
    else:
        more["signature"] = mlflow.models.infer_signature(frame[FEATURES])
        if WAYS[name].runs_code:
            more["serialization_format"] = "cloudpickle"
        else:
            more |= {"serialization_format": "skops", "skops_trusted_types": list(TRUSTED)}
        mlflow.sklearn.log_model(_pipeline(name).fit(frame[FEATURES], y), **more)
    return f"models:/{name}/1"


def _pipeline(name: str) -> Any:
    match name:
        case "histogram":
            return pipeline(HistGradientBoostingClassifier(max_iter=30, categorical_features=[0]), trees=True)
        case "network":
            return pipeline(MLPClassifier((8,), max_iter=60, random_state=0), trees=False)
        case "lightgbm-in-pipeline":
            return pipeline(lightgbm.LGBMClassifier(n_estimators=20, n_jobs=1, verbose=-1), trees=True)
        case _:
            return pipeline(LogisticRegression(), trees=False)
