"""Requests and replies as every room of the server sees them; pure."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple, NoReturn

from bellwether.testing.wire import Headers

Doc = dict[str, Any]

_CODES = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    409: "Conflict",
    410: "Gone",
    412: "PreconditionFailed",
    413: "RequestEntityTooLarge",
    429: "429",
    503: "ServiceUnavailable",
}
OWNER_MISSING = 1003


class HttpError(Exception):
    """A reply other than success: status, Cosmos sub-status, message and extra headers."""

    def __init__(
        self,
        status: int,
        message: str,
        substatus: int = 0,
        headers: Mapping[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(status, message)
        self.status = status
        self.substatus = substatus
        self.headers = dict(headers or {})
        self.body = {"code": _CODES.get(status, "Error"), "message": message, **extra}


class Reply(NamedTuple):
    """A success."""

    status: int
    body: Any
    headers: dict[str, str]


class Request(NamedTuple):
    """One request: the parts of its path, unquoted; headers; body."""

    method: str
    parts: list[str]
    headers: Headers
    body: bytes

    def json(self) -> Any:
        """Return the body; NaN and Infinity are refused, as by the service."""
        return json.loads(self.body, parse_constant=_refuse_constant)

    def flag(self, name: str) -> bool:
        """Say whether a header is true."""
        return self.headers.get(name, "").lower() == "true"

    def query(self) -> tuple[str, dict[str, Any]]:
        """Return text and parameters of a query."""
        found = self.json()
        return found["query"], {entry["name"]: entry["value"] for entry in found.get("parameters") or []}


class LogLine(NamedTuple):
    """One request as the log keeps it."""

    method: str
    path: str
    status: int
    charge: float


def not_found(hint: str = "Resource Not Found", substatus: int = 0) -> HttpError:
    """Return the error for what does not exist."""
    return HttpError(404, f"Entity with the specified id does not exist in the system. {hint}", substatus)


def size_of(doc: Any) -> int:
    """Return the bytes of a document as compact JSON."""
    return len(json.dumps(doc, separators=(",", ":"), ensure_ascii=False).encode())


def _refuse_constant(_: str) -> NoReturn:
    message = "The request payload is invalid. Ensure to provide a valid request payload."
    raise HttpError(400, json.dumps({"Errors": [message]}))
