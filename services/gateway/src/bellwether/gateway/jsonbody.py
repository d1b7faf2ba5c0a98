"""JSON bodies, read strictly: bounded, no duplicate names, only finite numbers and real characters."""

import json
import math
import re
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from bellwether.errors import InvalidInput, TooLarge, Unreadable
from bellwether.gateway.media import content_type
from bellwether.gateway.problems import faults_of
from bellwether.settings import Limits

B = TypeVar("B", bound=BaseModel)

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKET = re.compile(r"[\[\]{}]")
_SURROGATE = re.compile(r"\\u[dD][89abcdefABCDEF]")


class JsonBody(Generic[B]):
    """A dependency that reads the body as one contract; refuses what the contract does not say, types included."""

    def __init__(self, kind: type[B]) -> None:
        self.kind = kind

    async def __call__(self, request: Request) -> B:
        """Read, check, validate."""
        content_type(request, ("application/json",))
        limits: Limits = request.app.state.context.settings.limits
        raw = await read(request, limits.json_bytes)
        check(raw, limits.json_depth)
        try:
            return self.kind.model_validate_json(raw, strict=True)
        except ValidationError as error:
            faults = faults_of([{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()])
            raise InvalidInput(f"The body is no {self.kind.__name__}.", faults) from error


async def read(request: Request, limit: int) -> bytes:
    """Return a body of at most ``limit`` bytes."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise TooLarge(f"The body has more than {limit} bytes, the most for JSON that holds no rows.")
        parts.append(part)
    return b"".join(parts)


def check(raw: bytes, depth: int) -> None:
    """Raise ``Unreadable`` unless ``raw`` is JSON that every reader understands alike, at most ``depth`` deep."""
    try:
        text = raw.decode()
        if _depth(text) > depth:
            raise Unreadable(f"The body nests deeper than {depth} levels.")
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant, parse_float=_finite)
        if _SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeDecodeError as error:
        raise Unreadable(f"The body is not UTF-8: byte {error.start} does not fit.") from error
    except UnicodeEncodeError as error:
        raise Unreadable("The body holds half of a surrogate pair: \\ud800 to \\udfff stand in pairs only.") from error
    except json.JSONDecodeError as error:
        raise Unreadable(f"The body is no JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from error
    except ValueError as error:  # an integer of thousands of digits
        raise Unreadable("The body holds a number that is too long.") from error


def _depth(text: str) -> int:
    """Return how deep brackets nest outside of strings, without parsing."""
    depth = deepest = 0
    for bracket in _BRACKET.findall(_STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        place = next(n for n, name in enumerate(names) if name in names[:n])
        raise Unreadable(f"An object of the body holds one name twice (its field {place + 1}). Keep one of them.")
    return found


def _no_constant(name: str) -> Any:
    raise Unreadable(f"The body holds {name}, which is no JSON. Write null, or leave the field out.")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise Unreadable("The body holds a number beyond 1.8e308. Write one that a double can hold.")
    return value
