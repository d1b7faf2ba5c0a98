"""Explanations of several batches as one. Pure: sums and weighted means of what is stored, nothing is explained again.

A feature's importance over all rows is the mean of the batches' importances weighted by their rows, and so is its
signed mean; standard errors of independent samples add in squares. The rank interval holds every rank the importance
intervals leave open (Klein, Wright & Wieczorek 2020, doi 10.1111/rssa.12521). p-values of batches are combined by the
Cauchy combination test, which holds whatever their dependence: they share the reference (Liu & Xie 2020,
doi 10.1080/01621459.2018.1554485).
"""

import math
from collections.abc import Iterable, Sequence
from typing import Protocol

from bellwether.contracts import (
    Additivity,
    AgainstReference,
    AttributionChange,
    ClassImportance,
    Explanation,
    Importance,
    OutputShift,
    ShiftPart,
    Status,
)

Z95 = 1.959963984540054
P_VALUE = 0.01
MOST_FEATURES = 200
MOST_CLASS_FEATURES = 20


class Listed(Protocol):
    """Features by importance in so many rows; ``other`` is the share of those not listed."""

    @property
    def rows(self) -> int:
        """Rows that were explained."""

    @property
    def features(self) -> tuple[Importance, ...]:
        """Largest first."""

    @property
    def other(self) -> float:
        """In [0, 1]."""


def comparable(one: Explanation, other: Explanation) -> str | None:
    """Return why two explanations answer different questions; None where they may be merged."""
    if other.reason is not None:
        return "nothing was explained"
    for what, a, b in (
        ("method", one.method, other.method),
        ("perturbation", one.perturbation, other.perturbation),
        ("output", (one.output, one.output_class), (other.output, other.output_class)),
        ("model", one.explained and one.explained.digest, other.explained and other.explained.digest),
        ("background", one.background and one.background.digest, other.background and other.background.digest),
    ):
        if a != b:
            return f"another {what} than that of the newest batch"
    return None


def importances(found: Sequence[Listed], most: int = MOST_FEATURES) -> tuple[tuple[Importance, ...], float]:
    """Return features over all rows, largest first, and the share of those that are not listed."""
    rows = sum(one.rows for one in found)
    sums: dict[str, list[float]] = {}
    total = 0.0
    for one in found:
        weight = one.rows / rows
        total += weight * _total(one)
        for feature in one.features:
            kept = sums.setdefault(feature.feature, [0.0, 0.0, 0.0])
            kept[0] += weight * feature.importance
            kept[1] += (weight * (feature.std_error or 0.0)) ** 2
            kept[2] += weight * (feature.mean or 0.0)
    order = sorted(sums, key=lambda name: -sums[name][0])
    error = {name: math.sqrt(sums[name][1]) for name in order}
    bounds = {name: (max(0.0, sums[name][0] - Z95 * error[name]), sums[name][0] + Z95 * error[name]) for name in order}
    lows, highs = sorted(low for low, _ in bounds.values()), sorted(high for _, high in bounds.values())
    merged = tuple(
        Importance(
            feature=name,
            importance=sums[name][0],
            share=sums[name][0] / total if total > 0 else 0.0,
            std_error=error[name],
            interval=bounds[name],
            rank=rank,
            rank_interval=(
                1 + sum(low > bounds[name][1] for low in lows),
                len(order) - sum(high < bounds[name][0] for high in highs),
            ),
            mean=sums[name][2],
        )
        for rank, name in enumerate(order[:most], start=1)
    )
    return merged, max(0.0, 1.0 - sum(feature.share for feature in merged)) if total > 0 else 0.0


def classes(found: Sequence[Explanation]) -> tuple[ClassImportance, ...]:
    """Return what moves each class over all rows, of those that every batch tells of."""
    told = [{one.output_class: one for one in batch.classes if one.reason is None} for batch in found]
    shared = [name for name in told[0] if all(name in one for one in told)] if told else []
    return tuple(_class([one[name] for one in told]) for name in shared)


def _class(found: Sequence[ClassImportance]) -> ClassImportance:
    features, other = importances(found, MOST_CLASS_FEATURES)
    rows = sum(one.rows for one in found)
    worst = max(found, key=lambda one: one.additivity.max_abs or 0.0).additivity
    return found[0].model_copy(
        update={
            "rows": rows,
            "features": features,
            "other": other,
            "additivity": worst.model_copy(update={"rows": sum(one.additivity.rows for one in found)}),
        }
    )


