"""Every reader against the model's own answer, on every output, with missing, unknown and extreme values.

Base value plus contributions has to be what the library itself returns; path-dependent contributions have to be those
of the library's own routine, where it has one.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import catboost
import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost
from sklearn.ensemble import (
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.tree import DecisionTreeClassifier

from bellwether.explain.readers import catboost as catboost_reader
from bellwether.explain.readers import lightgbm as lightgbm_reader
from bellwether.explain.readers import sklearn as sklearn_reader
from bellwether.explain.readers import ubjson
from bellwether.explain.readers import xgboost as xgboost_reader
from bellwether.explain.trees import Ensemble, Unsupported
from bellwether.explain.trees.quadrature import Quadrature
from bellwether.explain.trees.tables import PatternTables

D = 6
N = 600
rng = np.random.default_rng(0)
X = rng.normal(size=(N, D))
X[:, 4] = rng.integers(0, 40, N)
X[:, 5] = rng.integers(0, 12, N)
FULL = X.copy()
X[rng.random(X.shape) < 0.08] = np.nan
Z = np.nan_to_num(X)
SIGNAL = Z[:, 0] * Z[:, 1] + np.isin(Z[:, 4], [3, 7, 11, 12, 30]) * 2 + np.isin(Z[:, 5], [1, 4]) + np.isnan(X[:, 2])
Y = (SIGNAL + rng.normal(size=N) * 0.3 > 0.7).astype(int)
CLASSES = np.digitize(SIGNAL, [0.2, 1.2])
COUNTS = np.abs(np.round(SIGNAL)).astype(int)


def strange(x: np.ndarray) -> np.ndarray:
    """Rows the model has not seen: unknown and negative codes, infinities, zeros, whole rows missing."""
    x = x[:200].copy()
    x[:20, 4], x[20:30, 4], x[30:40, 5] = 77, -3, 300
    x[40:50, 0], x[50:60, 1] = np.inf, -np.inf
    x[60:70, :3] = 0.0
    x[70:75] = np.nan
    return x


@dataclass(frozen=True)
class Fitted:
    """Outputs of a reader, the library's raw answers, shape (n, outputs), and its own contributions if it has any."""

    ensembles: list[Ensemble]
    raw: Callable[[np.ndarray], np.ndarray]
    native: Callable[[np.ndarray], np.ndarray] | None = None
    rows: np.ndarray = field(default_factory=lambda: X)
    order: list[int] | None = None


def of_xgboost(model: Any, *, form: str = "ubj", limit: bool = False) -> Fitted:
    booster = model.get_booster()
    learner = xgboost_reader.parse(bytes(booster.save_raw(form)))
    rounds = xgboost_reader.best_iterations(learner) if limit else None
    n = xgboost_reader.outputs(learner)
    span = (0, rounds) if rounds else (0, 0)
    kinds = booster.feature_types

    def matrix(x: np.ndarray) -> xgboost.DMatrix:
        return xgboost.DMatrix(x, feature_types=kinds, enable_categorical=True, nthread=1)

    return Fitted(
        [xgboost_reader.ensemble(learner, k, rounds) for k in range(n)],
        lambda x: booster.predict(matrix(x), output_margin=True, iteration_range=span).reshape(len(x), -1),
        lambda x: booster.predict(matrix(x), pred_contribs=True, iteration_range=span).reshape(len(x), n, -1),
        model_rows(kinds),
    )


def model_rows(kinds: list[str] | None) -> np.ndarray:
    return X if kinds is None or "c" not in kinds else FULL


def xgb(kind: type = xgboost.XGBClassifier, y: np.ndarray = Y, x: np.ndarray = X, **options: Any) -> Any:
    return kind(n_estimators=12, max_depth=4, n_jobs=1, **options).fit(x, y)


def of_lightgbm(model: Any) -> Fitted:
    booster = model.booster_
    text = lightgbm_reader.parse(booster.model_to_string())
    n = lightgbm_reader.outputs(text)
    # a random forest's raw score is the sum over its trees, what it answers is the link of their mean
    scale = 1 / booster.current_iteration() if model.boosting_type == "rf" else 1.0
    return Fitted(
        [lightgbm_reader.ensemble(text, k) for k in range(n)],
        lambda x: scale * booster.predict(x, raw_score=True).reshape(len(x), -1),
        lambda x: scale * booster.predict(x, pred_contrib=True).reshape(len(x), n, -1),
    )


