"""What is wrong with the data of batches."""

from typing import Annotated

from fastapi import Query

from bellwether.gateway import quality
from bellwether.gateway.access import READ
from bellwether.gateway.context import Ctx, TheModel
from bellwether.gateway.endpoint import Endpoint
from bellwether.gateway.parameters import During
from bellwether.gateway.quality import QualityOut

Batches = Annotated[int, Query(ge=1, le=200, description="most batches, counted from the newest of the window")]
Columns = Annotated[int, Query(ge=0, le=500, description="most columns of a batch; those with issues always show")]


async def get_quality(
    model: TheModel, ctx: Ctx, window: During, batches: Batches = 60, columns: Columns = 50
) -> QualityOut:
    """Missing, infinite, unseen and out-of-range values, columns gone or retyped, duplicate ids: batch by batch."""
    return await ctx.threads.run(quality.series, ctx, model.name, window, batches, columns)


ENDPOINTS = (Endpoint("GET", "/models/{model}/quality", get_quality, READ, fails=(404,)),)
