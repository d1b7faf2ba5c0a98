"""What a method over all inputs is, and the rows it is given."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from bellwether.contracts import Contribution, JointDrift, Lines
from bellwether.drift.decision import ALPHA, ENOUGH_ROWS
from bellwether.drift.performance.base import Floats

T = TypeVar("T")
SEED = 20_130_101
_NAMED = 5
"""Inputs a report says a method keys on."""


@dataclass(frozen=True, slots=True)
class Joint:
    """Rows of both sides as numbers, shapes (n, f) and (m, f): no missing ones, standardised by the reference.

    ``names`` of the f inputs. A missing number is the reference's mean, a category the share of the reference's rows
    that have it. ``learnt`` goes with the reference from batch to batch.
    """

    names: tuple[str, ...]
    reference: Floats
    current: Floats
    learnt: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def rows(self) -> tuple[int, int]:
        """Rows of each side."""
        return len(self.reference), len(self.current)

    def once(self, slug: str, learn: Callable[[Floats], T]) -> T:
        """Return what a method learns from the rows of the reference alone, learnt with its first batch."""
        if slug not in self.learnt:
            self.learnt[slug] = learn(self.reference)
        found: T = self.learnt[slug]
        return found

    def sample(self, most: int) -> "Joint":
        """Return at most so many rows of each side, drawn with a fixed seed."""
        g = np.random.default_rng(SEED)
        return Joint(self.names, _drawn(self.reference, most, g), _drawn(self.current, most, g))


@dataclass(frozen=True, slots=True)
class Found:
    """What a method says. ``line`` is the value from which it is a finding, given enough evidence.

    ``keys``: what each input adds, shape (f,), >= 0. ``rows``: those that were looked at. ``beside``: related figures.
    """

    value: float | None
    line: float | None = None
    p_value: float | None = None
    beside: dict[str, float] = field(default_factory=dict)
    interval: tuple[float, float] | None = None
    keys: Floats = field(default_factory=lambda: np.empty(0))
    rows: tuple[int, int] = (0, 0)
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class JointMethod:
    """A statistic over all inputs of both sides; as ``DriftMethod``, but ``measure`` takes rows."""

    slug: str
    title: str
    measure: Callable[[Joint], Found]
    unit: str
    limits: tuple[float, float | None]
    lines: Lines
    definition: str
    source: str


def few(joint: Joint) -> str | None:
    """Return why nothing can be said, if so."""
    if not joint.names:
        return "no_features"
    return "not_enough_data" if min(joint.rows) < ENOUGH_ROWS else None


def result(method: JointMethod, found: Found, names: tuple[str, ...]) -> JointDrift:
    """Return a method's line of a report; drifted when both effect and evidence say so. ``names`` of the inputs."""
    drifted = (
        found.value is not None
        and found.line is not None
        and found.p_value is not None
        and found.p_value <= ALPHA
        and found.value >= found.line
    )
    return JointDrift(
        method=method.slug,
        value=found.value,
        threshold=found.line,
        p_value=found.p_value,
        drifted=drifted,
        reason=found.reason,
        interval=found.interval,
        rows=found.rows,
        beside=found.beside,
        contributions=_contributions(found.keys, names),
    )


def _contributions(keys: Floats, names: tuple[str, ...]) -> tuple[Contribution, ...]:
    """The inputs that add most, those below one per cent left out."""
    total = float(keys.sum()) if keys.size else 0.0
    if total <= 0:
        return ()
    order = (-keys).argsort(kind="stable")[:_NAMED]
    return tuple(
        Contribution(bin=names[i], share=min(1.0, float(keys[i]) / total)) for i in order if keys[i] >= 0.01 * total
    )


def _drawn(side: Floats, most: int, g: np.random.Generator) -> Floats:
    return side if len(side) <= most else side[np.sort(g.choice(len(side), most, replace=False))]
