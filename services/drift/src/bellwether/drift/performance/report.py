"""A performance report from the rows of a batch: estimated at once, realised when labels come. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bellwether.contracts import (
    SEVERITY,
    Batch,
    Calibration,
    MetricValue,
    Model,
    Money,
    PerformanceReport,
    SegmentPerformance,
    Status,
    fact_time,
)
from bellwether.drift.performance import METRICS
from bellwether.drift.performance.base import FEW, Metric, Outcomes
from bellwether.drift.performance.calibration import calibration
from bellwether.drift.performance.estimated import ConfidenceBased, DecisionConfidence
from bellwether.drift.performance.fitted import Fitted
from bellwether.drift.performance.intervals import bootstrap
from bellwether.drift.performance.losses import LossEstimator, summary
from bellwether.drift.performance.money import expected_costs, money, row_costs
from bellwether.drift.performance.normal import judge
from bellwether.drift.performance.tables import floats, outcomes
from bellwether.drift.performance.targets import target_drift
from bellwether.drift.performance.weighting import GapSplit, split, weights

CAVEAT = "The estimate assumes that the meaning of the score has not changed; if the world changed, only labels tell."
_MOST_LEVELS = 50
_ALL = 0.995
"""Share of a growth from which it is said to be all of it."""
_SHARES = frozenset(
    {
        "roc_auc",
        "accuracy",
        "precision",
        "recall",
        "f1",
        "average_precision",
        "macro_f1",
        "macro_precision",
        "macro_recall",
        "brier",
    }
)
"""Metrics that end at one."""
_SEGMENT_ROWS = 200


def estimated(table: pa.Table, batch: Batch, model: Model, fitted: Fitted, now: datetime) -> PerformanceReport:
    """Estimate every metric that can be, from scores or expected losses; ``unknown`` with the reason otherwise."""
    values, method, cash = estimates(table, model, fitted)
    metrics = tuple(
        _guessed(metric, values.get(metric.slug), table.num_rows, fitted)
        for metric in METRICS
        if metric.task == model.task and (metric.slug in values or fitted.estimator is None)
    )
    return _report(
        batch,
        model,
        now,
        kind="estimated",
        method=method,
        metrics=metrics,
        money=cash,
        caveat=_limits(metrics, fitted),
        segments=tuple(_estimated_segments(table, model, fitted)),
    )


def realised(
    table: pa.Table,
    labels: pa.ChunkedArray,
    sets: Sequence[str],
    batch: Batch,
    model: Model,
    fitted: Fitted,
    now: datetime,
) -> PerformanceReport:
    """Measure every metric on the rows that have a label. ``labels`` is as long as ``table``, null where none came."""
    rows, index = _outcomes(table, labels, fitted)
    enough = _reason(model, rows)
    metrics = tuple(_measured(metric, rows, fitted, enough) for metric in METRICS if metric.task == model.task)
    costs = None if model.value is None else row_costs(rows, model.value)
    report = _report(
        batch,
        model,
        now,
        kind="realised",
        method="realised",
        metrics=metrics,
        money=None if costs is None or model.value is None else money(costs, fitted.normal_costs, model.value),
        calibration=_calibration(model, rows, fitted),
        labelled=len(rows),
        labels=tuple(sorted(sets)),
        target=target_drift(fitted.labels, labels, model),
        segments=tuple(_segments(table.take(pa.array(index)), rows, model, fitted)),
    )
    return _with_cause(report, table, index, rows, fitted)


def estimates(table: pa.Table, model: Model, fitted: Fitted) -> tuple[dict[str, float | None], str, Money | None]:
    """Return the expected metrics of rows without labels, by slug, how they were estimated, and the expected cost."""
    estimator, roles = fitted.estimator, fitted.roles
    if isinstance(estimator, LossEstimator):
        expected = estimator.expected(fitted.encoder(table))
        losses = None if model.value is None or model.value.per_unit is None else model.value.per_unit * expected[:, 0]
        lost = None if losses is None or model.value is None else money(losses, fitted.normal_costs, model.value)
        return summary(expected), "dle", lost
    if estimator is None or roles.score not in table.column_names:
        return {}, "none", None
    score = floats(table.column(roles.score))
    whole = np.isfinite(score)
    if isinstance(estimator, DecisionConfidence):
        return estimator.estimate(score[whole]), "confidence", None
    assert isinstance(estimator, ConfidenceBased)
    assert fitted.classes is not None
    decision = fitted.classes.codes(table.column(roles.prediction))
    whole &= np.isfinite(decision)
    costs = None
    if model.value is not None:
        costs = expected_costs(estimator.calibrator(score[whole]), decision[whole], model.value)
    cash = None if costs is None or model.value is None else money(costs, fitted.normal_costs, model.value)
    return estimator.estimate(score[whole], decision[whole]), "cbpe", cash


def _guessed(metric: Metric, value: float | None, rows: int, fitted: Fitted) -> MetricValue:
    """An estimate with the interval its check on the reference gives it."""
    check = fitted.checked.get(metric.slug)
    interval = None
    if value is not None and check is not None:
        low, high = (None if metric.better == "zero" else 0.0), (1.0 if metric.slug in _SHARES else None)
        interval = check.interval(value, rows, low, high)
    return judge(metric, value, rows, fitted.estimated.get(metric.slug), interval, fitted.reason)


def _limits(metrics: Sequence[MetricValue], fitted: Fitted) -> str:
    """What an estimate rests on, and how well it did where the truth is known."""
    first = next((metric for metric in metrics if metric.value is not None), None)
    check = None if first is None else fitted.checked.get(first.metric)
    if check is None or first is None:
        return CAVEAT
    title = next(m.title for m in METRICS if m.slug == first.metric)
    return f"{CAVEAT} On chunks of {check.rows:,} reference rows it was off by {check.error:.2g} ({title})."


def _estimated_segments(table: pa.Table, model: Model, fitted: Fitted) -> Iterator[SegmentPerformance]:
    if fitted.estimator is None:
        return
    for name, level, inside in _levels(table, model):
        part = table.take(pa.array(inside))
        values, _, _ = estimates(part, model, fitted)
        metric = next((m for m in METRICS if m.task == model.task and m.slug in values), None)
        if metric is not None:
            said = _guessed(metric, values[metric.slug], part.num_rows, fitted)
            yield SegmentPerformance(column=name, value=level, rows=part.num_rows, metric=said)


def _outcomes(table: pa.Table, labels: pa.ChunkedArray, fitted: Fitted) -> tuple[Outcomes, np.ndarray]:
    roles = fitted.roles
    score = table.column(roles.score) if roles.score in table.column_names else None
    return outcomes(labels, table.column(roles.prediction), score, fitted.classes)


def _reason(model: Model, rows: Outcomes) -> str | None:
    if len(rows) < FEW:
        return "too_few_labels"
    if model.task == "binary" and min(rows.label.sum(), (1 - rows.label).sum()) < FEW:
        return "too_few_labels_of_a_class"
    return None


def _measured(metric: Metric, rows: Outcomes, fitted: Fitted, reason: str | None) -> MetricValue:
    if reason is not None:
        return MetricValue(metric=metric.slug, value=None, reason=reason)
    if metric.needs_score and rows.score is None:
        return MetricValue(metric=metric.slug, value=None, reason="no_scores")
    value = metric.measure(rows)
    interval = None
    if value is not None:
        interval = metric.interval(rows, value) if metric.interval else bootstrap(rows, metric.measure)
    return judge(metric, value, len(rows), fitted.realised.get(metric.slug), interval)


def _calibration(model: Model, rows: Outcomes, fitted: Fitted) -> Calibration | None:
    if model.task != "binary" or rows.score is None or len(rows) < FEW:
        return None
    return calibration(np.clip(rows.score, 0.0, 1.0), rows.label, fitted.normal_ece)


def _segments(table: pa.Table, rows: Outcomes, model: Model, fitted: Fitted) -> Iterator[SegmentPerformance]:
    key = _key(model, rows.score is not None)
    for name, level, inside in _levels(table, model):
        part = rows.rows(inside)
        metric = _measured(key, part, fitted, _reason(model, part))
        yield SegmentPerformance(column=name, value=level, rows=len(part), metric=metric)


def _levels(table: pa.Table, model: Model) -> Iterator[tuple[str, str, np.ndarray]]:
    """Column, value and row numbers of every segment with enough rows."""
    for name in model.roles.segments:
        if name not in table.column_names:
            continue
        column = table.column(name)
        levels = [pair["values"] for pair in pc.value_counts(column).to_pylist() if pair["counts"] >= _SEGMENT_ROWS]
        for level in sorted((level for level in levels if level is not None), key=str)[:_MOST_LEVELS]:
            yield name, str(level), np.flatnonzero(np.asarray(pc.fill_null(pc.equal(column, level), False)))


def _key(model: Model, has_score: bool) -> Metric:
    return next(m for m in METRICS if m.task == model.task and (has_score or not m.needs_score))


def _with_cause(
    report: PerformanceReport, table: pa.Table, index: np.ndarray, rows: Outcomes, fitted: Fitted
) -> PerformanceReport:
    """Say whether a fall comes from other rows or from another world; asked only when there is one to explain."""
    if report.status not in ("watch", "act") or not fitted.losses.size:
        return report
    inputs = fitted.encoder(table)[index]
    weight = weights(fitted.inputs, inputs, fitted.encoder.categorical)
    wrong = rows.label != rows.decision if fitted.task != "regression" else np.abs(rows.decision - rows.label)
    return report.model_copy(
        update={"sentence": f"{report.sentence} {_cause(split(fitted.losses, weight, float(wrong.mean())))}"}
    )


def _cause(gap: GapSplit) -> str:
    if gap.covariate is None or gap.concept is None:
        return "The reference holds too few rows like these to say whether the rows or the world changed."
    total = gap.covariate + gap.concept
    if total <= 0:
        return "The mean loss itself did not grow."
    share = min(1.0, max(0.0, gap.concept / total))
    if share >= _ALL:
        return "The growth of the mean loss is a change of the world, not of the rows."
    if share <= 1 - _ALL:
        return "The growth of the mean loss comes from other rows, not from a change of the world."
    return f"{share:.0%} of the growth of the mean loss is a change of the world, the rest comes from other rows."


def _report(
    batch: Batch, model: Model, now: datetime, *, metrics: tuple[MetricValue, ...], **fields: object
) -> PerformanceReport:
    key = next((m for m in metrics if m.value is not None), metrics[0] if metrics else None)
    status: Status = key.status if key is not None else "unknown"
    if any(SEVERITY[m.status] > SEVERITY[status] for m in metrics[:1]):
        status = metrics[0].status
    kind = str(fields["kind"])
    letter = "f" if kind == "realised" else "e"
    return PerformanceReport.model_validate(
        {
            "id": f"{letter}~{batch.id}",
            "pk": batch.pk,
            "model": model.name,
            "batch": batch.id,
            "start": batch.start,
            "end": batch.end or fact_time(batch.id),
            "rows": batch.rows,
            "key_metric": key.metric if key is not None else "none",
            "status": status,
            "sentence": _sentence(kind, key, fields),
            "metrics": metrics,
            "created_at": now,
            **fields,
        }
    )


def _sentence(kind: str, key: MetricValue | None, fields: dict[str, object]) -> str:
    if key is None or key.value is None:
        why = (key.reason if key is not None else None) or "nothing to measure"
        return f"Performance is unknown: {why.replace('_', ' ')}."
    title = next(m.title for m in METRICS if m.slug == key.metric)
    said = f"{title} is {'estimated at ' if kind == 'estimated' else ''}{key.value:.3g}"
    if key.normal is None:
        return f"{said}; the reference is too small to say what is normal."
    said += f", normally {key.normal:.3g}"
    if kind == "realised":
        said += f", on {fields['labelled']} labelled rows"
    return (
        f"{said}."
        if key.status == "fine"
        else f"{said}: {'worse' if key.status == 'act' else 'somewhat worse'} than normal."
    )
