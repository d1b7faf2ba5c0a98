"""What a route is: one row of a table, with who may use it and how it may fail."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import Request
from starlette.convertors import Convertor, register_url_convertor

from bellwether.contracts import ROW_FORMATS
from bellwether.errors import Fault, InvalidInput
from bellwether.gateway.access import AccessRole, Identity
from bellwether.gateway.problems import Refused

API = "/api/v1"
"""Below it everything needs a key, also what does not exist."""


class _Word(Convertor[str]):
    """A part of a path before a verb, as in ``/dead-letters/{id:word}:replay``."""

    regex = "[^/:]+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("word", _Word())


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation; ``path`` stands below ``API``.

    ``roles`` None: no key is asked for. ``fails``: error statuses beside those every route may answer. ``content``:
    the media type and schema of an answer that is no contract. ``rows``: the body holds rows; ``optional``: or is none.
    ``later``: the answer may also be 202, ``again``: also 200, where the thing was there; both in the same shape.
    ``body``: media type and schema of a body that the route reads itself.
    """

    method: str
    path: str
    call: Callable[..., Any]
    roles: frozenset[AccessRole] | None
    status: int = 200
    fails: tuple[int, ...] = ()
    content: Mapping[str, Any] | None = None
    rows: bool = False
    optional: bool = False
    later: bool = False
    again: bool = False
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """A dependency that runs first: refuses who may not, then query parameters that nobody reads."""

    roles: frozenset[AccessRole] | None

    async def __call__(self, request: Request) -> None:
        """Raise 403 or 422."""
        if self.roles is not None:
            identity: Identity = request.state.identity
            if not identity.may(self.roles):
                raise _forbidden(identity, self.roles)
        if request.url.query:
            known: Mapping[str, frozenset[str]] = request.app.state.queries
            _check_query(request, known[request.scope["route"].operation_id])


def is_intake(method: str, path: str) -> bool:
    """Say whether a request brings OpenLineage events: their clients come back after 503, and give up on 429."""
    return method == "POST" and path in (f"{API}/lineage", f"{API}/lineage/batch")


def rows_body(*, required: bool = True) -> dict[str, Any]:
    """Describe a body of rows for OpenAPI."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    text = {"schema": {"type": "string"}}
    rows = {"schema": {"type": "array", "items": {"type": "object"}}}
    by_format = {"parquet": binary, "arrow": binary, "csv": text, "json": rows, "ndjson": text}
    return {"required": required, "content": {name: by_format[form] for name, form in ROW_FORMATS.items()}}


def _forbidden(identity: Identity, roles: frozenset[AccessRole]) -> Refused:
    has, wants = ", ".join(sorted(identity.roles)), " or ".join(sorted(roles))
    fault = Fault("Authorization", has, wants, "use a key with one of these roles, or ask an administrator for one")
    return Refused(HTTPStatus.FORBIDDEN, f"This key may not do that: it has the roles {has}.", [fault])


def _check_query(request: Request, known: frozenset[str]) -> None:
    names = [name for name, _ in request.query_params.multi_items()]
    faults = [
        Fault(f"?{name}", "given twice", "once", "give it once") for name in sorted(known) if names.count(name) > 1
    ]
    if set(names) - known:
        allowed = ", ".join(sorted(known)) or "no parameters"
        faults.append(Fault("?", "an unknown name", allowed, "remove it, or correct its name"))
    if faults:
        raise InvalidInput("The query of the request cannot be used.", faults)
