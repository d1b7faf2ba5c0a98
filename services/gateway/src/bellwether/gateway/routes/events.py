"""What changed, told as it happens."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Header, Query, Request
from starlette.responses import StreamingResponse

from bellwether.contracts import ModelName
from bellwether.gateway.access import READ
from bellwether.gateway.context import Caller, Ctx
from bellwether.gateway.endpoint import Endpoint
from bellwether.gateway.feed import Feed, cursor_of
from bellwether.storage.collections import VIEWS

_STREAM = {"text/event-stream": {"schema": {"type": "string"}}}


async def events(
    request: Request,
    ctx: Ctx,
    caller: Caller,
    model: Annotated[ModelName | None, Query(description="only this model")] = None,
    last_event_id: Annotated[
        str | None, Header(alias="Last-Event-ID", max_length=8000, description="go on after this event")
    ] = None,
    after: Annotated[str | None, Query(max_length=8000, description="as Last-Event-ID, of a new stream")] = None,
) -> StreamingResponse:
    """Server-sent events `model` (assessed anew) and `incident` (opened, changed, over). Ids allow going on.

    `here` comes first, and while nothing else does: its id is where the stream stands.
    """
    feed: Feed = request.app.state.feed
    last = last_event_id or after  # a browser that comes back by itself asks for the same address
    if last is not None:
        cursor = cursor_of(last)  # one of this store, or 422 before the stream begins
        await ctx.threads.run(ctx.documents.changes, VIEWS, cursor, 1)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    stream = feed.listen(caller, model, last)
    return StreamingResponse(stream, HTTPStatus.OK, headers, media_type="text/event-stream")


ENDPOINTS = (Endpoint("GET", "/events", events, READ, content=_STREAM),)
