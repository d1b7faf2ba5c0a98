import httpx
import pytest

from bellwether.embedded.demo.api import Api, Refused
from bellwether.errors import Unavailable
from tests.recording_gateway import RecordingGateway

KEY = "secret-key"


def test_a_busy_gateway_is_asked_again_when_it_says() -> None:
    gateway = RecordingGateway(busy=2)
    paused: list[float] = []
    gateway.models = {"air-time": {"name": "air-time"}}
    with Api("http://gateway", KEY, pause=paused.append, transport=gateway.transport) as api:
        assert api.get("/models/air-time") == {"name": "air-time"}
    assert paused == [1.0, 1.0]


def test_a_gateway_that_is_away_is_asked_again() -> None:
    calls = 0

    def handle(_request: httpx.Request) -> httpx.Response:
        nonlocal calls
        calls += 1
        if calls < 3:
            raise httpx.ConnectError("refused")
        return httpx.Response(200, json={})

    with Api("http://gateway", KEY, pause=lambda _s: None, transport=httpx.MockTransport(handle)) as api:
        assert api.get("/models") == {}
    assert calls == 3


def test_a_gateway_that_stays_away_is_given_up() -> None:
    gateway = RecordingGateway(busy=99)
    with (
        Api("http://gateway", KEY, patience_s=0, pause=lambda _s: None, transport=gateway.transport) as api,
        pytest.raises(Unavailable, match="status 503"),
    ):
        api.get("/models")


def test_a_refusal_says_what_is_wrong_and_never_the_key() -> None:
    def handle(_request: httpx.Request) -> httpx.Response:
        fault = {"pointer": "/name", "value": "Air Time", "limit": "a-z, 0-9, -", "fix": "use air-time"}
        return httpx.Response(422, json={"title": "Invalid", "detail": "The name cannot be used.", "errors": [fault]})

    with (
        Api("http://gateway", KEY, transport=httpx.MockTransport(handle)) as api,
        pytest.raises(Refused) as caught,
    ):
        api.send("POST", "/models", {"name": "Air Time"})
    assert caught.value.code == 422
    assert "The name cannot be used." in str(caught.value)
    assert "use air-time" in str(caught.value)
    assert KEY not in str(caught.value)


def test_a_wrong_key_is_refused_at_once() -> None:
    gateway = RecordingGateway(key="another")
    with Api("http://gateway", KEY, transport=gateway.transport) as api, pytest.raises(Refused) as caught:
        api.get("/models")
    assert caught.value.code == 401
    assert len(gateway.calls) == 1
