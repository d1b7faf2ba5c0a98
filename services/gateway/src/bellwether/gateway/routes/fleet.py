"""All models at a glance."""

from typing import Annotated

from fastapi import Query

from bellwether.contracts import SEVERITY
from bellwether.gateway import fleet
from bellwether.gateway.access import READ
from bellwether.gateway.answers import FleetOut
from bellwether.gateway.context import Caller, Ctx
from bellwether.gateway.endpoint import Endpoint
from bellwether.gateway.parameters import Cursor, Limit, Word

_STATUS = "act|watch|unknown|fine"
Statuses = Annotated[
    str | None, Query(pattern=f"^({_STATUS})(,({_STATUS})){{0,3}}$", description="only these, separated by commas")
]


async def get_fleet(
    ctx: Ctx,
    caller: Caller,
    status: Statuses = None,
    owner: Annotated[Word | None, Query(description="only models of this owner")] = None,
    tier: Annotated[int | None, Query(ge=1, le=3, description="only models of this tier")] = None,
    q: Annotated[Word | None, Query(description="only models with this text in name, owner or sentence")] = None,
    sort: Annotated[fleet.Order, Query(description="`severity`: worst first")] = "severity",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> FleetOut:
    """Models with their status, worst first; how many there are of each, and one sentence about all."""
    asked = fleet.Asked(
        frozenset(name for name in SEVERITY if name in (status or "").split(",")), owner, tier, q or "", sort
    )
    return await ctx.threads.run(fleet.overview, ctx, caller.models, asked, limit, cursor)


ENDPOINTS = (Endpoint("GET", "/fleet/summary", get_fleet, READ),)
