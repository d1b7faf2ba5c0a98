"""A model at a glance, derived from its newest points; pure."""

from collections.abc import Sequence
from datetime import datetime

from bellwether.contracts import SEVERITY, Batch, DriftPoint, DriftReport, FleetEntry, PerformanceReport, Status
from bellwether.drift.trend import trend

SHOWN = 30
"""Scores in a spark line, and features named."""
TOP = 20
_DRIFTED = ("watch", "act")


def fleet_entry(
    model: str,
    points: Sequence[DriftPoint],
    report: DriftReport | None,
    latest: Batch | None,
    performance: PerformanceReport | None,
    now: datetime,
) -> FleetEntry:
    """Return the view of a model from its points (oldest first) and its newest reports and batch.

    The status is the worst of its aspects: drift of the inputs, drift of the answers, performance where it is known,
    and whether the newest batch could be used at all.
    """
    if not points or report is None:
        return _without_reports(model, latest, now)
    newest = points[-1]
    aspects: dict[str, Status] = {"drift": newest.status}
    if report.prediction is not None:
        aspects["prediction"] = report.prediction.status
    rejected = latest is not None and latest.state == "rejected"
    aspects["data"] = "watch" if rejected else "fine"
    status = max(aspects.values(), key=SEVERITY.__getitem__)
    if performance is not None:
        aspects["performance"] = performance.status
        if performance.status != "unknown":  # before labels come it often is, and says nothing about the rest
            status = max(status, performance.status, key=SEVERITY.__getitem__)
    return FleetEntry(
        id=model,
        pk="fleet",
        model=model,
        status=status,
        aspects=aspects,
        sentence=_sentence(aspects, status, report, latest, performance),
        score=newest.score,
        threshold=newest.threshold,
        since=since(points) if newest.status in _DRIFTED else None,
        batch=newest.batch,
        batch_start=newest.start,
        batch_end=newest.end,
        rows=newest.rows,
        batches=len(points),
        n_features=newest.n_features,
        n_drifted=newest.n_drifted,
        spark=tuple(point.score for point in points[-SHOWN:]),
        top_features=_top(newest),
        trend=trend([p.batch for p in points], [p.end for p in points], [p.score for p in points]),
        assessed_at=now,
    )


def since(points: Sequence[DriftPoint]) -> datetime | None:
    """Return the start of the first batch of the unbroken run of drifted batches that ends the series."""
    first = None
    for point in reversed(points):
        if point.status not in _DRIFTED:
            break
        first = point.start or point.end
    return first


def _without_reports(model: str, latest: Batch | None, now: datetime) -> FleetEntry:
    rejected = latest is not None and latest.state == "rejected"
    aspects: dict[str, Status] = {"data": "watch"} if rejected else {}
    return FleetEntry(
        id=model,
        pk="fleet",
        model=model,
        status="watch" if rejected else "unknown",
        aspects=aspects,
        sentence=_rejection(latest) if rejected else "No batch has been analysed yet.",
        assessed_at=now,
    )


def _sentence(
    aspects: dict[str, Status],
    status: Status,
    report: DriftReport,
    latest: Batch | None,
    performance: PerformanceReport | None,
) -> str:
    """What stands behind the worst aspect; the inputs speak first where several are alike."""
    if aspects["drift"] == status:
        return report.overall.sentence
    if report.prediction is not None and aspects.get("prediction") == status:
        return f"The inputs look alike, but the answers do not. {report.prediction.sentence}"
    if performance is not None and performance.status == status:
        return performance.sentence
    return _rejection(latest)


def _rejection(latest: Batch | None) -> str:
    reasons = latest.reasons if latest is not None else ()
    more = f" and {len(reasons) - 1} more" if len(reasons) > 1 else ""
    first = f": {reasons[0].pointer} is {reasons[0].value}{more}" if reasons else ""
    return f"The newest batch could not be used{first}."


def _top(point: DriftPoint) -> tuple[tuple[str, Status, float | None], ...]:
    rows = zip(point.features, point.statuses, point.scores, strict=True)
    worst = sorted(rows, key=lambda row: (-SEVERITY[row[1]], -(row[2] or 0.0), row[0]))
    return tuple(worst[:TOP])
