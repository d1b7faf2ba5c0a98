import gzip
import hashlib
import tracemalloc
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from bellwether.contracts import Batch
from bellwether.settings import Settings
from bellwether.storage.collections import MODELS, RUNS
from bellwether.storage.documents import parse
from tests.integration.gateway.facts import accepted, analysed, ready
from tests.integration.gateway.served import CSV, Api, with_reference

ROWS = b"age,prediction\n30,1\n31,0\n"
END = "end=2026-01-31T00:00:00Z"


def test_a_push_is_stored_as_it_is_and_announced(api: Api, model: str) -> None:
    answer = api.push(f"/models/credit/batches?start=2026-01-30T00:00:00Z&{END}&version=3&run=r1&key=k1", ROWS)
    assert (answer.status_code, answer.json()["state"]) == (202, "received")
    id = answer.json()["id"]
    (doc,) = (doc for doc in api.documents.query(RUNS, "credit|2026-01").docs)
    batch = parse(Batch, doc)
    assert (batch.id, batch.key, batch.version, batch.run) == (id, "k1", "3", "r1")
    assert (batch.media_type, batch.encoding) == ("text/csv", None)
    assert batch.digest == hashlib.sha256(ROWS).hexdigest()
    assert api.objects.get(batch.raw_uri) == ROWS
    assert api.bus.names[-1] == ("batch.submitted", id)
    shown = api.get(f"/models/credit/batches/{id}").json()
    assert (shown["start"], shown["end"]) == ("2026-01-30T00:00:00Z", "2026-01-31T00:00:00Z")
    assert shown["links"]["drift"] == f"/api/v1/models/credit/drift/{id}"


def test_a_packed_body_is_kept_packed(api: Api, model: str) -> None:
    body = gzip.compress(ROWS)
    answer = api.push(f"/models/credit/batches?{END}", body, headers={"Content-Encoding": "GZIP"})
    assert answer.status_code == 202
    doc = api.documents.get(RUNS, "credit|2026-01", answer.json()["id"])
    assert doc is not None
    assert (doc["encoding"], api.objects.get(doc["raw_uri"])) == ("gzip", body)


@pytest.mark.parametrize("query", ["", f"?{END}", "?key=monday", f"?key=monday&{END}"])
def test_the_same_push_again_is_the_same_batch(api: Api, model: str, query: str) -> None:
    first = api.push(f"/models/credit/batches{query}", ROWS)
    before = api.everything()
    api.now.advance(86_400 * 40)
    again = api.push(f"/models/credit/batches{query}", ROWS)
    assert (again.status_code, again.json()) == (202, first.json())
    assert api.everything() == before


def test_an_idempotency_key_stands_in_for_the_key(api: Api, model: str) -> None:
    first = api.push("/models/credit/batches", ROWS, headers={"Idempotency-Key": "x"})
    api.now.advance(60)
    again = api.push("/models/credit/batches", ROWS, headers={"Idempotency-Key": "x"})
    assert again.json() == first.json()
    assert api.push("/models/credit/batches", ROWS + b"1,1\n", headers={"Idempotency-Key": "x"}).status_code == 409


def test_other_rows_other_windows_and_other_keys_are_other_batches(api: Api, model: str) -> None:
    pushes = [("", ROWS), ("", ROWS + b"1,1\n"), (f"?{END}", ROWS), ("?key=a", ROWS), ("?key=b", ROWS)]
    ids = [api.push(f"/models/credit/batches{query}", body).json()["id"] for query, body in pushes]
    assert len(set(ids)) == len(pushes)


