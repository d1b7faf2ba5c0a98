"""Data quality over HTTP, from stored batches and reports."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bellwether.contracts import Batch, DriftReport, Issue, Reason, month_pk
from bellwether.storage.collections import REPORTS, RUNS
from bellwether.storage.documents import dump, parse
from tests.integration.gateway.facts import accepted, analysed
from tests.integration.gateway.served import Api

DAY = datetime(2026, 1, 10, tzinfo=UTC)


def spoilt(api: Api, batch: str, *issues: Issue) -> None:
    """Give the second feature of a stored report issues."""
    doc = api.documents.get(REPORTS, month_pk("credit", batch), f"d~{batch}")
    assert doc is not None
    report = parse(DriftReport, doc)
    bad = report.features[1].model_copy(update={"issues": issues})
    api.documents.put(REPORTS, dump(report.model_copy(update={"features": (report.features[0], bad)})))


def change(api: Api, batch: str, **changes: Any) -> None:
    doc = api.documents.get(RUNS, month_pk("credit", batch), batch)
    assert doc is not None
    api.documents.put(RUNS, dump(parse(Batch, doc).model_copy(update=changes)))


def test_issues_make_the_status_and_stand_first(api: Api, model: str) -> None:
    good, bad = (analysed(api, model, DAY + timedelta(days=day)) for day in range(2))
    spoilt(api, bad, Issue(kind="unseen", status="act", reference=0.0, current=0.4, q_value=0.0))
    answer = api.get(f"/models/{model}/quality").json()
    assert [one["batch"] for one in answer["batches"]] == [good, bad]
    assert [one["status"] for one in answer["batches"]] == ["fine", "act"]
    assert answer["status"] == "act"
    first = answer["batches"][1]["columns"][0]
    assert (first["feature"], first["status"], first["issues"][0]["current"]) == ("region/area", "act", 0.4)
    assert first["missing"] == {"reference": 0.1, "current": 0.1}
    few = api.get(f"/models/{model}/quality?columns=0").json()["batches"]
    assert [(len(one["columns"]), one["hidden_columns"]) for one in few] == [(0, 3), (1, 2)]


def test_a_drift_that_is_no_matter_of_quality_leaves_it_fine(api: Api, model: str) -> None:
    analysed(api, model, DAY, score=60.0, status="act")
    assert api.get(f"/models/{model}/quality").json()["status"] == "fine"


def test_batches_without_report_and_rejected_ones_are_shown(api: Api, model: str) -> None:
    double = analysed(api, model, DAY)
    change(api, double, duplicate_ids=3)
    accepted(api, model, DAY + timedelta(days=1))
    rejected = accepted(api, model, DAY + timedelta(days=2), state="rejected")
    change(api, rejected.id, reasons=(Reason(pointer="/x", value="text", limit="numbers", fix="send numbers"),))
    accepted(api, model, DAY + timedelta(days=3), state="received")
    answer = api.get(f"/models/{model}/quality").json()
    assert [(one["state"], one["status"]) for one in answer["batches"]] == [
        ("analysed", "watch"), ("accepted", "unknown"), ("rejected", "act"), ("received", "unknown"),
    ]  # fmt: skip
    assert answer["status"] == "act", "the newest one decided on"
    assert answer["batches"][2]["reasons"][0]["pointer"] == "/x"
    window = api.get(f"/models/{model}/quality?to=2026-01-10T00:00:00Z&batches=5").json()
    assert [one["batch"] for one in window["batches"]] == [double]


def test_a_model_without_batches_is_unknown(api: Api, model: str) -> None:
    assert api.get(f"/models/{model}/quality").json() == {"status": "unknown", "batches": []}


def test_rows_that_repeat_are_told_of_the_batch(api: Api, model: str) -> None:
    id = analysed(api, model, DAY)
    doc = api.documents.get(REPORTS, month_pk(model, id), f"d~{id}")
    assert doc is not None
    issue = Issue(kind="repeated_rows", status="act", reference=0.01, current=0.3, q_value=0.001)
    api.documents.put(REPORTS, dump(parse(DriftReport, doc).model_copy(update={"issues": (issue,)})))
    (shown,) = api.get(f"/models/{model}/quality").json()["batches"]
    assert (shown["status"], shown["issues"][0]["kind"], shown["issues"][0]["current"]) == ("act", "repeated_rows", 0.3)
    assert api.get(f"/models/{model}/drift/{id}").json()["issues"] == shown["issues"]