def lgb(kind: type = lightgbm.LGBMClassifier, y: np.ndarray = Y, fit: dict[str, Any] | None = None, **o: Any) -> Any:
    return kind(n_estimators=12, num_leaves=12, verbose=-1, n_jobs=1, **o).fit(X, y, **(fit or {}))


def of_catboost(folder: Path, y: np.ndarray, kind: Any = catboost.CatBoostClassifier, **options: Any) -> Fitted:
    model = kind(iterations=12, depth=4, verbose=0, thread_count=1, allow_writing_files=False, **options).fit(X, y)
    model.save_model(folder / "model.json", format="json")
    document = json.loads((folder / "model.json").read_text())
    n = catboost_reader.outputs(document)
    return Fitted(
        [catboost_reader.ensemble(document, k) for k in range(n)],
        lambda x: model.predict(x, prediction_type="RawFormulaVal").reshape(len(x), -1),
        lambda x: model.get_feature_importance(catboost.Pool(x), type="ShapValues").reshape(len(x), n, -1),
    )


def of_histogram(model: Any, x: np.ndarray = X) -> Fitted:
    n = model.n_trees_per_iteration_
    return Fitted(
        [sklearn_reader.histogram_boosting(model, k) for k in range(n)],
        lambda a: model._raw_predict(a),
        None,
        x,
        sklearn_reader.histogram_order(model),
    )


def of_forest(model: Any, x: np.ndarray) -> Fitted:
    trees = [e.tree_ for e in getattr(model, "estimators_", [model])]
    classes = getattr(model, "classes_", None)
    n = 1 if classes is None else len(classes)
    return Fitted(
        [
            sklearn_reader.tree_ensemble(trees, k, scale=1 / len(trees), classifier=classes is not None)
            for k in range(n)
        ],
        model.predict if classes is None else model.predict_proba,
        None,
        x,
    )


def of_gradient_boosting(model: Any) -> Fitted:
    n = model.estimators_.shape[1]
    return Fitted(
        [sklearn_reader.gradient_boosting(model, k) for k in range(n)],
        lambda x: model._raw_predict(x.astype(np.float32)),
        None,
        FULL,
    )


