"""Every rule of alerts as a pure function of stored documents; what each means stands in the contracts."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from bellwether.contracts import (
    Batch,
    DriftPoint,
    DriftReport,
    Issue,
    MetricValue,
    PerformanceReport,
    fact_time,
)
from bellwether.contracts.catalogue import METRICS
from bellwether.drift.alerts.base import AlertRule, Seen, Series, Sighting
from bellwether.kpi.base import arrived, day_of, end_of
from bellwether.kpi.deliveries import GONE
from bellwether.kpi.issues import issue_words
from bellwether.kpi.performance import counts
from bellwether.kpi.words import listed, number, span

_ERROR = 200
_TITLES = {one.slug: one.title for one in METRICS}


def drift(seen: Seen) -> Mapping[str | None, Series]:
    """Look at the drift index of every batch."""
    said = {one.batch: one.overall.sentence for one in seen.reports}
    arrivals = _arrivals(seen)
    return {
        None: [
            Sighting(
                status=point.status,
                at=point.start or point.end,
                seen_at=arrivals.get(point.batch, point.end),
                sentence=said.get(point.batch, f"The drift index is {point.score or 0:.1f} of 100."),
                batch=point.batch,
                value=point.score,
                threshold=point.threshold,
                features=_bad_features(point),
                past=_index_was(point),
            )
            for point in seen.facts.points
        ]
    }


def prediction_drift(seen: Seen) -> Mapping[str | None, Series]:
    """Look at the distribution of the answers in every batch."""
    said = {one.batch: one.prediction.sentence for one in seen.reports if one.prediction is not None}
    arrivals = _arrivals(seen)
    return {
        None: [
            Sighting(
                status=point.statuses[0],
                at=point.start or point.end,
                seen_at=arrivals.get(point.batch, point.end),
                sentence=said.get(point.batch, f"The answers moved: {point.features[0]}."),
                batch=point.batch,
                value=point.scores[0],
                features=(point.features[0],),
                past=f"The answers ({point.features[0]}) were not distributed as on the reference.",
            )
            for point in seen.facts.points
            if len(point.features) > point.n_features
        ]
    }


def performance(seen: Seen) -> Mapping[str | None, Series]:
    """Look at the performance of every batch: realised where labels suffice, else estimated."""
    real = {one.batch: one for one in seen.facts.realised if counts(one) and one.status != "unknown"}
    guessed = {one.batch: one for one in seen.facts.estimated}
    arrivals = _arrivals(seen)
    return {None: [_performance(one, arrivals) for _, one in sorted({**guessed, **real}.items())]}


def quality(seen: Seen) -> Mapping[str | None, Series]:
    """Look at the values of every input in the newest batches."""
    return _by_feature(seen, gone=False)


def input_removed(seen: Seen) -> Mapping[str | None, Series]:
    """Look whether the inputs are there, with their type, in the newest batches."""
    return _by_feature(seen, gone=True)


def batch_rejected(seen: Seen) -> Mapping[str | None, Series]:
    """Look whether batches could be used."""
    return {None: [_use(one) for one in seen.facts.batches if one.state != "received"]}


def no_data(seen: Seen) -> Mapping[str | None, Series]:
    """Look at the clock: whether a batch is missing."""
    facts = seen.facts
    newest, interval, age = facts.newest, facts.interval, facts.age
    if newest is None or interval is None or age is None:
        return {}
    due = end_of(newest) + 2 * interval
    if facts.silent:
        sentence = f"No data has come for {span(age)}; a batch is expected every {span(interval)}."
        past = f"No data came for {span(age)}; a batch is expected every {span(interval)}."
        late = Sighting(
            "act", due, due + facts.offset, sentence, newest.id, newest.version, age / interval, 2.0, past=past
        )
        return {None: [late]}
    return {None: [Sighting("fine", end_of(newest), arrived(newest), "Data arrives.", newest.id)]}


def pipeline_failed(seen: Seen) -> Mapping[str | None, Series]:
    """Look at the finished runs of every pipeline that feeds the model."""
    found: dict[str | None, list[Sighting]] = {}
    for run in sorted(seen.facts.runs, key=lambda one: one.started_at):
        if run.status not in ("succeeded", "failed"):
            continue
        why = ": ".join(part for part in (run.activity, (run.error or "")[:_ERROR]) if part)
        failed = run.status == "failed"
        sentence = f"{run.pipeline} failed{f' at {why}' if why else ''}." if failed else f"{run.pipeline} succeeded."
        known = run.known_at or run.ended_at or run.started_at
        one = Sighting("act" if failed else "fine", run.started_at, known, sentence)
        found.setdefault(run.pipeline, []).append(one)
    return found


def _by_feature(seen: Seen, *, gone: bool) -> dict[str | None, Series]:
    arrivals = _arrivals(seen)
    found: dict[str | None, list[Sighting]] = {}
    for report in seen.reports:
        at = report.start or report.end or fact_time(report.batch)
        for name, told, sentence in _told(report):
            issues = [issue for issue in told if (issue.kind in GONE) == gone]
            status = "act" if any(i.status == "act" for i in issues) else "watch" if issues and not gone else "fine"
            worst = next((issue for issue in issues if issue.status == "act"), None)
            found.setdefault(name, []).append(
                Sighting(
                    status=status,  # type: ignore[arg-type]  # one of the four words
                    at=at,
                    seen_at=arrivals.get(report.batch, at),
                    sentence=issue_words(name, worst) if worst else sentence,
                    past=issue_words(name, worst, over=True) if worst else "",
                    batch=report.batch,
                    version=report.version,
                    value=None if worst is None else worst.current,
                    features=() if name is None else (name,),
                )
            )
    if all(one.status == "fine" for one in found.get(None, ())):
        found.pop(None, None)
    return {name: series for name, series in found.items() if any(one.status == "act" for one in series) or not gone}


def _told(report: DriftReport) -> Iterator[tuple[str | None, tuple[Issue, ...], str]]:
    """Yield every input with what is wrong with it, and None with what is wrong with rows as a whole."""
    yield from ((one.feature, one.issues, one.sentence) for one in report.features)
    yield None, report.issues, "Rows repeat as those of the reference do."


def _performance(one: PerformanceReport, arrivals: Mapping[str, datetime]) -> Sighting:
    key = next((value for value in one.metrics if value.metric == one.key_metric), None)
    return Sighting(
        status=one.status,
        at=one.start or one.end,
        seen_at=arrivals.get(one.batch, one.end),
        sentence=one.sentence,
        batch=one.batch,
        value=None if key is None else key.value,
        threshold=None if key is None else key.act,
        past=_metric_was(key),
    )


def _use(one: Batch) -> Sighting:
    rejected = one.state == "rejected"
    first = f": {one.reasons[0].pointer} is {one.reasons[0].value}" if rejected and one.reasons else ""
    sentence = f"A batch of {day_of(one):%d %b %Y} could not be used{first}." if rejected else "The batch was accepted."
    status = "act" if rejected else "fine"
    return Sighting(status, one.start or end_of(one), arrived(one), sentence, one.id, one.version)  # type: ignore[arg-type]  # a word


def _arrivals(seen: Seen) -> dict[str, datetime]:
    return {one.id: arrived(one) for one in seen.facts.batches}


def _index_was(point: DriftPoint) -> str:
    named = listed(_bad_features(point))
    moved = f", mostly {named}" if named else ""
    return f"The data had clearly changed{moved}: the drift index was {point.score or 0:.1f} of 100."


def _metric_was(key: MetricValue | None) -> str:
    if key is None or key.value is None:
        return "The performance was past its act line."
    line = "" if key.act is None else f", act from {number(key.act)}"
    return f"{_TITLES.get(key.metric, key.metric)} was {number(key.value)}{line}."


def _bad_features(point: DriftPoint) -> tuple[str, ...]:
    """Return the inputs of a batch past their act line; the answers stand before them where there are any."""
    pairs = list(zip(point.features, point.statuses, strict=True))[len(point.features) - point.n_features :]
    return tuple(name for name, status in pairs if status == "act")


ALERT_RULES: tuple[AlertRule, ...] = (
    AlertRule("drift", drift),
    AlertRule("prediction_drift", prediction_drift),
    AlertRule("performance", performance),
    AlertRule("quality", quality),
    AlertRule("input_removed", input_removed),
    AlertRule("batch_rejected", batch_rejected),
    AlertRule("no_data", no_data),
    AlertRule("pipeline_failed", pipeline_failed),
)
"""How each rule of ``contracts.RULES`` is computed."""
