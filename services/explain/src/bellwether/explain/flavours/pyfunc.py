"""MLflow's generic function: a black box that runs its author's code."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bellwether.explain.flavours.base import Artifact, Flavour, Line, Loaded, Space, columns
from bellwether.explain.trees.ensemble import Ensemble, Floats, Unsupported


@dataclass(frozen=True, slots=True)
class Pyfunc:
    """A function from a data frame to answers; labels are refused at the first call."""

    predict: Any
    outputs: tuple[str, ...] = ("",)
    space: Space = "value"
    kind: str = "pyfunc"
    tolerance: float = 1e-6

    def raw(self, x: Any) -> Floats:
        """Return the answers as numbers."""
        found = np.asarray(self.predict(x))
        if found.dtype.kind not in "fiub" or (found.dtype.kind in "b" and found.ndim == 1):
            raise ValueError(
                f"the function answers with {found.dtype}: labels would be explained as steps; log the model with"
                " pyfunc_predict_fn='predict_proba'"
            )
        found = columns(found)
        return found[:, 1:] if found.shape[1] == 2 else found

    def answers(self, x: Any) -> Floats:
        """Return the answers as numbers."""
        return self.raw(x)

    def matrix(self, x: Any) -> Floats:
        """Raise ``Unsupported``: nothing is known of its inside."""
        raise Unsupported("a function shows nothing of its inside")

    def order(self) -> list[int] | None:
        """Return None."""
        return None

    def ensemble(self, output: int) -> Ensemble:
        """Raise ``Unsupported``."""
        raise Unsupported("a function shows nothing of its inside")

    def line(self, output: int) -> Line:
        """Raise ``Unsupported``."""
        raise Unsupported("a function shows nothing of its inside")

    def native(self, x: Any, output: int) -> Floats:
        """Raise ``Unsupported``."""
        raise Unsupported("a function computes no contributions")


def load(path: Path, loader: str, section: Mapping[str, Any]) -> Loaded:
    """Open the model's folder with MLflow, which runs the code in it."""
    import mlflow.pyfunc  # noqa: PLC0415 - heavy, and only in the model's process

    model = mlflow.pyfunc.load_model(str(path))
    names = model.metadata.get_input_schema().input_names() if model.metadata.get_input_schema() else None
    return Loaded(tuple(names) if names else None, None, Pyfunc(model.predict), framed=True)


def find(section: Mapping[str, Any]) -> Artifact:
    """Return the model's folder itself."""
    return Artifact(".", "pyfunc", "code")


FLAVOUR = Flavour("python_function", "MLflow function", find, load, ("mlflow-skinny",))
