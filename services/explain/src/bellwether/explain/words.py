"""Why, in words for those who take the decision: fixed sentences, filled in. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp

from bellwether.contracts import Cell, FeatureWords, LocalContribution, Output

_PLACE = re.compile(r"\{(label|value|unit|contribution|odds)\}")
MOST = 5
SMALLEST = 0.01
"""Share of all attributions below which a feature is no reason."""
ERRORS = 2.0
"""Standard errors an estimate must lie from zero to be a reason."""


@dataclass(frozen=True, slots=True)
class Tongue:
    """How a model's output is spoken of: its space, its class, of how many outputs it is one, words for features."""

    output: Output
    output_class: str | None
    outputs: int
    words: Mapping[str, FeatureWords]

    @property
    def subject(self) -> str:
        """What is raised or lowered."""
        named = f" of {self.output_class}" if self.output_class else ""
        if self.output == "probability":
            return f"the probability{named}"
        if self.output == "margin" and self.outputs == 1:
            return f"the odds{named}" if named else "the expected value"
        return f"the score{named}" if named else "the answer"

    def size(self, contribution: float, about: str = "") -> str:
        """How much; ``about`` stands before a number that is estimated."""
        if self.output == "margin" and self.outputs == 1:
            return f"to {about}{exp(max(-50.0, min(50.0, contribution))):.2f} times"
        if self.output == "probability":
            return f"by {about}{abs(contribution) * 100:.1f} points"
        return f"by {about}{abs(contribution):.4g}"


def reasons(parts: Sequence[LocalContribution], other: float, tongue: Tongue) -> tuple[str, ...]:
    """Return the largest reasons, largest first, and one line for all the rest."""
    total = sum(abs(part.contribution) for part in parts) + abs(other)
    said: list[str] = []
    rest = other
    for part in sorted(parts, key=lambda one: -abs(one.contribution)):
        big = abs(part.contribution) >= SMALLEST * total > 0
        sure = part.std_error is None or abs(part.contribution) >= ERRORS * part.std_error
        if len(said) < MOST and big and sure:
            said.append(sentence(part, tongue))
        else:
            rest += part.contribution
    if said and abs(rest) >= SMALLEST * total:
        said.append(f"Everything else together {_verb(rest)} {tongue.subject} {tongue.size(rest)}.")
    return tuple(said)


def sentence(part: LocalContribution, tongue: Tongue) -> str:
    """Return what one feature did."""
    words = tongue.words.get(part.feature, FeatureWords())
    template = words.raises if part.contribution > 0 else words.lowers
    label, unit = words.label or part.feature, words.unit or ""
    value = text(part.value)
    about = "" if part.std_error is None else "about "
    if template is not None:
        fills = {
            "label": label,
            "value": value,
            "unit": unit,
            "contribution": f"{about}{part.contribution:+.4g}",
            "odds": f"{exp(max(-50.0, min(50.0, part.contribution))):.2f}",
        }
        filled = _PLACE.sub(lambda place: fills[place[1]], template)
    else:
        shown = f"{label} {value}{' ' + unit if unit and part.value is not None else ''}"
        filled = f"{shown} {_verb(part.contribution)} {tongue.subject} {tongue.size(part.contribution, about)}."
    code = f"[{words.code}] " if words.code else ""
    return f"{code}{filled}{' (a sensitive feature)' if words.sensitive else ''}"


def text(value: Cell) -> str:
    """Return a value as it is read."""
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.4g}" if isinstance(value, float) else str(value)[:80]


def _verb(contribution: float) -> str:
    return "raised" if contribution > 0 else "lowered"
