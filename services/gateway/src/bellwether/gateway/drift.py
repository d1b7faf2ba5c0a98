"""Drift as the API answers it: reports, series, ranking, heatmap. Reads and arranges; computes no statistics."""

from collections.abc import Iterable
from datetime import datetime
from difflib import get_close_matches
from functools import partial
from itertools import islice, pairwise

from bellwether.contracts import (
    SEVERITY,
    DriftPoint,
    DriftReport,
    FeatureBins,
    FeatureTrend,
    FeatureTrends,
    FleetEntry,
    Model,
    PerformanceReport,
    ReportBins,
    Status,
    is_fact_id,
    month_pk,
)
from bellwether.contracts.reports import FeatureDrift
from bellwether.errors import NotFound
from bellwether.gateway import links
from bellwether.gateway.answers import (
    Bin,
    Distribution,
    DriftOut,
    FeatureOut,
    FeaturePoint,
    FeatureRank,
    FeaturesOut,
    HeatmapBatch,
    HeatmapOut,
    Latest,
    ReportOut,
    TrendOut,
    TrendPoint,
)
from bellwether.gateway.batches import BINS, POINT, REPORT
from bellwether.gateway.context import Context
from bellwether.gateway.models import FLEET
from bellwether.gateway.performance import PREFIX
from bellwether.kpi.issues import said, with_words
from bellwether.storage.collections import MODELS, REPORTS, VIEWS
from bellwether.storage.documents import parse
from bellwether.storage.months import newest

TRENDS = "trends"
_NAMED = 10
"""Inputs an answer names when it has not the one that was asked for."""
_NO_CELL: tuple[Status | None, float | None] = (None, None)


def read_points(
    ctx: Context, model: str, since: datetime | None, until: datetime | None, limit: int
) -> list[DriftPoint]:
    """Return the newest points of a window, oldest first."""
    docs = newest(ctx.documents, REPORTS, model, prefix=POINT, since=since, until=until)
    return [parse(DriftPoint, doc) for doc in islice(docs, limit)][::-1]


def read_report(ctx: Context, model: str, batch: str) -> DriftReport:
    """Return the report of a batch; raises ``NotFound``."""
    doc = None
    if is_fact_id(batch):
        doc = ctx.documents.get(REPORTS, month_pk(model, batch), REPORT + batch)
    if doc is None:
        raise NotFound(f"Model {model!r} has no drift report of this batch; its state is at the batch itself.")
    return parse(DriftReport, doc)


def report(ctx: Context, model: str, batch: str) -> ReportOut:
    """Return the report of a batch as the API answers it."""
    found = read_report(ctx, model, batch)
    worded = {"links", "prediction", "target", "features", "issues"}
    own = {name: getattr(found, name) for name in ReportOut.model_fields if name not in worded}
    target = found.target or _late(ctx, found)
    return ReportOut(
        **own,
        prediction=found.prediction and with_words(found.prediction),
        target=target and with_words(target),
        features=tuple(with_words(one) for one in found.features),
        issues=said(None, found.issues),
        links=links.of_batch(model, batch),
    )


def series(ctx: Context, model: str, since: datetime | None, until: datetime | None, limit: int) -> DriftOut:
    """Return the newest state and the series of the drift index."""
    points = read_points(ctx, model, since, until, limit)
    doc = ctx.documents.get(VIEWS, FLEET, model)
    entry = None if doc is None else parse(FleetEntry, doc)
    trend = TrendOut(
        slope=None if entry is None else entry.trend.slope,
        slope_p_value=None if entry is None else entry.trend.slope_p_value,
        change_points=() if entry is None else entry.trend.change_points,
        points=tuple(_trend_point(point) for point in points),
    )
    return DriftOut(latest=_latest(ctx, model, entry), trend=trend)


def features(
    ctx: Context, model: str, since: datetime | None, until: datetime | None, batches: int, limit: int
) -> FeaturesOut:
    """Return the features of the newest batch of a window, most urgent first, with their history in it."""
    points = read_points(ctx, model, since, until, batches)
    if not points:
        return FeaturesOut(batch=None, items=())
    newest_report = read_report(ctx, model, points[-1].batch)
    history, trends = _history(points), _trends(ctx, model)
    found = [
        _rank(model, one, history.get(one.feature, []), trends.get(one.feature)) for one in _columns(newest_report)
    ]
    found.sort(key=lambda one: (-SEVERITY[one.status], -(one.rank_value or 0.0), -(one.score or 0.0), one.feature))
    return FeaturesOut(batch=newest_report.batch, items=tuple(found[:limit]))


