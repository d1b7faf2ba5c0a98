"""Pipelines and runs, as sources observed them."""

from typing import Annotated

from fastapi import Path, Query

from bellwether.gateway import pipelines
from bellwether.gateway.access import READ
from bellwether.gateway.context import AllModels, Ctx
from bellwether.gateway.endpoint import Endpoint
from bellwether.gateway.parameters import Cursor, Limit
from bellwether.gateway.source_answers import PipelinesOut, RunOut, RunsOut

SourceQuery = Annotated[
    str | None,
    Query(pattern=r"^[a-z][a-z0-9]{0,30}/[a-z0-9][a-z0-9._-]{0,62}$", description="only of this source"),
]
Name = Annotated[str, Path(min_length=1, max_length=260, description="name of the pipeline")]
RunId = Annotated[str, Path(pattern=r"^[A-Za-z0-9~_.-]{1,200}$", description="run id, as its source gives it")]


async def list_pipelines(ctx: Ctx, _: AllModels, source: SourceQuery = None) -> PipelinesOut:
    """Pipelines by name, with how their newest 50 runs went, and whether one is late."""
    found = await ctx.threads.run(pipelines.page, ctx, source)
    return PipelinesOut(items=tuple(found))


async def list_runs(
    pipeline: Name, ctx: Ctx, _: AllModels, source: SourceQuery = None, limit: Limit = 50, cursor: Cursor = None
) -> RunsOut:
    """Runs of a pipeline, newest first."""
    items, after = await ctx.threads.run(pipelines.runs, ctx, pipeline, source, limit, cursor)
    return RunsOut(items=tuple(items), next=after)


async def get_run(run: RunId, ctx: Ctx, _: AllModels) -> RunOut:
    """One run of a pipeline, activity by activity, or of an MLflow server."""
    return await ctx.threads.run(pipelines.read, ctx, run)


ENDPOINTS = (
    Endpoint("GET", "/pipelines", list_pipelines, READ, fails=(404,)),
    Endpoint("GET", "/pipelines/{pipeline}/runs", list_runs, READ, fails=(404,)),
    Endpoint("GET", "/runs/{run}", get_run, READ, fails=(404,)),
)
