"""Performance as the API answers it: series of one metric, and the reports of one batch. Reads and arranges."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Literal

from pydantic import AwareDatetime

from bellwether.contracts import Contract, MetricValue, Model, PerformanceReport, Status, is_fact_id, month_pk
from bellwether.contracts.catalogue import METRICS
from bellwether.contracts.methods import MetricInfo
from bellwether.contracts.performance import Calibration, Money, SegmentPerformance
from bellwether.errors import Fault, InvalidInput, NotFound
from bellwether.gateway.context import Context
from bellwether.storage.collections import REPORTS
from bellwether.storage.documents import parse
from bellwether.storage.months import newest

Kind = Literal["realised", "estimated"]
PREFIX: dict[Kind, str] = {"realised": "f~", "estimated": "e~"}


class PerformancePoint(Contract):
    """One metric in one batch; ``coverage`` is the share of rows with a label, in [0, 1]."""

    batch: str
    start: AwareDatetime | None
    end: AwareDatetime
    rows: int
    labelled: int
    coverage: float | None
    value: float | None
    interval: tuple[float, float] | None
    normal: float | None
    watch: float | None
    act: float | None
    status: Status
    reason: str | None


class PerformanceOut(Contract):
    """The series of one metric, oldest first, and what the newest report says."""

    kind: Kind
    metric: MetricInfo | None
    segment: str | None
    status: Status
    sentence: str
    caveat: str | None
    points: tuple[PerformancePoint, ...]


class ReportPart(Contract):
    """Everything one report says about one batch."""

    method: str
    status: Status
    sentence: str
    caveat: str | None
    key_metric: str
    rows: int
    labelled: int
    metrics: tuple[MetricValue, ...]
    calibration: Calibration | None
    money: Money | None
    segments: tuple[SegmentPerformance, ...]
    created_at: AwareDatetime


class BatchPerformanceOut(Contract):
    """Both reports of one batch; null where there is none yet."""

    batch: str
    realised: ReportPart | None
    estimated: ReportPart | None


def series(
    ctx: Context,
    model: Model,
    kind: Kind,
    metric: str | None,
    segment: str | None,
    window: tuple[datetime | None, datetime | None],
    limit: int,
) -> PerformanceOut:
    """Return the series of a metric; the key metric of the newest report when none is named."""
    reports = list(islice(_reports(ctx, model.name, kind, window), limit))[::-1]
    last = reports[-1] if reports else None
    slug = metric or (None if last is None else last.key_metric)
    known = {one.slug: one for one in METRICS if one.task == model.task}
    if metric is not None and metric not in known:
        fault = Fault("?metric", metric, ", ".join(known), "name one of these")
        raise InvalidInput(f"Models of task {model.task} have no metric {metric!r}.", [fault])
    points = [point for one in reports if (point := _point(one, slug, segment)) is not None]
    return PerformanceOut(
        kind=kind,
        metric=None if slug is None else known.get(slug),
        segment=segment,
        status="unknown" if last is None else last.status,
        sentence="No batch has been scored yet." if last is None else last.sentence,
        caveat=None if last is None else last.caveat,
        points=tuple(points),
    )


def of_batch(ctx: Context, model: str, batch: str) -> BatchPerformanceOut:
    """Return both reports of a batch; raises ``NotFound`` when there is neither."""
    parts: dict[Kind, ReportPart | None] = {kind: _part(ctx, model, batch, kind) for kind in PREFIX}
    if not any(parts.values()):
        raise NotFound(f"Model {model!r} has no performance of this batch yet; its state is at the batch itself.")
    return BatchPerformanceOut(batch=batch, realised=parts["realised"], estimated=parts["estimated"])


def _part(ctx: Context, model: str, batch: str, kind: Kind) -> ReportPart | None:
    doc = None
    if is_fact_id(batch):
        doc = ctx.documents.get(REPORTS, month_pk(model, batch), PREFIX[kind] + batch)
    if doc is None:
        return None
    found = parse(PerformanceReport, doc)
    return ReportPart(**{name: getattr(found, name) for name in ReportPart.model_fields})


def _reports(
    ctx: Context, model: str, kind: Kind, window: tuple[datetime | None, datetime | None]
) -> Iterator[PerformanceReport]:
    since, until = window
    for doc in newest(ctx.documents, REPORTS, model, prefix=PREFIX[kind], since=since, until=until):
        yield parse(PerformanceReport, doc)


def _point(found: PerformanceReport, slug: str | None, segment: str | None) -> PerformancePoint | None:
    rows, value = found.rows, next((one for one in found.metrics if one.metric == slug), None)
    if segment is not None:
        part = next((one for one in found.segments if f"{one.column}:{one.value}" == segment), None)
        if part is None or part.metric.metric != slug:
            return None
        rows, value = part.rows, part.metric
    if value is None:
        return None
    return PerformancePoint(
        batch=found.batch,
        start=found.start,
        end=found.end,
        rows=rows,
        labelled=rows if segment is not None else found.labelled,
        coverage=found.labelled / found.rows if found.kind == "realised" and found.rows else None,
        value=value.value,
        interval=value.interval,
        normal=value.normal,
        watch=value.watch,
        act=value.act,
        status=value.status,
        reason=value.reason,
    )
