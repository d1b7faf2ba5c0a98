"""What one column of a profile can be."""

from dataclasses import dataclass

from bellwether.profile.categories import CategoricalReference, CategoricalWindow
from bellwether.profile.derived import DerivedReference, DerivedWindow
from bellwether.profile.numeric import NumericReference, NumericWindow


@dataclass(frozen=True, slots=True)
class Unusable:
    """A column nothing can be said about: ``column_missing`` or ``type_changed``."""

    reason: str
    detail: str = ""

    def __add__(self, other: "Unusable") -> "Unusable":
        """Return the first of the two."""
        return self


ReferencePart = NumericReference | CategoricalReference | DerivedReference | Unusable
WindowPart = NumericWindow | CategoricalWindow | DerivedWindow | Unusable


def add_parts(one: WindowPart, two: WindowPart) -> WindowPart:
    """Return the part of both windows; what cannot be used in one cannot be used in the sum."""
    match one, two:
        case (NumericWindow(), NumericWindow()):
            return one + two
        case (CategoricalWindow(), CategoricalWindow()):
            return one + two
        case (DerivedWindow(), DerivedWindow()):
            return one + two
        case (Unusable(), _):
            return one
        case _:
            assert isinstance(two, Unusable)
            return two
