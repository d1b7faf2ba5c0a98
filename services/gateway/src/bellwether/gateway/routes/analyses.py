"""Looking at past batches again: with another reference, other thresholds, further methods, a segment."""

from typing import Annotated

from fastapi import Depends, Path, Query

from bellwether.contracts import ModelName
from bellwether.gateway import analyses
from bellwether.gateway.access import READ, WRITE
from bellwether.gateway.analyses import AnalysesOut, AnalysisIn, AnalysisOut, AnalysisPointsOut
from bellwether.gateway.answers import Accepted
from bellwether.gateway.context import Caller, Ctx
from bellwether.gateway.endpoint import Endpoint
from bellwether.gateway.jsonbody import JsonBody
from bellwether.gateway.parameters import BatchId, Cursor, IdempotencyKey, Limit

Id = Annotated[BatchId, Path(description="id of the analysis")]
Points = Annotated[int, Query(ge=1, le=2000, description="most batches, counted from the newest")]


async def start_analysis(
    body: Annotated[AnalysisIn, Depends(JsonBody(AnalysisIn))],
    ctx: Ctx,
    caller: Caller,
    idempotency_key: IdempotencyKey = None,
) -> Accepted:
    """Look at a range of past batches again. Live reports stay as they are.

    The same content is the same analysis: asking again changes nothing, or has one go on that was cancelled or failed.
    """
    found = await ctx.threads.run(analyses.start, ctx, caller, body)
    return Accepted(id=found.id, state=found.state, links=found.links)


async def list_analyses(
    ctx: Ctx,
    caller: Caller,
    model: Annotated[ModelName | None, Query(description="only those of this model")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> AnalysesOut:
    """Analyses and how far they are, those of the newest batches first."""
    items, after = await ctx.threads.run(analyses.page, ctx, caller, model, limit, cursor)
    return AnalysesOut(items=tuple(items), next=after)


async def get_analysis(id: Id, ctx: Ctx, caller: Caller) -> AnalysisOut:
    """One analysis: what was asked, how far it is, how batches came out."""
    return await ctx.threads.run(analyses.read, ctx, caller, id)


async def get_analysis_points(id: Id, ctx: Ctx, caller: Caller, points: Points = 500) -> AnalysisPointsOut:
    """The recomputed series beside the live one, oldest first."""
    return await ctx.threads.run(analyses.points, ctx, caller, id, points)


async def cancel_analysis(id: Id, ctx: Ctx, caller: Caller) -> AnalysisOut:
    """Cancel: no further batch is looked at; what was found stays readable."""
    return await ctx.threads.run(analyses.cancel, ctx, caller, id)


ENDPOINTS = (
    Endpoint("POST", "/analyses", start_analysis, WRITE, 202, (400, 404, 409, 413, 415)),
    Endpoint("GET", "/analyses", list_analyses, READ),
    Endpoint("GET", "/analyses/{id}", get_analysis, READ, fails=(404,)),
    Endpoint("DELETE", "/analyses/{id}", cancel_analysis, WRITE, fails=(404, 409)),
    Endpoint("GET", "/analyses/{id}/points", get_analysis_points, READ, fails=(404,)),
)
