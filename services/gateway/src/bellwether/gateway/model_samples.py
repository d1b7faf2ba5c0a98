"""What gauges say of one model, from the small views the drift service keeps; what is not known is absent, never zero.

Pure.
"""

from collections.abc import Iterator
from datetime import datetime

from bellwether.contracts import SEVERITY, FleetEntry, KpiGauges
from bellwether.kpi import RELEVANCE
from bellwether.kpi.rank import LEAST_RELEVANCE
from bellwether.telemetry import gauges
from bellwether.telemetry.gauges import Gauge

Sample = tuple[Gauge, tuple[str, ...], float]
OTHER = "other"
"""Stands for every feature that has no gauge of its own."""


def model_samples(entry: FleetEntry, now: datetime) -> Iterator[Sample]:
    """Yield the gauges of one model at a glance."""
    label = (entry.model,)
    yield gauges.MODEL_STATUS, label, SEVERITY[entry.status]
    yield gauges.ASSESSED_AGE_SECONDS, label, (now - entry.assessed_at).total_seconds()
    yield gauges.REPORTS, label, entry.batches
    if entry.score is not None:
        yield gauges.DRIFT_SCORE, label, entry.score
    if entry.threshold is not None:
        yield gauges.DRIFT_THRESHOLD, label, entry.threshold
    if entry.batch is not None:
        yield gauges.FEATURES, label, entry.n_features
        yield gauges.FEATURES_DRIFTED, label, entry.n_drifted
        yield gauges.BATCH_ROWS, label, entry.rows
    if entry.batch_end is not None:
        yield gauges.BATCH_AGE_SECONDS, label, (now - entry.batch_end).total_seconds()


def feature_samples(entry: FleetEntry, most: int) -> Iterator[Sample]:
    """Yield the gauges of the worst ``most`` features of the newest batch, and of all others as one."""
    rest = list(entry.top_features[most:])
    if entry.other_features is not None:
        rest.append((OTHER, *entry.other_features))
    named = list(entry.top_features[:most])
    if rest:
        worst = max((status for _, status, _ in rest), key=SEVERITY.__getitem__)
        named.append((OTHER, worst, max((score for _, _, score in rest if score is not None), default=None)))
    for name, status, score in named:
        yield gauges.FEATURE_STATUS, (entry.model, name), SEVERITY[status]
        if score is not None:
            yield gauges.FEATURE_DRIFT_SCORE, (entry.model, name), score


def fact_samples(told: KpiGauges) -> Iterator[Sample]:
    """Yield the gauges of the facts behind the key figures."""
    label = (told.model,)
    for gauge, value in (
        (gauges.BATCH_ROWS_EXPECTED, told.rows_expected),
        (gauges.LABEL_AGE_SECONDS, told.label_age_s),
        (gauges.VIOLATIONS, told.violations),
    ):
        if value is not None:
            yield gauge, label, value
    for one in told.performance:
        yield gauges.PERFORMANCE_STATUS, (told.model, one.kind), SEVERITY[one.status]
        if one.value is not None:
            yield gauges.PERFORMANCE, (told.model, one.metric, one.kind), one.value
        if one.act is not None:
            yield gauges.PERFORMANCE_LINE, (told.model, one.metric, one.kind), one.act


def kpi_samples(told: KpiGauges) -> Iterator[Sample]:
    """Yield the status of each key figure for every persona it may be a card of; never its value."""
    for kpi, status in told.statuses.items():
        for persona, relevance in RELEVANCE.get(kpi, {}).items():
            if relevance >= LEAST_RELEVANCE:
                yield gauges.KPI_STATUS, (told.model, persona, kpi), SEVERITY[status]