@pytest.mark.parametrize("change", [("?key=a", ROWS + b"1,1\n"), (f"?key=a&{END}", ROWS)])
def test_a_key_in_use_for_other_content_is_refused_and_changes_nothing(
    api: Api, model: str, change: tuple[str, bytes]
) -> None:
    api.push("/models/credit/batches?key=a", ROWS)
    documents = [one for one in api.everything() if one[0] != "object"]
    answer = api.push(f"/models/credit/batches{change[0]}", change[1])
    assert answer.status_code == 409
    assert answer.json()["errors"][0] == {
        "pointer": "?key",
        "value": "a key in use",
        "limit": "other rows, start or end",
        "fix": "push with another key",
    }
    assert [one for one in api.everything() if one[0] != "object"] == documents


def test_the_same_key_of_another_model_or_of_labels_is_another_thing(api: Api, model: str) -> None:
    api.post("/models", json={"name": "other", "task": "binary"})
    api.call("PUT", "/api/v1/models/other/reference", content=ROWS, headers=CSV)
    ids = {
        api.push("/models/credit/batches?key=a", ROWS).json()["id"],
        api.push("/models/other/batches?key=a", ROWS).json()["id"],
        api.push("/models/credit/labels?key=a", b"id,label\n1,0\n").json()["id"],
    }
    assert len(ids) == 3


def test_without_a_reference_a_batch_is_refused_with_what_to_do(api: Api) -> None:
    api.post("/models", json={"name": "new", "task": "binary"})
    before = api.everything()
    answer = api.push("/models/new/batches", ROWS)
    assert answer.status_code == 409
    assert "/api/v1/models/new/reference" in answer.json()["errors"][0]["fix"]
    assert api.everything() == before


def _creates_batch(method: str, arguments: tuple[Any, ...]) -> bool:
    return method == "put" and arguments[0] is RUNS and arguments[1]["type"] == "batch"


@pytest.mark.parametrize("part", ["bus", "objects", "documents"])
def test_a_push_that_broke_off_is_completed_by_its_repetition(api: Api, model: str, part: str) -> None:
    api.bus.events.clear()
    api.bus.away = part == "bus"
    api.folder.fails = lambda method, _: part == "objects" and method == "put"
    api.store.fails = lambda method, arguments: part == "documents" and _creates_batch(method, arguments)
    broken = api.push("/models/credit/batches", ROWS)
    assert (broken.status_code, "retry-after" in broken.headers, "secret" in broken.text) == (503, True, False)
    api.bus.away, part = False, "none"
    api.now.advance(60)
    answer = api.push("/models/credit/batches", ROWS)
    assert answer.status_code == 202
    assert api.bus.names == [("batch.submitted", answer.json()["id"])]
    assert [one["id"] for one in api.get("/models/credit/batches").json()["items"]] == [answer.json()["id"]]


def test_a_push_is_announced_again_only_while_nobody_has_handled_it(api: Api, model: str) -> None:
    id = api.push(f"/models/credit/batches?{END}", ROWS).json()["id"]
    api.push(f"/models/credit/batches?{END}", ROWS)
    assert api.bus.names.count(("batch.submitted", id)) == 2
    doc = api.documents.get(RUNS, "credit|2026-01", id)
    assert doc is not None
    api.documents.put(RUNS, {**doc, "state": "accepted"})
    assert api.push(f"/models/credit/batches?{END}", ROWS).json()["state"] == "accepted"
    assert api.bus.names.count(("batch.submitted", id)) == 2


