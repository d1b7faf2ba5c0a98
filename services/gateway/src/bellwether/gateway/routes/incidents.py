"""Incidents: what calls for a person, and what people decide about it."""

from typing import Annotated, get_args

from fastapi import Depends, Path, Query

from bellwether.contracts import IncidentState, ModelName
from bellwether.gateway import incidents
from bellwether.gateway.access import HANDLE, READ
from bellwether.gateway.context import Caller, Ctx
from bellwether.gateway.endpoint import Endpoint
from bellwether.gateway.incidents import IncidentOut, IncidentPatch, IncidentsOut
from bellwether.gateway.jsonbody import JsonBody
from bellwether.gateway.parameters import BatchId, Cursor, Limit

Id = Annotated[BatchId, Path(description="id of the incident")]


async def list_incidents(
    ctx: Ctx,
    caller: Caller,
    model: Annotated[ModelName | None, Query(description="only those of this model")] = None,
    state: Annotated[IncidentState | None, Query(description="only those in this state")] = None,
    open: Annotated[bool, Query(description="only those that are not over")] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> IncidentsOut:
    """Incidents of all models, newest first."""
    states = (state,) if state is not None else incidents.OPEN if open else get_args(IncidentState)
    return await ctx.threads.run(incidents.page, ctx, caller, model, states, limit, cursor)


async def get_incident(id: Id, ctx: Ctx, caller: Caller) -> IncidentOut:
    """One incident: what, since when, impact, likely cause, next step, and what happened so far."""
    return await ctx.threads.run(incidents.read, ctx, caller, id)


async def change_incident(
    id: Id, body: Annotated[IncidentPatch, Depends(JsonBody(IncidentPatch))], ctx: Ctx, caller: Caller
) -> IncidentOut:
    """Acknowledge, resolve, reopen, note, call useful or noise, expect the change, or reject the likely cause."""
    return await ctx.threads.run(incidents.change, ctx, caller, id, body)


ENDPOINTS = (
    Endpoint("GET", "/incidents", list_incidents, READ),
    Endpoint("GET", "/incidents/{id}", get_incident, READ, fails=(404,)),
    Endpoint("PATCH", "/incidents/{id}", change_incident, HANDLE, fails=(400, 404, 409, 413, 415)),
)