def feature(
    ctx: Context,
    model: str,
    name: str,
    batch: str | None,
    window: tuple[datetime | None, datetime | None],
    limit: int,
) -> FeatureOut:
    """Return one feature in one batch, the newest one of the window by default, and its series over the window."""
    points = read_points(ctx, model, *window, limit)
    reports = [read_report(ctx, model, point.batch) for point in points]
    of = partial(_column_or_late, ctx) if name == _label(ctx, model) else _column
    found = [(one, column) for one in reports if (column := of(one, name)) is not None]
    chosen = found[-1][0] if batch is None and found else None if batch is None else read_report(ctx, model, batch)
    drift = None if chosen is None else of(chosen, name)
    if chosen is None or drift is None:
        known = [] if not reports else [one.feature for one in _columns(reports[-1] if chosen is None else chosen)]
        near = get_close_matches(name, known, n=3) or known[:_NAMED]
        raise NotFound(f"Model {model!r} has no input {name!r} there; it has {', '.join(near) or 'none yet'}.")
    return FeatureOut(
        feature=name,
        kind=drift.kind,
        batch=chosen.batch,
        drift=with_words(drift),
        distribution=distribution(ctx, model, chosen.batch, name),
        history=_trends(ctx, model).get(name),
        series=tuple(_feature_point(one, column) for one, column in found),
    )


def distribution(ctx: Context, model: str, batch: str, name: str) -> Distribution | None:
    """Return shares by bin, None when the batch keeps none of this feature."""
    doc = None
    if is_fact_id(batch):
        doc = ctx.documents.get(REPORTS, month_pk(model, batch), BINS + batch)
    bins = () if doc is None else parse(ReportBins, doc).features
    found = next((one for one in bins if one.feature == name), None)
    return None if found is None else _shares(batch, found)


def heatmap(
    ctx: Context, model: str, window: tuple[datetime | None, datetime | None], batches: int, limit: int
) -> HeatmapOut:
    """Return the matrix of features and batches; features that were worst, and most often, come first."""
    points = read_points(ctx, model, *window, batches)
    cells = {
        (name, n): (status, score)
        for n, point in enumerate(points)
        for name, status, score in zip(point.features, point.statuses, point.scores, strict=True)
    }
    rows = {
        name: [cells.get((name, n), _NO_CELL) for n in range(len(points))]
        for name in dict.fromkeys(name for point in points for name in point.features)
    }
    names = sorted(rows, key=lambda name: (-_burden(status for status, _ in rows[name]), name))
    shown = names[:limit]
    lines = _thresholds(ctx, model, points)
    return HeatmapOut(
        batches=tuple(
            HeatmapBatch(**{name: getattr(one, name) for name in HeatmapBatch.model_fields}) for one in points
        ),
        features=tuple(shown),
        thresholds=tuple(lines.get(name) for name in shown),
        statuses=tuple(tuple(status for status, _ in rows[name]) for name in shown),
        scores=tuple(tuple(score for _, score in rows[name]) for name in shown),
        hidden_features=len(names) - len(shown),
    )


def _late(ctx: Context, found: DriftReport) -> FeatureDrift | None:
    """Return what the labels say that came after the batch."""
    doc = ctx.documents.get(REPORTS, found.pk, PREFIX["realised"] + found.batch)
    return None if doc is None else parse(PerformanceReport, doc).target


def _latest(ctx: Context, model: str, entry: FleetEntry | None) -> Latest | None:
    """Return the newest analysed batch; read from its report while the overview is still of an older one."""
    newest_point = read_points(ctx, model, None, None, 1)
    if not newest_point:
        return None
    point = newest_point[0]
    if entry is not None and entry.batch == point.batch:
        said = {name: getattr(entry, name) for name in Latest.model_fields}
        return Latest(**said)
    found = read_report(ctx, model, point.batch)
    return Latest(
        batch=point.batch,
        status=point.status,
        batch_status=point.status,
        harmless="little_used" if point.harmless else None,
        score=point.score,
        threshold=point.threshold,
        since=entry.since if entry is not None and entry.status == point.status else None,
        sentence=found.overall.sentence,
        n_features=point.n_features,
        n_drifted=point.n_drifted,
    )


