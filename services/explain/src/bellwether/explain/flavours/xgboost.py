"""XGBoost: its own files and the estimators of its scikit-learn interface."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bellwether.explain.flavours.base import Artifact, Flavour, Line, Loaded, Space, coded, columns, dense
from bellwether.explain.readers import xgboost as reader
from bellwether.explain.trees.ensemble import Ensemble, Floats, Unsupported

_VALUE = ("reg:squared", "reg:absolute", "reg:pseudo", "reg:quantile", "rank:")


@dataclass(frozen=True, slots=True)
class Xgboost:
    """A booster; ``rounds`` that count (early stopping), categories behind the codes of each feature."""

    booster: Any
    learner: dict[str, Any]
    outputs: tuple[str, ...]
    rounds: int | None
    categories: Mapping[int, list[Any]]
    kind: str
    tolerance: float = 1e-4

    @property
    def space(self) -> Space:
        """Log-odds and log means are margins; identity links give the target's unit."""
        return "value" if reader.objective(self.learner).startswith(_VALUE) else "margin"

    def raw(self, x: Any) -> Floats:
        """Return margins."""
        return columns(self._predict(x, output_margin=True))

    def answers(self, x: Any) -> Floats:
        """Return probabilities or values."""
        return columns(self._predict(x))

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
        return reader.ensemble(self.learner, output, self.rounds)

    def line(self, output: int) -> Line:
        """Return a linear booster's line."""
        if reader.kind(self.learner) != "gblinear":
            raise Unsupported("a tree booster")
        weights = np.asarray(self.learner["gradient_booster"]["model"]["weights"], np.float64)
        table = weights.reshape(-1, reader.outputs(self.learner))
        offset = float(self.raw(np.zeros((1, len(table) - 1)))[0, output])
        return Line(table[:-1, output].copy(), offset)

    def native(self, x: Any, output: int) -> Floats:
        """Return XGBoost's own path-dependent contributions."""
        found = np.asarray(self._predict(x, pred_contribs=True), np.float64)
        return found.reshape(len(found), reader.outputs(self.learner), -1)[:, output]

    def _predict(self, x: Any, **options: Any) -> Any:
        import xgboost  # noqa: PLC0415 - heavy, and only in the model's process

        matrix = xgboost.DMatrix(
            self.matrix(x),
            feature_types=self.booster.feature_types,
            feature_names=self.booster.feature_names,
            enable_categorical=True,
            nthread=1,
        )
        return self.booster.predict(matrix, iteration_range=(0, self.rounds or 0), **options)


def estimator_of(model: Any) -> Xgboost:
    """Wrap an estimator of XGBoost's scikit-learn interface."""
    booster = model.get_booster()
    return _wrap(booster, getattr(model, "classes_", None), type(model).__name__, early=True)


def _wrap(booster: Any, classes: Any, kind: str, *, early: bool) -> Xgboost:
    learner = reader.parse(bytes(booster.save_raw("ubj")))
    n, name = reader.outputs(learner), reader.objective(learner)
    outputs: tuple[str, ...]
    if n == 1:
        outputs = (str(classes[1]) if classes is not None else "1",) if name.startswith("binary:") else ("",)
    elif classes is not None and len(classes) == n:
        outputs = tuple(str(c) for c in classes)
    else:
        outputs = tuple(str(i) for i in range(n))
    rounds = reader.best_iterations(learner) if early else None
    return Xgboost(booster, learner, outputs, rounds, reader.categories(learner), kind)


def load(path: Path, loader: str, section: Mapping[str, Any]) -> Loaded:
    """Open a booster's file; the sklearn interface's estimators honour early stopping, boosters do not."""
    import xgboost  # noqa: PLC0415 - heavy, and only in the model's process

    booster = xgboost.Booster(model_file=str(path))
    booster.set_param({"nthread": 1})
    kind = str(section.get("model_class") or "xgboost.core.Booster").rpartition(".")[2]
    names = tuple(booster.feature_names) if booster.feature_names else None
    return Loaded(names, None, _wrap(booster, None, kind, early=kind != "Booster"))


def find(section: Mapping[str, Any]) -> Artifact:
    """Return the booster's file: JSON or UBJSON, which hold data only."""
    return Artifact(str(section.get("data", "model.ubj")), "xgboost", "data")


FLAVOUR = Flavour("xgboost", "XGBoost", find, load, ("xgboost",))
