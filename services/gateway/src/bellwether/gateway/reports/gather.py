"""Reads what a report needs from the store."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

from bellwether.contracts import (
    SEVERITY,
    Annotation,
    DriftPoint,
    DriftReport,
    FeatureBins,
    FeatureDrift,
    Kpi,
    Model,
    Mute,
    PerformanceReport,
    Persona,
    Status,
    is_fact_id,
)
from bellwether.errors import Fault, InvalidInput, NotFound
from bellwether.gateway import links, models
from bellwether.gateway.context import Context
from bellwether.gateway.drift import read_points, read_report
from bellwether.gateway.reports.causes import cause_table, incident_table
from bellwether.gateway.reports.content import Cell, Picture, ReportDocument, ReportItem, ReportsOut, Table, stamp
from bellwether.graph.case import BAD
from bellwether.kpi import RELEVANCE, Facts, compute, top
from bellwether.kpi.reading import at_time, read_facts
from bellwether.kpi.words import day
from bellwether.storage.collections import OPS, REPORTS
from bellwether.storage.documents import parse
from bellwether.storage.months import months, newest

_PERIOD = re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)")
_MOST_BATCHES = 2000
_DRAWN = 6
_LISTED = 60
_MONTHS = 12
_PERSONAS: tuple[tuple[str, Persona], ...] = (("Business", "business"), ("Data engineer", "data_engineer"))
FORMATS = ("html", "json", "csv", "parquet")


def available(ctx: Context, model: Model, limit: int) -> ReportsOut:
    """Return the reports there are: months with data, then batches."""
    points = read_points(ctx, model.name, None, None, min(limit, _LISTED))[::-1]
    items = [_month(model.name, name) for name in months(ctx.documents, model.name)[:_MONTHS]]
    for point in points:
        title = f"Batch of {day(point.start or point.end)}"
        items.append(_item(model.name, point.batch, "batch", title, point.status))
    return ReportsOut(items=tuple(items[:limit]))


def gather(ctx: Context, model: Model, id: str) -> tuple[ReportDocument, Picture]:
    """Return the content of a report: ``id`` is a batch, or two dates with two dots between them."""
    if is_fact_id(id):
        return _of_batch(ctx, model, id)
    form = _PERIOD.fullmatch(id)
    if form is None:
        raise NotFound(f"There is no report {id[:60]!r}: name a batch, or a period such as 2026-01-01..2026-01-31.")
    try:
        begin, last = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in form.groups())
    except ValueError as error:
        raise NotFound("There is no such day. A period looks like 2026-01-01..2026-01-31.") from error
    if last < begin or last - begin > timedelta(days=3660):
        fault = Fault("{id}", id, "at most ten years, the first day first", "exchange the days, or shorten the period")
        raise InvalidInput("The period cannot be reported on.", [fault])
    return _of_period(ctx, model, id, begin, last + timedelta(days=1))


def _of_period(ctx: Context, model: Model, id: str, begin: datetime, end: datetime) -> tuple[ReportDocument, Picture]:
    until = end - timedelta(microseconds=1)
    points = read_points(ctx, model.name, begin, until, _MOST_BATCHES)
    if not points:
        raise NotFound(f"Model {model.name!r} has no analysed batch from {day(begin)} to {day(until)}.")
    final = read_report(ctx, model.name, points[-1].batch)
    facts, _ = read_facts(ctx.documents, model, ctx.now())
    facts = at_time(ctx.documents, facts, min(facts.as_of, max(end, points[-1].end)))
    kpis = compute(facts)[0]
    performance = list(_performance(ctx, model.name, begin, until))
    tables = (
        _kpi_table(kpis),
        _batch_table(points),
        _feature_table(final, points),
        _quality_table(final),
        _performance_table(performance),
        incident_table(ctx, model.name, begin, end),
        _change_table(ctx, model.name, begin, end),
    )
    worst = _count(points)
    document = _document(
        ctx, model, id, "period", f"{model.name}, {day(begin)} to {day(until)}", (begin, end), points[-1].status,
        f"{worst} {final.overall.sentence}", _coverage(points, performance, facts), tables,
    )  # fmt: skip
    picture = _picture(points, performance, (), kpis)
    return document, picture


def _of_batch(ctx: Context, model: Model, batch: str) -> tuple[ReportDocument, Picture]:
    found = read_report(ctx, model.name, batch)
    time = found.end or found.created_at
    points = read_points(ctx, model.name, None, time, _LISTED)
    facts, _ = read_facts(ctx.documents, model, ctx.now())
    facts = at_time(ctx.documents, facts, time)
    kpis = compute(facts)[0]
    performance = [one for one in _performance(ctx, model.name, time, time) if one.batch == batch]
    bins = facts.bins.features if facts.bins is not None and facts.bins.batch == batch else ()
    tables = [_feature_table(found, points), _quality_table(found), _performance_table(performance), _kpi_table(kpis)]
    if found.overall.status in BAD:
        tables.append(cause_table(ctx, model.name, batch))
    if facts.explanation is not None and facts.explanation.batch == batch:
        tables.append(_explanation_table(facts))
    document = _document(
        ctx, model, batch, "batch", f"{model.name}, batch of {day(time)}", (found.start or time, time),
        found.overall.status, found.overall.sentence, _coverage(points[-1:], performance, facts), tuple(tables),
    )  # fmt: skip
    return document, _picture(points, performance, _worst_bins(found, bins), kpis)


def _document(
    ctx: Context,
    model: Model,
    id: str,
    kind: str,
    title: str,
    window: tuple[datetime, datetime],
    status: Status,
    sentence: str,
    coverage: Iterable[str],
    tables: Sequence[Table],
) -> ReportDocument:
    return ReportDocument.model_validate(
        {
            "id": id,
            "kind": kind,
            "model": model.name,
            "owner": model.owner,
            "version": models.current_version(models.versions(ctx, model.name)),
            "title": title,
            "begin": window[0],
            "end": window[1],
            "status": status,
            "sentence": sentence,
            "coverage": tuple(coverage),
            "tables": tuple(tables),
            "made_at": ctx.now(),
        }
    )


def _performance(ctx: Context, model: str, since: datetime, until: datetime) -> Iterator[PerformanceReport]:
    for prefix in ("e~", "f~"):
        docs = newest(ctx.documents, REPORTS, model, prefix=prefix, since=since, until=until)
        yield from [parse(PerformanceReport, doc) for doc in islice(docs, _MOST_BATCHES)][::-1]


def _kpi_table(kpis: Sequence[Kpi]) -> Table:
    columns = ("id", "title", "value", "unit", "status", "severity", "delta", "confidence", "sentence", "formula")
    rows = tuple(tuple(getattr(one, name) for name in columns) for one in kpis)
    return Table(name="kpis", title="Key figures", columns=columns, rows=rows)


def _batch_table(points: Sequence[DriftPoint]) -> Table:
    columns = ("batch", "begin", "end", "rows", "status", "drift index", "act line", "features past their line")
    rows = tuple(
        (one.batch, stamp(one.start), stamp(one.end), one.rows, one.status, one.score, one.threshold, one.n_drifted)
        for one in points
    )
    return Table(name="batches", title="Batches", columns=columns, rows=rows)


def _feature_table(report: DriftReport, points: Sequence[DriftPoint]) -> Table:
    bad: dict[str, int] = {}
    for point in points:
        for name, status in zip(point.features, point.statuses, strict=True):
            bad[name] = bad.get(name, 0) + (status == "act")
    columns = (
        "feature", "kind", "status", "score", "line", "importance", "missing before", "missing now",
        "batches past the line", "reading",
    )  # fmt: skip
    everything: list[FeatureDrift] = [one for one in (report.prediction, report.target) if one is not None]
    everything += sorted(report.features, key=lambda one: (-SEVERITY[one.status], -(one.score or 0.0), one.feature))
    rows = tuple(
        (
            one.feature, one.kind, one.status, one.score, one.methods[0].threshold if one.methods else None,
            one.importance, one.missing.reference, one.missing.current, bad.get(one.feature, 0), one.sentence,
        )
        for one in everything
    )  # fmt: skip
    return Table(name="features", title="Features of the last batch", columns=columns, rows=rows)


def _quality_table(report: DriftReport) -> Table:
    columns = ("feature", "issue", "status", "share before", "share now", "detail")
    rows = tuple(
        (one.feature, issue.kind, issue.status, issue.reference, issue.current, issue.detail)
        for one in report.features
        for issue in one.issues
    )
    whole = tuple(("all rows", i.kind, i.status, i.reference, i.current, i.detail) for i in report.issues)
    return Table(name="quality", title="Quality of the last batch", columns=columns, rows=(*whole, *rows))


def _performance_table(reports: Sequence[PerformanceReport]) -> Table:
    columns = ("batch", "end", "kind", "metric", "value", "low", "high", "normal", "act line", "status", "labelled")
    rows = tuple(
        (
            one.batch, stamp(one.end), one.kind, metric.metric, metric.value,
            metric.interval[0] if metric.interval else None, metric.interval[1] if metric.interval else None,
            metric.normal, metric.act, metric.status, one.labelled,
        )
        for one in reports
        for metric in one.metrics
    )  # fmt: skip
    return Table(name="performance", title="Performance", columns=columns, rows=rows)


def _change_table(ctx: Context, model: str, begin: datetime, end: datetime) -> Table:
    """Return versions, annotations and expected changes of the period."""
    rows: list[tuple[Cell, ...]] = [
        (stamp(one.created_at), "version", f"Version {one.version}", None, None)
        for one in models.versions(ctx, model)
        if begin <= one.created_at < end
    ]
    for doc in ctx.documents.query(OPS, f"annotations|{model}", limit=500).docs:
        note = parse(Annotation, doc)
        if begin <= note.time < end:
            rows.append((stamp(note.time), note.kind, note.text, stamp(note.end), note.created_by))
    for doc in ctx.documents.query(OPS, f"mutes|{model}", limit=500).docs:
        mute = parse(Mute, doc)
        if mute.start < end and mute.end > begin:
            rows.append((stamp(mute.start), "expected change", mute.reason, stamp(mute.end), mute.created_by))
    columns = ("time", "kind", "text", "until", "by")
    return Table(
        name="changes", title="Known changes", columns=columns, rows=tuple(sorted(rows, key=lambda row: str(row[0])))
    )


def _explanation_table(facts: Facts) -> Table:
    assert facts.explanation is not None
    columns = ("feature", "importance", "share", "low", "high", "direction")
    rows = tuple(
        (
            one.feature, one.importance, one.share, one.interval[0] if one.interval else None,
            one.interval[1] if one.interval else None, one.direction,
        )
        for one in facts.explanation.features
    )  # fmt: skip
    return Table(name="explanation", title="What drives the decisions", columns=columns, rows=rows)


def _count(points: Sequence[DriftPoint]) -> str:
    words: tuple[tuple[Status, str], ...] = (
        ("act", "called for action"), ("watch", "called for a look"), ("unknown", "could not be judged"),
    )  # fmt: skip
    parts = [f"{n} {word}" for status, word in words if (n := sum(one.status == status for one in points))]
    return f"Of {len(points)} batches {', '.join(parts)}." if parts else f"All {len(points)} batches were fine."


def _coverage(points: Sequence[DriftPoint], performance: Sequence[PerformanceReport], facts: Facts) -> Iterator[str]:
    """Yield what the report does not know."""
    if unknown := sum(one.status == "unknown" for one in points):
        yield f"Drift of {unknown} of {len(points)} batches could not be judged."
    labelled = {one.batch for one in performance if one.kind == "realised" and one.labelled}
    if missing := len({one.batch for one in points} - labelled):
        yield f"No labels have come for {missing} of {len(points)} batches: their performance is estimated at best."
    if facts.explanation is None:
        yield "No batch was explained: importance is not known, or is the reference's."
    if facts.model.value is None:
        yield "The cost of a wrong decision is not known, so no money is named."


def _picture(
    points: Sequence[DriftPoint], reports: Sequence[PerformanceReport], bins: Sequence[FeatureBins], kpis: Sequence[Kpi]
) -> Picture:
    key = next((one.key_metric for one in reversed(reports)), None)
    values = [
        (one.end, metric.value, one.kind, metric.normal)
        for one in reports
        for metric in one.metrics
        if metric.metric == key and metric.value is not None
    ]
    return Picture(
        times=tuple(one.end for one in points),
        scores=tuple(one.score for one in points),
        statuses=tuple(one.status for one in points),
        line=points[-1].threshold if points else None,
        metric=key,
        performance=tuple((time, value, kind) for time, value, kind, _ in values),
        normal=next((normal for _, _, _, normal in reversed(values) if normal is not None), None),
        bins=tuple(bins),
        cards=tuple((title, tuple(top(who, kpis, RELEVANCE))) for title, who in _PERSONAS),
    )


def _worst_bins(report: DriftReport, bins: Sequence[FeatureBins]) -> list[FeatureBins]:
    by_name = {one.feature: one for one in bins}
    worst = sorted(
        report.features, key=lambda one: (-SEVERITY[one.status], -(one.score or 0.0) * (one.importance or 1))
    )
    return [by_name[one.feature] for one in worst if one.feature in by_name][:_DRAWN]


def _month(model: str, name: str) -> ReportItem:
    begin = datetime.fromisoformat(f"{name}-01").replace(tzinfo=UTC)
    last = (begin + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return _item(model, f"{begin:%Y-%m-%d}..{last:%Y-%m-%d}", "period", f"{begin:%B %Y}", "unknown")


def _item(model: str, id: str, kind: str, title: str, status: Status) -> ReportItem:
    found = {name: f"{links.model(model, 'reports', id)}.{name}" for name in FORMATS}
    return ReportItem.model_validate({"id": id, "kind": kind, "title": title, "status": status, "links": found})
