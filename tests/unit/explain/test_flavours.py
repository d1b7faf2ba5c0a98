"""Models of every flavour, asked in the user's own columns: the right route, and values that are the definition's.

The independent source is the exponential definition over the model's original columns, with the real model as the game.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import catboost
import lightgbm
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import skops.io
import xgboost
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    AdaBoostRegressor,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    VotingClassifier,
)
from sklearn.feature_selection import SelectKBest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression, PoissonRegressor, Ridge, SGDClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    SplineTransformer,
    StandardScaler,
    TargetEncoder,
)
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeRegressor

from bellwether.explain.asked import Asked
from bellwether.explain.definition import shapley
from bellwether.explain.explainers import EXPLAINERS, Options
from bellwether.explain.flavours import FLAVOURS, pyfunc
from bellwether.explain.flavours import catboost as catboost_flavour
from bellwether.explain.flavours import lightgbm as lightgbm_flavour
from bellwether.explain.flavours import sklearn as sklearn_flavour
from bellwether.explain.flavours import xgboost as xgboost_flavour
from bellwether.explain.flavours.base import Loaded
from bellwether.explain.flavours.origins import origins
from bellwether.explain.flavours.subject import subject_of
from bellwether.explain.host.local import Local
from bellwether.explain.routes import explain
from bellwether.explain.trees.ensemble import Unsupported

pytestmark = pytest.mark.filterwarnings("ignore")
rng = np.random.default_rng(0)
N = 400
FRAME = pd.DataFrame(
    {
        "age": np.where(rng.random(N) < 0.05, np.nan, rng.normal(40, 12, N)),
        "income": rng.lognormal(10, 0.5, N),
        "region": rng.choice(list("ABCDE"), N),
        "job": rng.choice(["eng", "ops", "law"], N, p=[0.6, 0.39, 0.01]),
    }
)
Z = (FRAME.age.fillna(40) - 40) / 12 + FRAME.region.isin(["A", "C"]) * 1.5 * (FRAME.job == "eng")
Y = (rng.random(N) < 1 / (1 + np.exp(-Z))).astype(int).to_numpy()
CLASSES = np.digitize(Z, [-0.5, 0.8])
NUMBERS, WORDS = ["age", "income"], ["region", "job"]
FILLED = FRAME.assign(age=FRAME.age.fillna(40))
TABLE = pa.Table.from_pandas(FRAME, preserve_index=False)
ROWS, BACKGROUND = TABLE.slice(0, 5), TABLE.slice(200, 25)
OPTIONS = Options(model_rows=400_000)


def columns(words: Any = None, numbers: Any = None) -> ColumnTransformer:
    words = words or OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=10)
    numbers = numbers or make_pipeline(SimpleImputer(add_indicator=True), StandardScaler())
    return ColumnTransformer([("words", words, WORDS), ("numbers", numbers, NUMBERS)])


def pipe(model: Any, *, y: Any = Y, pre: Any = None) -> Loaded:
    return sklearn_flavour.loaded(Pipeline([("columns", pre or columns()), ("model", model)]).fit(FRAME, y))


def ordinal(missing: Any = np.nan) -> OrdinalEncoder:
    return OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=missing)


FEW: dict[str, Any] = {"n_estimators": 10, "max_depth": 3, "n_jobs": 1}
LIGHT: dict[str, Any] = {"n_estimators": 10, "num_leaves": 6, "n_jobs": 1, "verbose": -1, "min_child_samples": 5}
CASES: dict[str, tuple[str, Callable[[], Loaded]]] = {
    "logistic": ("linear", lambda: pipe(LogisticRegression())),
    "logistic multiclass": ("linear", lambda: pipe(LogisticRegression(), y=CLASSES)),
    "ridge": ("linear", lambda: pipe(Ridge(), y=Z)),
    "ridge of two targets": ("linear", lambda: pipe(Ridge(), y=np.c_[Z, -Z])),
    "poisson line": ("linear", lambda: pipe(PoissonRegressor(), y=CLASSES)),
    "support vectors line": ("linear", lambda: pipe(LinearSVC())),
    "sgd": ("linear", lambda: pipe(SGDClassifier(random_state=0))),
    "grid search": ("linear", lambda: sklearn_flavour.loaded(
        GridSearchCV(Pipeline([("c", columns()), ("m", Ridge())]), {"m__alpha": [0.1, 1]}, cv=2).fit(FRAME, Z))),
    "hist of codes": ("pattern_tables", lambda: pipe(
        HistGradientBoostingClassifier(max_iter=10, categorical_features=[0, 1]),
        pre=ColumnTransformer([("words", ordinal(), WORDS), ("numbers", "passthrough", NUMBERS)]))),
    "hist, categories last": ("pattern_tables", lambda: pipe(
        HistGradientBoostingClassifier(max_iter=10, categorical_features=[2, 3]),
        pre=ColumnTransformer([("numbers", "passthrough", NUMBERS), ("words", ordinal(), WORDS)]))),
    "hist multiclass": ("pattern_tables", lambda: pipe(HistGradientBoostingClassifier(max_iter=5), y=CLASSES,
        pre=columns(OneHotEncoder(sparse_output=False, handle_unknown="ignore")))),
    "hist poisson": ("pattern_tables", lambda: pipe(
        HistGradientBoostingRegressor(max_iter=5, loss="poisson"), y=CLASSES,
        pre=columns(OneHotEncoder(sparse_output=False)))),
    "forest": ("pattern_tables", lambda: pipe(RandomForestClassifier(5, max_depth=4, random_state=0))),
    "deep forest of few columns": ("pattern_tables", lambda: pipe(ExtraTreesClassifier(20, random_state=0))),
    "forest regression": ("pattern_tables", lambda: pipe(RandomForestRegressor(5, max_depth=3), y=Z)),
    "gradient boosting": ("pattern_tables", lambda: pipe(GradientBoostingClassifier(n_estimators=10))),
    "tree": ("pattern_tables", lambda: pipe(DecisionTreeRegressor(max_depth=4), y=Z)),
    "xgboost in a pipeline": ("pattern_tables", lambda: pipe(xgboost.XGBClassifier(**FEW))),
    "lightgbm in a pipeline": ("pattern_tables", lambda: pipe(lightgbm.LGBMClassifier(**LIGHT))),
    "catboost in a pipeline": ("pattern_tables", lambda: pipe(
        catboost.CatBoostClassifier(iterations=10, depth=3, verbose=0, thread_count=1, allow_writing_files=False))),
    "target encoder": ("linear", lambda: pipe(LogisticRegression(), pre=columns(TargetEncoder(random_state=0)))),
    "bins and splines": ("linear", lambda: pipe(LinearRegression(), y=Z, pre=ColumnTransformer([
        ("bins", KBinsDiscretizer(4, quantile_method="averaged_inverted_cdf"), ["income"]),
        ("spline", make_pipeline(SimpleImputer(), SplineTransformer(4)), ["age"]),
        ("rest", OneHotEncoder(), WORDS)]))),
    "union and selection": ("linear", lambda: pipe(LinearRegression(), y=Z, pre=make_pipeline(
        columns(OneHotEncoder(sparse_output=False)),
        FeatureUnion([("same", "passthrough"), ("square", FunctionTransformer(np.square))]), SelectKBest(k=8)))),
    "network": ("black_box", lambda: pipe(MLPClassifier((8,), max_iter=30, random_state=0))),
    "support vectors": ("black_box", lambda: pipe(SVC(probability=False))),
    "votes": ("black_box", lambda: pipe(VotingClassifier(
        [("a", LogisticRegression()), ("b", RandomForestClassifier(5, max_depth=3))], voting="soft"))),
    "transformed target": ("black_box", lambda: pipe(
        TransformedTargetRegressor(Ridge(), func=np.arcsinh, inverse_func=np.sinh), y=Z)),
    "boosted trees of another kind": ("black_box", lambda: pipe(AdaBoostRegressor(n_estimators=5), y=Z)),
    "mixed by components": ("black_box", lambda: pipe(Ridge(), y=Z, pre=make_pipeline(
        columns(OneHotEncoder(sparse_output=False)), PCA(3)))),
    "crosses": ("black_box", lambda: pipe(Ridge(), y=Z, pre=make_pipeline(columns(), PolynomialFeatures(2)))),
}  # fmt: skip


def local(loaded: Loaded, signature: Any = None, names: list[str] | None = None) -> Local:
    return Local(subject_of(loaded, signature, names or list(FRAME.columns)), TABLE.slice(0, 60))


def by_definition(model: Asked, output: int) -> np.ndarray:
    """Shapley values over the original columns, with the real model as the game."""
    d = len(model.about.players)
    joins = ((np.arange(1 << d)[:, None] >> np.arange(d)) & 1).astype(bool)
    return shapley(model.worths(ROWS, BACKGROUND, joins, output))


@pytest.mark.parametrize("name", CASES)
def test_every_model_takes_its_route_and_gets_the_values_of_the_definition(name: str) -> None:
    route, make = CASES[name]
    model = local(make())
    for output in range(len(model.about.outputs)):
        found, checked = explain(model, output, BACKGROUND, ROWS, OPTIONS)
        assert found.explainer.slug == route, found.refused
        assert checked.additivity.state == "exact"  # four columns are few enough to enumerate
        np.testing.assert_allclose(
            checked.outputs, found.ready.base_value + checked.contributions.values.sum(axis=1), atol=2e-5
        )
        if found.explainer.perturbation == "interventional":
            tolerance = 1e-5 if model.about.tolerance > 1e-5 else 1e-7
            np.testing.assert_allclose(checked.contributions.values, by_definition(model, output), atol=tolerance)


def test_answers_are_what_the_user_of_the_model_sees() -> None:
    for make in (
        LogisticRegression(),
        RandomForestClassifier(5),
        xgboost.XGBClassifier(**FEW),
        lightgbm.LGBMClassifier(**LIGHT),
    ):
        fitted = Pipeline([("columns", columns()), ("model", make)]).fit(FRAME, Y)
        model = local(sklearn_flavour.loaded(fitted))
        np.testing.assert_allclose(model.answers(ROWS)[:, 0], fitted.predict_proba(ROWS.to_pandas())[:, 1], atol=1e-6)
    poisson = Pipeline([("columns", columns()), ("model", PoissonRegressor())]).fit(FRAME, CLASSES)
    model = local(sklearn_flavour.loaded(poisson))
    assert model.about.space == "margin"
    np.testing.assert_allclose(model.answers(ROWS)[:, 0], poisson.predict(ROWS.to_pandas()))


def categorical(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.astype(dict.fromkeys(WORDS, "category"))


def saved_xgboost(folder: Path) -> Loaded:
    model = xgboost.XGBClassifier(**FEW, enable_categorical=True, max_cat_to_onehot=1).fit(categorical(FRAME), Y)
    model.get_booster().save_model(folder / "model.ubj")
    return xgboost_flavour.load(folder / "model.ubj", "xgboost", {"model_class": "xgboost.sklearn.XGBClassifier"})


def saved_lightgbm(folder: Path) -> Loaded:
    model = lightgbm.LGBMClassifier(**LIGHT, min_data_per_group=5, cat_smooth=1).fit(categorical(FRAME), Y)
    model.booster_.save_model(folder / "model.lgb")
    return lightgbm_flavour.load(folder / "model.lgb", "lightgbm", {})


def saved_catboost(folder: Path, frame: pd.DataFrame = FRAME[NUMBERS], **options: Any) -> Loaded:
    model = catboost.CatBoostClassifier(iterations=10, depth=3, verbose=0, thread_count=1, allow_writing_files=False)
    model.fit(frame, Y, **options)
    model.save_model(str(folder / "model.cb"))
    return catboost_flavour.load(folder / "model.cb", "catboost", {"model_type": "CatBoostClassifier"})


def test_boosters_with_categories_of_data_frames_are_read_from_their_files(tmp_path: Path) -> None:
    for make in (saved_xgboost, saved_lightgbm):
        model = local(make(tmp_path))
        assert model.about.players == tuple(FRAME.columns)
        route, checked = explain(model, 0, BACKGROUND, ROWS, OPTIONS)
        assert route.explainer.slug == "pattern_tables"
        np.testing.assert_allclose(checked.contributions.values, by_definition(model, 0), atol=1e-5)
        unseen = pa.Table.from_pandas(FRAME.head(5).assign(region="elsewhere"), preserve_index=False)
        _, odd = explain(model, 0, BACKGROUND, unseen, OPTIONS)
        assert odd.additivity.state == "exact"


def test_codes_of_categories_are_those_the_library_gives_its_own_frames(tmp_path: Path) -> None:
    frame = categorical(FRAME)
    xgb = xgboost.XGBClassifier(**FEW, enable_categorical=True, max_cat_to_onehot=1).fit(frame, Y)
    light = lightgbm.LGBMClassifier(**LIGHT, min_data_per_group=5, cat_smooth=1).fit(frame, Y)
    model = local(saved_xgboost(tmp_path))
    np.testing.assert_allclose(model.raw(TABLE)[:, 0], xgb.predict(frame, output_margin=True), atol=1e-5)
    model = local(saved_lightgbm(tmp_path))
    np.testing.assert_allclose(model.raw(TABLE)[:, 0], light.predict(frame, raw_score=True), atol=1e-5)


def test_catboost_with_categories_uses_its_own_contributions(tmp_path: Path) -> None:
    plain = local(saved_catboost(tmp_path), names=NUMBERS)
    assert explain(plain, 0, BACKGROUND, ROWS, OPTIONS)[0].explainer.slug == "pattern_tables"
    mixed = local(saved_catboost(tmp_path, FILLED, cat_features=WORDS))
    table = pa.Table.from_pandas(FILLED, preserve_index=False)
    route, checked = explain(mixed, 0, table.slice(200, 25), table.slice(0, 12), OPTIONS)
    assert route.explainer.slug == "native"
    assert checked.additivity.state == "exact"


def test_a_linear_booster_and_a_booster_of_lines(tmp_path: Path) -> None:
    line = xgboost.XGBRegressor(booster="gblinear", n_estimators=20, n_jobs=1).fit(FILLED[NUMBERS], Z)
    line.save_model(tmp_path / "line.ubj")
    model = local(xgboost_flavour.load(tmp_path / "line.ubj", "xgboost", {}), names=NUMBERS)
    table = pa.Table.from_pandas(FILLED[NUMBERS], preserve_index=False)
    assert explain(model, 0, table.slice(0, 30), table, OPTIONS)[0].explainer.slug == "linear"
    lines = lightgbm.LGBMRegressor(linear_tree=True, **LIGHT).fit(FILLED[NUMBERS], Z)
    lines.booster_.save_model(tmp_path / "lines.txt")
    model = local(lightgbm_flavour.load(tmp_path / "lines.txt", "lightgbm", {}), names=NUMBERS)
    route, checked = explain(model, 0, table.slice(0, 30), table.slice(0, 10), OPTIONS)
    assert route.explainer.slug == "black_box"
    assert any("linear trees" in reason for reason in route.refused)
    assert checked.additivity.state == "exact"


def test_early_stopping_counts_for_estimators_and_not_for_boosters(tmp_path: Path) -> None:
    options = {**FEW, "n_estimators": 60, "learning_rate": 0.9, "early_stopping_rounds": 2}
    x = FRAME[NUMBERS]
    model = xgboost.XGBClassifier(**options).fit(x[:300], Y[:300], eval_set=[(x[300:], Y[300:])], verbose=False)
    model.save_model(tmp_path / "m.ubj")
    section = {"model_class": "xgboost.sklearn.XGBClassifier"}
    early = local(xgboost_flavour.load(tmp_path / "m.ubj", "xgboost", section), names=NUMBERS)
    np.testing.assert_allclose(early.raw(TABLE)[:, 0], model.predict(x, output_margin=True), atol=1e-6)
    whole = local(xgboost_flavour.load(tmp_path / "m.ubj", "xgboost", {}), names=NUMBERS)
    everything = model.get_booster().predict(xgboost.DMatrix(x), output_margin=True)
    np.testing.assert_allclose(whole.raw(TABLE)[:, 0], everything, atol=1e-6)


@pytest.mark.parametrize("name", ["logistic", "hist of codes", "forest", "gradient boosting"])
def test_skops_files_are_opened_by_our_own_list(name: str, tmp_path: Path) -> None:
    made = CASES[name][1]()
    estimator: Any = made.estimator
    skops.io.dump(Pipeline([("columns", made.pre), ("model", estimator.model)]), tmp_path / "model.skops")
    model = local(sklearn_flavour.load(tmp_path / "model.skops", "skops", {}))
    assert explain(model, 0, BACKGROUND, ROWS, OPTIONS)[0].explainer.slug == CASES[name][0]


def test_a_model_trained_on_a_matrix_takes_columns_in_order() -> None:
    fitted = RandomForestClassifier(3, max_depth=3).fit(FILLED[NUMBERS].to_numpy(), Y)
    model = Local(subject_of(sklearn_flavour.loaded(fitted), None, NUMBERS), TABLE)
    table = pa.Table.from_pandas(FILLED, preserve_index=False)
    np.testing.assert_allclose(model.raw(table)[:, 0], fitted.predict_proba(FILLED[NUMBERS].to_numpy())[:, 1])


def test_a_signature_gives_names_order_and_types() -> None:
    frame = FILLED.assign(kids=rng.integers(0, 4, N), member=rng.random(N) < 0.5)
    fitted = Pipeline(
        [("c", ColumnTransformer([("w", OneHotEncoder(), [*WORDS, "kids"])], remainder="passthrough")), ("m", Ridge())]
    ).fit(frame, Z)
    types = {
        "age": "double",
        "income": "float",
        "region": "string",
        "job": "string",
        "kids": "long",
        "member": "boolean",
    }
    signature = [{"name": name, "type": types[name]} for name in frame.columns]
    as_pushed = frame.assign(kids=frame.kids.astype(float), member=frame.member.astype(float), more=1)
    rows = pa.Table.from_pandas(as_pushed[sorted(as_pushed.columns)], preserve_index=False)
    model = Local(subject_of(sklearn_flavour.loaded(fitted), signature, []), rows)
    assert model.about.players == tuple(frame.columns)
    np.testing.assert_allclose(model.raw(rows)[:, 0], fitted.predict(frame), rtol=1e-5)
    with pytest.raises(ValueError, match=r"no columns \['age', 'kids'\]; the model needs 6"):
        model.raw(rows.drop_columns(["age", "kids"]))


def test_labels_are_not_explained_as_steps() -> None:
    labels = local(Loaded(None, None, pyfunc.Pyfunc(lambda x: np.where(x.age > 40, "yes", "no")), framed=True))
    with pytest.raises(ValueError, match="labels would be explained as steps"):
        labels.raw(ROWS)
    both = local(Loaded(None, None, pyfunc.Pyfunc(lambda x: np.c_[1 - x.income / 1e6, x.income / 1e6]), framed=True))
    route, checked = explain(both, 0, BACKGROUND, ROWS, OPTIONS)
    assert route.explainer.slug == "black_box"
    np.testing.assert_allclose(checked.contributions.values[:, [0, 2, 3]], 0, atol=1e-12)


def test_a_preprocessing_that_hides_what_it_mixes_is_caught() -> None:
    def peek(x: pd.DataFrame) -> np.ndarray:
        made: np.ndarray = np.c_[x.age.fillna(0) * (x.region == "A"), x.income, x.region == "B", x.job == "ops"].astype(
            float
        )
        return made

    fitted = Pipeline([("peek", FunctionTransformer(peek)), ("m", Ridge())]).fit(FRAME, Z)
    model = local(sklearn_flavour.loaded(fitted))
    assert model.about.groups is None
    assert "also changes encoded column 0" in str(model.about.mixed)
    assert explain(model, 0, BACKGROUND, ROWS, OPTIONS)[0].explainer.slug == "black_box"


def test_origins_of_every_step_are_walked() -> None:
    frame = FILLED.assign(empty=np.nan)
    step = SimpleImputer(add_indicator=True).fit(frame[["age", "empty", "income"]].assign(age=[np.nan, *frame.age[1:]]))
    assert origins(step, 3) == [{0}, {2}, {0}, {1}]
    assert origins(OneHotEncoder(drop="first").fit(FRAME[WORDS]), 2) == [{0}] * 4 + [{1}] * 2
    assert origins(PolynomialFeatures(2, include_bias=False).fit(np.ones((3, 2))), 2)[-2] == {0, 1}
    dropped = ColumnTransformer([("a", "drop", ["job"]), ("b", "passthrough", ["income"])]).fit(FRAME)
    assert origins(dropped, 4) == [{1}]
    with pytest.raises(Unsupported, match="cannot be told"):
        origins(object(), 2)


def test_every_flavour_and_explainer_is_listed_and_described() -> None:
    assert len({f.slug for f in FLAVOURS}) == len(FLAVOURS)
    assert len({e.slug for e in EXPLAINERS}) == len(EXPLAINERS)
    for explainer in EXPLAINERS:
        assert explainer.title
        assert explainer.source
    found = {f.slug: f.find({}) for f in FLAVOURS}
    assert found["xgboost"].level == "data"
    assert (found["sklearn"].loader, found["sklearn"].level) == ("pickle", "code")
    assert sklearn_flavour.find({"pickled_model": "m.skops", "serialization_format": "skops"}).level == "list"
    assert lightgbm_flavour.find({"data": "model.pkl"}).level == "code"
