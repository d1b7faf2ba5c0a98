"""What a caller can get wrong: status, thing, value, limit, fix, and that nothing else changed."""

import gzip
from typing import Any

import pytest

from bellwether.contracts import ROW_FORMATS
from bellwether.settings import Limits
from tests.integration.gateway.served import CSV, Api

ROWS = b"age,prediction\n30,1\n"
PARQUET, ARROW = "application/vnd.apache.parquet", "application/vnd.apache.arrow.stream"
PATHS = ("/models/credit/batches", "/models/credit/labels")


def refused(answer: Any, status: int) -> dict[str, Any]:
    """The problem of an answer, complete and of this status."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert set(problem) == {"type", "title", "status", "detail", "errors", "request_id"}
    assert (problem["status"], problem["request_id"]) == (status, answer.headers["x-request-id"])
    assert problem["detail"].endswith((".", "!"))
    for error in problem["errors"]:
        assert set(error) == {"pointer", "value", "limit", "fix"}
        assert error["fix"]
    return problem


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("encoding", [None, "gzip"])
def test_an_empty_body(api: Api, model: str, path: str, encoding: str | None) -> None:
    before = api.everything()
    headers = {"Content-Encoding": encoding} if encoding else {}
    problem = refused(api.push(path, b"", headers=headers), 422)
    assert problem["errors"][0]["value"] == "0 bytes"
    assert api.everything() == before


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "media", ["", "text/plain", "application/octet-stream", "multipart/form-data", "text/csv2", "*/*"]
)
def test_a_media_type_nobody_reads(api: Api, model: str, path: str, media: str) -> None:
    before = api.everything()
    problem = refused(api.push(path, ROWS, media), 415)
    assert problem["errors"][0]["pointer"] == "Content-Type"
    assert "text/csv" in problem["errors"][0]["limit"]
    assert api.everything() == before


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "gzip,zstd", "x"])
def test_an_encoding_nobody_unpacks(api: Api, model: str, encoding: str) -> None:
    before = api.everything()
    answer = api.push("/models/credit/batches", ROWS, headers={"Content-Encoding": encoding})
    assert refused(answer, 415)["errors"][0]["limit"] == "gzip, zstd"
    assert api.everything() == before


@pytest.mark.parametrize(
    ("media", "body", "words"),
    [
        (PARQUET, b"PAR1" + b"\x15" * 100, "cut short"),
        (PARQUET, ROWS, "does not begin with PAR1"),
        (PARQUET, b"P", "does not begin"),
        (ARROW, b"ARROW1\0\0" + b"\0" * 50, "stream is wanted"),
        (ARROW, b"\xff\xff", "does not begin"),
        ("text/csv", b"PAR1\x15PAR1", "CSV"),
        ("text/csv", gzip.compress(ROWS, mtime=0), "CSV"),
        ("application/json", b'{"a": 1}', "JSON rows"),
        ("application/x-ndjson", b'[{"a": 1}]', "NDJSON"),
    ],
)
def test_a_body_that_is_not_what_its_header_says(api: Api, model: str, media: str, body: bytes, words: str) -> None:
    before = api.everything()
    problem = refused(api.push("/models/credit/batches", body, media), 400)
    assert words in problem["detail"]
    assert problem["errors"][0]["fix"]
    assert api.everything() == before


@pytest.mark.parametrize("length_is_known", [True, False])
@pytest.mark.parametrize("path", [*PATHS, "/models/credit/reference"])
def test_a_body_over_the_limit(api: Api, model: str, path: str, length_is_known: bool) -> None:
    before = api.everything()
    body = b"x" * (api.settings.limits.body_bytes + 1)

    async def parts() -> Any:
        for start in range(0, len(body), 65_536):
            yield body[start : start + 65_536]

    method = "PUT" if path.endswith("reference") else "POST"
    answer = api.call(method, "/api/v1" + path, content=body if length_is_known else parts(), headers=CSV)
    problem = refused(answer, 413)
    assert problem["errors"][0]["limit"] == "1000000 bytes"
    assert api.everything() == before


def test_a_body_of_exactly_the_limit_passes(api: Api, model: str) -> None:
    body = ROWS + b"1" * (api.settings.limits.body_bytes - len(ROWS))
    assert api.push("/models/credit/batches", body).status_code == 202


@pytest.mark.parametrize("media", ROW_FORMATS)
def test_every_format_is_taken_in(api: Api, model: str, media: str) -> None:
    bodies = {"parquet": b"PAR1..PAR1", "arrow": b"\xff" * 9, "csv": ROWS, "json": b"[{}]", "ndjson": b"{}\n"}
    answer = api.push("/models/credit/batches", bodies[ROW_FORMATS[media]], media.upper() + "; charset=utf-8")
    assert answer.status_code == 202


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("start=2026-01-30T00:00:00", "?start"),
        ("end=2026-01-31", "?end"),
        ("end=1769860800", "?end"),
        ("end=yesterday", "?end"),
        ("end=2026-01-31T00:00:00+01:00", "?end"),
        ("end=0001-01-01T00:00:00Z", "?end"),
        ("end=9999-12-31T23:59:59Z", "?end"),
        ("start=2026-01-31T00:00:00Z&end=2026-01-30T00:00:00Z", "?start"),
        ("key=", "?key"),
        ("key=" + "k" * 201, "?key"),
        ("key=a%00b", "?key"),
        ("version=%0a", "?version"),
        ("run=" + "r" * 201, "?run"),
        ("strat=2026-01-30T00:00:00Z", "?"),
        ("key=a&key=b", "?key"),
    ],
)
def test_a_query_that_cannot_be_meant(api: Api, model: str, query: str, pointer: str) -> None:
    before = api.everything()
    problem = refused(api.push(f"/models/credit/batches?{query}", ROWS), 422)
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert api.everything() == before


@pytest.mark.parametrize("what", ["drift", "features", "features/age", "heatmap", "performance", "quality"])
def test_a_window_that_ends_before_it_begins(api: Api, model: str, what: str) -> None:
    problem = refused(api.get(f"/models/credit/{what}?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z"), 422)
    (error,) = problem["errors"]
    assert (error["pointer"], error["fix"]) == ("?from", "exchange from and to")
    assert "2026-01-01" in error["limit"]
    refused(api.get("/models/credit/explanations/global?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z"), 422)


def test_a_time_without_zone_is_told_how_to_be_written(api: Api, model: str) -> None:
    (error,) = refused(api.push("/models/credit/batches?end=2026-01-31T00:00:00", ROWS), 422)["errors"]
    assert error["limit"].endswith("2026-01-31T23:00:00Z: this one has none")


@pytest.mark.parametrize("key", ["größe/😀 ' \" \\ ; --", "../../etc", "a/b#c?d", "‮", "<script>"])
def test_any_printable_key_is_a_key(api: Api, model: str, key: str) -> None:
    answer = api.push("/models/credit/batches", ROWS, params={"key": key})
    assert answer.status_code == 202
    shown = api.get(f"/models/credit/batches/{answer.json()['id']}").json()
    assert shown["key"] == key


@pytest.mark.parametrize("place", ["batches", "drift", "labels"])
def test_an_id_that_names_nothing(api: Api, model: str, place: str) -> None:
    for id in ("x", "%2e%2e", "a%2fb", "%00", "x" * 300, "20260131T000000000000Z~labels~0123456789ab"):
        assert api.get(f"/models/credit/{place}/{id}").status_code in (404, 422)


@pytest.mark.parametrize("path", ["/models/credit/batches", "/fleet/summary", "/models", "/keys", "/dead-letters"])
def test_a_cursor_of_something_else(api: Api, model: str, path: str) -> None:
    for cursor in ("x", "%00", "a" * 401, "20260131", "..", "e30", "WzEsMl0", "bnVsbA"):
        assert api.get(f"{path}?cursor={cursor}").status_code in (200, 422)


@pytest.mark.parametrize("limit", ["0", "-1", "501", "1.5", "x", "", "1e3", "99999999999999999999", "true"])
def test_a_page_nobody_can_print(api: Api, model: str, limit: str) -> None:
    (error,) = refused(api.get(f"/models/credit/batches?limit={limit}"), 422)["errors"]
    assert error["pointer"] == "?limit"


JSON_PATHS = [
    ("POST", "/models", {"name": "new", "task": "binary"}),
    ("PATCH", "/models/credit", {"owner": "a"}),
    ("POST", "/models/credit/versions", {"version": "1"}),
    ("POST", "/keys", {"name": "a", "roles": ["viewer"]}),
    ("POST", "/session", {"key": "a"}),
]
JSON = {"Content-Type": "application/json", "If-Match": "*"}


UNREADABLE = (
    b'{"name": NaN}',
    b'{"value": {"currency": "EUR", "per_unit": Infinity}}',
    b'{"value": {"currency": "EUR", "per_unit": 1e999}}',
    b'{"name": "\\ud800"}',
    b'{"\\udc00": 1}',
    b'{"name": "a", "name": "b"}',
    b'{"a":' * 900 + b"1" + b"}" * 900,
    b"[" * 10_000,
    b'{"a": ' + b"1" * 5_000 + b"}",
    b"\xff\xfe",
    b"",
    b"{",
    b"nul",
)


@pytest.mark.parametrize(("method", "path", "good"), JSON_PATHS, ids=lambda value: str(value)[:30])
def test_json_that_readers_take_differently(api: Api, model: str, method: str, path: str, good: dict[str, Any]) -> None:
    before = api.everything()
    for body in UNREADABLE:
        refused(api.call(method, "/api/v1" + path, content=body, headers=JSON), 400)
    for body in (b"null", b"[]", b"1", b'"x"', b"true"):
        refused(api.call(method, "/api/v1" + path, content=body, headers=JSON), 422)
    assert api.everything() == before


@pytest.mark.parametrize(("method", "path", "good"), JSON_PATHS, ids=lambda value: str(value)[:30])
def test_json_with_a_field_too_many_or_under_another_media_type(
    api: Api, model: str, method: str, path: str, good: dict[str, Any]
) -> None:
    before = api.everything()
    problem = refused(api.call(method, "/api/v1" + path, json={**good, "secret": "s3cr3t"}, headers=JSON), 422)
    assert problem["errors"][0]["pointer"] == "/secret"
    assert "s3cr3t" not in str(problem)
    refused(api.call(method, "/api/v1" + path, content=b"{}", headers={**JSON, "Content-Type": "text/plain"}), 415)
    large = b'{"a": "' + b"x" * api.settings.limits.json_bytes + b'"}'
    refused(api.call(method, "/api/v1" + path, content=large, headers=JSON), 413)
    assert api.everything() == before


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": "new", "task": "clustering"}, "/task"),
        ({"name": 1, "task": "binary"}, "/name"),
        ({"name": "new", "task": "binary", "owner": True}, "/owner"),
        ({"name": "new", "task": "binary", "roles": {"features": "age"}}, "/roles/features"),
        ({"name": "new", "task": "binary", "roles": {"features": ["age", 2]}}, "/roles/features/1"),
        ({"name": "new", "task": "binary", "value": {"currency": "EUR", "per_unit": "1"}}, "/value/per_unit"),
        ({"name": "new", "task": "binary", "value": {"currency": "EUR", "per_unit": False}}, "/value/per_unit"),
        ({"name": "new", "task": "binary", "value": {"currency": "euro"}}, "/value/currency"),
        ({"task": "binary"}, "/name"),
    ],
)
def test_a_definition_with_a_wrong_type(api: Api, body: dict[str, Any], pointer: str) -> None:
    before = api.everything()
    (error,) = refused(api.post("/models", json=body), 422)["errors"]
    assert error["pointer"] == pointer
    assert api.everything() == before


def test_booleans_are_no_numbers(api: Api, model: str) -> None:
    for value in (True, 1.5, "60"):
        answer = api.patch("/models/credit", json={"expected_interval_s": value}, headers={"If-Match": "*"})
        refused(answer, 422)


def test_everything_wrong_is_told_at_once(api: Api) -> None:
    body = {"name": "A", "task": "x", "roles": {"time": 1}, "more": 1}
    problem = refused(api.post("/models", json=body), 422)
    assert {error["pointer"] for error in problem["errors"]} == {"/name", "/task", "/roles/time", "/more"}


def test_numbers_the_store_could_not_keep_are_refused(api: Api, model: str) -> None:
    answer = api.patch("/models/credit", json={"expected_interval_s": 2**60}, headers={"If-Match": "*"})
    refused(answer, 422)


def test_an_address_where_nothing_is(api: Api) -> None:
    for path in ("/api/v1/nothing", "/api/v1/models/", "/api/v2/models", "/nothing", "/api", "/models/../etc/passwd"):
        assert "nothing at this address" in refused(api.call("GET", path), 404)["detail"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/api/v1/models", "GET, POST"),
        ("PATCH", "/api/v1/models/credit/reference", "GET, PUT"),
        ("POST", "/healthz", "GET"),
        ("DELETE", "/api/v1/fleet/summary", "GET"),
    ],
)
def test_a_method_an_address_does_not_know(api: Api, method: str, path: str, allowed: str) -> None:
    answer = api.call(method, path)
    refused(answer, 405)
    assert answer.headers["allow"] == allowed


def test_the_limits_of_a_fresh_installation_are_generous() -> None:
    assert Limits().body_bytes >= 100 * 2**20
