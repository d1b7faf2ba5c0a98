"""Sources: what is watched outside, as a person set it, and how that goes."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Path, Response

from bellwether.contracts import BackfillIn, SourceIn
from bellwether.gateway import sources
from bellwether.gateway.access import READ, WRITE
from bellwether.gateway.answers import Accepted
from bellwether.gateway.context import AllModels, Context, Ctx
from bellwether.gateway.endpoint import API, Endpoint
from bellwether.gateway.jsonbody import JsonBody
from bellwether.gateway.parameters import IdempotencyKey
from bellwether.gateway.source_answers import SourceOut, SourcesOut

Kind = Annotated[str, Path(pattern=r"^[a-z][a-z0-9]{0,30}$", description="kind of the source: mlflow or adf")]
Name = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$", description="name of the source")]


async def list_sources(ctx: Ctx, _: AllModels) -> SourcesOut:
    """Sources by name, each with its last success, its lag and what is wrong, if anything is."""
    return await ctx.threads.run(_all, ctx)


async def get_source(kind: Kind, name: Name, ctx: Ctx, _: AllModels) -> SourceOut:
    """One source."""
    return await ctx.threads.run(_one, ctx, f"{kind}/{name}")


async def save_source(
    body: Annotated[SourceIn, Depends(JsonBody(SourceIn))],
    ctx: Ctx,
    _: AllModels,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> SourceOut:
    """Add a source, or change the settings of one: the name decides. It is looked at once.

    Secrets are never sent here: `token` names one that lies in the environment of the collector.
    """
    source, new = await ctx.threads.run(sources.save, ctx, body)
    response.status_code = HTTPStatus.CREATED if new else HTTPStatus.OK
    response.headers["Location"] = f"{API}/sources/{source.source}"
    return await ctx.threads.run(sources.show, ctx, source)


async def delete_source(kind: Kind, name: Name, ctx: Ctx, _: AllModels) -> Response:
    """Stop watching a source. What it observed stays: it explains past batches."""
    await ctx.threads.run(sources.delete, ctx, f"{kind}/{name}")
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def backfill_source(
    kind: Kind,
    name: Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$", description="name of the source")],
    body: Annotated[BackfillIn, Depends(JsonBody(BackfillIn))],
    ctx: Ctx,
    _: AllModels,
) -> Accepted:
    """Read a part of the past, the newest day first; progress stands in the source."""
    return await ctx.threads.run(_backfill, ctx, f"{kind}/{name}", body)


def _all(ctx: Context) -> SourcesOut:
    return SourcesOut(items=tuple(sources.show(ctx, one) for one in sources.all_of(ctx)))


def _one(ctx: Context, name: str) -> SourceOut:
    return sources.show(ctx, sources.read(ctx, name))


def _backfill(ctx: Context, name: str, body: BackfillIn) -> Accepted:
    source = sources.read(ctx, name)
    asked = sources.backfill(ctx, source, body)
    sources.look(ctx, source)
    return Accepted(id=asked.id, state=asked.state, links={"self": f"{API}/sources/{name}"})


ENDPOINTS = (
    Endpoint("GET", "/sources", list_sources, READ),
    Endpoint("POST", "/sources", save_source, WRITE, 201, (400, 409, 413, 415), again=True),
    Endpoint("GET", "/sources/{kind}/{name:word}", get_source, READ, fails=(404,)),
    Endpoint("DELETE", "/sources/{kind}/{name:word}", delete_source, WRITE, 204, (404,)),
    Endpoint("POST", "/sources/{kind}/{name:word}:backfill", backfill_source, WRITE, 202, (400, 404, 413, 415)),
)
