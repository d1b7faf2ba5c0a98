"""What a drift method is."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bellwether.contracts import Kind, Lines
from bellwether.drift.pairs import Pair

Floats = NDArray[np.float64]
NOTHING: Floats = np.empty(0)
NOTHING.setflags(write=False)


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a method says of one pair.

    ``value`` in the method's unit, or None with a ``reason``; ``p_value`` in [0, 1] where the method has a
    null law, ``df`` its degrees of freedom. ``parts``: what each bin adds, shape (bins,), >= 0, or empty.
    ``bounds``: proven (low, high) where the rows are gone. ``beside``: related figures by name.
    """

    value: float | None
    p_value: float | None = None
    df: int | None = None
    parts: Floats = field(default_factory=lambda: NOTHING)
    bounds: tuple[float, float] | None = None
    beside: dict[str, float] = field(default_factory=dict)
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class NullLaw:
    """How large a value luck alone makes, and how large a difference must be to be found.

    Both take (alpha, effective size h, degrees of freedom) and return a value of the method. ``detectable`` is None
    where it depends on more than the size of the difference.
    """

    floor: Callable[[float, float, int], float]
    detectable: Callable[[float, float, int], float] | None = None


@dataclass(frozen=True, slots=True)
class DriftMethod:
    """A two-sample statistic over a pair of profile parts.

    Attributes
    ----------
    slug
        Stable name used in documents, URLs and metric labels.
    kinds
        Kinds of feature it applies to.
    measure
        Pure, deterministic; never raises, whatever the pair.
    unit
        Unit of the value, as shown to people; ``""`` for a pure number.
    limits
        (smallest, largest) value; None: unbounded.
    lines
        Conventional watch and act lines; None: never a headline, because its size depends on the rows.
    definition, source
        One line of mathematics, and where it comes from.
    law
        Floor and detectable value; None: it has no null law.
    gate
        Slug of the method whose p-value stands in where this one has none.
    """

    slug: str
    title: str
    kinds: tuple[Kind, ...]
    measure: Callable[[Pair], Measurement]
    unit: str
    limits: tuple[float, float | None]
    lines: Lines | None
    definition: str
    source: str
    law: NullLaw | None = None
    gate: str | None = None
