import json
from http import HTTPStatus

import pytest
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from bellwether import errors
from bellwether.gateway.problems import MEDIA_TYPE, Refused, describe, pointer, respond, unexpected


def classes(root: type[errors.BellwetherError]) -> list[type[errors.BellwetherError]]:
    return [root, *(one for child in root.__subclasses__() for one in classes(child))]


OURS = [kind for kind in classes(errors.BellwetherError) if kind.__module__ == errors.__name__]


@pytest.mark.parametrize("kind", OURS, ids=lambda kind: kind.__name__)
def test_every_error_has_an_answer_of_its_status(kind: type[errors.BellwetherError]) -> None:
    answer = respond(kind("what happened"), "id")
    problem = json.loads(bytes(answer.body))
    status = 500 if kind is errors.ContractError else kind.status  # what is stored is no fault of the caller
    assert (answer.status_code, answer.media_type) == (status, MEDIA_TYPE)
    assert set(problem) == {"type", "title", "status", "detail", "errors", "request_id"}
    assert ("retry-after" in answer.headers) == kind.retry
    assert ("hat happened" in problem["detail"]) == (status < 500), "what went wrong inside stays inside"


def test_what_nobody_expected_says_nothing_but_its_id() -> None:
    answer = respond(RuntimeError("/srv/secret"), "the-id")
    assert answer.status_code == 500
    assert b"secret" not in bytes(answer.body)
    assert b"the-id" in bytes(answer.body)
    assert unexpected(RuntimeError())


def test_a_fault_names_place_value_limit_and_fix() -> None:
    fault = errors.Fault("?limit", "900", "1 to 500", "ask for less")
    problem = json.loads(bytes(respond(errors.InvalidInput("No.", [fault]), "id").body))
    assert problem["errors"] == [{"pointer": "?limit", "value": "900", "limit": "1 to 500", "fix": "ask for less"}]


def test_what_is_said_of_a_bad_request_names_its_first_parts() -> None:
    def said(*names: str) -> str:
        errors = [{"loc": ("query", name), "type": "missing", "msg": "Field required"} for name in names]
        return str(json.loads(bytes(respond(RequestValidationError(errors), "id").body))["detail"])

    assert said("limit") == "1 part of the request cannot be used: ?limit."
    assert said("a", "b", "c", "d", "e") == "5 parts of the request cannot be used: ?a, ?b, ?c and 2 more."


def test_headers_of_a_refusal_are_answered() -> None:
    assert (
        respond(Refused(HTTPStatus.TOO_MANY_REQUESTS, "", headers={"Retry-After": "3"}), "").headers["retry-after"]
        == "3"
    )
    assert respond(HTTPException(405, headers={"Allow": "GET"}), "").headers["allow"] == "GET"


@pytest.mark.parametrize(
    ("loc", "words"),
    [
        (("body", "roles", "features", 0), "/roles/features/0"),
        (("query", "limit"), "?limit"),
        (("path", "model"), "{model}"),
        (("header", "If-Match"), "If-Match"),
        (("body", "<script>\n"), "/?script??"),
        ((), ""),
    ],
)
def test_a_place_is_named_and_safe_to_print(loc: tuple[str | int, ...], words: str) -> None:
    assert pointer(loc) == words


@pytest.mark.parametrize(
    "value", ["password", b"password", ["password"], {"password": 1}, float("nan"), 1e308, 10**400]
)
def test_a_value_is_described_and_never_repeated(value: object) -> None:
    text = describe(value)
    assert "password" not in text
    assert describe("x") == "a string of 1 character"
    assert len(text) < 60
    json.dumps(text, allow_nan=False)