def _label(ctx: Context, model: str) -> str | None:
    doc = ctx.documents.get(MODELS, model, "model")
    return None if doc is None else parse(Model, doc).roles.label


def _column_or_late(ctx: Context, found: DriftReport, name: str) -> FeatureDrift | None:
    """Return the label, whose values may have come after the batch."""
    return _column(found, name) or _late(ctx, found)


def _column(found: DriftReport, name: str) -> FeatureDrift | None:
    return next((one for one in _columns(found) if one.feature == name), None)


def _trend_point(point: DriftPoint) -> TrendPoint:
    return TrendPoint(**{name: getattr(point, name) for name in TrendPoint.model_fields})


def _columns(found: DriftReport) -> Iterable[FeatureDrift]:
    special = (one for one in (found.prediction, found.target) if one is not None)
    return (*special, *found.features)


def _history(points: list[DriftPoint]) -> dict[str, list[Status]]:
    found: dict[str, list[Status]] = {}
    for point in points:
        for name, status in zip(point.features, point.statuses, strict=True):
            found.setdefault(name, []).append(status)
    return found


def _trends(ctx: Context, model: str) -> dict[str, FeatureTrend]:
    doc = ctx.documents.get(VIEWS, TRENDS, model)
    return {} if doc is None else {one.feature: one for one in parse(FeatureTrends, doc).features}


def _rank(model: str, said: FeatureDrift, history: list[Status], trend: FeatureTrend | None) -> FeatureRank:
    headline = said.methods[0] if said.methods else None
    value = said.score if said.importance is None or said.score is None else said.score * said.importance
    return FeatureRank(
        feature=said.feature,
        role=said.role,
        kind=said.kind,
        status=said.status,
        score=said.score,
        threshold=None if headline is None else headline.threshold,
        method=None if headline is None else headline.method,
        importance=said.importance,
        rank_value=value,
        worst_status=max((said.status, *history), key=SEVERITY.__getitem__),
        since=None if trend is None else trend.since,
        evidence=None if trend is None else trend.evidence,
        batches=len(history),
        drifted_batches=sum(status in ("watch", "act") for status in history),
        sentence=said.sentence,
        links={"self": links.model(model, "features", said.feature)},
    )


def _feature_point(found: DriftReport, said: FeatureDrift) -> FeaturePoint:
    return FeaturePoint(
        batch=found.batch,
        start=found.start,
        end=found.end,
        rows=found.rows,
        status=said.status,
        score=said.score,
        missing=said.missing,
        methods=said.methods,
    )


def _thresholds(ctx: Context, model: str, points: list[DriftPoint]) -> dict[str, float | None]:
    """Return the line of each feature in the newest batch."""
    if not points:
        return {}
    columns = _columns(read_report(ctx, model, points[-1].batch))
    return {one.feature: one.methods[0].threshold for one in columns if one.methods}


def _burden(statuses: Iterable[Status | None]) -> int:
    """Return how much of the window calls for attention: act counts 100, watch 10."""
    weights = {"act": 100, "watch": 10, "unknown": 1}
    return sum(weights.get(status or "", 0) for status in statuses)


def _shares(batch: str, found: FeatureBins) -> Distribution:
    counts = [(*found.reference, found.missing[0]), (*found.current, found.missing[1])]
    reference, current = ([count / max(1, sum(side)) for count in side] for side in counts)
    return Distribution(
        batch=batch,
        low=found.low,
        high=found.high,
        bins=(*_bins(found), Bin(label="missing")),
        reference=tuple(reference),
        current=tuple(current),
        reference_rows=sum(counts[0]),
        current_rows=sum(counts[1]),
    )


def _bins(found: FeatureBins) -> list[Bin]:
    if found.labels:
        return [Bin(label=label) for label in found.labels]
    edges = [None, *found.edges, None]
    return [Bin(label=_interval(low, high), low=low, high=high) for low, high in pairwise(edges)]


def _interval(low: float | None, high: float | None) -> str:
    if low is None:
        return "all" if high is None else f"to {high:.4g}"
    return f"above {low:.4g}" if high is None else f"{low:.4g} to {high:.4g}"
