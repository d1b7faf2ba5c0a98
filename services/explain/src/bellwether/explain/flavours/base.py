"""What a flavour of model is, and what a fitted model has to offer to be explained. Imports no model library."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from bellwether.explain.trees.ensemble import Ensemble, Floats

Space = Literal["margin", "probability", "value"]
"""Of a model's answers and their contributions; the same words as ``contracts.Output``, which is slow to load."""
Level = Literal["data", "list", "code"]
"""How much a file is trusted: a data format, types of our own list, code that runs when it is opened."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """The file of a model below its folder, who opens it, and what opening it means."""

    path: str
    loader: str
    level: Level


@dataclass(frozen=True, slots=True)
class Line:
    """A linear output: ``intercept`` + sum of ``coefficients`` times encoded columns."""

    coefficients: Floats
    intercept: float


class Estimator(Protocol):
    """A fitted model behind its preprocessing; ``x`` is whatever that hands over.

    ``outputs`` names what can be explained: the positive class, every class, or one empty name for a regression.
    ``space`` is that of ``raw``. ``tolerance`` bounds the gap between base value plus contributions and ``raw``,
    relative to max(1, abs raw). ``order[c]`` is the column of ``x`` that column c of ``matrix`` is made of.
    """

    @property
    def kind(self) -> str:
        """Name of the model's class."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """What can be explained."""

    @property
    def space(self) -> Space:
        """Space of ``raw``."""

    @property
    def tolerance(self) -> float:
        """Allowed gap."""

    def raw(self, x: Any) -> Floats:
        """Return the model's own answers in its own space, shape (n, outputs)."""

    def answers(self, x: Any) -> Floats:
        """Return what the model's user sees, shape (n, outputs): probabilities, or the target's unit."""

    def matrix(self, x: Any) -> Floats:
        """Return the columns as trees or lines see them, shape (n, f)."""

    def order(self) -> list[int] | None:
        """Return the column of ``x`` behind each column of ``matrix``; None: the same."""

    def ensemble(self, output: int) -> Ensemble:
        """Return the trees of one output; raises ``Unsupported``."""

    def line(self, output: int) -> Line:
        """Return the line of one output; raises ``Unsupported``."""

    def native(self, x: Any, output: int) -> Floats:
        """Return the library's own contributions and base value, shape (n, f + 1); raises ``Unsupported``."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model as its file gave it: names of its input columns where it knows them, and its parts.

    ``framed``: it takes data frames even where it knows no names.
    """

    names: tuple[str, ...] | None
    pre: Any
    estimator: Estimator
    framed: bool = False


@dataclass(frozen=True, slots=True)
class Flavour:
    """One way models are stored.

    ``find`` takes the flavour's section of an MLmodel document; ``load`` runs in the model's own process.
    """

    slug: str
    title: str
    find: Callable[[Mapping[str, Any]], Artifact]
    load: Callable[[Path, str, Mapping[str, Any]], Loaded]
    libraries: tuple[str, ...] = ()


def columns(raw: Any) -> Floats:
    """Return answers as shape (n, outputs), float64."""
    found: NDArray[np.float64] = np.asarray(raw, np.float64)
    return found.reshape(len(found), -1)


def dense(x: Any) -> Floats:
    """Return encoded rows as a dense float64 matrix; raises ``ValueError`` where they hold text."""
    return np.asarray(x.toarray() if hasattr(x, "toarray") else x, np.float64)


def coded(frame: Any, categories: Mapping[int, list[Any]]) -> Floats:
    """Return a data frame as numbers, shape (n, f): categorical columns by their codes, unknown ones missing."""
    made = np.empty(frame.shape)
    for j, name in enumerate(frame.columns):
        known = categories.get(j)
        if known is None:
            made[:, j] = frame[name].astype(np.float64)
        else:
            place = {value: float(code) for code, value in enumerate(known)}
            made[:, j] = [place.get(value, np.nan) for value in frame[name]]
    return made
