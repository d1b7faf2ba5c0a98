"""Incidents, expected changes, rules and channels over the API."""

from datetime import timedelta
from typing import Any

import pytest

from bellwether.contracts import INCIDENTS, Alert, CheckDue, DeliveryDue, Incident, TimelineEntry, fact_id
from bellwether.storage.collections import VIEWS
from bellwether.storage.documents import dump, parse
from tests.integration.gateway.served import Api


def opened(api: Api, model: str = "credit", days: int = 1, **more: Any) -> str:
    """Store an incident as the drift service lists it."""
    since = api.now() - timedelta(days=days)
    alert = Alert(
        key="k", rule="drift", family="drift", subject="age", status="act", since=since, seen_at=since, last_at=since,
        sentence="age moved.",
    )  # fmt: skip
    incident = Incident(
        id=fact_id(since, "incident", model, "drift"), pk=INCIDENTS, model=model, group=f"{model}|drift",
        family="drift", state="open", status="act", title="The data has drifted", sentence="age moved.", since=since,
        seen_at=since, opened_at=since, alerts=(alert,), next_step="Look.", updated_at=since,
        timeline=(TimelineEntry(at=since, change="opened", text="Opened."),),
    ).model_copy(update=more)  # fmt: skip
    api.documents.put(VIEWS, dump(incident))
    return incident.id


@pytest.fixture
def incident(api: Api, model: str) -> str:
    return opened(api)