CATEGORIES: dict[str, Any] = {
    "enable_categorical": True,
    "feature_types": ["q"] * 4 + ["c", "c"],
    "max_cat_to_onehot": 1,
}
EARLY = {"early_stopping_rounds": 2, "learning_rate": 0.9}
CASES: dict[str, Callable[[Path], Fitted]] = {
    "xgboost": lambda _: of_xgboost(xgb()),
    "xgboost json": lambda _: of_xgboost(xgb(), form="json"),
    "xgboost base score": lambda _: of_xgboost(xgb(base_score=0.2)),
    "xgboost multiclass": lambda _: of_xgboost(xgb(y=CLASSES)),
    "xgboost dart": lambda _: of_xgboost(xgb(booster="dart", rate_drop=0.4, one_drop=1)),
    "xgboost forest": lambda _: of_xgboost(xgb(num_parallel_tree=3, subsample=0.7, colsample_bynode=0.5)),
    "xgboost poisson": lambda _: of_xgboost(xgb(xgboost.XGBRegressor, COUNTS, objective="count:poisson")),
    "xgboost gamma": lambda _: of_xgboost(xgb(xgboost.XGBRegressor, COUNTS + 1, objective="reg:gamma")),
    "xgboost absolute": lambda _: of_xgboost(xgb(xgboost.XGBRegressor, SIGNAL, objective="reg:absoluteerror")),
    "xgboost two targets": lambda _: of_xgboost(xgb(xgboost.XGBRegressor, np.c_[SIGNAL, -2 * SIGNAL])),
    "xgboost categories": lambda _: of_xgboost(xgb(x=FULL, **CATEGORIES)),
    "xgboost one-hot": lambda _: of_xgboost(xgb(x=FULL, **{**CATEGORIES, "max_cat_to_onehot": 50})),
    "xgboost early stop": lambda _: of_xgboost(early_stopped(), limit=True),
    "lightgbm": lambda _: of_lightgbm(lgb()),
    "lightgbm multiclass": lambda _: of_lightgbm(lgb(y=CLASSES)),
    "lightgbm dart": lambda _: of_lightgbm(lgb(boosting_type="dart", drop_rate=0.5)),
    "lightgbm forest": lambda _: of_lightgbm(lgb(boosting_type="rf", bagging_freq=1, bagging_fraction=0.6)),
    "lightgbm categories": lambda _: of_lightgbm(
        lgb(fit={"categorical_feature": [4, 5]}, min_data_per_group=5, cat_smooth=1)
    ),
    "lightgbm no missing": lambda _: of_lightgbm(lgb(use_missing=False)),
    "lightgbm zero missing": lambda _: of_lightgbm(lgb(zero_as_missing=True)),
    "lightgbm regression": lambda _: of_lightgbm(lgb(lightgbm.LGBMRegressor, SIGNAL)),
    "lightgbm poisson": lambda _: of_lightgbm(lgb(lightgbm.LGBMRegressor, COUNTS, objective="poisson")),
    "catboost": lambda p: of_catboost(p, Y),
    "catboost missing high": lambda p: of_catboost(p, Y, nan_mode="Max"),
    "catboost multiclass": lambda p: of_catboost(p, CLASSES),
    "catboost regression": lambda p: of_catboost(p, SIGNAL, catboost.CatBoostRegressor),
    "catboost lossguide": lambda p: of_catboost(p, Y, grow_policy="Lossguide"),
    "catboost depthwise multiclass": lambda p: of_catboost(p, CLASSES, grow_policy="Depthwise"),
    "hist": lambda _: of_histogram(HistGradientBoostingClassifier(max_iter=12).fit(X, Y)),
    "hist multiclass": lambda _: of_histogram(HistGradientBoostingClassifier(max_iter=8).fit(X, CLASSES)),
    "hist categories": lambda _: of_histogram(
        HistGradientBoostingClassifier(max_iter=12, categorical_features=[4, 5]).fit(X, Y)
    ),
    "hist poisson": lambda _: of_histogram(HistGradientBoostingRegressor(max_iter=8, loss="poisson").fit(X, COUNTS)),
    "tree": lambda _: of_forest(DecisionTreeClassifier(max_depth=5).fit(X, CLASSES), X),
    "forest": lambda _: of_forest(RandomForestClassifier(5, max_depth=6, random_state=0).fit(X, Y), X),
    "weighted forest": lambda _: of_forest(
        RandomForestClassifier(5, max_depth=6, random_state=0, class_weight="balanced").fit(X, CLASSES), X
    ),
    "extra trees": lambda _: of_forest(ExtraTreesRegressor(5, max_depth=6, random_state=0).fit(FULL, SIGNAL), FULL),
    "gbc": lambda _: of_gradient_boosting(GradientBoostingClassifier(n_estimators=10).fit(FULL, Y)),
    "gbc exponential": lambda _: of_gradient_boosting(
        GradientBoostingClassifier(n_estimators=10, loss="exponential").fit(FULL, Y)
    ),
    "gbc multiclass": lambda _: of_gradient_boosting(GradientBoostingClassifier(n_estimators=6).fit(FULL, CLASSES)),
    "gbr": lambda _: of_gradient_boosting(GradientBoostingRegressor(n_estimators=10, loss="huber").fit(FULL, SIGNAL)),
    "gbr from zero": lambda _: of_gradient_boosting(
        GradientBoostingRegressor(n_estimators=10, init="zero").fit(FULL, SIGNAL)
    ),
}


# CatBoost's own values for lossguide trees do not even add up to its own answer; ours do (above).
WITH_NATIVE = [n for n in CASES if n.startswith(("xgboost", "lightgbm", "catboost")) and n != "catboost lossguide"]


def early_stopped() -> Any:
    model = xgboost.XGBClassifier(n_estimators=60, max_depth=4, n_jobs=1, **EARLY)
    model.fit(X[:400], Y[:400], eval_set=[(X[400:], Y[400:])], verbose=False)
    assert model.best_iteration < len(model.get_booster().get_dump()) - 1
    return model


@cache
def fitted(name: str, folder: Path) -> Fitted:
    return CASES[name](folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CASES)
def test_base_value_and_contributions_are_the_models_answer(name: str, folder: Path) -> None:
    case = fitted(name, folder)
    x = case.rows
    x = strange(x) if not np.isfinite(case.rows).all() or "categories" in name else x[:200]
    if name.startswith(("xgboost", "tree", "forest", "weighted", "extra")):  # these refuse infinities
        x = np.where(np.isinf(x), np.sign(x) * 1e30, x)
    raw = np.asarray(case.raw(x)).reshape(len(x), -1)
    seen = x if case.order is None else x[:, case.order]
    background = case.rows[-40:] if case.order is None else case.rows[-40:, case.order]
    for k, ensemble in enumerate(case.ensembles):
        for kernel in (
            PatternTables(ensemble, background, dtype=np.float64),
            PatternTables(ensemble, dtype=np.float64),
            Quadrature(ensemble),
        ):
            total = kernel.base_value + kernel.attribute(seen).sum(1)
            np.testing.assert_allclose(total, raw[:, k], rtol=2e-6, atol=2e-6)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", WITH_NATIVE)
