"""Earlier batches in place of a stored reference: what a batch is compared with when seasons or slow change matter."""

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import StringConstraints

MOST_DAYS = 366
"""Days a trailing reference may look back."""

_PATTERN = r"previous|trailing:[1-9]\d{0,2}|weekday:[1-9]\d?|season:[1-9]"
Comparison = Annotated[str, StringConstraints(pattern=f"^({_PATTERN})$")]
"""``previous``: the batch before; ``trailing:<days>``; ``weekday:<weeks>``: the same day of the week, so many weeks
back; ``season:<years>``: within 15 days of the same date, so many years back."""


@dataclass(frozen=True, slots=True)
class Relative:
    """A comparison read: ``count`` days, weeks or years; 1 for ``previous``."""

    kind: Literal["previous", "trailing", "weekday", "season"]
    count: int


def relative(reference: str | None) -> Relative | None:
    """Return what a reference of earlier batches asks for; None for any other."""
    if reference is None or re.fullmatch(_PATTERN, reference) is None:
        return None
    kind, _, number = reference.partition(":")
    count = int(number or 1)
    if kind == "trailing" and count > MOST_DAYS:
        return None
    return Relative(kind, count)  # type: ignore[arg-type]  # the pattern allows these words alone
