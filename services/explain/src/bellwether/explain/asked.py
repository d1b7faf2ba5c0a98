"""What may be asked of a model, wherever it runs. Pure, and light to import: the model's own process needs it."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bellwether.explain.flavours.base import Line, Space
from bellwether.explain.trees.ensemble import Ensemble, Floats


@dataclass(frozen=True, slots=True)
class About:
    """A model as it describes itself: its input columns are the players.

    ``outputs`` names what can be explained; ``tolerance`` bounds the gap, relative to max(1, abs output). ``groups`` is
    the input column of each encoded column, None with ``mixed`` as the reason where encoded columns mix several.
    """

    kind: str
    players: tuple[str, ...]
    outputs: tuple[str, ...]
    space: Space
    tolerance: float
    groups: tuple[int, ...] | None
    mixed: str | None = None
    versions: tuple[tuple[str, str], ...] = ()


class Asked(Protocol):
    """A model that answers in the user's columns: in this process, or in its own.

    Methods raise ``Unsupported`` where the model has no such thing, and ``ModelFailed`` where it failed to answer.
    """

    @property
    def about(self) -> About:
        """The model's description."""

    def raw(self, rows: pa.Table) -> Floats:
        """Return the model's own answers, shape (n, outputs), in the space of its contributions."""

    def answers(self, rows: pa.Table) -> Floats:
        """Return what the model's user sees, shape (n, outputs)."""

    def encoded(self, rows: pa.Table) -> Floats:
        """Return the columns as trees or lines see them, shape (n, f)."""

    def ensemble(self, output: int) -> Ensemble:
        """Return the trees of one output."""

    def line(self, output: int) -> Line:
        """Return the line of one output."""

    def native(self, rows: pa.Table, output: int) -> Floats:
        """Return the library's own contributions and base value, shape (n, players + 1)."""

    def borrowed(self, rows: pa.Table, output: int) -> Floats:
        """Return the shap package's contributions and base value, shape (n, players + 1)."""

    def worths(self, rows: pa.Table, background: pa.Table, coalitions: NDArray[np.bool_], output: int) -> Floats:
        """Return mean outputs with each coalition's columns from each row, shape (n, m)."""


class ModelFailed(ValueError):
    """The model did not answer, or answered nonsense; the message is for its owner."""
