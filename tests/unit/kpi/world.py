"""Facts about one daily model, as workers would have stored them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bellwether.contracts import (
    Batch,
    DriftPoint,
    DriftReport,
    FeatureBins,
    FeatureDrift,
    Issue,
    MetricValue,
    Model,
    Money,
    Overall,
    PerformanceReport,
    Rates,
    ReportBins,
    Status,
    Value,
    fact_id,
    month_pk,
)
from bellwether.kpi import Facts
from bellwether.kpi.base import interval_of, offset_of

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
"""A Monday morning; the newest batch ended at midnight."""
DAY = timedelta(days=1)
WEIGHTS = {"income": 0.6, "age": 0.3, "region": 0.1}


def model(**more: Any) -> Model:
    given = {"pk": "m", "name": "m", "task": "binary", "created_at": NOW, "updated_at": NOW}
    return Model.model_validate(given | more)


def batch(
    ago: int, rows: int = 1000, *, arrival: timedelta = timedelta(hours=2), now: datetime = NOW, **more: Any
) -> Batch:
    """A day that ended ``ago`` midnights before this one."""
    end = now.replace(hour=0) - ago * DAY
    id = fact_id(end, "batch", "m", str(end))
    given = {
        "id": id, "pk": month_pk("m", id), "model": "m", "state": "accepted", "media_type": "x", "raw_uri": "r",
        "digest": "d", "rows": rows, "start": end - DAY, "end": end, "submitted_at": end + arrival,
    }  # fmt: skip
    return Batch.model_validate(given | more)


def point(of: Batch, status: Status = "fine", score: float = 10.0, bad: Sequence[str] = ()) -> DriftPoint:
    assert of.end is not None
    names = ("prediction", *WEIGHTS)
    return DriftPoint(
        id=f"p~{of.id}", pk=of.pk, model="m", batch=of.id, start=of.start, end=of.end, rows=of.rows, status=status,
        score=score, threshold=40.0, n_features=3, n_drifted=len(bad), features=names,
        statuses=tuple("act" if name in bad else "fine" for name in names), scores=(0.1,) * 4,
    )  # fmt: skip


def report(
    of: Batch, bad: Sequence[str] = (), issues: Mapping[str, tuple[Issue, ...]] | None = None, **more: Any
) -> DriftReport:
    columns = [
        FeatureDrift(
            feature=name, kind="numeric", status="act" if name in bad else "fine", score=0.1, importance=weight,
            missing=Rates(reference=0.0, current=0.0), issues=(issues or {}).get(name, ()),
        )
        for name, weight in WEIGHTS.items()
    ]  # fmt: skip
    status: Status = "act" if bad else "fine"
    overall = Overall(
        score=60.0 if bad else 10.0, threshold=40.0, watch=20.0, status=status, method="index", n_features=3,
        n_drifted=len(bad), share_drifted=len(bad) / 3, sentence=f"The index is {status}.",
    )  # fmt: skip
    given = {
        "id": f"d~{of.id}", "pk": of.pk, "model": "m", "batch": of.id, "reference": "reference~1", "rows": of.rows,
        "reference_rows": 5000, "start": of.start, "end": of.end, "overall": overall, "features": tuple(columns),
        "prediction": columns[0].model_copy(update={"feature": "prediction", "role": "prediction", "status": "fine"}),
        "created_at": NOW,
    }  # fmt: skip
    return DriftReport.model_validate(given | more)


def bins(of: Batch, *features: FeatureBins) -> ReportBins:
    return ReportBins(id=f"b~{of.id}", pk=of.pk, model="m", batch=of.id, reference="reference~1", features=features)


def performance(
    of: Batch, value: float | None = 0.9, status: Status = "fine", *, kind: str = "estimated", labelled: int = 0,
    money: Money | None = None, **more: Any,
) -> PerformanceReport:  # fmt: skip
    """Of a metric that is normally 0.9 with a standard deviation of 0.01."""
    metric = MetricValue(metric="roc_auc", value=value, normal=0.9, watch=0.88, act=0.87, status=status, reason="few")
    assert of.end is not None
    given = {
        "id": f"{kind[0]}~{of.id}", "pk": of.pk, "model": "m", "batch": of.id, "kind": kind, "method": "cbpe",
        "start": of.start, "end": of.end, "rows": of.rows, "labelled": labelled,
        "key_metric": "roc_auc", "status": status,
        "sentence": "The metric is unknown.", "metrics": (metric,), "money": money, "created_at": of.submitted_at,
    }  # fmt: skip
    return PerformanceReport.model_validate(given | more)


def facts(
    batches: Sequence[Batch] | None = None, *, now: datetime = NOW, of: Model | None = None, **more: Any
) -> Facts:
    """Thirty fine days, the newest last, and what is named beside."""
    days = list(batches) if batches is not None else [batch(ago) for ago in range(30)][::-1]
    owner = of or model()
    used = [one for one in days if one.state == "accepted"]
    interval = interval_of(owner, days)
    given: dict[str, Any] = {
        "points": [point(one) for one in used],
        "report": report(used[-1]) if used else None,
        "interval": interval,
        "offset": offset_of(used[-1] if used else None, interval),
    }
    return Facts(model=owner, now=now, batches=days, **(given | more))


VALUE = Value(currency="EUR", false_positive=120.0, false_negative=2400.0)
