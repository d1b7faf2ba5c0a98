"""Features over the newest batches: since when they drift, where they go, what all batches together say; pure."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np

from bellwether.contracts import (
    SEVERITY,
    DriftEvidence,
    DriftPoint,
    DriftReport,
    FeatureBins,
    FeatureTrend,
    FeatureTrends,
    ReportBins,
    Status,
)
from bellwether.drift.hysteresis import settled
from bellwether.drift.methods import js
from bellwether.drift.pairs import MISSING
from bellwether.drift.sequential import ALPHA, aligned, watch
from bellwether.drift.trend import trend

TOLD = 20
"""Features, the most urgent first, whose history is told."""
DATED = 5
"""Of these, how many get change points: what they cost grows with the square of the batches."""
WINDOWS = 60
"""Batches in which change points of a feature are looked for."""
SMALLEST = 0.25
"""Part of the watch line a slow drift must have reached to be worth an alarm."""
_LINE = 0.1
_DRIFTED = ("watch", "act")

Column = tuple[Status | None, float | None]


def histories(
    points: Sequence[DriftPoint], evidence: Mapping[str, DriftEvidence], now: datetime
) -> FeatureTrends | None:
    """Return the history of the most urgent features; ``points`` oldest first."""
    if not points:
        return None
    cells = [dict(zip(p.features, zip(p.statuses, p.scores, strict=True), strict=True)) for p in points]
    shown: dict[str, list[Status]] = {
        name: settled([one[name][0] if name in one else "unknown" for one in cells]) for name in points[-1].features
    }

    def urgency(name: str) -> tuple[int, int, int, float, str]:
        said = evidence.get(name)
        alarm = said is not None and said.alarm
        drifted = sum(status in _DRIFTED for status in shown[name])
        return -SEVERITY[shown[name][-1]], -int(alarm), -drifted, -(cells[-1][name][1] or 0.0), name

    names = sorted(shown, key=urgency)[:TOLD]
    features = []
    for place, name in enumerate(names):
        series = [one[name][1] if name in one else None for one in cells][-WINDOWS:]
        recent = points[-WINDOWS:]
        told = trend(
            [p.batch for p in recent], [p.end for p in recent], series, dated=place < DATED and _moved(shown[name])
        )
        features.append(
            FeatureTrend(
                feature=name,
                status=shown[name][-1],
                since=_since(points, shown[name]),
                trend=told,
                evidence=evidence.get(name),
            )
        )
    return FeatureTrends(
        id=points[-1].model,
        pk="trends",
        model=points[-1].model,
        batch=points[-1].batch,
        features=tuple(features),
        assessed_at=now,
    )


def evidences(
    history: Sequence[ReportBins], points: Sequence[DriftPoint], report: DriftReport
) -> dict[str, DriftEvidence]:
    """Return what all batches on the newest report's reference say together, by feature.

    ``history`` oldest first. Features the model hardly uses are watched and never alarm.
    """
    kept = [one for one in history if one.reference == report.reference]
    starts = {point.batch: point.start or point.end for point in points}
    kept = [one for one in kept if one.batch in starts]
    if not kept:
        return {}
    by_name = [{one.feature: one for one in said.features} for said in kept]
    names = [name for name in by_name[-1] if all(name in said for said in by_name)]
    columns = {one.feature: one for one in (*((report.prediction,) if report.prediction else ()), *report.features)}
    found = {}
    for name in names:
        reference, batches, ordered = _counts([said[name] for said in by_name])
        seen = watch(reference, batches, name=name, ordered=ordered)
        if seen is None or name not in columns:
            continue
        score = _distance(reference, batches[seen.start :].sum(axis=0))
        headline = columns[name].methods[0] if columns[name].methods else None
        line = headline.threshold if headline is not None and headline.method == "js" and headline.threshold else _LINE
        worth = score >= SMALLEST * min(line, _LINE) and not _unused(columns[name].importance)
        found[name] = DriftEvidence(
            value=seen.log_value / math.log(10),
            threshold=math.log10(len(names) / ALPHA),
            since=starts[kept[seen.start].batch],
            score=score,
            alarm=seen.exceeds(len(names)) and worth,
        )
    return found


def _moved(shown: Sequence[Status]) -> bool:
    return any(status in _DRIFTED for status in shown)


def _unused(importance: float | None) -> bool:
    return importance is not None and importance < 0.01


def _since(points: Sequence[DriftPoint], shown: Sequence[Status]) -> datetime | None:
    first = None
    for point, status in zip(reversed(points), reversed(shown), strict=True):
        if status not in _DRIFTED:
            break
        first = point.start or point.end
    return first


def _counts(history: Sequence[FeatureBins]) -> tuple[np.ndarray, np.ndarray, bool]:
    """Counts of reference and batches on the bins all of them have, missing values last."""
    ordered = not history[-1].labels
    if ordered:
        same = [one for one in history if one.edges == history[-1].edges]
        batches = np.array([[*one.current, one.missing[1]] for one in same], dtype=np.int64)
        return np.array([*history[-1].reference, history[-1].missing[0]], dtype=np.int64), batches, True
    labels = [(*one.labels, MISSING) for one in history]
    references = [np.array([*one.reference, one.missing[0]]) for one in history]
    _, reference, batches = aligned(labels, references, [np.array([*one.current, one.missing[1]]) for one in history])
    return reference, batches, False


def _distance(reference: np.ndarray, current: np.ndarray) -> float:
    if not reference.sum() or not current.sum():
        return 0.0
    terms = js.terms(reference / reference.sum(), current / current.sum())
    return float(np.sqrt(np.clip(terms.sum(), 0.0, 1.0)))