def test_a_body_is_streamed_and_never_held(serve: Callable[[Settings], Api], tmp_path: Path) -> None:
    api, size, part = serve(Settings(home=tmp_path)), 40_000_000, b"12345678,1\n" * 6_000
    with_reference(api)

    async def body() -> AsyncIterator[bytes]:
        for _ in range(size // len(part)):
            yield part

    api.push("/models/credit/batches?key=warm", ROWS)
    tracemalloc.start()
    answer = api.push("/models/credit/batches", body())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.status_code == 202
    assert peak < 5_000_000


def test_nothing_of_a_body_stays_in_the_spool(api: Api, model: str, tmp_path: Path) -> None:
    api.push("/models/credit/batches", ROWS)
    api.push("/models/credit/batches", b"")
    api.push("/models/credit/batches", b"\0")
    api.push("/models/credit/batches", b"x" * 2_000_000)
    assert list((tmp_path / "spool").iterdir()) == []


def test_a_batch_is_analysed_once_it_has_a_report(api: Api, model: str) -> None:
    end = api.now()
    ids = [accepted(api, model, end, state="rejected").id]
    api.now.advance(60)
    ids.append(accepted(api, model, api.now()).id)
    api.now.advance(60)
    ids.append(analysed(api, model, api.now()))
    states = {one["id"]: one["state"] for one in api.get("/models/credit/batches").json()["items"]}
    assert [states[id] for id in ids] == ["rejected", "accepted", "analysed"]
    assert [api.get(f"/models/credit/batches/{id}").json()["state"] for id in ids] == list(states.values())[::-1]


def test_batches_come_in_pages_newest_first_across_months(api: Api, model: str) -> None:
    ids = []
    for _ in range(9):
        ids.append(accepted(api, model, api.now()).id)
        api.now.advance(86_400 * 12)
    found, cursor = [], None
    for _ in range(5):
        page = api.get("/models/credit/batches", params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        found += [one["id"] for one in page["items"]]
        cursor = page["next"]
    assert (found, cursor) == (ids[::-1], None)


def test_waiting_ends_with_the_state_or_the_time(api: Api, model: str) -> None:
    id = analysed(api, model, api.now())
    assert api.get(f"/models/credit/batches/{id}?wait=60").json()["state"] == "analysed"
    other = accepted(api, model, api.now().replace(hour=1)).id
    assert api.get(f"/models/credit/batches/{other}?wait=0.2").json()["state"] == "accepted"


def test_labels_are_pushed_and_followed_like_batches(api: Api, model: str) -> None:
    first = api.push("/models/credit/labels", b"id,label\n1,0\n")
    api.now.advance(60)
    assert api.push("/models/credit/labels", b"id,label\n1,0\n").json() == first.json()
    assert api.bus.names[-1] == ("labels.submitted", first.json()["id"])
    shown = api.get(first.json()["links"]["self"].removeprefix("/api/v1"))
    assert (shown.status_code, shown.json()["state"]) == (200, "received")
    assert api.get("/models/credit/batches").json()["items"] == []
    assert api.get(f"/models/credit/batches/{first.json()['id']}").status_code == 404


def test_a_reference_is_pending_until_it_is_in_force(api: Api, model: str) -> None:
    first = api.get("/models/credit/reference").json()
    assert (first["state"], first["pending"]) == ("received", None)
    ready(api, model)
    second = api.call("PUT", "/api/v1/models/credit/reference", content=ROWS, headers=CSV).json()
    shown = api.get("/models/credit/reference").json()
    assert (shown["id"], shown["state"], shown["pending"]) == (first["id"], "ready", second["id"])
    assert api.get(second["links"]["self"].removeprefix("/api/v1")).json()["state"] == "received"


def test_an_earlier_reference_pushed_again_is_put_in_force_again(api: Api, model: str) -> None:
    ready(api, model)
    body = b"a,prediction\n1,0\n"
    api.bus.events.clear()
    api.call("PUT", "/api/v1/models/credit/reference", content=body, headers=CSV)
    assert api.bus.names == [], "it is in force already"
    api.now.advance(1)
    api.call("PUT", "/api/v1/models/credit/reference", content=ROWS, headers=CSV)
    other = api.bus.names[-1][1]
    doc = api.documents.get(MODELS, model, other)
    assert doc is not None
    api.documents.put(MODELS, {**doc, "state": "ready", "id": "reference"})
    api.call("PUT", "/api/v1/models/credit/reference", content=body, headers=CSV)
    assert api.bus.names[-1][0] == "reference.submitted"
    assert api.bus.names[-1][1] != other