def decide(api: Api, id: str, **body: Any) -> dict[str, Any]:
    answer = api.patch(f"/incidents/{id}", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_incidents_are_listed_newest_first_and_filtered(api: Api, model: str) -> None:
    old, new = opened(api, days=3), opened(api, days=1)
    assert [one["id"] for one in api.get("/incidents").json()["items"]] == [new, old]
    page = api.get("/incidents?limit=1").json()
    assert [one["id"] for one in page["items"]] == [new]
    assert [one["id"] for one in api.get(f"/incidents?limit=1&cursor={page['next']}").json()["items"]] == [old]
    decide(api, new, resolve=True)
    assert [one["id"] for one in api.get("/incidents?open=true").json()["items"]] == [old]
    assert [one["id"] for one in api.get("/incidents?state=resolved").json()["items"]] == [new]
    assert api.get("/incidents?model=other").json()["items"] == []
    assert api.get("/incidents", key=api.new_key("admin", models=["other"])).json()["items"] == []
    assert api.get(f"/incidents/{new}", key=api.new_key("admin", models=["other"])).status_code == 404


def test_decisions_are_kept_with_actor_and_time_and_read_back_at_once(api: Api, incident: str) -> None:
    found = decide(api, incident, acknowledge=True, note="On it.")
    assert (found["state"], found["acknowledged_by"]) == ("acknowledged", "test")
    assert [(one["action"], one["note"]) for one in found["actions"]] == [("note", "On it."), ("acknowledge", None)]
    api.now.advance(60)
    assert decide(api, incident, resolve=True, useful=True)["state"] == "resolved"
    assert api.get(f"/incidents/{incident}").json()["useful"] is True
    api.now.advance(60)
    assert decide(api, incident, reopen=True)["state"] == "acknowledged"
    assert decide(api, incident, useful=False)["state"] == "noise"
    assert decide(api, incident, reject_cause="run:load")["actions"][-1]["node"] == "run:load"


def test_every_decision_asks_for_a_look(api: Api, incident: str) -> None:
    api.bus.events.clear()
    decide(api, incident, acknowledge=True)
    (event,) = api.bus.events
    assert isinstance(event, CheckDue)
    assert event.model == "credit"


def test_an_expected_change_ends(api: Api, incident: str) -> None:
    found = decide(api, incident, expected_change={"reason": "New tariff"})
    assert found["state"] == "expected"
    (mute,) = api.get("/mutes?model=credit").json()["items"]
    assert (mute["features"], mute["rules"], mute["incident"], mute["active"]) == (["age"], ["drift"], incident, True)
    api.now.advance(15 * 86_400)
    assert api.get(f"/incidents/{incident}").json()["state"] == "open"
    assert api.get("/mutes?model=credit").json()["items"][0]["active"] is False


@pytest.mark.parametrize("days", [-1, 0, 91])
def test_an_expected_change_without_a_near_end_is_refused(api: Api, incident: str, days: int) -> None:
    end = (api.now() + timedelta(days=days)).isoformat()
    answer = api.patch(f"/incidents/{incident}", json={"expected_change": {"reason": "x", "end": end}})
    assert answer.status_code == 422
    assert "90 days" in answer.json()["errors"][0]["limit"]
    assert api.get("/mutes?model=credit").json()["items"] == []


def test_a_decision_about_nothing_is_refused(api: Api, incident: str) -> None:
    assert api.patch(f"/incidents/{incident}", json={}).status_code == 422
    assert api.patch("/incidents/20260101T000000000000Z~incident~000000000000", json={}).status_code == 404


def test_former_incidents_of_the_same_kind_are_named(api: Api, model: str) -> None:
    old = opened(api, days=9)
    opened(api, days=5, group="credit|quality")
    assert [one["id"] for one in api.get(f"/incidents/{opened(api)}").json()["similar"]] == [old]


def test_annotations_stand_beside_versions(api: Api, model: str) -> None:
    api.post("/models/credit/versions", json={"version": "2", "alias": "champion"})
    api.now.advance(60)
    said = {"model": "credit", "kind": "campaign", "text": "Spring sale", "link": "https://intra/x"}
    first = api.post("/annotations", json={**said, "time": "2026-02-01T10:00:00Z"})
    assert first.status_code == 201
    assert api.post("/annotations", json={**said, "time": "2026-02-01T10:00:00Z"}).json()["id"] == first.json()["id"]
    found = api.get("/annotations?model=credit").json()["items"]
    assert [(one["kind"], one["source"]) for one in found] == [("deployment", "system"), ("campaign", "person")]
    assert found[0]["text"] == "Version 2 registered as champion"
    assert api.delete(f"/annotations/{first.json()['id']}?model=credit").status_code == 204
    assert api.delete(f"/annotations/{first.json()['id']}?model=credit").status_code == 404
    assert api.get("/annotations?model=nobody").status_code == 404


def test_rules_have_defaults_per_model_that_people_change_and_set_back(api: Api, model: str) -> None:
    rules = {one["rule"]: one for one in api.get("/rules?model=credit").json()["items"]}
    assert (rules["drift"]["opens_after"], rules["drift"]["closes_after"]) == (2, 3)
    assert (rules["no_data"]["opens_after"], rules["no_data"]["enabled"]) == (1, True)
    assert api.post("/rules", json={"rule": "drift", "opens_after": 4}).status_code == 201
    changed = api.patch("/rules/drift?model=credit", json={"enabled": False}).json()
    assert (changed["opens_after"], changed["enabled"], changed["changed"]) == (4, False, ["enabled", "opens_after"])
    assert api.get("/rules").json()["items"][0]["enabled"] is True
    assert api.patch("/rules/drift?model=credit", json={"enabled": None}).json()["enabled"] is True
    assert api.delete("/rules/drift").status_code == 204
    assert api.delete("/rules/drift").status_code == 404
    assert api.get("/rules?model=credit").json()["items"][0]["opens_after"] == 2
    assert (
        api.patch("/rules/drift", json={"opens_after": 2}, key=api.new_key("admin", models=["credit"])).status_code
        == 403
    )


def test_a_rule_whose_alerts_are_mostly_noise_proposes_and_changes_nothing(api: Api, model: str) -> None:
    for days in range(1, 11):
        decide(api, opened(api, days=days), useful=days > 6)
    rule = api.get("/rules?model=credit").json()["items"][0]
    assert (rule["precision"]["useful"], rule["precision"]["noise"]) == (4, 6)
    assert rule["precision"]["share"] == 0.4
    assert "6 of 10" in rule["precision"]["proposal"]
    assert rule["changed"] == []


def test_a_channel_never_tells_its_address_or_secret_again(api: Api) -> None:
    made = api.post("/channels", json={"name": "ops", "kind": "webhook", "url": "https://hooks.example/T0/secret-path"})
    assert made.status_code == 201
    secret = made.json()["secret"]
    assert len(secret) >= 43
    for answer in (api.get("/channels"), api.patch(f"/channels/{made.json()['id']}", json={"enabled": False})):
        assert secret not in answer.text
        assert "secret-path" not in answer.text
        assert "hooks.example" in answer.text
    slack = api.post("/channels", json={"name": "s", "kind": "slack", "url": "https://hooks.example/x"}).json()
    assert slack["secret"] is None
    assert api.delete(f"/channels/{slack['id']}").status_code == 204
    assert [one["name"] for one in api.get("/channels").json()["items"]] == ["ops"]


def test_a_channel_of_the_second_owner_names_the_tiers_it_answers_for(api: Api) -> None:
    body = {"name": "night", "kind": "slack", "url": "https://a.example/x", "hears": "escalations", "tiers": [1]}
    made = api.post("/channels", json=body).json()
    assert (made["hears"], made["tiers"]) == ("escalations", [1])
    changed = api.patch(f"/channels/{made['id']}", json={"tiers": None}).json()
    assert (changed["hears"], changed["tiers"]) == ("escalations", None)


def test_an_incident_says_until_when_once_all_of_it_was_fine(api: Api, model: str) -> None:
    assert api.get(f"/incidents/{opened(api)}").json()["until"] is None
    until = api.now() - timedelta(hours=3)
    alert = parse(Incident, api.documents.get(VIEWS, INCIDENTS, opened(api, days=2)) or {}).alerts[0]
    id = opened(api, days=2, alerts=(alert.model_copy(update={"until": until}),), state="resolved")
    assert api.get(f"/incidents/{id}").json()["until"] == "2026-02-01T09:00:00Z"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"kind": "webhook"}, "/url"),
        ({"kind": "email"}, "/addresses"),
        ({"kind": "email", "addresses": ["a@b"], "url": "https://x.example"}, "/url"),
        ({"kind": "teams", "url": "https://x.example", "addresses": ["a@b"]}, "/addresses"),
        ({"kind": "webhook", "url": "ftp://x.example"}, "/url"),
        ({"kind": "webhook", "url": "https://user@x.example"}, "/url"),
        ({"kind": "email", "addresses": ["a@b\r\nBcc: c@d"]}, "/addresses/0"),
    ],
)
def test_a_channel_that_could_not_send_is_refused(api: Api, body: dict[str, Any], pointer: str) -> None:
    answer = api.post("/channels", json={"name": "x", **body})
    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


def test_a_test_message_is_work_of_the_drift_service(api: Api) -> None:
    id = api.post("/channels", json={"name": "x", "kind": "slack", "url": "https://hooks.example/x"}).json()["id"]
    api.bus.events.clear()
    answer = api.post(f"/channels/{id}:test")
    assert answer.status_code == 202
    (event,) = api.bus.events
    assert isinstance(event, DeliveryDue)
    assert event.subject == f"test~{answer.json()['id']}|{id}"
    assert api.call("GET", answer.json()["links"]["self"]).status_code == 404
    assert api.get(f"/channels/{id}/deliveries").json() == {"items": [], "next": None}
