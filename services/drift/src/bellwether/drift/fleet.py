"""A model at a glance, derived from its newest points; pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from bellwether.contracts import (
    SEVERITY,
    Batch,
    DriftEvidence,
    DriftPoint,
    DriftReport,
    FleetEntry,
    FleetPerformance,
    Issue,
    PerformanceReport,
    Status,
)
from bellwether.drift.columns import HARMLESS
from bellwether.drift.hysteresis import settled
from bellwether.drift.trend import trend
from bellwether.kpi.issues import issue_words

SHOWN = 30
"""Scores in a spark line, and features named."""
TOP = 20
_DRIFTED = ("watch", "act")
_Cell = tuple[str, Status, float | None]


def fleet_entry(
    model: str,
    points: Sequence[DriftPoint],
    report: DriftReport | None,
    latest: Batch | None,
    performance: PerformanceReport | None,
    now: datetime,
    evidence: Mapping[str, DriftEvidence] | None = None,
) -> FleetEntry:
    """Return the view of a model from its points (oldest first) and its newest reports and batch.

    The status is the worst of its aspects: drift of the inputs, drift of the answers, performance where it is known,
    and the data: whether the newest batch could be used at all, and what is wrong with what the model uses of it, which
    counts once it is to be acted on. That of drift does not flap: it falls when two batches in a row are better. Drift
    too slow for any single batch, which ``evidence`` over all of them shows, is to be watched.
    """
    if not points or report is None:
        return _without_reports(model, latest, now)
    newest = points[-1]
    shown = settled([point.status for point in points])
    slow = {name: one for name, one in (evidence or {}).items() if one.alarm}
    aspects: dict[str, Status] = {"drift": "watch" if slow and shown[-1] == "fine" else shown[-1]}
    if report.prediction is not None:
        aspects["prediction"] = report.prediction.status
    rejected = latest is not None and latest.state == "rejected"
    wrong = _wrong(report)
    of_issues: Status = "fine" if wrong is None else wrong[1].status
    of_data: Status = "act" if of_issues == "act" else "watch" if rejected else "fine"
    status = max((*aspects.values(), of_data), key=SEVERITY.__getitem__)
    aspects["data"] = max(of_data, of_issues, key=SEVERITY.__getitem__)
    if performance is not None:
        aspects["performance"] = performance.status
        if performance.status != "unknown":  # before labels come it often is, and says nothing about the rest
            status = max(status, performance.status, key=SEVERITY.__getitem__)
    harmless = _harmless(report, aspects["drift"], performance)
    return FleetEntry(
        id=model,
        pk="fleet",
        model=model,
        status=status,
        aspects=aspects,
        sentence=_sentence(aspects, status, report, latest, performance, slow),
        score=newest.score,
        threshold=newest.threshold,
        harmless=harmless,
        batch_status=newest.status,
        since=since(points, shown) or min((one.since for one in slow.values()), default=None),
        batch=newest.batch,
        batch_start=newest.start,
        batch_end=newest.end,
        rows=newest.rows,
        batches=len(points),
        n_features=newest.n_features,
        n_drifted=newest.n_drifted,
        spark=tuple(point.score for point in points[-SHOWN:]),
        top_features=_ranked(newest)[:TOP],
        other_features=_rest(_ranked(newest)[TOP:]),
        trend=trend([p.batch for p in points], [p.end for p in points], [p.score for p in points]),
        performance=None if performance is None else _at_a_glance(performance),
        assessed_at=now,
    )


def _at_a_glance(found: PerformanceReport) -> FleetPerformance | None:
    key = next((one for one in found.metrics if one.metric == found.key_metric), None)
    if key is None:
        return None
    return FleetPerformance(
        metric=key.metric, kind=found.kind, value=key.value, normal=key.normal, status=found.status, end=found.end
    )


def since(points: Sequence[DriftPoint], shown: Sequence[Status]) -> datetime | None:
    """Return the start of the first batch of the unbroken run of drifted statuses that ends the series."""
    first = None
    for point, status in zip(reversed(points), reversed(shown), strict=True):
        if status not in _DRIFTED:
            break
        first = point.start or point.end
    return first


def _harmless(
    report: DriftReport, drift: Status, performance: PerformanceReport | None
) -> Literal["little_used", "performance_steady"] | None:
    """Why what moved does no harm, if so; labels may excuse clear drift, an estimate only drift that is to be watched.

    An estimate rests on the meaning of the score being as before, which clear drift (a unit that changed, say) breaks.
    """
    if report.overall.harmless and drift == "fine":
        return "little_used"
    if drift not in _DRIFTED or performance is None or performance.status != "fine":
        return None
    if performance.batch < report.batch or (drift == "act" and performance.kind == "estimated"):
        return None
    return "performance_steady"


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
    slow: Mapping[str, DriftEvidence],
) -> str:
    """What stands behind the worst aspect; the inputs speak first where several are alike."""
    if slow and aspects["drift"] == status == "watch" and report.overall.status == "fine":
        return _about_slow(slow)
    if aspects["drift"] == status:
        return _about_drift(aspects["drift"], report, performance)
    if report.prediction is not None and aspects.get("prediction") == status:
        before = "The inputs look alike, but the answers do not."
        return f"{before if aspects['drift'] == 'fine' else report.overall.sentence} {report.prediction.sentence}"
    if performance is not None and performance.status == status:
        return performance.sentence
    wrong = _wrong(report)
    return issue_words(*wrong) if wrong and wrong[1].status == status == "act" else _rejection(latest)


def _wrong(report: DriftReport) -> tuple[str | None, Issue] | None:
    """Return the worst that is wrong with the rows, or with an input the model uses, by its name; None: nothing."""
    used = [one for one in report.features if one.importance is None or one.importance >= HARMLESS]
    found = [(None, issue) for issue in report.issues] + [(one.feature, issue) for one in used for issue in one.issues]
    return max(found, key=lambda one: SEVERITY[one[1].status], default=None)


def _about_slow(slow: Mapping[str, DriftEvidence]) -> str:
    names = sorted(slow, key=lambda name: -slow[name].value)
    first = slow[names[0]]
    others = f" and {len(names) - 1} more inputs" if len(names) > 1 else ""
    return (
        f"{names[0]}{others} moved little by little since {first.since:%-d %B %Y}: too slowly for any single batch, "
        "but all batches since then together leave no doubt."
    )


def _about_drift(drift: Status, report: DriftReport, performance: PerformanceReport | None) -> str:
    said = report.overall.sentence
    if SEVERITY[report.overall.status] < SEVERITY[drift]:
        return f"The newest batch is better; one more like it, and the alarm ends. {said}"
    if _harmless(report, drift, performance) == "performance_steady" and performance is not None:
        return f"{said} So far it does no harm. {performance.sentence}"
    return said


def _rejection(latest: Batch | None) -> str:
    reasons = latest.reasons if latest is not None else ()
    more = f" and {len(reasons) - 1} more" if len(reasons) > 1 else ""
    first = f": {reasons[0].pointer} is {reasons[0].value}{more}" if reasons else ""
    return f"The newest batch could not be used{first}."


def _ranked(point: DriftPoint) -> tuple[_Cell, ...]:
    """Return all columns, the most urgent first."""
    rows = zip(point.features, point.statuses, point.scores, strict=True)
    return tuple(sorted(rows, key=lambda row: (-SEVERITY[row[1]], -(row[2] or 0.0), row[0])))


def _rest(cells: Sequence[_Cell]) -> tuple[Status, float | None] | None:
    """Return what is said of columns that are not named; None without any."""
    if not cells:
        return None
    worst = max((status for _, status, _ in cells), key=SEVERITY.__getitem__)
    return worst, max((score for _, _, score in cells if score is not None), default=None)
