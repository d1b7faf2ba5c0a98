import pytest

from bellwether.storage.collections import OPS
from tests.integration.gateway.served import Api

SIGN_IN = "/api/v1/session"


def sign_in(api: Api, *, key: str | None = None) -> str:
    """Sign in; the client keeps the cookie. Returns the token of writes."""
    answer = api.call("POST", SIGN_IN, key="", json={"key": key or api.key})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["csrf"])


def test_a_key_is_exchanged_for_a_cookie_the_page_cannot_read(api: Api) -> None:
    answer = api.call("POST", SIGN_IN, key="", json={"key": api.key})
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie
    assert api.key not in answer.text + cookie
    found = api.get("/session", key="").json()
    assert found == answer.json()
    assert (found["name"], found["roles"]) == ("test", ["admin"])


def test_over_tls_the_cookie_never_travels_without(api: Api) -> None:
    answer = api.call("POST", f"https://gateway{SIGN_IN}", key="", json={"key": api.key})
    assert "; Secure" in answer.headers["set-cookie"]
    assert "strict-transport-security" in answer.headers


def test_reading_needs_the_cookie_and_writing_its_token_too(api: Api) -> None:
    csrf = sign_in(api)
    body = {"name": "credit", "task": "binary"}
    assert api.get("/models", key="").status_code == 200
    for headers in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": csrf[:-1] + "x"}, {"X-CSRF-Token": "ü".encode()}):
        refused = api.post("/models", key="", json=body, headers=headers)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (403, "X-CSRF-Token")
    assert api.post("/models", key="", json=body, headers={"X-CSRF-Token": csrf}).status_code == 201


def test_the_token_of_another_session_is_worth_nothing(api: Api) -> None:
    other = sign_in(api)
    assert sign_in(api) != other
    body = {"name": "credit", "task": "binary"}
    assert api.post("/models", key="", json=body, headers={"X-CSRF-Token": other}).status_code == 403


def test_a_session_has_the_rights_of_its_key(api: Api) -> None:
    csrf = sign_in(api, key=api.new_key("viewer"))
    body = {"name": "credit", "task": "binary"}
    assert api.post("/models", key="", json=body, headers={"X-CSRF-Token": csrf}).status_code == 403
    assert api.get("/keys", key="").status_code == 403


def test_signing_out_ends_the_session(api: Api) -> None:
    sign_in(api)
    cookie = dict(api.cookies)
    assert api.delete("/session", key="").status_code == 204
    assert not dict(api.cookies)
    stolen = "; ".join(f"{name}={value}" for name, value in cookie.items())
    assert api.get("/models", key="", headers={"Cookie": stolen}).status_code == 401


def test_a_session_ends_by_itself(api: Api) -> None:
    sign_in(api)
    api.now.advance(api.settings.gateway.session_seconds - 1)
    assert api.get("/models", key="").status_code == 200
    api.now.advance(11)
    assert api.get("/models", key="").status_code == 401


def test_a_session_ends_with_its_key(api: Api) -> None:
    key = api.new_key("viewer")
    sign_in(api, key=key)
    assert api.get("/models", key="").status_code == 200
    assert api.delete(f"/keys/{key.split('_')[1]}").status_code == 204
    assert api.get("/models", key="").status_code == 401


@pytest.mark.parametrize("key", ["secret!", "bw_abcdefghijkl_" + "x" * 43, "' OR 1=1"])
def test_what_is_no_key_signs_nobody_in(api: Api, key: str) -> None:
    answer = api.call("POST", SIGN_IN, key="", json={"key": key})
    assert (answer.status_code, answer.headers.get("set-cookie")) == (401, None)
    assert key not in answer.text


def test_the_store_keeps_no_cookie_in_clear(api: Api) -> None:
    sign_in(api)
    (value,) = dict(api.cookies).values()
    assert value not in str(list(api.documents.scan(OPS)))


def test_a_form_of_another_site_cannot_sign_in(api: Api) -> None:
    body = f'{{"key": "{api.key}"}}'
    for media in ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain"):
        answer = api.call("POST", SIGN_IN, key="", content=body, headers={"Content-Type": media})
        assert answer.status_code == 415
