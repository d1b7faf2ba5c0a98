"""Errors as ``application/problem+json``: thing, value, limit, fix; never a stack, a path or raw input."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from bellwether.contracts import Contract, Reason
from bellwether.errors import BellwetherError, ContractError, Fault

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 2
_NAMED = 3
"""Faults a sentence names; all of them follow it."""


class Problem(Contract):
    """What every error answers."""

    type: str
    title: str
    status: int
    detail: str
    errors: tuple[Reason, ...] = ()
    request_id: str


class Refused(BellwetherError):
    """A request refused for a reason that only HTTP knows: identity, role, rate, media type."""

    def __init__(
        self, status: HTTPStatus, message: str, faults: Sequence[Fault] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message, faults)
        self.http_status = int(status)
        self.headers = dict(headers or {})


def too_many(message: str, fault: Fault, wait_s: int) -> Refused:
    """Return a 429 that says when to come back."""
    return Refused(HTTPStatus.TOO_MANY_REQUESTS, message, [fault], {"Retry-After": str(wait_s)})


def overloaded(message: str, fault: Fault, wait_s: int) -> Refused:
    """Return the same as a 503."""
    return Refused(HTTPStatus.SERVICE_UNAVAILABLE, message, [fault], {"Retry-After": str(wait_s)})


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    slug: str
    detail: str
    faults: Sequence[Fault] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def respond(error: Exception, request_id: str) -> Response:
    """Return the answer to any error; what is not known is a 500 that says nothing but its request id."""
    answer = _describe(error)
    detail = answer.detail[:1].upper() + answer.detail[1:]
    problem = Problem(
        type=f"urn:bellwether:problem:{answer.slug}",
        title=HTTPStatus(answer.status).phrase,
        status=answer.status,
        detail=detail if detail.endswith(".") else f"{detail}.",
        errors=tuple(Reason(**asdict(fault)) for fault in answer.faults),
        request_id=request_id,
    )
    return JSONResponse(problem.model_dump(), answer.status, dict(answer.headers), media_type=MEDIA_TYPE)


def unexpected(error: Exception) -> bool:
    """Say whether an error is a fault of this server, to be logged with its cause."""
    return _describe(error).status == HTTPStatus.INTERNAL_SERVER_ERROR


def _describe(error: Exception) -> _Answer:
    if isinstance(error, Refused):
        slug = _slug(HTTPStatus(error.http_status).phrase)
        return _Answer(error.http_status, slug, str(error), error.faults, error.headers)
    # A stored document that breaks its contract is no fault of the caller, and its words are not for them.
    if isinstance(error, BellwetherError) and error.status < 500 and not isinstance(error, ContractError):
        return _Answer(error.status, _slug(type(error).__name__), str(error), error.faults)
    if isinstance(error, BellwetherError) and error.retry:
        detail = "A service this request needs is away or too busy. Try again; repeated writes are safe."
        return _Answer(error.status, "unavailable", detail, headers={"Retry-After": str(RETRY_AFTER_S)})
    if isinstance(error, (RequestValidationError, ValidationError)):
        faults = faults_of(error.errors())
        named = ", ".join(fault.pointer or "the body" for fault in faults[:_NAMED])
        more = f" and {len(faults) - _NAMED} more" if len(faults) > _NAMED else ""
        detail = f"{len(faults)} part{'s' if len(faults) > 1 else ''} of the request cannot be used: {named}{more}."
        return _Answer(422, "invalid-input", detail, faults)
    if isinstance(error, HTTPException):
        phrase = HTTPStatus(error.status_code).phrase
        return _Answer(error.status_code, _slug(phrase), str(error.detail), headers=error.headers or {})
    return _Answer(500, "internal", "This is a fault of the server. Its log holds the cause under the request id.")


def faults_of(errors: Sequence[Mapping[str, Any]]) -> tuple[Fault, ...]:
    """Translate validation errors: place, kind of value, what is allowed. Input itself is never repeated."""
    return tuple(
        Fault(
            pointer=pointer(error["loc"]),
            value="nothing" if error["type"] == "missing" else describe(error.get("input")),
            limit=_first_sentence(error),
            fix=_fix(error),
        )
        for error in list(errors)[:50]
    )


def pointer(loc: Sequence[str | int]) -> str:
    """Say where: ``/roles/features/0`` in the body, ``?limit`` in the query, ``{model}`` in the path."""
    if not loc:
        return ""
    place, rest = loc[0], [_name(part) for part in loc[1:]]
    match place:
        case "query":
            return "?" + "/".join(rest)
        case "path":
            return "{" + "/".join(rest) + "}"
        case "header" | "cookie":
            return "/".join(rest)
        case "body":
            return "".join(f"/{part}" for part in rest)
    return "".join(f"/{_name(part)}" for part in loc)


def describe(value: object) -> str:
    """Name the kind of a value without repeating it."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"{value!r:.40}" if abs(value) < 1e300 else "a number too large"
        case str() | bytes():
            return f"a string of {len(value)} character{'' if len(value) == 1 else 's'}"
        case list() | tuple():
            return f"an array of {len(value)}"
        case dict():
            return f"an object of {len(value)}"
    return "something else"


def _name(part: str | int) -> str:
    """Return a part of a place that is safe to print: unknown field names come from the caller."""
    return re.sub(r"[^\w.~:|\[\] -]", "?", str(part))[:100]


def _first_sentence(error: Mapping[str, Any]) -> str:
    return re.sub(r"^Value error, ", "", str(error["msg"]))[:300]


def _fix(error: Mapping[str, Any]) -> str:
    match error["type"]:
        case "missing":
            return "add it"
        case "extra_forbidden":
            return "remove it, or correct its name; the names are in /openapi.json"
    return "change it to what is allowed"


def _slug(words: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])|\W+", "-", words).lower()
