"""What is asked of a decoder and what it answers; pure.

Plain dataclasses: the host imports nothing but pyarrow and the standard library, since every child is a copy of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bellwether.errors import BellwetherError, Fault, InvalidInput, TooLarge, Unreadable

MAX_FAULTS = 100

REFUSALS: Mapping[str, type[BellwetherError]] = {kind.__name__: kind for kind in (Unreadable, InvalidInput, TooLarge)}
"""Errors that say something about the body; any other is about us."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one body may hold and cost; names and units as in ``bellwether.settings.Limits``."""

    rows: int
    columns: int
    cell_bytes: int
    name_bytes: int
    json_depth: int
    decoded_bytes: int
    encoding_ratio: int
    memory_bytes: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Job:
    """One body to decode: its format, its content encoding, and the columns that are wanted (None: all)."""

    format: str
    encoding: str | None
    columns: tuple[str, ...] | None
    bounds: Bounds


@dataclass(frozen=True, slots=True)
class Example:
    """The first value of one JSON type in a column that mixes several: the type, the value as text, its row."""

    type: str
    value: str
    row: int


@dataclass(frozen=True, slots=True)
class Found:
    """One column of a body, wanted or not, with its type as the format names it."""

    name: str
    type: str
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a job. ``error`` None: the rows lie in the output file, else what is wrong with the body.

    ``untyped``: the format knows text only, so numbers and times are still written out.
    """

    rows: int = 0
    columns: tuple[Found, ...] = ()
    untyped: bool = False
    error: str | None = None
    message: str = ""
    faults: tuple[Fault, ...] = ()
    peak_bytes: int = 0
    cpu_s: float = 0.0

    @classmethod
    def refused(cls, error: BellwetherError) -> "Answer":
        """Return the answer that stands for an error about the body."""
        return cls(error=type(error).__name__, message=str(error), faults=bounded(error.faults))

    def check(self) -> None:
        """Raise what is wrong with the body, if anything is."""
        if self.error is not None:
            raise REFUSALS[self.error](self.message, self.faults)


def bounded(faults: Sequence[Fault]) -> tuple[Fault, ...]:
    """Return faults as they are, or the first hundred and how many more there are."""
    if len(faults) <= MAX_FAULTS + 1:
        return tuple(faults)
    rest = len(faults) - MAX_FAULTS
    last = Fault("", f"{rest} more of this kind", f"{MAX_FAULTS} are listed", "mend those listed and push again")
    return (*faults[:MAX_FAULTS], last)


def shown(value: object, limit: int = 80) -> str:
    """Return a value of a body as it may stand in a message: one line, short, printable."""
    text = str(value)
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[: limit + 1])
    return text if len(text) <= limit else text[: limit - 1] + "\N{HORIZONTAL ELLIPSIS}"


def at(*parts: object) -> str:
    """Return a JSON pointer; half surrogate pairs, which nothing could store, are replaced."""
    pointer = "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
    return pointer.encode(errors="replace").decode()
