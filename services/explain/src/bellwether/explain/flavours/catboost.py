"""CatBoost: its own files."""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bellwether.explain.flavours.base import Artifact, Flavour, Line, Loaded, Space, columns, dense
from bellwether.explain.readers import catboost as reader
from bellwether.explain.trees.ensemble import Ensemble, Floats, Unsupported

_MARGIN = ("Logloss", "CrossEntropy", "MultiClass", "MultiClassOneVsAll", "Poisson", "Tweedie")


@dataclass(frozen=True, slots=True)
class Catboost:
    """A model; ``document`` is its JSON form, None where its features are not all numbers."""

    model: Any
    document: dict[str, Any] | None
    outputs: tuple[str, ...]
    space: Space
    kind: str
    tolerance: float = 1e-4

    def raw(self, x: Any) -> Floats:
        """Return raw formula values."""
        return columns(self.model.predict(self._pool(x), prediction_type="RawFormulaVal", thread_count=1))

    def answers(self, x: Any) -> Floats:
        """Return probabilities or values."""
        if self.space == "value" or self.outputs == ("",):
            exponent = self.outputs == ("",) and self.space == "margin"
            kind = "Exponent" if exponent else "RawFormulaVal"
            return columns(self.model.predict(self._pool(x), prediction_type=kind, thread_count=1))
        found = columns(self.model.predict(self._pool(x), prediction_type="Probability", thread_count=1))
        return found[:, 1:] if len(self.outputs) == 1 else found

    def matrix(self, x: Any) -> Floats:
        """Return numbers; raises ``Unsupported`` where a feature holds categories."""
        if self.document is None:
            raise Unsupported("categorical features: their splits are on hashes and target statistics")
        return dense(x)

    def order(self) -> list[int] | None:
        """Return None: columns stay where they are."""
        return None

    def ensemble(self, output: int) -> Ensemble:
        """Return the trees of one output."""
        if self.document is None:
            raise Unsupported("categorical features: their splits are on hashes and target statistics")
        return reader.ensemble(self.document, output)

    def line(self, output: int) -> Line:
        """Raise ``Unsupported``: these are trees."""
        raise Unsupported("a tree booster")

    def native(self, x: Any, output: int) -> Floats:
        """Return CatBoost's own path-dependent contributions."""
        found = self.model.get_feature_importance(self._pool(x), type="ShapValues", thread_count=1)
        found = np.asarray(found, np.float64)
        return found.reshape(len(found), len(self.outputs), -1)[:, output]

    def _pool(self, x: Any) -> Any:
        import catboost  # noqa: PLC0415 - heavy, and only in the model's process

        places = self.model.get_cat_feature_indices()
        if places and hasattr(x, "columns"):
            x = x.copy()
            for name in x.columns[places]:  # CatBoost refuses missing categories: text is what it was trained on
                x[name] = x[name].astype(str)
        return catboost.Pool(x, cat_features=places or None)


def estimator_of(model: Any) -> Catboost:
    """Wrap a fitted CatBoost model."""
    document = _document(model)
    classes = [str(c) for c in (model.classes_ if model.classes_ is not None else [])]
    loss = str((model.get_all_params() or {}).get("loss_function", "RMSE"))
    space: Space = "margin" if loss.startswith(_MARGIN) else "value"
    outputs = ("",) if not classes else (classes[1],) if len(classes) == 2 else tuple(classes)
    return Catboost(model, document, outputs, space, type(model).__name__)


def _document(model: Any) -> dict[str, Any] | None:
    """The JSON form, which CatBoost writes to files only."""
    if model.get_cat_feature_indices() or model.get_text_feature_indices():
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.json")
        model.save_model(str(path), format="json")
        return dict(json.loads(path.read_text()))


def load(path: Path, loader: str, section: Mapping[str, Any]) -> Loaded:
    """Open a model file."""
    import catboost  # noqa: PLC0415 - heavy, and only in the model's process

    kind = str(section.get("model_type", "CatBoost"))
    made = {"CatBoostClassifier": catboost.CatBoostClassifier, "CatBoostRegressor": catboost.CatBoostRegressor}
    model = made.get(kind, catboost.CatBoost)()
    form = {".json": "json", ".cb": "cbm", ".cbm": "cbm"}.get(path.suffix, "cbm")
    model.load_model(str(path), format=form)
    names = tuple(model.feature_names_ or ())
    given = names and any(name != str(i) for i, name in enumerate(names))
    return Loaded(names if given else None, None, estimator_of(model))


def find(section: Mapping[str, Any]) -> Artifact:
    """Return the model's file."""
    return Artifact(str(section.get("data", "model.cb")), "catboost", "data")


FLAVOUR = Flavour("catboost", "CatBoost", find, load, ("catboost",))
