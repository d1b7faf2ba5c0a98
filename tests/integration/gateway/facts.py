"""What workers would have written: references in force, accepted batches, reports with points and bins, overviews."""

from datetime import datetime, timedelta
from typing import Any

from bellwether.contracts import (
    Batch,
    DriftPoint,
    DriftReport,
    FeatureBins,
    FeatureDrift,
    FleetEntry,
    Kind,
    MethodResult,
    Overall,
    Rates,
    Reference,
    ReportBins,
    Status,
    fact_id,
    month_pk,
)
from bellwether.storage.collections import MODELS, REPORTS, RUNS, VIEWS
from bellwether.storage.documents import dump, parse
from bellwether.storage.months import note_month
from tests.integration.gateway.served import Api

FEATURES: tuple[tuple[str, Kind, float], ...] = (("age", "numeric", 0.5), ("region/area", "categorical", 0.3))


def ready(api: Api, model: str) -> str:
    """Have the newest pushed reference in force."""
    doc = next(doc for doc in api.documents.query(MODELS, model, desc=True).docs if doc["id"].startswith("reference~"))
    found = parse(Reference, doc).model_copy(update={"state": "ready", "rows": 100, "completed_at": api.now()})
    api.documents.put(MODELS, dump(found))
    api.documents.put(MODELS, dump(found.model_copy(update={"id": "reference"})))
    return found.reference


def accepted(api: Api, model: str, end: datetime, rows: int = 100, state: Any = "accepted") -> Batch:
    """Store a batch the collector has decided on."""
    id = fact_id(end, "batch", model, str(end))
    note_month(api.documents, model, id)
    batch = Batch(
        id=id,
        pk=month_pk(model, id),
        model=model,
        state=state,
        media_type="text/csv",
        raw_uri=f"raw/{model}/{id[-12:]}",
        digest=id[-12:],
        rows=rows,
        start=end - timedelta(days=1),
        end=end,
        submitted_at=end,
        completed_at=end,
    )
    api.documents.put(RUNS, dump(batch))
    return batch


def analysed(api: Api, model: str, end: datetime, score: float = 10.0, status: Status = "fine") -> str:
    """Store a batch with its report, point and bins; returns its id."""
    batch = accepted(api, model, end)
    columns = [_drift("prediction", "prediction", "numeric", status, score, None)]
    columns += [_drift(name, "feature", kind, status, score / 100 * weight, weight) for name, kind, weight in FEATURES]
    overall = Overall(
        score=score,
        threshold=40.0,
        watch=20.0,
        status=status,
        method="index",
        n_features=len(FEATURES),
        n_drifted=0 if status == "fine" else len(FEATURES),
        share_drifted=0.0,
        sentence=f"The index is {score:g}.",
    )
    window = {"model": model, "batch": batch.id, "rows": batch.rows, "start": batch.start, "end": batch.end}
    report = DriftReport(
        id=f"d~{batch.id}",
        pk=batch.pk,
        reference="reference~1",
        reference_rows=100,
        overall=overall,
        prediction=columns[0],
        features=tuple(columns[1:]),
        created_at=end,
        **window,
    )
    point = DriftPoint(
        id=f"p~{batch.id}",
        pk=batch.pk,
        status=status,
        score=score,
        threshold=40.0,
        n_features=overall.n_features,
        n_drifted=overall.n_drifted,
        features=tuple(one.feature for one in columns),
        statuses=tuple(one.status for one in columns),
        scores=tuple(one.score for one in columns),
        **window,
    )
    bins = ReportBins(
        id=f"b~{batch.id}",
        pk=batch.pk,
        model=model,
        batch=batch.id,
        reference="reference~1",
        features=(
            FeatureBins(
                feature="age",
                kind="numeric",
                edges=(20.0, 40.0),
                low=18.0,
                high=90.0,
                reference=(10, 20, 60),
                current=(0, 30, 60),
                missing=(10, 10),
            ),
            FeatureBins(
                feature="region/area", kind="categorical", labels=("N", "S"), reference=(50, 50), current=(100, 0)
            ),
        ),
    )
    for document in (report, point, bins):
        api.documents.put(REPORTS, dump(document))
    return batch.id


def assessed(api: Api, model: str, status: Status = "fine", score: float | None = 10.0, **more: Any) -> None:
    """Store the overview of a model."""
    entry = FleetEntry(
        id=model,
        pk="fleet",
        model=model,
        status=status,
        aspects={"drift": status},
        sentence=f"{model} is {status}.",
        score=score,
        threshold=40.0,
        assessed_at=api.now(),
        **more,
    )
    api.documents.put(VIEWS, dump(entry))


def _drift(name: str, role: Any, kind: Kind, status: Status, score: float, importance: float | None) -> FeatureDrift:
    headline = MethodResult(method="js", value=score, threshold=0.2, p_value=0.5, drifted=status != "fine")
    return FeatureDrift(
        feature=name,
        role=role,
        kind=kind,
        status=status,
        score=score,
        importance=importance,
        missing=Rates(reference=0.1, current=0.1),
        methods=(headline,),
        sentence=f"{name} is {status}.",
    )
