"""Work that was given up: operators read it, start it again, or forget it."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import Path, Response

from bellwether.bus import DeadLetter
from bellwether.contracts import decode
from bellwether.gateway.access import OPERATE
from bellwether.gateway.answers import Accepted, DeadLetterOut, DeadLettersOut
from bellwether.gateway.context import AllModels, Ctx
from bellwether.gateway.endpoint import API, Endpoint
from bellwether.gateway.parameters import Cursor, Limit

Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9~_.-]{1,200}$", description="id of the dead letter")]


async def list_dead_letters(ctx: Ctx, _: AllModels, limit: Limit = 50, cursor: Cursor = None) -> DeadLettersOut:
    """Dead letters, newest first."""
    letters, after = await ctx.threads.run(ctx.ledger.dead, cursor, limit)
    return DeadLettersOut(items=tuple(_present(letter) for letter in letters), next=after)


async def replay_dead_letter(id: Id, ctx: Ctx, _: AllModels) -> Accepted:
    """Start the work again, with fresh attempts."""
    ticket = await ctx.threads.run(ctx.ledger.replay, id)
    await ctx.threads.run(ctx.ring, ticket)
    return Accepted(id=id, state="waiting", links={"self": f"{API}/dead-letters"})


async def discard_dead_letter(id: Id, ctx: Ctx, _: AllModels) -> Response:
    """Forget the work for good."""
    await ctx.threads.run(ctx.ledger.discard, id)
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _present(letter: DeadLetter) -> DeadLetterOut:
    event = decode(letter.event)
    return DeadLetterOut(
        id=letter.id,
        handler=letter.handler,
        model=event.model,
        subject=event.subject,
        event=event.type,
        error_type=letter.error_type,
        error=letter.error,
        attempts=letter.attempts,
        published_at=datetime.fromtimestamp(letter.created / 1000, UTC),
        buried_at=datetime.fromtimestamp(letter.buried / 1000, UTC),
    )


ENDPOINTS = (
    Endpoint("GET", "/dead-letters", list_dead_letters, OPERATE),
    Endpoint("POST", "/dead-letters/{id:word}:replay", replay_dead_letter, OPERATE, 202, (404,)),
    Endpoint("DELETE", "/dead-letters/{id:word}", discard_dead_letter, OPERATE, 204, (404,)),
)
