"""A column that is not compared value by value, text or times: what is derived of it, each on its own; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from bellwether.profile.categories import CategoricalReference, CategoricalWindow
from bellwether.profile.kernels.port import Counts
from bellwether.profile.numeric import NumericReference, NumericWindow

NO_WORDS: Counts = np.empty(0, dtype=np.int64)
NO_WORDS.setflags(write=False)
NO_SPAN = (np.inf, -np.inf)


@dataclass(frozen=True)
class DerivedReference:
    """What was derived of a reference column, by name.

    ``span``: first and last instant of times, in seconds since 1970. ``words``: hashes of the known words of a text,
    sorted; the words themselves are not kept.
    """

    parts: Mapping[str, NumericReference | CategoricalReference]
    missing: int
    rows: int
    span: tuple[float, float] = NO_SPAN
    words: Counts = field(default_factory=lambda: NO_WORDS, repr=False)
    of_text: bool = False


@dataclass(frozen=True, slots=True)
class DerivedWindow:
    """What was derived of one or more windows, by the names of the reference."""

    parts: Mapping[str, NumericWindow | CategoricalWindow]
    missing: int
    rows: int
    span: tuple[float, float] = NO_SPAN

    def __add__(self, other: "DerivedWindow") -> "DerivedWindow":
        """Counts of both."""
        return DerivedWindow(
            {name: _sum(part, other.parts[name]) for name, part in self.parts.items()},
            self.missing + other.missing,
            self.rows + other.rows,
            (min(self.span[0], other.span[0]), max(self.span[1], other.span[1])),
        )


def _sum(
    one: NumericWindow | CategoricalWindow, two: NumericWindow | CategoricalWindow
) -> NumericWindow | CategoricalWindow:
    match one, two:
        case NumericWindow(), NumericWindow():
            return one + two
        case CategoricalWindow(), CategoricalWindow():
            return one + two
        case _:
            raise TypeError(f"{type(one).__name__} and {type(two).__name__} do not add")
