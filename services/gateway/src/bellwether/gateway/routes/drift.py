"""What the drift service found, arranged for pages."""

from typing import Annotated

from fastapi import Path, Query

from bellwether.gateway import drift
from bellwether.gateway.access import READ
from bellwether.gateway.answers import DriftOut, FeatureOut, FeaturesOut, HeatmapOut, ReportOut
from bellwether.gateway.context import Ctx, TheModel
from bellwether.gateway.endpoint import Endpoint
from bellwether.gateway.parameters import BatchId, During, Limit

Points = Annotated[int, Query(ge=1, le=2000, description="most batches, counted from the newest of the window")]
Batches = Annotated[int, Query(ge=1, le=500, description="most batches, counted from the newest of the window")]
Reports = Annotated[int, Query(ge=1, le=200, description="most batches, counted from the newest of the window")]


async def get_drift(model: TheModel, ctx: Ctx, window: During, points: Points = 500) -> DriftOut:
    """The newest batch, and the series of the drift index, oldest first."""
    return await ctx.threads.run(drift.series, ctx, model.name, *window, points)


async def get_report(
    model: TheModel, batch: Annotated[BatchId, Path(description="id of the batch")], ctx: Ctx
) -> ReportOut:
    """The full drift report of one batch."""
    return await ctx.threads.run(drift.report, ctx, model.name, batch)


async def list_features(
    model: TheModel, ctx: Ctx, window: During, batches: Batches = 90, limit: Limit = 50
) -> FeaturesOut:
    """Features of the newest batch in the window, most urgent first: status, then importance times drift."""
    return await ctx.threads.run(drift.features, ctx, model.name, *window, batches, limit)


async def get_feature(
    model: TheModel,
    feature: Annotated[str, Path(min_length=1, max_length=200, description="name of the column")],
    ctx: Ctx,
    window: During,
    batches: Reports = 60,
    batch: Annotated[BatchId | None, Query(description="which batch; the newest in the window else")] = None,
) -> FeatureOut:
    """One feature: the series of its methods, oldest first, and its distribution in one batch."""
    return await ctx.threads.run(drift.feature, ctx, model.name, feature, batch, window, batches)


async def get_heatmap(
    model: TheModel,
    ctx: Ctx,
    window: During,
    batches: Batches = 90,
    features: Annotated[int, Query(ge=1, le=500, description="most rows")] = 50,
) -> HeatmapOut:
    """Status and score of features by batches; columns oldest first, rows worst first."""
    return await ctx.threads.run(drift.heatmap, ctx, model.name, window, batches, features)


ENDPOINTS = (
    Endpoint("GET", "/models/{model}/drift", get_drift, READ, fails=(404,)),
    Endpoint("GET", "/models/{model}/drift/{batch}", get_report, READ, fails=(404,)),
    Endpoint("GET", "/models/{model}/features", list_features, READ, fails=(404,)),
    Endpoint("GET", "/models/{model}/features/{feature:path}", get_feature, READ, fails=(404,)),
    Endpoint("GET", "/models/{model}/heatmap", get_heatmap, READ, fails=(404,)),
)
