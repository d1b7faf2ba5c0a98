"""Explanations through the API: what is stored, merged over windows, and questions that are answered later."""

import math
from datetime import timedelta
from typing import Any

import pytest

from bellwether.contracts import Decision, ExplanationProgress, LocalContribution, Reason, local_pk
from bellwether.storage.collections import EXPLAIN
from bellwether.storage.documents import dump
from tests.integration.gateway.explained import answered, explained
from tests.integration.gateway.served import Api

AT = "/models/credit/explanations"


def ask(api: Api, **body: Any) -> dict[str, Any]:
    answer = api.post(AT, json=body)
    assert answer.status_code in (200, 202), answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_the_newest_batch_is_what_is_shown_and_the_list_has_pages(api: Api, model: str) -> None:
    assert api.get(f"{AT}/global").status_code == 404
    day = api.now() - timedelta(days=3)
    batches = [explained(api, model, day + timedelta(days=n), {"age": 3.0, "income": 1.0 + n}) for n in range(3)]
    newest = api.get(f"{AT}/global").json()
    assert newest["batch"] == batches[-1]
    assert (newest["method"], newest["output"], newest["base_value"]) == ("pattern_tables", "margin", -1.0)
    assert newest["isolation"] == ["process", "rlimits"]
    assert newest["additivity"] == {"state": "exact", "max_abs": 1e-9, "limit": 1e-6, "rows": 100}
    assert api.get(f"{AT}/global?batch={batches[0]}").json()["features"][0]["feature"] == "age"
    assert api.get(f"{AT}/global?batch=nothing&wait=0.05").status_code == 404
    first = api.get(f"{AT}?limit=2").json()
    assert [one["batch"] for one in first["items"]] == batches[:0:-1]
    rest = api.get(f"{AT}?limit=2&cursor={first['next']}").json()
    assert ([one["batch"] for one in rest["items"]], rest["next"]) == ([batches[0]], None)
    assert rest["items"][0]["top"] == ["age", "income"]
    assert api.get(first["items"][0]["links"]["self"].removeprefix("/api/v1")).json()["batch"] == batches[2]


def test_a_window_is_the_weighted_mean_of_its_batches(api: Api, model: str) -> None:
    day = api.now() - timedelta(days=4)
    explained(api, model, day, {"age": 9.0, "income": 1.0})
    explained(api, model, day + timedelta(days=1), {"age": 1.0, "income": 3.0}, rows=300)
    explained(api, model, day + timedelta(days=2), {"age": 3.0, "zip": 1.0})
    explained(api, model, day + timedelta(days=3), {"age": 9.0}, output="value")
    window = f"from={(day + timedelta(hours=1)).isoformat()}&to={(day + timedelta(days=2)).isoformat()}"
    found = api.get(f"{AT}/global?{window.replace('+', '%2B')}").json()
    assert len(found["batches"]) == 2
    assert (found["rows"], found["batch"], found["left_out"]) == (400, None, 0)
    told = {one["feature"]: one for one in found["features"]}
    assert told["age"]["importance"] == pytest.approx((1.0 * 300 + 3.0 * 100) / 400)
    assert told["income"]["importance"] == pytest.approx(3.0 * 300 / 400)
    assert told["age"]["std_error"] == pytest.approx(math.hypot(0.1 * 0.75, 0.1 * 0.25))
    assert sum(one["share"] for one in told.values()) == pytest.approx(1)
    assert [one["rank"] for one in found["features"]] == [1, 2, 3]
    assert told["income"]["rank_interval"] == [1, 1], "the intervals do not overlap"
    assert found["shift"]["change"] == pytest.approx(0.5)
    parts = sum(part["change"] for part in found["shift"]["features"]) + found["shift"]["other"]
    assert parts == pytest.approx(found["shift"]["change"])


def test_batches_explained_otherwise_are_left_out_and_counted(api: Api, model: str) -> None:
    day = api.now() - timedelta(days=3)
    explained(api, model, day, {"age": 3.0}, output="value")
    explained(api, model, day + timedelta(days=1), {"age": 3.0}, reason="no rows")
    last = explained(api, model, day + timedelta(days=2), {"age": 3.0})
    since = day.isoformat().replace("+", "%2B")
    found = api.get(f"{AT}/global?from={since}").json()
    assert (found["batches"], found["left_out"]) == ([last], 2)
    assert "another output" in found["left_out_reason"]
    assert "nothing was explained" in found["left_out_reason"]


