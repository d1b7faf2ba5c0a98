"""When a value is a finding: effect and evidence, corrected over everything one report tests; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bellwether.contracts import Lines, MethodResult, Status
from bellwether.drift.methods import DriftMethod, Measurement

ALPHA = 0.01
CORRECTED = 0.005
"""Corrected p-value a column has drifted at. Where nothing moved, as many batches have one below it by Benjamini and
Hochberg, and the laws the p-values are from err by up to a third that far out; together at most one in a hundred."""
ENOUGH_ROWS = 200
"""Rows on each side below which no status but ``unknown`` is given."""


@dataclass(frozen=True, slots=True)
class Sized:
    """A measurement with what sample sizes make of it: noise floor and smallest detectable value.

    ``of``: what of the column was measured, where it is not its values.
    """

    method: DriftMethod
    found: Measurement
    floor: float | None
    detectable: float | None
    of: str | None = None

    def line(self, lines: Lines, name: str) -> float:
        """Return the line a value must pass: the chosen one, or what luck alone makes where that is more."""
        chosen = lines.act if name == "act" else lines.watch
        return max(chosen, self.floor or 0.0)


def sized(method: DriftMethod, found: Measurement, h: float) -> Sized:
    """Return a measurement with its floor and detectable value at effective size ``h``."""
    if method.law is None or found.value is None or not found.df or h <= 0:
        return Sized(method, found, None, None)
    top = method.limits[1]
    floor = _capped(method.law.floor(ALPHA, h, found.df), top)
    if method.law.detectable is None:
        return Sized(method, found, floor, None)
    return Sized(method, found, floor, _capped(method.law.detectable(ALPHA, h, found.df), top))


def _capped(value: float, top: float | None) -> float:
    return value if top is None else min(value, top)


def q_values(p_values: Mapping[str, float]) -> dict[str, float]:
    """Return Benjamini-Hochberg corrected p-values by key, each in [0, 1]."""
    if not p_values:
        return {}
    names = list(p_values)
    p = np.array([p_values[name] for name in names])
    order = np.argsort(p, kind="stable")
    ranked = p[order] * p.size / np.arange(1, p.size + 1)
    q = np.empty(p.size)
    q[order] = np.minimum.accumulate(ranked[::-1])[::-1]
    return dict(zip(names, np.minimum(q, 1.0).tolist(), strict=True))


def status_of(headline: Sized, lines: Lines, q_value: float | None) -> Status:
    """Return ``act``, ``watch`` or ``fine``: both the effect and the evidence must say so."""
    value = headline.found.value
    if value is None or q_value is None or q_value > CORRECTED:
        return "fine"
    if value >= headline.line(lines, "act"):
        return "act"
    return "watch" if value >= headline.line(lines, "watch") else "fine"


def result(one: Sized, lines: Lines | None, evidence: float | None, level: float = ALPHA) -> MethodResult:
    """Return a method's line of a report; ``threshold`` is its watch line or its floor, whichever is more.

    ``evidence`` is the p-value, or for a headline the corrected one, that must be at most ``level`` too.
    """
    found = one.found
    threshold = one.floor if lines is None else one.line(lines, "watch")
    drifted = (
        found.value is not None
        and threshold is not None
        and evidence is not None
        and evidence <= level
        and found.value >= threshold
    )
    return MethodResult(
        method=one.method.slug if one.of is None else f"{one.method.slug}:{one.of}",
        value=found.value,
        threshold=threshold,
        p_value=found.p_value,
        drifted=drifted,
        floor=one.floor,
        detectable=one.detectable,
        reason=found.reason,
    )


def global_p(p_values: Sequence[float], weights: Sequence[float]) -> float:
    """Return the Cauchy combination of p-values, in [0, 1], valid whatever their dependence."""
    p = np.clip(np.asarray(p_values, dtype=np.float64), 1e-300, 0.99)
    w = np.asarray(weights, dtype=np.float64)
    small = p < 1e-15
    tangents = np.where(small, 1.0 / (p * np.pi), np.tan((0.5 - np.where(small, 0.5, p)) * np.pi))
    statistic = float((w / w.sum() * tangents).sum())
    if statistic > 1e15:
        return max(0.0, 1.0 / (statistic * np.pi))
    return float(np.clip(0.5 - np.arctan(statistic) / np.pi, 0.0, 1.0))
