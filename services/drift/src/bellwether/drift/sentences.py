"""Findings in plain words, for readers who are no statisticians; pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bellwether.contracts import Status
from bellwether.drift.decision import Sized
from bellwether.drift.pairs import MISSING, Pair, shown
from bellwether.profile import (
    CategoricalWindow,
    NumericReference,
    NumericWindow,
    ReferencePart,
    WindowPart,
)

_UNKNOWN = {
    "no_rows": "{name}: the batch has no rows.",
    "no_reference": "{name}: the reference has no rows.",
    "identifier": "{name} has a value of its own in almost every row; its levels say nothing.",
    "span_too_short": "{name}: the times of one side span too little to compare their hours or weekdays.",
    "column_missing": "{name} is missing from the batch.",
    "type_changed": "{name} changed its type and cannot be read as before.",
    "not_in_reference": "{name} is new; the reference does not have it.",
}
_SHIFT = 0.1
"""Shift of the mean, in reference SDs, from which a sentence calls it higher or lower."""


def describe(
    name: str,
    status: Status,
    reason: str | None,
    pair: Pair | None,
    reference: ReferencePart,
    window: WindowPart,
    results: Sequence[Sized],
    rows_needed: int | None = None,
) -> str:
    """Return one sentence about one column; ``rows_needed``: more rows of the batch before it can be judged."""
    if reason == "not_enough_data":
        detectable = results[0].detectable if results else None
        limit = f"; a {results[0].method.title} below {detectable:.2f} would not be seen" if detectable else ""
        return f"{name}: too few rows to judge{_more(rows_needed)}{limit}."
    if reason is not None:
        return _UNKNOWN.get(reason, "{name}: " + reason.replace("_", " ") + ".").format(name=name)
    if status == "fine" or pair is None:
        return f"{name} differs from the reference no more than usual."
    parts = results[0].found.parts
    top = int(parts.argmax()) if parts.size else 0
    before, now = (float(share[top]) for share in pair.shares)
    label = pair.labels[top]
    if label == MISSING:
        return f"Missing values of {name} went from {percent(before)} to {percent(now)}."
    if isinstance(reference, NumericReference) and isinstance(window, NumericWindow):
        return _numeric(name, reference, window) or (
            f"{name} has another shape: {label} went from {percent(before)} to {percent(now)}."
        )
    if isinstance(window, CategoricalWindow) and before == 0:
        return f"{name} holds values the reference never had, such as {label!r} ({percent(now)})."
    return f"{name}: {label!r} went from {percent(before)} to {percent(now)}."


def _numeric(name: str, reference: NumericReference, window: NumericWindow) -> str | None:
    """The move of the mean or of the spread, whichever is there."""
    if not window.n or not reference.n or reference.sd == 0 or not math.isfinite(window.square):
        return None
    shift = window.total / window.n
    if abs(shift) >= _SHIFT * reference.sd:
        means = (number(shown(reference, reference.mean + x)) for x in (0.0, shift))
        return f"{name} is {'higher' if shift > 0 else 'lower'}: its mean went from {' to '.join(means)}."
    spread = math.sqrt(max(0.0, window.square / window.n - shift * shift)) / reference.sd
    if not 0.8 < spread < 1.25:
        return f"{name} is spread {'more' if spread > 1 else 'less'}: {number(spread)} times the reference."
    return None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of a whole batch; ``top``: the columns to name, worst first; ``drifted`` of ``features`` moved."""

    status: Status
    reason: str | None
    score: float | None
    act: float
    top: tuple[str, ...]
    drifted: int
    features: int
    reach: float
    harmless: bool
    rows_needed: int | None


def summary(verdict: Verdict, importance: Mapping[str, float]) -> str:
    """Return one sentence about a whole batch; ``importance``: share of the decisions by column, where known."""
    names, score = _listed(verdict.top), verdict.score
    if verdict.reason == "inputs_gone":
        return f"Inputs the model needs are missing or changed their type: {names}."
    if verdict.status == "unknown" or score is None:
        return f"There are too few rows to say whether anything changed{_more(verdict.rows_needed)}."
    index = f"drift index {score:.1f} of 100"
    moved = f"{verdict.drifted} of {verdict.features} inputs moved ({names})"
    if verdict.harmless:
        used = percent(sum(importance.get(name, 0.0) for name in verdict.top))
        few = "what moved" if verdict.drifted > len(verdict.top) else "them" if verdict.drifted > 1 else "it"
        more = "more than " if verdict.drifted > len(verdict.top) else ""
        return f"{moved}, but {more}{used} of the decisions rest on {few}: drifting, but harmless ({index})."
    if verdict.reason == "answers_moved":
        return f"{moved}, and the model's answers moved with {'it' if verdict.drifted == 1 else 'them'} ({index})."
    if verdict.reason == "importance_unknown":
        return f"{moved}; how much the model uses them is not known ({index})."
    if verdict.reason == "features_moved":
        return f"{moved}, on which {percent(verdict.reach / 100)} of the decisions rest ({index})."
    if verdict.status == "fine":
        if verdict.drifted:
            return f"{moved} a little; all in all the data differs from the reference no more than usual ({index})."
        return f"The data differs from the reference no more than usual ({index})."
    begin = "The data has clearly changed" if verdict.status == "act" else "The data is changing"
    because = f", mostly {names}" if names else ""
    return f"{begin}: {index}, act from {verdict.act:.1f}{because}."


def _more(rows: int | None) -> str:
    return f"; {rows} more are needed" if rows else ""


def _listed(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def percent(share: float) -> str:
    """Return a share in words: ``12 %``, ``0.4 %``."""
    value = 100 * share
    return f"{value:.0f} %" if value >= 10 or value == 0 else f"{value:.2g} %"


def number(value: float) -> str:
    """Return a number at a precision worth reading."""
    return f"{value:.0f}" if 1000 <= abs(value) < 1e9 else f"{value:.3g}"