def test_a_question_is_asked_once_and_answered_when_there_is_an_answer(api: Api, model: str) -> None:
    first = ask(api, row={"age": 4, "name": "x", "ok": True, "gap": None})
    again = ask(api, row={"age": 4, "name": "x", "ok": True, "gap": None})
    assert first["id"] == again["id"]
    assert {subject for kind, subject in api.bus.names if kind == "explanation.requested"} == {first["id"]}
    assert (first["state"], first["local"], first["total"]) == ("waiting", None, None)
    assert api.post(AT, json={"row": {"age": 4}}).status_code == 202
    at = first["links"]["self"].removeprefix("/api/v1")
    progress = ExplanationProgress(
        id=f"p~{first['id']}", pk=local_pk(model), model=model, done=3, total=9, stage="rows", updated_at=api.now()
    )
    api.documents.put(EXPLAIN, dump(progress))
    assert (api.get(at).json()["done"], api.get(at).json()["total"]) == (3, 9)
    answered(api, model, first["id"])
    found = api.get(at).json()
    assert (found["state"], found["local"]["prediction"], found["local"]["answer"]) == ("done", 0.5, 0.62)
    assert found["local"]["contributions"] == [{"feature": "age", "value": 4, "contribution": 0.4, "std_error": None}]
    before = len(api.bus.events)
    told = api.post(f"{AT}?wait=1", json={"row": {"age": 4, "name": "x", "ok": True, "gap": None}})
    assert (told.status_code, told.json()["local"]["reasons"]) == (200, ["age raised it"])
    assert len(api.bus.events) == before
    assert api.get(f"{AT}/e~nothing").status_code == 404


def test_what_failed_says_why_and_is_tried_again(api: Api, model: str) -> None:
    asked = ask(api, row={"agee": 4})
    fault = Reason(pointer="/row/age", value="absent", limit="a number", fix="give it")
    answered(api, model, asked["id"], decision=None, reason="the row lacks age", reasons=(fault,))
    told = api.post(AT, json={"row": {"agee": 4}}).json()
    api.now.advance(1)
    found = api.get(asked["links"]["self"].removeprefix("/api/v1")).json()
    assert found["state"] == told["state"] == "failed" or told["state"] == "waiting"
    assert len({subject for _, subject in api.bus.names if subject.startswith("e~")}) == 2


def test_a_prediction_is_found_in_its_sample_and_completely_once_asked_for(api: Api, model: str) -> None:
    batch = explained(api, model, api.now(), {"age": 3.0, "income": 1.0})
    kept = api.get(f"{AT}/local/one").json()
    assert (kept["complete"], kept["prediction"], kept["batch"]) == (False, 0.3, batch)
    total = kept["base_value"] + kept["other"] + sum(part["contribution"] for part in kept["contributions"])
    assert total == pytest.approx(kept["prediction"])
    assert api.get(f"{AT}/local/a/b?batch={batch}").json()["prediction"] == 0.7
    assert api.get(f"{AT}/local/none").status_code == 404
    answered(api, model, ask(api, id="one")["id"])
    assert api.get(f"{AT}/local/one").json()["complete"]
    rows = api.get(f"{AT}/local?limit=1").json()
    assert (rows["batch"], rows["base_value"], len(rows["items"])) == (batch, -1.0, 1)
    rest = api.get(f"{AT}/local?cursor={rows['next']}").json()
    assert [one["row_id"] for one in rows["items"] + rest["items"]] == ["one", "a/b"]
    assert rest["next"] is None
    assert api.get(f"{AT}/local?batch=nothing").status_code == 404
    assert api.get(f"{AT}/local?cursor=x").status_code == 422


def test_a_what_if_is_the_difference_of_two_answers(api: Api, model: str) -> None:
    at = "/models/credit/what-if"
    asked = api.post(f"{at}?wait=0", json={"row": {"age": 4}, "changes": {"age": 9}})
    assert (asked.status_code, asked.headers["location"]) == (202, asked.json()["links"]["self"])
    after = Decision(
        prediction=0.9,
        base_value=0.1,
        contributions=(
            LocalContribution(feature="income", value=1, contribution=0.1),
            LocalContribution(feature="age", value=9, contribution=0.7),
        ),
    )
    answered(api, model, asked.json()["id"], after=after)
    found = api.post(at, json={"row": {"age": 4}, "changes": {"age": 9}}).json()["what_if"]
    assert found["change"] == pytest.approx(0.4)
    assert [(one["feature"], one["before"], one["after"]) for one in found["differences"]] == [
        ("age", 4, 9),
        ("income", None, 1),
    ]
    assert sum(one["change"] for one in found["differences"]) + found["other"] == pytest.approx(found["change"])


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"row": {"a": 1}, "id": "x"},
        {"row": {"a": 1}, "batch": "b"},
        {"id": "x", "sample": 5},
        {"batch": "no such batch"},
        {"row": {"a": [1]}},
        {"row": {"a": 1}, "perturbation": "none"},
        {"batch": "b", "sample": 0},
    ],
)
def test_a_question_that_cannot_be_one_is_refused(api: Api, model: str, body: dict[str, Any]) -> None:
    assert api.post(AT, json=body).status_code == 422
    assert not [one for one in api.bus.names if one[0] == "explanation.requested"]


def test_a_batch_can_be_asked_about_with_other_options(api: Api, model: str) -> None:
    batch = explained(api, model, api.now(), {"age": 3.0})
    asked = ask(api, batch=batch, sample=50, perturbation="path_dependent")
    assert (asked["state"], asked["id"] != ask(api, batch=batch)["id"]) == ("waiting", True)


@pytest.mark.parametrize("body", [{"changes": {"a": 1}}, {"row": {"a": 1}, "changes": {}}, {"row": {"a": 1}}])
def test_a_what_if_needs_a_row_and_changes(api: Api, model: str, body: dict[str, Any]) -> None:
    assert api.post("/models/credit/what-if", json=body).status_code == 422
