"""Query parameters several routes share."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, NamedTuple

from fastapi import Depends, Header, Query
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints, WithJsonSchema

from bellwether.errors import Fault, InvalidInput

_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(?P<zone>[Zz]|[+-]\d\d:?\d\d)?")
_PRINTABLE = r"^[^\x00-\x1f\x7f]+$"
_EARLIEST, _LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _rfc3339(value: Any) -> Any:
    """Refuse times without zone, and numbers taken for times."""
    if isinstance(value, str):
        form = _TIME.fullmatch(value)
        if form is None:
            raise ValueError("a time as in RFC 3339, such as 2026-01-31T23:00:00Z; a + in a URL is written %2B")
        if form["zone"] is None:
            raise ValueError("a time with its zone, such as 2026-01-31T23:00:00Z: this one has none")
    return value


def _utc(value: datetime) -> datetime:
    if not _EARLIEST <= value <= _LATEST:
        raise ValueError("a time from 1900 to 2200")
    return value.astimezone(UTC)


Time = Annotated[
    datetime,
    BeforeValidator(_rfc3339),
    AfterValidator(_utc),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
BodyTime = Annotated[AwareDatetime, AfterValidator(_utc)]
"""A time in a JSON body."""
Limit = Annotated[int, Query(ge=1, le=500, description="most items of one page")]
Cursor = Annotated[
    Annotated[str, StringConstraints(min_length=1, max_length=400, pattern=_PRINTABLE)] | None,
    Query(description="`next` of the page before"),
]
_From = Annotated[Time | None, Query(alias="from", description="only batches that end at this time or later")]
_To = Annotated[Time | None, Query(description="only batches that end at this time or earlier")]


class Window(NamedTuple):
    """A stretch of time, each end open when it is None."""

    since: datetime | None
    until: datetime | None


def window(since: datetime | None, until: datetime | None) -> Window:
    """Return a window; raises ``InvalidInput`` for one that ends before it begins."""
    if since is not None and until is not None and since > until:
        fault = Fault("?from", since.isoformat(), f"at most ?to, {until.isoformat()}", "exchange from and to")
        raise InvalidInput("The window ends before it begins.", [fault])
    return Window(since, until)


def _window(from_: _From = None, to: _To = None) -> Window:
    return window(from_, to)


During = Annotated[Window, Depends(_window)]
Wait = Annotated[float, Query(ge=0, le=60, description="seconds to wait for the end of the work")]
Word = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_PRINTABLE)]
BatchId = Annotated[str, Field(min_length=1, max_length=200)]
IdempotencyKey = Annotated[
    Word | None, Header(alias="Idempotency-Key", description="a repeat with the same value is the same request")
]
