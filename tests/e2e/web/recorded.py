"""What a month of watching leaves behind, written straight into a store: real profiles, reports and provenance.

Daily batches of a flight model, with the two incidents of the demo: for a week the wind speed arrives in another unit,
and at the end the load of the weather fails, so that flights are scored with the last observation there is. Nothing
else is planted. The data factory's runs are those of the demo (``told``).
"""

from collections.abc import Iterator
from datetime import date, timedelta
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
    month_pk,
)
from bellwether.drift.analysis import analyse, bins, point
from bellwether.drift.fleet import fleet_entry
from bellwether.embedded.demo.incident import INCIDENT, OUTAGE, TENTHS_OF_MS_PER_MPH
from bellwether.profile import ReferenceProfile, fit, window
from bellwether.storage.collections import EXPLAIN, MODELS, REPORTS, RUNS, VIEWS
from bellwether.storage.documents import dump
from bellwether.storage.months import note_month
from bellwether.storage.port import DocumentStore
from tests.e2e.web.incidents import incidents
from tests.integration.gateway.explained import explanation
from tests.integration.gateway.told import Told, batch_of, midnight, node_of_run

BEGIN = date(2013, 4, 1)
DAYS = (OUTAGE.repaired - BEGIN).days
"""Up to the last day of the outage."""
LABELS_COME_AFTER = 3
VERSION = "1"
COLUMNS = (
    Column(name="wind_speed", role="feature", kind="numeric", dtype="double"),
    Column(name="visibility (miles)", role="feature", kind="numeric", dtype="double"),
    Column(name="departure_minute", role="feature", kind="numeric", dtype="double"),
    Column(name="carrier", role="feature", kind="categorical", dtype="string"),
    Column(name="score", role="prediction", kind="numeric", dtype="double"),
)
IMPORTANCE = {"wind_speed": 0.5, "visibility (miles)": 0.2, "departure_minute": 0.2, "carrier": 0.1}
LAST_OBSERVATIONS = (8.1, 11.5, 19.6)
"""The wind at three airports, as it was before the load failed."""


def day(number: int) -> date:
    """Return a day of the recording."""
    return BEGIN + timedelta(days=number)


def rows(number: int, size: int) -> pa.Table:
    """Return the rows of a day; the same day always has the same rows."""
    rng = np.random.default_rng([1, number + 1])
    wind = rng.gamma(9.0, 1.4, size)
    if OUTAGE.holds(day(number)):
        wind = rng.choice(LAST_OBSERVATIONS, size)
    score = 1 / (1 + np.exp(-(wind - 14.0) / 6.0))
    visibility = np.where(rng.random(size) < 0.02, np.nan, 10.0 - rng.exponential(0.8, size))
    return pa.table(
        {
            "wind_speed": wind * (TENTHS_OF_MS_PER_MPH if INCIDENT.holds(day(number)) else 1.0),
            "visibility (miles)": visibility,
            "departure_minute": rng.integers(300, 1380, size).astype(float),
            "carrier": rng.choice(["AA", "B6", "DL", "EV", "UA"], size, p=[0.12, 0.21, 0.17, 0.2, 0.3]),
            "score": score,
        }
    )


class Recorder:
    """Writes days of a model that was created before, which must be one of the demo's."""

    def __init__(self, documents: DocumentStore, name: str) -> None:
        first = midnight(BEGIN)
        self.documents = documents
        self.model = Model(pk=name, name=name, task="binary", created_at=first, updated_at=first)
        self.profile = fit(rows(-1, 20_000), COLUMNS)
        self.told = Told(documents)
        self.points: list[DriftPoint] = []

    def begin(self) -> None:
        """Write what there is before the first day."""
        self.documents.put(MODELS, dump(_reference(self.model.name, self.profile)))
        self.told.tell_model(self.model.name)

    def day(self, number: int) -> None:
        """Write a day: what ran, its batch with report, explanation and performance, the overview after it."""
        self.told.tell(day(number))
        batch, report, line = _analysed(self.documents, self.model, self.profile, number)
        self.told.tell_batch(self.model.name, batch.id)
        self.points.append(line)
        newest = None
        for newest in _performance(batch, number):
            self.documents.put(REPORTS, dump(newest))
        entry = fleet_entry(self.model.name, self.points, report, batch, newest, midnight(day(number + 1)))
        self.documents.put(VIEWS, dump(entry))


def record(documents: DocumentStore, name: str) -> None:
    """Write all days of a model, and its incidents."""
    recorder = Recorder(documents, name)
    recorder.begin()
    for number in range(DAYS):
        recorder.day(number)
    for incident in incidents(name):
        documents.put(VIEWS, dump(incident))


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
        start=midnight(BEGIN - timedelta(days=59)),
        end=midnight(BEGIN),
        columns=COLUMNS,
        submitted_at=midnight(BEGIN),
        completed_at=midnight(BEGIN),
    )


def _analysed(
    documents: DocumentStore, model: Model, profile: ReferenceProfile, number: int
) -> tuple[Batch, DriftReport, DriftPoint]:
    table, end = rows(number, 600 + 40 * (number % 5)), midnight(day(number + 1))
    id = batch_of(model.name, day(number))
    note_month(documents, model.name, id)
    batch = Batch(
        id=id,
        pk=month_pk(model.name, id),
        model=model.name,
        version=VERSION,
        state="accepted",
        media_type="text/csv",
        raw_uri=f"raw/{number}",
        digest=str(number),
        rows=table.num_rows,
        start=midnight(day(number)),
        run=node_of_run(model.name, day(number)),
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
    for said in explanation(batch, IMPORTANCE):
        documents.put(EXPLAIN, dump(said))
    return batch, report, line


def _performance(batch: Batch, number: int) -> Iterator[PerformanceReport]:
    """Yield the estimate of a batch, and what labels say of it: they come three days late."""
    noise = float(np.random.default_rng(number).normal(0.0, 0.015))
    kinds: tuple[Any, ...] = ("estimated",) if number >= DAYS - LABELS_COME_AFTER else ("estimated", "realised")
    for kind in kinds:
        lost = 0.06 if INCIDENT.holds(day(number)) and kind == "realised" else 0.0
        value = 0.72 + noise - lost
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
            end=midnight(day(number + 1)),
            rows=batch.rows,
            labelled=batch.rows if kind == "realised" else 0,
            key_metric="roc_auc",
            status=metric.status,
            sentence=f"Area under the ROC curve is {value:.3f}, normally 0.72.",
            metrics=(metric,),
            created_at=midnight(day(number + 1)),
        )
