"""As much as is promised to stay usable: 1,000 models, one of them with 2,000 features, another with 5,000 reports."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from bellwether.contracts import (
    Batch,
    DriftPoint,
    DriftReport,
    FeatureDrift,
    FleetEntry,
    MethodResult,
    MetricValue,
    Overall,
    PerformanceReport,
    Rates,
    Status,
    fact_id,
    month_pk,
)
from bellwether.storage.collections import REPORTS, RUNS, VIEWS, Collection
from bellwether.storage.documents import dump
from bellwether.storage.months import note_month
from bellwether.storage.port import Doc, DocumentStore
from tests.integration.gateway.served import Api
from tests.integration.gateway.told import Told

MODELS, FEATURES, REPORTS_OF_ONE = 1000, 2000, 5000
WIDE, LONG = "wide", "long"
DAYS = 60
_FIRST = datetime(2025, 7, 1, tzinfo=UTC)
_AT_ONCE = 100
_ACT, _WATCH = 0.2, 0.1
_NAMED = 10
"""Inputs in the reports that are not the newest."""


def fill_large(api: Api) -> None:
    """Write it."""
    names = [WIDE, LONG, *(f"model-{number:03}" for number in range(MODELS - 2))]
    for name in names:
        assert api.post("/models", json={"name": name, "task": "binary", "owner": f"team-{name[-1]}"}).is_success
    told = Told(api.documents)
    for name in (WIDE, LONG):
        told.tell_model(name)
    _write(api.documents, VIEWS, (dump(_entry(name, number)) for number, name in enumerate(names)))
    inputs = tuple(f"input_{number:04}" for number in range(FEATURES))
    ends = [_FIRST + timedelta(days=number) for number in range(1, DAYS + 1)]
    _history(api.documents, WIDE, ends, timedelta(days=1), inputs)
    hours = [_FIRST + timedelta(hours=number) for number in range(1, REPORTS_OF_ONE + 1)]
    _history(api.documents, LONG, hours, timedelta(hours=1), inputs[:4])


def _history(
    documents: DocumentStore, model: str, ends: list[datetime], length: timedelta, inputs: tuple[str, ...]
) -> None:
    batches = [_batch(model, end, length) for end in ends]
    for month in {batch.id[:6]: batch.id for batch in batches}.values():
        note_month(documents, model, month)
    _write(documents, RUNS, map(dump, batches))
    points = [_point(batch, number, inputs) for number, batch in enumerate(batches)]
    _write(documents, REPORTS, map(dump, points))
    _write(documents, REPORTS, (dump(_performance(batch)) for batch in batches))
    whole = len(inputs)
    last = len(batches) - 1
    for number in range(max(0, last - DAYS), last + 1):
        shown = whole if number == last else _NAMED
        documents.put(REPORTS, dump(_report(batches[number], points[number], shown)))


def _write(documents: DocumentStore, coll: Collection, docs: Iterable[Doc]) -> None:
    for pk, group in groupby(docs, key=lambda doc: str(doc["pk"])):
        for some in _some(group):
            documents.put_many(coll, pk, some)


def _some(docs: Iterable[Doc]) -> Iterator[list[Doc]]:
    found: list[Doc] = []
    for doc in docs:
        found.append(doc)
        if len(found) == _AT_ONCE:
            yield found
            found = []
    if found:
        yield found


def _entry(model: str, number: int) -> FleetEntry:
    status: Status = ("fine", "fine", "watch", "act", "unknown")[number % 5]
    end = _FIRST + (timedelta(hours=REPORTS_OF_ONE) if model == LONG else timedelta(days=DAYS))
    return FleetEntry(
        id=model,
        pk="fleet",
        model=model,
        status=status,
        aspects={"drift": status},
        sentence=f"{model} has been looked at.",
        score=float(number % 40),
        threshold=20.0,
        batch_end=end,
        rows=900,
        batches=REPORTS_OF_ONE if model == LONG else DAYS,
        n_features=FEATURES if model == WIDE else 4,
        n_drifted=number % 3,
        spark=tuple(float((number + n) % 30) for n in range(30)),
        assessed_at=end,
    )


def _batch(model: str, end: datetime, length: timedelta) -> Batch:
    id = fact_id(end, "batch", model, end.isoformat())
    return Batch(
        id=id,
        pk=month_pk(model, id),
        model=model,
        state="accepted",
        media_type="text/csv",
        raw_uri="raw/large",
        digest=id,
        rows=900,
        start=end - length,
        end=end,
        submitted_at=end,
        completed_at=end,
    )


def _score(number: int, place: int) -> float:
    return ((number * 7 + place * 13) % 30) / 100


def _status(score: float) -> Status:
    return "act" if score >= _ACT else "watch" if score >= _WATCH else "fine"


def _of(batch: Batch) -> dict[str, Any]:
    return {"pk": batch.pk, "model": batch.model, "batch": batch.id, "rows": batch.rows, "start": batch.start}


def _point(batch: Batch, number: int, inputs: tuple[str, ...]) -> DriftPoint:
    scores = tuple(_score(number, place) for place in range(len(inputs)))
    statuses = tuple(map(_status, scores))
    return DriftPoint(
        id=f"p~{batch.id}",
        end=batch.end,
        status="watch",
        score=10.0 + number % 9,
        threshold=20.0,
        n_features=len(inputs),
        n_drifted=sum(status != "fine" for status in statuses),
        features=inputs,
        statuses=statuses,
        scores=scores,
        **_of(batch),
    )


def _report(batch: Batch, point: DriftPoint, named: int) -> DriftReport:
    rows = list(zip(point.features, point.statuses, point.scores, strict=True))[:named]
    overall = Overall(
        score=point.score,
        threshold=point.threshold,
        watch=10.0,
        status=point.status,
        method="index",
        n_features=point.n_features,
        n_drifted=point.n_drifted,
        share_drifted=point.n_drifted / point.n_features,
        sentence=f"{point.n_drifted} of {point.n_features} inputs drift.",
    )
    return DriftReport(
        id=f"d~{batch.id}",
        end=batch.end,
        reference="reference~1",
        reference_rows=20_000,
        overall=overall,
        features=tuple(_drift(*row) for row in rows),
        created_at=point.end,
        **_of(batch),
    )


def _drift(name: str, status: Status, score: float | None) -> FeatureDrift:
    headline = MethodResult(method="js", value=score, threshold=_WATCH, p_value=0.5, drifted=status != "fine")
    return FeatureDrift(
        feature=name,
        kind="numeric",
        status=status,
        score=score,
        importance=1 / FEATURES,
        missing=Rates(reference=0.0, current=0.0),
        methods=(headline,),
        sentence=f"{name} is {status}.",
    )


def _performance(batch: Batch) -> PerformanceReport:
    metric = MetricValue(
        metric="roc_auc", value=0.7, interval=(0.66, 0.74), normal=0.7, watch=0.6, act=0.5, status="fine"
    )
    return PerformanceReport(
        id=f"f~{batch.id}",
        end=batch.end or _FIRST,
        kind="realised",
        method="labels",
        labelled=batch.rows,
        key_metric="roc_auc",
        status="fine",
        sentence="The area under the ROC curve is 0.7, as usual.",
        metrics=(metric,),
        created_at=batch.end or _FIRST,
        **_of(batch),
    )
