"""scikit-learn: pipelines of preprocessing and lines, trees, forests, gradient boosting; anything else as a black box.

Boosters inside a pipeline are explained by their own flavour. Models come as skops files, whose types have to be on our
list, or as pickles, which run code when they are opened.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bellwether.explain.flavours import catboost, lightgbm, xgboost
from bellwether.explain.flavours.base import Artifact, Estimator, Flavour, Line, Loaded, Space, columns, dense
from bellwether.explain.flavours.trusted import TRUSTED
from bellwether.explain.readers import sklearn as reader
from bellwether.explain.trees.ensemble import Ensemble, Floats, Unsupported

_LINES = {"LinearClassifierMixin", "LinearModel", "_GeneralizedLinearRegressor", "BaseSGDRegressor"}
_SEARCH = {"BaseSearchCV"}
_LOG_LOSSES = {"HalfPoissonLoss", "HalfGammaLoss", "HalfTweedieLoss"}


@dataclass(frozen=True, slots=True)
class Sklearn:
    """A fitted estimator; ``part`` says how it is read."""

    model: Any
    part: str
    outputs: tuple[str, ...]
    space: Space
    kind: str
    tolerance: float = 1e-6

    def raw(self, x: Any) -> Floats:
        """Return decision values, probabilities or predictions: whatever the contributions are of."""
        if self.space == "probability":
            return self._probabilities(x)
        if self.space == "margin" and hasattr(self.model, "decision_function"):
            return columns(self.model.decision_function(x))
        found = columns(self.model.predict(x))
        return np.log(found) if self.space == "margin" else found

    def answers(self, x: Any) -> Floats:
        """Return probabilities or predictions."""
        if self.outputs == ("",) or not hasattr(self.model, "predict_proba"):
            return columns(self.model.predict(x)) if self.outputs[0] == "" else self.raw(x)
        return self._probabilities(x)

    def _probabilities(self, x: Any) -> Floats:
        found = columns(self.model.predict_proba(x))
        return found[:, 1:] if len(self.outputs) == 1 else found

    def matrix(self, x: Any) -> Floats:
        """Return the encoded columns; histogram boosting with categories has an encoder of its own."""
        own = getattr(self.model, "_preprocessor", None) if self.part == "histogram" else None
        return dense(x if own is None else own.transform(x))

    def order(self) -> list[int] | None:
        """Return the columns behind those of histogram boosting's own encoder."""
        return reader.histogram_order(self.model) if self.part == "histogram" else None

    def ensemble(self, output: int) -> Ensemble:
        """Return the trees of one output."""
        classifier = hasattr(self.model, "classes_")
        which = output + 1 if classifier and len(self.outputs) == 1 else output
        match self.part:
            case "tree":
                return reader.tree_ensemble([self.model.tree_], which, scale=1.0, classifier=classifier)
            case "forest":
                trees = [one.tree_ for one in self.model.estimators_]
                return reader.tree_ensemble(trees, which, scale=1 / len(trees), classifier=classifier)
            case "gradient":
                return reader.gradient_boosting(self.model, output)
            case "histogram":
                return reader.histogram_boosting(self.model, output)
        raise Unsupported(f"{self.kind} is not made of trees")

    def line(self, output: int) -> Line:
        """Return the line of one output."""
        if self.part != "line":
            raise Unsupported(f"{self.kind} is not a line")
        coefficients = np.atleast_2d(np.asarray(self.model.coef_, np.float64))
        intercepts = np.ravel(np.asarray(self.model.intercept_, np.float64))
        intercept = float(intercepts[output if len(intercepts) > 1 else 0])
        return Line(coefficients[output].copy(), intercept)

    def native(self, x: Any, output: int) -> Floats:
        """Raise ``Unsupported``: scikit-learn computes no contributions."""
        raise Unsupported("scikit-learn computes no contributions")


def loaded(model: Any) -> Loaded:
    """Split a fitted object into preprocessing and estimator, and wrap the estimator."""
    while _bases(model) & _SEARCH:
        model = model.best_estimator_
    names = getattr(model, "feature_names_in_", None)
    pre = None
    if "Pipeline" in _bases(model):
        pre = model[:-1] if len(model.steps) > 1 else None
        model = model.steps[-1][1]
    return Loaded(None if names is None else tuple(str(n) for n in names), pre, estimator_of(model))


def estimator_of(model: Any) -> Estimator:
    """Wrap a fitted estimator by its class, without importing its library."""
    bases = _bases(model)
    if "XGBModel" in bases:
        return xgboost.estimator_of(model)
    if "LGBMModel" in bases:
        return lightgbm.estimator_of(model)
    if "CatBoost" in bases:
        return catboost.estimator_of(model)
    kind, classes = type(model).__name__, getattr(model, "classes_", None)
    part = _part(bases)
    if classes is None or not _is_classifier(model):
        n = int(getattr(model, "n_outputs_", 1) or 1)
        n = np.atleast_2d(model.coef_).shape[0] if part == "line" else n
        outputs = ("",) if n == 1 else tuple(str(i) for i in range(n))
        return Sklearn(model, part, outputs, "margin" if _is_log(model, part) else "value", kind)
    if isinstance(classes, list):
        raise Unsupported("several targets at once")
    outputs = (str(classes[1]),) if len(classes) == 2 else tuple(str(c) for c in classes)
    margin = part in ("line", "gradient", "histogram") or not hasattr(model, "predict_proba")
    if margin and not hasattr(model, "decision_function"):
        raise Unsupported(f"{kind} answers with labels only: nothing to explain but steps")
    return Sklearn(model, part, outputs, "margin" if margin else "probability", kind)


def _bases(model: Any) -> set[str]:
    return {base.__name__ for base in type(model).__mro__}


def _is_classifier(model: Any) -> bool:
    return "ClassifierMixin" in _bases(model)


def _part(bases: set[str]) -> str:
    if "BaseHistGradientBoosting" in bases:
        return "histogram"
    if "BaseGradientBoosting" in bases:
        return "gradient"
    if "BaseForest" in bases and not bases & {"RandomTreesEmbedding"}:
        return "forest"
    if "BaseDecisionTree" in bases:
        return "tree"
    return "line" if bases & _LINES else "box"


def _is_log(model: Any, part: str) -> bool:
    """Whether predictions are exponentials of sums."""
    if part == "histogram":
        return type(model._loss).__name__ in _LOG_LOSSES  # noqa: SLF001 - where scikit-learn keeps the link
    base = getattr(model, "_base_loss", None) if part == "line" else None
    return base is not None and type(base.link).__name__ == "LogLink"


def load(path: Path, loader: str, section: Mapping[str, Any]) -> Loaded:
    """Open a skops file by our list of types, or a pickle."""
    if loader == "skops":
        import skops.io  # noqa: PLC0415 - heavy, and only in the model's process

        return loaded(skops.io.load(path, trusted=list(TRUSTED)))
    import cloudpickle  # noqa: PLC0415 - only where pickles are allowed

    with path.open("rb") as file:
        return loaded(cloudpickle.load(file))


def find(section: Mapping[str, Any]) -> Artifact:
    """Return the model's file: skops where it was stored so, else a pickle."""
    path = str(section.get("pickled_model") or section.get("data") or "model.pkl")
    if section.get("serialization_format") == "skops" or path.endswith(".skops"):
        return Artifact(path, "skops", "list")
    return Artifact(path, "pickle", "code")


FLAVOUR = Flavour("sklearn", "scikit-learn", find, load, ("scikit-learn",))