def against_reference(found: Sequence[Explanation], merged: Sequence[Importance]) -> AgainstReference | None:
    """Return whether attributions over all rows differ from the reference's; unknown where no batch was compared."""
    known = [
        one.against_reference
        for one in found
        if one.against_reference is not None and one.against_reference.tv is not None
    ]
    if not known:
        return next((one.against_reference for one in found if one.against_reference is not None), None)
    then = {change.feature: change.reference_share for one in known for change in one.features}
    now = {feature.feature: feature.share for feature in merged}
    names = sorted({*then, *now}, key=lambda name: -abs(now.get(name, 0.0) - then.get(name, 0.0)))
    tv = sum(abs(now.get(name, 0.0) - then.get(name, 0.0)) for name in names) / 2
    p = _cauchy(one.p_value for one in known if one.p_value is not None)
    line = max(one.threshold for one in known)
    status: Status = "fine" if p is None or p >= P_VALUE or tv < line else "act" if tv >= 2 * line else "watch"
    return AgainstReference(
        status=status,
        tv=tv,
        threshold=line,
        normal=max((one.normal for one in known if one.normal is not None), default=None),
        windows=max(one.windows for one in known),
        p_value=p,
        ndcg=_ndcg(then, now),
        rows=sum(one.rows for one in known),
        reference_rows=max(one.reference_rows for one in known),
        features=tuple(
            AttributionChange(feature=name, share=now.get(name, 0.0), reference_share=then.get(name, 0.0))
            for name in names
        ),
    )


def additivity(found: Sequence[Explanation]) -> Additivity:
    """Return the worst of them."""
    worst = max(found, key=lambda one: -1.0 if one.additivity.max_abs is None else one.additivity.max_abs)
    return worst.additivity.model_copy(update={"rows": sum(one.additivity.rows for one in found)})


def _total(one: Listed) -> float:
    """Sum of the importances of all features, listed or not."""
    listed = sum(feature.importance for feature in one.features)
    return listed / (1.0 - one.other) if one.other < 1.0 else listed


def _cauchy(values: Iterable[float]) -> float | None:
    tangents = [math.tan((0.5 - min(max(p, 1e-15), 1 - 1e-15)) * math.pi) for p in values]
    return 0.5 - math.atan(sum(tangents) / len(tangents)) / math.pi if tangents else None


def _ndcg(then: dict[str, float], now: dict[str, float]) -> float:
    """How well the order of ``now`` keeps the importances of ``then`` on top, in [0, 1]; 1 where there are none."""
    discount = [1 / math.log2(place + 2) for place in range(len(then))]
    ideal = sum(share * weight for share, weight in zip(sorted(then.values(), reverse=True), discount, strict=True))
    order = sorted(then, key=lambda name: -now.get(name, 0.0))
    found = sum(then[name] * weight for name, weight in zip(order, discount, strict=True))
    return found / ideal if ideal > 0 else 1.0


def shift(found: Sequence[Explanation]) -> OutputShift | None:
    """Return why the mean output over all rows differs from the reference's; None where a batch does not say.

    Intervals are the weighted means of the batches', which is wide enough whatever their dependence.
    """
    shifts = [(one.rows, one.shift) for one in found if one.shift is not None]
    if not shifts or len(shifts) < len(found):
        return None
    rows = sum(n for n, _ in shifts)
    parts: dict[str, tuple[float, float]] = {}
    for n, one in shifts:
        for part in one.features:
            change, half = parts.get(part.feature, (0.0, 0.0))
            width = (part.interval[1] - part.interval[0]) / 2
            parts[part.feature] = (change + n / rows * part.change, half + n / rows * width)
    order = sorted(parts, key=lambda name: -abs(parts[name][0]))
    change = sum(n / rows * one.change for n, one in shifts)
    return OutputShift(
        reference=shifts[0][1].reference,
        current=sum(n / rows * one.current for n, one in shifts),
        change=change,
        features=tuple(
            ShiftPart(feature=name, change=c, interval=(c - half, c + half))
            for name, (c, half) in ((name, parts[name]) for name in order)
        ),
        other=change - sum(part[0] for part in parts.values()),
    )