def test_path_dependent_values_are_those_of_the_library(name: str, folder: Path) -> None:
    case = fitted(name, folder)
    assert case.native is not None
    native = case.native(case.rows[:50])
    for k, ensemble in enumerate(case.ensembles):
        kernel = Quadrature(ensemble)
        np.testing.assert_allclose(kernel.attribute(case.rows[:50]), native[:, k, :-1], atol=2e-5)
        np.testing.assert_allclose(native[:, k, -1], kernel.base_value, atol=2e-5)


def test_what_cannot_be_read_is_refused_with_the_reason(tmp_path: Path) -> None:
    linear = lightgbm.LGBMRegressor(linear_tree=True, n_estimators=5, verbose=-1, n_jobs=1).fit(FULL, SIGNAL)
    with pytest.raises(Unsupported, match="linear trees"):
        lightgbm_reader.ensemble(lightgbm_reader.parse(linear.booster_.model_to_string()))
    line = xgboost.XGBRegressor(booster="gblinear", n_estimators=5, n_jobs=1).fit(Z, SIGNAL)
    with pytest.raises(Unsupported, match="booster gblinear has no trees"):
        xgboost_reader.ensemble(xgboost_reader.parse(bytes(line.get_booster().save_raw("ubj"))))
    vectors = xgb(xgboost.XGBRegressor, np.c_[SIGNAL, SIGNAL], multi_strategy="multi_output_tree")
    with pytest.raises(Unsupported, match="vectors"):
        xgboost_reader.ensemble(xgboost_reader.parse(bytes(vectors.get_booster().save_raw("ubj"))))
    frame = pd.DataFrame({"a": Z[:, 0], "c": Z[:, 4].astype(int).astype(str)})
    model = catboost.CatBoostClassifier(iterations=3, verbose=0, thread_count=1, allow_writing_files=False)
    model.fit(frame, Y, cat_features=["c"])
    model.save_model(tmp_path / "m.json", format="json", pool=catboost.Pool(frame, Y, cat_features=["c"]))
    with pytest.raises(Unsupported, match="categorical features"):
        catboost_reader.ensemble(json.loads((tmp_path / "m.json").read_text()))
    started = GradientBoostingClassifier(n_estimators=3, init=DecisionTreeClassifier()).fit(FULL, Y)
    with pytest.raises(Unsupported, match="starts from a DecisionTreeClassifier"):
        sklearn_reader.gradient_boosting(started, 0)
    several = DecisionTreeClassifier().fit(FULL, np.c_[Y, CLASSES])
    with pytest.raises(Unsupported, match="several targets"):
        sklearn_reader.tree_ensemble([several.tree_], 0, scale=1.0, classifier=True)


@pytest.mark.parametrize("raw", [b"", b"{", b"not a model", b'{"a": 1}', b"{i\x01a[$d#L\x7f\xff\xff\xff", b"{" * 3000])
def test_bytes_that_are_no_xgboost_model_are_refused(raw: bytes) -> None:
    with pytest.raises(Unsupported, match="no XGBoost model"):
        xgboost_reader.parse(raw)


def test_text_that_is_no_lightgbm_model_is_refused() -> None:
    for text in ("", "tree\nnum_tree_per_iteration=1\n\nTree=0\nnum_leaves=3\n"):
        with pytest.raises(Unsupported):
            lightgbm_reader.ensemble(lightgbm_reader.parse(text))


def test_every_type_of_universal_binary_json() -> None:
    raw = (
        b"{U\x01a[ZTFi\xffU\xffI\x01\x00l\x00\x01\x00\x00L" + b"\x00" * 7 + b"\x05d\x3f\x80\x00\x00D\x3f\xf0"
        b"\x00\x00\x00\x00\x00\x00CxSi\x02hi]i\x01b[#i\x02NTF" + b"i\x01c[$U#i\x03\x01\x02\x03i\x01d[$i#i\x00}"
    )
    found = ubjson.loads(raw)
    assert found["a"] == [None, True, False, -1, 255, 256, 65536, 5, 1.0, 1.0, "x", "hi"]
    assert found["b"] == [True, False]
    np.testing.assert_array_equal(found["c"], [1, 2, 3])
    assert len(found["d"]) == 0
    with pytest.raises(ValueError, match="unknown marker"):
        ubjson.loads(b"q")
    with pytest.raises(ValueError, match="no length"):
        ubjson.loads(b"SSi\x00")
