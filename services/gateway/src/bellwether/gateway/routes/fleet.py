"""All models at a glance."""

from bellwether.gateway import fleet
from bellwether.gateway.access import READ
from bellwether.gateway.answers import FleetOut
from bellwether.gateway.context import Caller, Ctx
from bellwether.gateway.endpoint import Endpoint
from bellwether.gateway.parameters import Cursor, Limit


async def get_fleet(ctx: Ctx, caller: Caller, limit: Limit = 50, cursor: Cursor = None) -> FleetOut:
    """Models with their status, worst first, and how many there are of each."""
    return await ctx.threads.run(fleet.overview, ctx, caller.models, limit, cursor)


ENDPOINTS = (Endpoint("GET", "/fleet/summary", get_fleet, READ),)
