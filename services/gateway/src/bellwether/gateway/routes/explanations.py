"""What a model looks at, why it answered one row as it did, and what it would answer otherwise."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Path, Query, Response

from bellwether.errors import NotFound
from bellwether.gateway import explanations, links
from bellwether.gateway.access import READ
from bellwether.gateway.context import Context, Ctx, TheModel, Watched
from bellwether.gateway.endpoint import Endpoint
from bellwether.gateway.explanation_answers import (
    ExplanationIn,
    ExplanationOut,
    ExplanationsOut,
    GlobalOut,
    LocalOut,
    LocalsOut,
    WhatIfIn,
)
from bellwether.gateway.jsonbody import JsonBody
from bellwether.gateway.parameters import BatchId, Cursor, During, IdempotencyKey, Limit, Wait, Word
from bellwether.gateway.waiting import until

Batch = Annotated[BatchId | None, Query(description="id of the batch; the newest ones, without it")]
Class = Annotated[Word | None, Query(description="class that was explained, where somebody asked for one")]
WaitLong = Annotated[float, Query(ge=0, le=60, description="seconds to wait for the answer")]


async def list_explanations(model: TheModel, ctx: Ctx, limit: Limit = 50, cursor: Cursor = None) -> ExplanationsOut:
    """Explanations of batches, newest first."""
    items, after = await ctx.threads.run(explanations.page, ctx, model.name, limit, cursor)
    return ExplanationsOut(items=tuple(items), next=after)


async def ask_explanation(
    model: TheModel,
    body: Annotated[ExplanationIn, Depends(JsonBody(ExplanationIn))],
    ctx: Ctx,
    response: Response,
    wait: WaitLong = 0.0,
    idempotency_key: IdempotencyKey = None,
) -> ExplanationOut:
    """Explain a new row, a prediction that was pushed, or a sample of a batch.

    200 with the answer where there is one within `wait` seconds, else 202: follow `links.self`. The same question to
    the same model is asked once.
    """
    return await _ask(ctx, model, body, response, wait)


async def ask_what_if(
    model: TheModel,
    body: Annotated[WhatIfIn, Depends(JsonBody(WhatIfIn))],
    ctx: Ctx,
    response: Response,
    wait: WaitLong = 10.0,
    idempotency_key: IdempotencyKey = None,
) -> ExplanationOut:
    """What would the model answer, and why, if the row were another? 200 with both answers, or 202 as above."""
    return await _ask(ctx, model, body, response, wait)


async def get_explanation(
    model: TheModel, id: Annotated[BatchId, Path(description="id of the question")], ctx: Ctx, wait: Wait = 0.0
) -> ExplanationOut:
    """A question and its answer, or how far it is."""
    return await _answer(ctx, model.name, id, wait)


async def get_global(model: TheModel, ctx: Ctx, window: During, batch: Batch = None, wait: Wait = 0.0) -> GlobalOut:
    """What the model looks at: in a batch, or in all batches of a window together; in the newest one otherwise.

    Importance with intervals, attribution drift against the reference, the split of the shift of the mean output,
    cohorts; and how it was computed, on what, how exactly.
    """
    if batch is None:
        return await ctx.threads.run(explanations.of_window, ctx, model.name, *window)

    async def look() -> GlobalOut | None:
        return await ctx.threads.run(explanations.of_batch, ctx, model.name, batch)

    found = await until(ctx, wait, look, lambda one: one is not None)
    if found is None:
        at = links.model(model.name, "batches", batch)
        raise NotFound(f"There is no explanation of this batch, or not yet; {at} says what became of it.")
    return found


async def list_local(
    model: TheModel, ctx: Ctx, batch: Batch = None, limit: Limit = 50, cursor: Cursor = None
) -> LocalsOut:
    """Rows of a batch's sample with their largest contributions."""
    return await ctx.threads.run(explanations.locals_of, ctx, model.name, batch, limit, cursor)


async def get_local(
    model: TheModel,
    row: Annotated[Word, Path(description="id of the prediction")],
    ctx: Ctx,
    batch: Batch = None,
    output_class: Class = None,
) -> LocalOut:
    """Why one prediction fell as it did, where it is explained; `complete` says whether all of it is kept."""
    return await ctx.threads.run(explanations.local, ctx, model.model, row, batch, output_class)


async def _ask(
    ctx: Context, model: Watched, body: ExplanationIn | WhatIfIn, response: Response, wait: float
) -> ExplanationOut:
    found = await ctx.threads.run(explanations.ask, ctx, model.model, body)
    if wait and not explanations.is_settled(found):
        found = await _answer(ctx, model.name, found.id, wait)
    if not explanations.is_settled(found):
        response.status_code = HTTPStatus.ACCEPTED
        response.headers["Location"] = found.links["self"]
    return found


async def _answer(ctx: Context, model: str, id: str, wait: float) -> ExplanationOut:
    async def look() -> ExplanationOut:
        return await ctx.threads.run(explanations.read, ctx, model, id)

    return await until(ctx, wait, look, explanations.is_settled)


_ASK_FAILS = (400, 404, 413, 415)
ENDPOINTS = (
    Endpoint("GET", "/models/{model}/explanations", list_explanations, READ, fails=(404,)),
    Endpoint("POST", "/models/{model}/explanations", ask_explanation, READ, fails=_ASK_FAILS, later=True),
    Endpoint("GET", "/models/{model}/explanations/global", get_global, READ, fails=(404,)),
    Endpoint("GET", "/models/{model}/explanations/local", list_local, READ, fails=(404,)),
    Endpoint("GET", "/models/{model}/explanations/local/{row:path}", get_local, READ, fails=(404,)),
    Endpoint("GET", "/models/{model}/explanations/{id}", get_explanation, READ, fails=(404,)),
    Endpoint("POST", "/models/{model}/what-if", ask_what_if, READ, fails=_ASK_FAILS, later=True),
)
