"""When something the gateway needs is away, too busy, or broken."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bellwether.settings import Gateway, Settings
from bellwether.storage.collections import MODELS, RUNS
from tests.integration.gateway.served import Api, with_reference


@pytest.mark.parametrize(
    "path", ["/models", "/models/credit", "/models/credit/drift", "/models/credit/batches", "/fleet/summary", "/keys"]
)
def test_without_the_store_a_caller_is_told_to_come_back(api: Api, model: str, path: str) -> None:
    api.get("/models")  # the key is remembered
    api.store.fails = lambda method, arguments: True
    answer = api.get(path)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert "secret-host" not in answer.text


def test_a_key_that_cannot_be_looked_up_is_not_taken_for_a_stranger(api: Api) -> None:
    api.store.fails = lambda method, arguments: True
    assert api.get("/models", key=api.new_key("admin")).status_code == 503


def test_readiness_needs_the_store_and_health_does_not(api: Api) -> None:
    api.store.fails = lambda method, arguments: True
    assert api.call("GET", "/readyz", key="").status_code == 503
    assert api.call("GET", "/healthz", key="").status_code == 200
    api.store.fails = lambda method, arguments: False
    assert api.call("GET", "/readyz", key="").status_code == 200


def test_without_object_storage_nothing_is_announced(api: Api, model: str) -> None:
    api.bus.events.clear()
    api.folder.fails = lambda method, arguments: method == "put"
    assert api.push("/models/credit/batches", b"a\n1\n").status_code == 503
    assert api.bus.events == []


def test_a_fault_of_the_server_says_nothing_but_its_id(api: Api, model: str) -> None:
    def broken(method: str, arguments: object) -> bool:
        raise RuntimeError("/srv/secret and password=hunter2")

    api.get("/models")
    api.store.fails = broken
    answer = api.get("/models/credit")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    for word in ("secret", "hunter2", "Traceback", "RuntimeError", ".py"):
        assert word not in answer.text


def test_a_document_that_breaks_its_contract_is_the_servers_fault(api: Api, model: str) -> None:
    doc = api.documents.get(MODELS, model, "model")
    assert doc is not None
    api.documents.put(MODELS, {**doc, "task": "hunter2"})
    answer = api.get("/models/credit")
    assert (answer.status_code, "hunter2" in answer.text) == (500, False)


def test_a_request_id_is_taken_over_when_it_is_one(api: Api) -> None:
    assert api.get("/models", headers={"X-Request-Id": "trace-12345678"}).headers["x-request-id"] == "trace-12345678"
    for bad in ("x", "a" * 65, "a b c d e f", "<script>aaaa"):
        assert api.get("/models", headers={"X-Request-Id": bad}).headers["x-request-id"] != bad


def test_who_asks_too_often_is_told_when_to_come_back(serve: Callable[[Settings], Api], tmp_path: Path) -> None:
    api = serve(Settings(home=tmp_path, gateway=Gateway(requests_per_second=0.5, burst=3)))
    other = api.new_key("viewer")
    assert [api.get("/models").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = api.get("/models")
    assert (refused.headers["retry-after"], refused.headers["content-type"]) == ("2", "application/problem+json")
    assert api.get("/models", key=other).status_code == 200
    api.now.advance(2)
    assert api.get("/models").status_code == 200


def test_guessing_keys_is_limited_by_address(serve: Callable[[Settings], Api], tmp_path: Path) -> None:
    api = serve(Settings(home=tmp_path, gateway=Gateway(requests_per_second=0.5, burst=3)))
    signs = [api.call("POST", "/api/v1/session", key="", json={"key": "x"}).status_code for _ in range(4)]
    assert signs == [401, 401, 401, 429]
    guesses = [api.get("/models", key=f"bw_abcdefghijk{n}_" + "x" * 43).status_code for n in range(4)]
    assert guesses == [429] * 4
    assert api.get("/models").status_code == 200


def test_too_many_calls_at_once_are_refused_not_queued_for_ever(api: Api, model: str) -> None:
    threads = api.app.state.context.threads
    threads._calls = threads._limit
    answer = api.get("/models/credit")
    assert answer.status_code == 503
    threads._calls = 0


def test_uploads_at_once_are_bounded_per_key(serve: Callable[[Settings], Api], tmp_path: Path) -> None:
    api = serve(Settings(home=tmp_path, gateway=Gateway(uploads=2, requests_per_second=1e6, burst=10**6)))
    with_reference(api)
    statuses = api.push_together("/models/credit/batches", [f"a\n{n}\n".encode() for n in range(6)])
    assert sorted(set(statuses)) == [202, 429]
    assert api.push("/models/credit/batches", b"a\n1\n").status_code == 202


def test_a_caller_who_leaves_leaves_nothing(api: Api, model: str, tmp_path: Path) -> None:
    before = api.everything()
    api.leave_while_pushing("/models/credit/batches", b"a\n1\n")
    assert api.everything() == before
    assert list((tmp_path / "spool").iterdir()) == []
    assert api.documents.query(RUNS, "credit|2026-02").docs == []


def test_a_body_that_trickles_is_cut_off(serve: Callable[[Settings], Api], tmp_path: Path) -> None:
    api = serve(Settings(home=tmp_path, gateway=Gateway(upload_seconds=0.1)))
    with_reference(api)
    assert api.push_slowly("/models/credit/batches").status_code == 408
    assert list((tmp_path / "spool").iterdir()) == []
