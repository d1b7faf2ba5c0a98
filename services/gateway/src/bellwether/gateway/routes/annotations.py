"""Dated facts about models, and changes people expect."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Path, Query, Response

from bellwether.contracts import ModelName
from bellwether.gateway import annotations
from bellwether.gateway.access import HANDLE, READ
from bellwether.gateway.annotations import AnnotationIn, AnnotationOut, AnnotationsOut, MuteIn, MuteOut, MutesOut
from bellwether.gateway.context import Caller, Ctx
from bellwether.gateway.endpoint import Endpoint
from bellwether.gateway.jsonbody import JsonBody
from bellwether.gateway.parameters import BatchId, Limit

Of = Annotated[ModelName, Query(description="name of the model")]
Id = Annotated[BatchId, Path(description="id as listed")]


async def list_annotations(ctx: Ctx, caller: Caller, model: Of, limit: Limit = 200) -> AnnotationsOut:
    """Flags of the time axis: what people wrote down, and when versions were registered."""
    return await ctx.threads.run(annotations.annotations, ctx, caller, model, limit)


async def create_annotation(
    body: Annotated[AnnotationIn, Depends(JsonBody(AnnotationIn))], ctx: Ctx, caller: Caller
) -> AnnotationOut:
    """Write down a dated fact."""
    return await ctx.threads.run(annotations.annotate, ctx, caller, body)


async def delete_annotation(id: Id, ctx: Ctx, caller: Caller, model: Of) -> Response:
    """Delete an annotation a person wrote."""
    await ctx.threads.run(annotations.remove_annotation, ctx, caller, model, id)
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def list_mutes(ctx: Ctx, caller: Caller, model: Of, limit: Limit = 200) -> MutesOut:
    """Expected changes, also those that are over."""
    return await ctx.threads.run(annotations.mutes, ctx, caller, model, limit)


async def create_mute(body: Annotated[MuteIn, Depends(JsonBody(MuteIn))], ctx: Ctx, caller: Caller) -> MuteOut:
    """Expect a change: alerts in scope are not told until it ends; no value changes."""
    return await ctx.threads.run(annotations.mute, ctx, caller, body)


async def delete_mute(id: Id, ctx: Ctx, caller: Caller, model: Of) -> Response:
    """End an expected change now."""
    await ctx.threads.run(annotations.unmute, ctx, caller, model, id)
    return Response(status_code=HTTPStatus.NO_CONTENT)


_POST_FAILS = (400, 404, 413, 415)
ENDPOINTS = (
    Endpoint("GET", "/annotations", list_annotations, READ, fails=(404,)),
    Endpoint("POST", "/annotations", create_annotation, HANDLE, 201, _POST_FAILS),
    Endpoint("DELETE", "/annotations/{id}", delete_annotation, HANDLE, 204, (404,)),
    Endpoint("GET", "/mutes", list_mutes, READ, fails=(404,)),
    Endpoint("POST", "/mutes", create_mute, HANDLE, 201, _POST_FAILS),
    Endpoint("DELETE", "/mutes/{id}", delete_mute, HANDLE, 204, (404,)),
)
