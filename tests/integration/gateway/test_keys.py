import pytest

from bellwether.gateway.keyring import REMEMBER_S
from bellwether.storage.collections import OPS
from tests.integration.gateway.served import Api


def test_a_key_is_shown_once_and_works_at_once(api: Api) -> None:
    made = api.post("/keys", json={"name": "nightly", "roles": ["ingest", "viewer"]})
    assert made.status_code == 201
    key = made.json()["key"]
    assert api.get("/models", key=key).status_code == 200
    listed = api.get("/keys").json()["items"]
    (shown,) = (one for one in listed if one["name"] == "nightly")
    assert (shown["id"], shown["roles"]) == (key.split("_")[1], ["viewer", "ingest"])
    stored = str(list(api.documents.scan(OPS)))
    secret = key.rpartition("_")[2]
    assert secret not in str(listed)
    assert secret not in stored


def test_a_deleted_key_is_refused_at_once(api: Api) -> None:
    made = api.post("/keys", json={"name": "a", "roles": ["viewer"]}).json()
    assert api.get("/models", key=made["key"]).status_code == 200
    assert api.delete(f"/keys/{made['id']}").status_code == 204
    assert api.get("/models", key=made["key"]).status_code == 401
    assert api.delete(f"/keys/{made['id']}").status_code == 404


def test_a_key_deleted_elsewhere_is_refused_within_seconds(api: Api) -> None:
    key = api.new_key("viewer")
    assert api.get("/models", key=key).status_code == 200
    api.documents.delete(OPS, "keys", key.split("_")[1])
    api.now.advance(REMEMBER_S + 1)
    assert api.get("/models", key=key).status_code == 401


def test_a_key_expires_when_it_says(api: Api) -> None:
    body = {"name": "a", "roles": ["viewer"], "expires_at": "2026-02-01T12:00:05Z"}
    key = api.post("/keys", json=body).json()["key"]
    assert api.get("/models", key=key).status_code == 200
    api.now.advance(5)
    assert api.get("/models", key=key).status_code == 401
    assert api.post("/keys", json=body).status_code == 422


def test_the_last_use_is_noted(api: Api) -> None:
    key = api.new_key("viewer")
    api.get("/models", key=key)
    api.settle()
    (shown,) = (one for one in api.get("/keys").json()["items"] if one["id"] == key.split("_")[1])
    assert shown["last_used_at"] == "2026-02-01T12:00:00Z"


@pytest.mark.parametrize(
    ("caller", "roles", "status"),
    [
        ("admin", ["admin"], 201),
        ("operator", ["engineer", "viewer"], 201),
        ("operator", ["operator"], 201),
        ("operator", ["admin"], 403),
        ("operator", ["viewer", "admin"], 403),
    ],
)
def test_nobody_makes_a_key_above_their_own(api: Api, caller: str, roles: list[str], status: int) -> None:
    before = len(api.get("/keys").json()["items"])
    key = api.new_key(caller)  # type: ignore[arg-type]  # a role
    assert api.post("/keys", json={"name": "a", "roles": roles}, key=key).status_code == status
    assert len(api.get("/keys").json()["items"]) == before + 1 + (status == 201)


def test_an_operator_deletes_no_admin(api: Api) -> None:
    assert api.delete(f"/keys/{api.key.split('_')[1]}", key=api.new_key("operator")).status_code == 403


def test_a_key_limited_to_models_manages_no_keys(api: Api) -> None:
    key = api.new_key("admin", models=["credit"])
    assert api.get("/keys", key=key).status_code == 403
    assert api.post("/keys", json={"name": "a", "roles": ["admin"]}, key=key).status_code == 403
    assert api.get("/dead-letters", key=key).status_code == 403


def test_a_request_that_made_a_key_makes_no_second(api: Api) -> None:
    body = {"name": "a", "roles": ["viewer"]}
    made = api.post("/keys", json=body, headers={"Idempotency-Key": "once"}).json()
    before = api.everything()
    again = api.post("/keys", json=body, headers={"Idempotency-Key": "once"})
    assert again.status_code == 409
    assert made["id"] in again.json()["detail"]
    assert api.everything() == before


@pytest.mark.parametrize(
    "body", [{"name": "a", "roles": []}, {"name": "", "roles": ["viewer"]}, {"name": "a", "roles": ["root"]}]
)
def test_a_key_for_nothing_is_refused(api: Api, body: dict[str, object]) -> None:
    assert api.post("/keys", json=body).status_code == 422
