"""How well a model does, before and after labels."""

from typing import Annotated

from fastapi import Path, Query

from bellwether.gateway import performance
from bellwether.gateway.access import READ
from bellwether.gateway.context import Ctx, TheModel
from bellwether.gateway.endpoint import Endpoint
from bellwether.gateway.parameters import BatchId, During, Word
from bellwether.gateway.performance import BatchPerformanceOut, Kind, PerformanceOut

Points = Annotated[int, Query(ge=1, le=500, description="most batches, counted from the newest of the window")]


async def get_performance(
    model: TheModel,
    ctx: Ctx,
    window: During,
    kind: Annotated[Kind, Query(description="from labels, or estimated without them")] = "realised",
    metric: Annotated[Word | None, Query(description="slug of a metric of the catalogue")] = None,
    segment: Annotated[Word | None, Query(description="`column:value` of a declared segment; key metric only")] = None,
    points: Points = 90,
) -> PerformanceOut:
    """The series of one metric over batches, oldest first, with intervals and what is normal."""
    return await ctx.threads.run(performance.series, ctx, model.model, kind, metric, segment, window, points)


async def get_batch_performance(
    model: TheModel, batch: Annotated[BatchId, Path(description="id of the batch")], ctx: Ctx
) -> BatchPerformanceOut:
    """All metrics, calibration, money and segments of one batch, realised and estimated side by side."""
    return await ctx.threads.run(performance.of_batch, ctx, model.name, batch)


ENDPOINTS = (
    Endpoint("GET", "/models/{model}/performance", get_performance, READ, fails=(404, 422)),
    Endpoint("GET", "/models/{model}/performance/{batch}", get_batch_performance, READ, fails=(404,)),
)
