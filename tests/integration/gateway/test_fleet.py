from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bellwether.bus import Ledger
from bellwether.contracts import BatchSubmitted, fact_id
from bellwether.gateway.fleet import sentence
from tests.integration.gateway.facts import analysed, assessed
from tests.integration.gateway.served import Api

STATES = {"a": "fine", "b": "act", "c": "unknown", "d": "watch", "e": "act"}


@pytest.fixture
def fleet(api: Api) -> Api:
    """Models of every status; of two that need action the second is further past its line; one without overview."""
    for name in (*STATES, "new"):
        api.post("/models", json={"name": name, "task": "binary", "owner": name})
    for name, status in STATES.items():
        assessed(api, name, status, 90.0 if name == "e" else 50.0)  # type: ignore[arg-type]
    return api


def test_the_worst_comes_first(fleet: Api) -> None:
    found = fleet.get("/fleet/summary").json()
    assert [one["model"] for one in found["items"]] == ["e", "b", "d", "c", "new", "a"]
    assert found["counts"] == {"act": 2, "watch": 1, "unknown": 2, "fine": 1}
    assert found["items"][0]["sentence"] == "e is act."
    assert found["items"][4]["status"] == "unknown"


def test_pages_of_the_fleet_follow_one_another(fleet: Api) -> None:
    found, cursor = [], None
    for _ in range(3):
        page = fleet.get("/fleet/summary", params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        found += [one["model"] for one in page["items"]]
        cursor = page["next"]
    assert (found, cursor) == (["e", "b", "d", "c", "new", "a"], None)


def models_of(api: Api, **asked: object) -> list[str]:
    return [one["model"] for one in api.get("/fleet/summary", params=asked).json()["items"]]


def test_the_fleet_is_filtered_where_it_is_kept(fleet: Api) -> None:
    fleet.post("/models", json={"name": "big", "task": "binary", "owner": "risk", "tier": 1})
    assert models_of(fleet, status="watch,fine") == ["d", "a"]
    assert models_of(fleet, owner="risk") == models_of(fleet, tier=1) == ["big"]
    assert models_of(fleet, q="IS ACT") == ["e", "b"]
    found = fleet.get("/fleet/summary", params={"status": "act", "limit": 1}).json()
    assert (found["total"], found["counts"]["watch"]) == (2, 1)
    assert found["owners"] == ["a", "b", "c", "d", "e", "new", "risk"]
    assert fleet.get("/fleet/summary", params={"tier": 4}).status_code == 422


@pytest.mark.parametrize("sort", ["severity", "name", "recent"])
def test_every_order_is_paged_without_loss(fleet: Api, sort: str) -> None:
    assessed(fleet, "d", "watch", 50.0, batch_end=fleet.now())
    found: list[str] = []
    cursor = None
    while True:
        asked = {"limit": 1, "sort": sort, **({"cursor": cursor} if cursor else {})}
        page = fleet.get("/fleet/summary", params=asked).json()
        assert (page["skipped"], page["total"]) == (len(found), 6)
        found += [one["model"] for one in page["items"]]
        if (cursor := page["next"]) is None:
            break
        other = "name" if sort != "name" else "recent"
        assert fleet.get("/fleet/summary", params={"sort": other, "cursor": cursor}).status_code == 422
    assert sorted(found) == ["a", "b", "c", "d", "e", "new"]
    assert found[0] == {"severity": "e", "name": "a", "recent": "d"}[sort]


def test_one_sentence_says_what_matters(fleet: Api) -> None:
    since = fleet.now() - timedelta(days=2)
    assessed(fleet, "e", "act", 90.0, since=since, top_features=(("income", "act", 0.4),))
    said = fleet.get("/fleet/summary").json()["sentence"]
    day = f"{since.day} {since:%b}" + ("" if since.year == fleet.now().year else f" {since.year}")
    needed = f"2 models need action: e since {day} (income), b."
    assert said == f"{needed} 1 model to watch. Nothing is known about 2 models."


@pytest.mark.parametrize(
    ("statuses", "said"),
    [
        ({}, "No models yet."),
        ({"a": "fine"}, "The model is fine."),
        ({"a": "fine", "b": "fine"}, "Both models are fine."),
        ({"a": "fine", "b": "unknown"}, "1 model fine. Nothing is known about 1 model."),
        ({"a": "unknown"}, "No model can be judged yet."),
        ({"a": "watch", "b": "fine"}, "Nothing needs action. 1 model to watch: a."),
        (dict.fromkeys("abcde", "act"), "5 models need action: a, b, c and 2 more."),
    ],
)
def test_the_sentence_of_every_situation(statuses: dict[str, str], said: str) -> None:
    entries = {name: {"status": status, "score": 1.0, "threshold": 1.0} for name, status in statuses.items()}
    assert sentence(entries, datetime(2026, 1, 1, tzinfo=UTC)) == said


def test_a_key_limited_to_some_models_sees_no_other(fleet: Api) -> None:
    key = fleet.new_key("engineer", models=["a", "b"])
    found = fleet.get("/fleet/summary", key=key).json()
    assert ([one["model"] for one in found["items"]], found["counts"]["act"]) == (["b", "a"], 1)
    assert [one["name"] for one in fleet.get("/models?limit=1", key=key).json()["items"]] == ["a"]
    assert fleet.get("/models/c", key=key).status_code == 404
    assert fleet.delete("/models/c", key=key).status_code == 404
    assert fleet.post("/models", json={"name": "f", "task": "binary"}, key=key).status_code == 403
    assert fleet.get("/models/a", key=key).status_code == 200


def samples(api: Api) -> dict[tuple[str, ...], float]:
    text = api.call("GET", "/metrics", key="").text
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_gauges_say_what_the_store_says_at_this_moment(fleet: Api) -> None:
    end = fleet.now() - timedelta(hours=2)
    batch = analysed(fleet, "a", end, score=70.0, status="act")
    worst = (("region/area", "act", 0.4), ("age", "fine", 0.35))
    facts = {"rows": 100, "batches": 3, "n_features": 2, "n_drifted": 1, "top_features": worst}
    assessed(fleet, "a", "act", 70.0, batch=batch, batch_end=end, **facts)
    found = samples(fleet)
    assert found["bellwether_models",] == 6
    assert found["bellwether_model_status", "a"] == 3
    assert found["bellwether_model_status", "new"] == 1
    assert found["bellwether_drift_score", "a"] == 70.0
    assert found["bellwether_drift_threshold", "a"] == 40.0
    assert found["bellwether_batch_age_seconds", "a"] == 7200.0
    assert found["bellwether_batch_rows", "a"] == 100
    assert found["bellwether_reports", "a"] == 3
    assert found["bellwether_feature_status", "a", "region/area"] == 3
    assert found["bellwether_feature_drift_score", "a", "age"] == pytest.approx(0.35)
    assert ("bellwether_drift_score", "new") not in found


def test_gauges_are_kept_for_seconds_only(fleet: Api) -> None:
    assert samples(fleet)["bellwether_model_status", "a"] == 0
    assessed(fleet, "a", "act")
    fleet.now.advance(6)
    assert samples(fleet)["bellwether_model_status", "a"] == 3


def test_undone_work_and_dead_letters_are_counted(fleet: Api) -> None:
    ledger = Ledger(fleet.documents, fleet.settings.work, fleet.now)
    when = datetime(2026, 1, 1, tzinfo=UTC)
    subject = fact_id(when, "batch", "a")
    (ticket,) = ledger.enter([BatchSubmitted(model="a", subject=subject, occurred_at=when)])
    fleet.now.advance(30)
    found = samples(fleet)
    assert found["bellwether_work_undone", "collector", "collector"] == 1
    assert found["bellwether_work_running", "collector", "collector"] == 0
    assert found["bellwether_work_oldest_seconds", "collector", "collector"] == 30.0
    assert found["bellwether_work_undone", "explain", "explain.batches"] == 0
    assert found["bellwether_dead_letters", "collector"] == 0
    taken = ledger.take(ticket)
    assert taken is not None
    fleet.now.advance(6)
    assert samples(fleet)["bellwether_work_running", "collector", "collector"] == 1
    ledger.bury(taken.item, "ValueError", "no")
    fleet.now.advance(6)
    found = samples(fleet)
    assert found["bellwether_work_undone", "collector", "collector"] == 0
    assert found["bellwether_dead_letters", "collector"] == 1


def test_requests_are_measured_by_route_template(fleet: Api) -> None:
    fleet.get("/models/a")
    fleet.get("/models/b")
    fleet.call("GET", "/models-i-made-up")
    text = fleet.call("GET", "/metrics").text
    assert 'route="/api/v1/models/{model}"' in text
    assert "/api/v1/models/a" not in text
    assert "made-up" not in text
