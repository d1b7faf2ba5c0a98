"""Key figures: the five a persona needs first."""

from typing import Annotated

from fastapi import Path, Query

from bellwether.contracts import Persona
from bellwether.gateway import kpis
from bellwether.gateway.access import READ
from bellwether.gateway.context import Caller, Ctx, TheModel
from bellwether.gateway.endpoint import Endpoint
from bellwether.gateway.kpis import FleetKpisOut, KpiHistoryOut, KpisOut
from bellwether.gateway.parameters import Word
from bellwether.kpi import TOP

Who = Annotated[Persona, Query(description="for whom: relevance differs, values do not")]
First = Annotated[int, Query(ge=1, le=50, description="most cards")]


async def get_kpis(
    model: TheModel,
    ctx: Ctx,
    persona: Who = "business",
    top: First = TOP,
    pins: Annotated[Word | None, Query(description="ids that come first, apart by commas")] = None,
) -> KpisOut:
    """Key figures of a model, computed at this moment: the first for a persona with the factors of their rank."""
    wanted = [] if pins is None else [one for one in pins.split(",") if one]
    return await ctx.threads.run(kpis.of_model, ctx, model.model, persona, top, wanted)


async def get_kpi_history(
    model: TheModel,
    kpi: Annotated[str, Path(max_length=60, description="id of the key figure")],
    ctx: Ctx,
    days: Annotated[int, Query(ge=1, le=400, description="most days, counted from today")] = 90,
) -> KpiHistoryOut:
    """One key figure day by day, oldest first."""
    return await ctx.threads.run(kpis.history, ctx, model.name, kpi, days)


async def get_fleet_kpis(ctx: Ctx, caller: Caller, persona: Who = "business", top: First = TOP) -> FleetKpisOut:
    """Key figures over all models: the most urgent for a persona, at most two of a family."""
    return await ctx.threads.run(kpis.of_fleet, ctx, caller, persona, top)


ENDPOINTS = (
    Endpoint("GET", "/models/{model}/kpis", get_kpis, READ, fails=(404,)),
    Endpoint("GET", "/models/{model}/kpis/{kpi}", get_kpi_history, READ, fails=(404,)),
    Endpoint("GET", "/kpis", get_fleet_kpis, READ),
)
