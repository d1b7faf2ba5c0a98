"""Channels: where people are told, and what was sent."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Path, Response

from bellwether.gateway import channels
from bellwether.gateway.access import OPERATE
from bellwether.gateway.answers import Accepted
from bellwether.gateway.channels import (
    ChannelIn,
    ChannelOut,
    ChannelPatch,
    ChannelsOut,
    DeliveriesOut,
    DeliveryOut,
    NewChannel,
)
from bellwether.gateway.context import AllModels, Ctx
from bellwether.gateway.endpoint import Endpoint
from bellwether.gateway.jsonbody import JsonBody
from bellwether.gateway.parameters import BatchId, Cursor, Limit

Id = Annotated[BatchId, Path(description="id of the channel")]


async def list_channels(ctx: Ctx, _: AllModels, limit: Limit = 50, cursor: Cursor = None) -> ChannelsOut:
    """Channels, newest first."""
    return await ctx.threads.run(channels.page, ctx, limit, cursor)


async def create_channel(
    body: Annotated[ChannelIn, Depends(JsonBody(ChannelIn))], ctx: Ctx, caller: AllModels
) -> NewChannel:
    """Add a channel: webhook, e-mail, Slack or Teams. The secret that signs a webhook's messages is shown this once."""
    return await ctx.threads.run(channels.create, ctx, caller, body)


async def change_channel(
    id: Id, body: Annotated[ChannelPatch, Depends(JsonBody(ChannelPatch))], ctx: Ctx, _: AllModels
) -> ChannelOut:
    """Change what the body names."""
    return await ctx.threads.run(channels.change, ctx, id, body)


async def delete_channel(id: Id, ctx: Ctx, _: AllModels) -> Response:
    """Delete a channel."""
    await ctx.threads.run(channels.remove, ctx, id)
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def try_channel(
    id: Annotated[str, Path(pattern=r"^[A-Za-z0-9~_.-]{1,200}$", description="id of the channel")],
    ctx: Ctx,
    _: AllModels,
) -> Accepted:
    """Send a test message; follow `links.self` to see how it went."""
    return await ctx.threads.run(channels.test, ctx, id)


async def list_deliveries(id: Id, ctx: Ctx, _: AllModels, limit: Limit = 50, cursor: Cursor = None) -> DeliveriesOut:
    """What was sent to a channel, newest first."""
    return await ctx.threads.run(channels.deliveries, ctx, id, limit, cursor)


async def get_delivery(
    id: Id, delivery: Annotated[BatchId, Path(description="id of the delivery")], ctx: Ctx, _: AllModels
) -> DeliveryOut:
    """One delivery and its attempts."""
    return await ctx.threads.run(channels.delivery, ctx, id, delivery)


ENDPOINTS = (
    Endpoint("GET", "/channels", list_channels, OPERATE),
    Endpoint("POST", "/channels", create_channel, OPERATE, 201, (400, 413, 415)),
    Endpoint("POST", "/channels/{id:word}:test", try_channel, OPERATE, 202, (404,)),
    Endpoint("PATCH", "/channels/{id:word}", change_channel, OPERATE, fails=(400, 404, 412, 413, 415)),
    Endpoint("DELETE", "/channels/{id:word}", delete_channel, OPERATE, 204, (404,)),
    Endpoint("GET", "/channels/{id:word}/deliveries", list_deliveries, OPERATE, fails=(404,)),
    Endpoint("GET", "/channels/{id:word}/deliveries/{delivery}", get_delivery, OPERATE, fails=(404,)),
)
