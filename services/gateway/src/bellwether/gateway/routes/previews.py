"""Looking at rows, or at a registered model, before anything is watched."""

import asyncio
from typing import Annotated

from fastapi import Depends, Path, Query, Request

from bellwether.contracts import ModelName, Task
from bellwether.gateway import previews
from bellwether.gateway.access import WRITE
from bellwether.gateway.answers import Accepted
from bellwether.gateway.context import AllModels, Ctx
from bellwether.gateway.endpoint import API, Endpoint
from bellwether.gateway.jsonbody import JsonBody
from bellwether.gateway.parameters import Wait, Word
from bellwether.gateway.source_answers import PreviewIn, PreviewOut
from bellwether.gateway.spool import receive_rows

_LOOK_S = 0.1
_ID = r"^[A-Za-z0-9~_.-]{1,200}$"


async def preview_model(
    request: Request,
    ctx: Ctx,
    _: AllModels,
    mlflow: Annotated[
        Word | None, Query(description="`models:/name/version` or `models:/name@alias`, instead of rows")
    ] = None,
    source: Annotated[Word | None, Query(description="MLflow source, where several are watched")] = None,
    task: Annotated[Task | None, Query(description="what the model predicts; guessed without it")] = None,
    model: Annotated[ModelName | None, Query(description="model whose rows these are to be; its roles hold")] = None,
) -> Accepted:
    """Ask what rows, or a registered model, would become: guessed roles, kinds, what is left out and why.

    Of a registered model, task, roles and columns come from its signature, the reference from a dataset or table its
    run logged, metrics from its training. Nothing is in force; the answer is at `links.self` for a day, and `wait`
    there waits for it. `POST /models` with `preview` makes a model of it.
    """
    if mlflow is not None:
        made = await ctx.threads.run(previews.of_model, ctx, mlflow, source, task)
    else:
        async with receive_rows(request, ctx) as rows:
            made = await ctx.threads.run(previews.of_rows, ctx, rows, task, model)
    return Accepted(id=made.id, state=made.state, links={"self": f"{API}/previews/{made.id}"})


async def get_preview(
    id: Annotated[str, Path(pattern=_ID, description="id of the preview")],
    ctx: Ctx,
    _: AllModels,
    wait: Wait = 0.0,
) -> PreviewOut:
    """A preview. `wait` answers once it is `ready` or `failed`, or when the time is over."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + wait
    while True:
        found = await ctx.threads.run(previews.read, ctx, id)
        left = deadline - loop.time()
        if left <= 0 or found.state != "waiting" or ctx.stopping.is_set():
            return previews.present(found)
        await asyncio.sleep(min(_LOOK_S, left))


async def preview_again(
    id: Annotated[str, Path(pattern=_ID, description="id of the preview")],
    body: Annotated[PreviewIn, Depends(JsonBody(PreviewIn))],
    ctx: Ctx,
    _: AllModels,
) -> Accepted:
    """Ask what the rows of a preview would become with these roles; the rows are not sent again."""
    made = await ctx.threads.run(previews.again, ctx, id, body)
    return Accepted(id=made.id, state=made.state, links={"self": f"{API}/previews/{made.id}"})


ENDPOINTS = (
    Endpoint("POST", "/models:preview", preview_model, WRITE, 202, (400, 404, 408, 413, 415), rows=True, optional=True),
    Endpoint("GET", "/previews/{id}", get_preview, WRITE, fails=(404,)),
    Endpoint("POST", "/previews/{id}", preview_again, WRITE, 202, (400, 404, 413, 415)),
)
