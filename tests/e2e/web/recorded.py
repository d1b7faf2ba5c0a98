"""What a month of watching leaves behind, written straight into a store: real profiles and real reports.

Daily batches of a flight model. For a week the wind speed arrives in another unit; nothing else is planted.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from bellwether.contracts import (
    Batch,
    Column,
    DriftPoint,
    DriftReport,
    MetricValue,
    Model,
    PerformanceReport,
    Reference,
    fact_id,
    month_pk,
)
from bellwether.drift.analysis import analyse, bins, point
from bellwether.drift.fleet import fleet_entry
from bellwether.profile import ReferenceProfile, fit, window
from bellwether.storage.collections import MODELS, REPORTS, RUNS, VIEWS
from bellwether.storage.documents import dump
from bellwether.storage.months import note_month
from bellwether.storage.port import DocumentStore

FIRST = datetime(2013, 4, 1, tzinfo=UTC)
DAYS = 35
INCIDENT = range(20, 27)
"""Days on which the wind speed is in kilometres an hour, not in miles."""
UNIT = 1.609344
COLUMNS = (
    Column(name="wind_speed", role="feature", kind="numeric", dtype="double"),
    Column(name="visibility (miles)", role="feature", kind="numeric", dtype="double"),
    Column(name="departure_minute", role="feature", kind="numeric", dtype="double"),
    Column(name="carrier", role="feature", kind="categorical", dtype="string"),
    Column(name="score", role="prediction", kind="numeric", dtype="double"),
)
IMPORTANCE = {"wind_speed": 0.5, "visibility (miles)": 0.2, "departure_minute": 0.2, "carrier": 0.1}


def day(number: int) -> datetime:
    """Return the start of a day of the recording."""
    return FIRST + timedelta(days=number)


def rows(number: int, size: int) -> pa.Table:
    """Return the rows of a day; the same day always has the same rows."""
    rng = np.random.default_rng([1, number + 1])
    wind = rng.gamma(9.0, 1.4, size)
    score = 1 / (1 + np.exp(-(wind - 14.0) / 6.0))
    visibility = np.where(rng.random(size) < 0.02, np.nan, 10.0 - rng.exponential(0.8, size))
    return pa.table(
        {
            "wind_speed": wind * (UNIT if number in INCIDENT else 1.0),
            "visibility (miles)": visibility,
            "departure_minute": rng.integers(300, 1380, size).astype(float),
            "carrier": rng.choice(["AA", "B6", "DL", "EV", "UA"], size, p=[0.12, 0.21, 0.17, 0.2, 0.3]),
            "score": score,
        }
    )


def record(documents: DocumentStore, name: str, days: int = DAYS) -> None:
    """Write reference, batches, reports and the overview of a model that was created before."""
    now = day(days)
    model = Model(pk=name, name=name, task="binary", created_at=FIRST, updated_at=FIRST)
    profile = fit(rows(-1, 20_000), COLUMNS)
    documents.put(MODELS, dump(_reference(name, profile)))
    found = [_analysed(documents, model, profile, number) for number in range(days)]
    for number, (batch, _, _) in enumerate(found):
        for known in _performance(batch, number, days):
            documents.put(REPORTS, dump(known))
    latest, report, _ = found[-1]
    entry = fleet_entry(name, [one for _, _, one in found], report, latest, None, now)
    documents.put(VIEWS, dump(entry))


def _reference(name: str, profile: ReferenceProfile) -> Reference:
    return Reference(
        id="reference",
        pk=name,
        model=name,
        reference="reference~recorded",
        state="ready",
        media_type="application/vnd.apache.parquet",
        raw_uri="raw/recorded",
        digest=profile.digest,
        rows=profile.rows,
        start=FIRST - timedelta(days=59),
        end=FIRST,
        columns=COLUMNS,
        submitted_at=FIRST,
        completed_at=FIRST,
    )


def _analysed(
    documents: DocumentStore, model: Model, profile: ReferenceProfile, number: int
) -> tuple[Batch, DriftReport, DriftPoint]:
    table, end = rows(number, 600 + 40 * (number % 5)), day(number + 1)
    id = fact_id(end, "batch", model.name, str(number))
    note_month(documents, model.name, id)
    batch = Batch(
        id=id,
        pk=month_pk(model.name, id),
        model=model.name,
        state="accepted",
        media_type="text/csv",
        raw_uri=f"raw/{number}",
        digest=str(number),
        rows=table.num_rows,
        start=day(number),
        end=end,
        submitted_at=end,
        completed_at=end,
    )
    profiled = window(table, profile)
    report = analyse(
        profile, profiled, model=model, batch=batch, reference_id="reference~recorded", now=end, importance=IMPORTANCE
    )
    line = point(report, batch)
    documents.put(RUNS, dump(batch))
    for document in (report, line, bins(report, profile, profiled)):
        documents.put(REPORTS, dump(document))
    return batch, report, line


def _performance(batch: Batch, number: int, days: int) -> Iterator[PerformanceReport]:
    """Yield the estimate of a batch, and what labels say of it: they come three days late."""
    noise = float(np.random.default_rng(number).normal(0.0, 0.015))
    kinds: tuple[Any, ...] = ("estimated",) if number >= days - 3 else ("estimated", "realised")
    for kind in kinds:
        isolated = 0.06 if number in INCIDENT and kind == "realised" else 0.0
        value = 0.72 + noise - isolated
        metric = MetricValue(
            metric="roc_auc",
            value=value,
            interval=(value - 0.03, value + 0.03),
            normal=0.72,
            watch=0.68,
            act=0.66,
            status="watch" if value < 0.68 else "fine",
        )
        yield PerformanceReport(
            id=f"{'e' if kind == 'estimated' else 'f'}~{batch.id}",
            pk=batch.pk,
            model=batch.model,
            batch=batch.id,
            kind=kind,
            method="labels" if kind == "realised" else "cbpe",
            start=batch.start,
            end=day(number + 1),
            rows=batch.rows,
            labelled=batch.rows if kind == "realised" else 0,
            key_metric="roc_auc",
            status=metric.status,
            sentence=f"Area under the ROC curve is {value:.3f}, normally 0.72.",
            metrics=(metric,),
            created_at=day(number + 1),
        )
