"""Looking at past batches again over HTTP: asked, followed, cancelled; what a worker finds is stored by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bellwether.contracts import AnalysisPoint, AnalysisProgress, Column, MethodScores, Reference, analysis_pk
from bellwether.storage.collections import MODELS, REPORTS
from bellwether.storage.documents import dump, parse
from tests.integration.gateway.facts import analysed, ready
from tests.integration.gateway.served import Api

DAY = datetime(2026, 1, 10, tzinfo=UTC)
ASKED = {"model": "credit", "from": "2026-01-01T00:00:00Z", "to": "2026-01-31T00:00:00Z"}


@pytest.fixture
def referenced(api: Api, model: str) -> str:
    return ready(api, model)


def found(api: Api, id: str, state: Any, done: int = 1, **more: Any) -> None:
    """Store how far a worker is."""
    pk = analysis_pk("credit", id)
    progress = AnalysisProgress(
        id="progress", pk=pk, model="credit", state=state, total=4, done=done, statuses={"act": done}, changed=done,
        updated_at=api.now(), **more,
    )  # fmt: skip
    api.documents.put(REPORTS, dump(progress))


def looked_at(api: Api, id: str, batch: str, end: datetime) -> None:
    point = AnalysisPoint(
        id=f"p~{batch}", pk=analysis_pk("credit", id), model="credit", batch=batch, end=end, rows=100,
        reference="reference~new", reference_rows=500, status="act", score=30.0, threshold=20.0, n_features=1,
        n_drifted=1, features=("age",), statuses=("act",), scores=(0.4,), sentence="It moved.",
        methods=(MethodScores(method="mwu", values=(0.6,), drifted=(True,)),),
    )  # fmt: skip
    api.documents.put(REPORTS, dump(point))


def start(api: Api, **asked: Any) -> str:
    answer = api.post("/analyses", json=ASKED | asked)
    assert answer.status_code == 202, answer.text
    id: str = answer.json()["id"]
    assert answer.json()["links"]["self"].endswith(f"/analyses/{id}")
    return id


def test_the_same_content_is_one_analysis_and_one_event(api: Api, referenced: str) -> None:
    del api.bus.events[:]
    ids = {start(api), start(api), start(api, to="2026-01-31T01:00:00+01:00")}
    assert {subject for _, subject in api.bus.names} == ids
    assert len(ids) == 1
    assert {kind for kind, _ in api.bus.names} == {"analysis.requested"}
    others: list[dict[str, Any]] = [{"reference": "previous"}, {"reference": "trailing:7"}, {"reference": referenced}]
    others += [{"thresholds": {"index": {"watch": 5, "act": 9}}}, {"methods": ["psi"]}]
    assert len({start(api, **one) for one in others} | ids) == len(others) + 1


def test_progress_is_done_of_total(api: Api, referenced: str) -> None:
    id = start(api)
    first = api.get(f"/analyses/{id}").json()
    assert (first["state"], first["done"], first["total"]) == ("running", 0, None)
    assert (first["from"], first["to"]) == (ASKED["from"], ASKED["to"])
    found(api, id, "running", 2)
    second = api.get(f"/analyses/{id}").json()
    assert (second["state"], second["done"], second["total"]) == ("running", 2, 4)
    found(api, id, "done", 4)
    assert api.get(f"/analyses/{id}").json()["summary"] == {"statuses": {"act": 4}, "changed": 4}
    del api.bus.events[:]
    assert start(api) == id
    assert api.bus.events == [], "what is done stays done"


def test_a_cancelled_analysis_goes_on_when_it_is_asked_again(api: Api, referenced: str) -> None:
    id = start(api)
    found(api, id, "running")
    assert api.delete(f"/analyses/{id}").json()["state"] == "cancelled"
    assert api.delete(f"/analyses/{id}").json()["state"] == "cancelled"
    del api.bus.events[:]
    assert start(api) == id
    (event,) = api.bus.events
    assert event.subject.startswith(f"{id}|"), "the former event may still be at work"
    assert api.get(f"/analyses/{id}").json()["state"] == "running"
    found(api, id, "done", 4)
    assert api.delete(f"/analyses/{id}").json()["state"] == "done"


def test_a_failure_has_words_and_can_be_tried_again(api: Api, referenced: str) -> None:
    id = start(api)
    found(api, id, "failed", reason="the reference is gone")
    answer = api.get(f"/analyses/{id}").json()
    assert (answer["state"], answer["reason"]) == ("failed", "the reference is gone")
    del api.bus.events[:]
    assert api.post("/analyses", json=ASKED).json()["state"] == "running"
    assert len(api.bus.events) == 1


def test_the_series_stands_beside_the_live_one(api: Api, referenced: str) -> None:
    id = start(api, methods=["mwu"])
    assert api.get(f"/analyses/{id}").json()["methods"] == ["mwu"]
    ends = [DAY + timedelta(days=day) for day in range(3)]
    batches = [analysed(api, "credit", end, score=8.0) for end in ends]
    for batch, end in zip(batches[1:], ends[1:], strict=True):
        looked_at(api, id, batch, end)
    found(api, id, "running", 2)
    answer = api.get(f"/analyses/{id}/points").json()
    assert answer["state"] == "running"
    assert [one["batch"] for one in answer["points"]] == batches[1:]
    newest = answer["points"][-1]
    assert (newest["score"], newest["status"], newest["live"]["score"]) == (30.0, "act", 8.0)
    assert newest["features"] == [["age", "act", 0.4]]
    assert newest["methods"] == [{"method": "mwu", "values": [0.6], "drifted": [True]}]
    assert [one["batch"] for one in api.get(f"/analyses/{id}/points?points=1").json()["points"]] == batches[2:]
    assert api.get(f"/models/credit/drift/{batches[2]}").json()["overall"]["score"] == 8.0


def test_the_list_has_pages_and_shows_what_a_key_may_see(api: Api, referenced: str) -> None:
    ids = {start(api), start(api, reference="previous"), start(api, reference="trailing:30")}
    first = api.get("/analyses?limit=2").json()
    rest = api.get(f"/analyses?limit=2&cursor={first['next']}").json()
    assert {one["id"] for one in first["items"] + rest["items"]} == ids
    assert rest["next"] is None
    assert len(api.get("/analyses?model=credit").json()["items"]) == 3
    assert api.get("/analyses?model=other").json()["items"] == []
    stranger = api.new_key("admin", models=["other"])
    assert api.get("/analyses", key=stranger).json()["items"] == []
    (some, *_) = ids
    assert api.get(f"/analyses/{some}", key=stranger).status_code == 404
    assert api.delete(f"/analyses/{some}", key=stranger).status_code == 404
    assert api.post("/analyses", json=ASKED, key=stranger).status_code == 404
    assert api.get("/analyses/nothing").status_code == 404
    assert api.get("/analyses?cursor=x").status_code == 422


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"to": "2025-01-01T00:00:00Z"}, "/from"),
        ({"from": "2026-01-01T00:00:00"}, "/from"),
        ({"from": 1767225600}, "/from"),
        ({"reference": "reference~none"}, "/reference"),
        ({"reference": "model"}, "/reference"),
        ({"reference": "trailing:0"}, "/reference"),
        ({"reference": "trailing:367"}, "/reference"),
        ({"segment": "nosuch:1"}, "/segment"),
        ({"segment": "nocolon"}, "/segment"),
        ({"thresholds": {"index": {"watch": -1, "act": 2}}}, "/thresholds/index/watch"),
        ({"method": "psi"}, "/method"),
        ({"methods": ["psi", "guess"]}, "/methods/1"),
        ({"methods": ["psi", "mmd"], "reference": "previous"}, "/methods/1"),
        ({"methods": ["ad", "chi2", "cvm", "energy", "kl", "mwu"]}, "/methods"),
    ],
)
def test_what_cannot_be_done_is_said_at_once(api: Api, referenced: str, asked: dict[str, Any], pointer: str) -> None:
    del api.bus.events[:]
    answer = api.post("/analyses", json=ASKED | asked)
    assert answer.status_code == 422, answer.text
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]
    assert api.bus.events == []


def test_a_model_without_a_ready_reference_has_nothing_to_look_at(api: Api, model: str) -> None:
    assert api.post("/analyses", json=ASKED).status_code == 422


def test_a_segment_names_a_column_of_the_reference(api: Api, referenced: str) -> None:
    doc = api.documents.get(MODELS, "credit", "reference")
    assert doc is not None
    region = Column(name="region", role="feature", kind="categorical", dtype="string")
    api.documents.put(MODELS, dump(parse(Reference, doc).model_copy(update={"columns": (region,)})))
    assert api.get(f"/analyses/{start(api, segment='region:N:1')}").json()["segment"] == "region:N:1"
    assert api.post("/analyses", json=ASKED | {"segment": "age:1"}).status_code == 422
