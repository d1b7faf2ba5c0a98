"""Performance over HTTP, from stored reports."""

from datetime import UTC, datetime, timedelta

from bellwether.contracts import MetricValue, PerformanceReport, SegmentPerformance, fact_id, month_pk
from bellwether.storage.collections import REPORTS
from bellwether.storage.documents import dump
from bellwether.storage.months import note_month
from tests.integration.gateway.served import Api

DAY = datetime(2026, 1, 10, tzinfo=UTC)


def stored(api: Api, day: int, auc: float | None, kind: str = "realised") -> str:
    end = DAY + timedelta(days=day)
    batch = fact_id(end, "batch", "credit", str(day))
    letter = "f" if kind == "realised" else "e"
    auc_value = MetricValue(
        metric="roc_auc",
        value=auc,
        interval=None if auc is None else (auc - 0.02, auc + 0.02),
        normal=0.8,
        watch=0.76,
        act=0.74,
        status="unknown" if auc is None else "act" if auc < 0.74 else "fine",
        reason="too_few_labels" if auc is None else None,
    )
    report = PerformanceReport.model_validate(
        {
            "id": f"{letter}~{batch}",
            "pk": month_pk("credit", batch),
            "model": "credit",
            "batch": batch,
            "kind": kind,
            "method": kind,
            "end": end,
            "rows": 1000,
            "labelled": 400 if kind == "realised" else 0,
            "key_metric": "roc_auc",
            "status": auc_value.status,
            "sentence": f"It is {auc}.",
            "metrics": (auc_value, MetricValue(metric="accuracy", value=0.7, status="fine")),
            "segments": (SegmentPerformance(column="region", value="NW", rows=200, metric=auc_value),),
            "created_at": end,
        }
    )
    note_month(api.documents, "credit", batch)
    api.documents.put(REPORTS, dump(report))
    return batch


def test_the_key_metric_is_a_series_with_intervals_and_coverage(api: Api, model: str) -> None:
    for day, auc in enumerate([0.81, None, 0.7]):
        stored(api, day, auc)
    answer = api.get(f"/models/{model}/performance").json()
    assert (answer["metric"]["slug"], answer["kind"], answer["status"]) == ("roc_auc", "realised", "act")
    assert [point["value"] for point in answer["points"]] == [0.81, None, 0.7]
    assert [point["status"] for point in answer["points"]] == ["fine", "unknown", "act"]
    assert answer["points"][0]["coverage"] == 0.4
    assert answer["points"][1]["reason"] == "too_few_labels"
    assert answer["sentence"] == "It is 0.7."


def test_estimates_are_a_series_of_their_own(api: Api, model: str) -> None:
    stored(api, 1, 0.8, "estimated")
    assert len(api.get(f"/models/{model}/performance", params={"kind": "estimated"}).json()["points"]) == 1
    nothing = api.get(f"/models/{model}/performance").json()
    assert (nothing["points"], nothing["status"]) == ([], "unknown")


def test_another_metric_and_one_segment_can_be_asked_for(api: Api, model: str) -> None:
    stored(api, 1, 0.7)
    other = api.get(f"/models/{model}/performance", params={"metric": "accuracy"}).json()
    assert [point["value"] for point in other["points"]] == [0.7]
    # Status and sentence are of one report; how the other metric stands is said at its points.
    assert (other["status"], other["points"][0]["status"], other["sentence"]) == ("act", "fine", "It is 0.7.")
    part = api.get(f"/models/{model}/performance", params={"segment": "region:NW"}).json()
    assert [point["rows"] for point in part["points"]] == [200]
    assert api.get(f"/models/{model}/performance", params={"segment": "region:SE"}).json()["points"] == []


def test_a_metric_of_another_task_is_refused_with_those_there_are(api: Api, model: str) -> None:
    answer = api.get(f"/models/{model}/performance", params={"metric": "rmse"})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["value"], error["limit"].partition(",")[0]) == ("rmse", "roc_auc")


def test_both_reports_of_a_batch_stand_side_by_side(api: Api, model: str) -> None:
    batch = stored(api, 1, 0.8)
    stored(api, 1, 0.79, "estimated")
    answer = api.get(f"/models/{model}/performance/{batch}").json()
    assert answer["realised"]["metrics"][0]["value"] == 0.8
    assert answer["estimated"]["metrics"][0]["value"] == 0.79
    assert api.get(f"/models/{model}/performance/{batch[:-1]}0").status_code == 404


def test_the_catalogue_lists_the_metrics(api: Api) -> None:
    metrics = api.get("/catalogue").json()["metrics"]
    assert {("binary", "roc_auc"), ("regression", "mae")} <= {(one["task"], one["slug"]) for one in metrics}
