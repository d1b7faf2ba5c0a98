"""LightGBM: its own files and the estimators of its scikit-learn interface."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bellwether.explain.flavours.base import Artifact, Flavour, Line, Loaded, Space, coded, columns, dense
from bellwether.explain.readers import lightgbm as reader
from bellwether.explain.trees.ensemble import Ensemble, Floats, Unsupported

_VALUE = ("regression", "huber", "fair", "quantile", "mape", "lambdarank", "rank_xendcg")


@dataclass(frozen=True, slots=True)
class Lightgbm:
    """A booster; ``scale`` makes the mean of a random forest of its sum of trees."""

    booster: Any
    text: reader.Text
    outputs: tuple[str, ...]
    categories: Mapping[int, list[Any]]
    scale: float
    kind: str
    tolerance: float = 1e-4

    @property
    def space(self) -> Space:
        """Log-odds and log means are margins; identity links give the target's unit."""
        return "value" if reader.objective(self.text).startswith(_VALUE) else "margin"

    def raw(self, x: Any) -> Floats:
        """Return raw scores."""
        return columns(self.booster.predict(self.matrix(x), raw_score=True, num_threads=1)) * self.scale

    def answers(self, x: Any) -> Floats:
        """Return probabilities or values."""
        return columns(self.booster.predict(self.matrix(x), num_threads=1))

    def matrix(self, x: Any) -> Floats:
        """Return numbers, and codes of categories; an unknown category is missing."""
        if not hasattr(x, "columns"):
            return dense(x)
        return coded(x, self.categories)

    def order(self) -> list[int] | None:
        """Return None: columns stay where they are."""
        return None

    def ensemble(self, output: int) -> Ensemble:
        """Return the trees of one output."""
        return reader.ensemble(self.text, output)

    def line(self, output: int) -> Line:
        """Raise ``Unsupported``: these are trees."""
        raise Unsupported("a tree booster")

    def native(self, x: Any, output: int) -> Floats:
        """Return LightGBM's own path-dependent contributions; there are none for linear trees."""
        if any(tree.get("is_linear", "0") != "0" for tree in self.text.trees):
            raise Unsupported("linear trees: LightGBM gives no contributions")
        found = np.asarray(self.booster.predict(self.matrix(x), pred_contrib=True, num_threads=1), np.float64)
        return found.reshape(len(found), len(self.outputs), -1)[:, output] * self.scale


def estimator_of(model: Any) -> Lightgbm:
    """Wrap an estimator of LightGBM's scikit-learn interface."""
    return _wrap(model.booster_, getattr(model, "classes_", None), type(model).__name__)


def _wrap(booster: Any, classes: Any, kind: str) -> Lightgbm:
    text = reader.parse(booster.model_to_string())
    n = reader.outputs(text)
    if n == 1:
        binary = reader.objective(text).startswith(("binary", "cross_entropy"))
        outputs: tuple[str, ...] = (str(classes[1]) if classes is not None else "1",) if binary else ("",)
    else:
        outputs = tuple(str(c) for c in (classes if classes is not None and len(classes) == n else range(n)))
    forest = "average_output" in text.head
    return Lightgbm(booster, text, outputs, _categories(text), 1 / booster.current_iteration() if forest else 1.0, kind)


def _categories(text: reader.Text) -> dict[int, list[Any]]:
    """Values behind the codes, by feature: the model lists those of pandas categories in the order of columns."""
    if text.categories is None:
        return {}
    features = reader.categorical_features(text)
    if len(features) != len(text.categories):
        raise Unsupported(
            f"{len(features)} categorical features, and values of {len(text.categories)}: which is which is not told"
        )
    return dict(zip(features, text.categories, strict=True))


def load(path: Path, loader: str, section: Mapping[str, Any]) -> Loaded:
    """Open a booster's file."""
    import lightgbm  # noqa: PLC0415 - heavy, and only in the model's process

    booster = lightgbm.Booster(model_file=str(path), params={"num_threads": 1, "verbose": -1})
    wrapped = _wrap(booster, None, "Booster")
    names = tuple(reader.feature_names(wrapped.text))
    given = all(name != f"Column_{i}" for i, name in enumerate(names))
    return Loaded(names if given else None, None, wrapped)


def find(section: Mapping[str, Any]) -> Artifact:
    """Return the booster's file; the sklearn interface is stored as a pickle."""
    path = str(section.get("data", "model.lgb"))
    return Artifact(path, "pickle", "code") if path.endswith(".pkl") else Artifact(path, "lightgbm", "data")


FLAVOUR = Flavour("lightgbm", "LightGBM", find, load, ("lightgbm",))
