"""Channels: where people are told, and what was sent. Addresses and secrets go in, and never come out whole."""

import secrets
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AwareDatetime, Field, StringConstraints

from bellwether.contracts import (
    Attempt,
    Change,
    Channel,
    ChannelKind,
    Contract,
    Delivery,
    DeliveryDue,
    ModelName,
    Tier,
    fact_id,
    is_fact_id,
)
from bellwether.errors import Fault, InvalidInput, NotFound, PreconditionFailed
from bellwether.gateway.access import Identity
from bellwether.gateway.answers import Accepted, Items, Links
from bellwether.gateway.context import Context
from bellwether.gateway.endpoint import API
from bellwether.storage.collections import ALERTS, OPS
from bellwether.storage.documents import dump, parse
from bellwether.storage.port import Doc

_PK = "channels"
_NOBODY = "channel-test"
"""Stands where events name a model: a test is about none."""
Url = Annotated[str, StringConstraints(min_length=8, max_length=2000, pattern=r"^https?://[^\s@]+$")]
Address = Annotated[str, StringConstraints(max_length=320, pattern=r"^[^\s@<>,;]+@[^\s@<>,;]+$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Addresses = Annotated[tuple[Address, ...], Field(max_length=50)]
Digest = Literal["none", "daily", "weekly"]
Hears = Literal["everything", "escalations"]
Tiers = Annotated[tuple[Tier, ...], Field(min_length=1, max_length=3)]


class ChannelIn(Contract):
    """Body of ``POST /channels``: a ``url`` for webhook, Slack and Teams, ``addresses`` for e-mail.

    ``models`` and ``tiers`` limit what it hears of. One that ``hears`` escalations is the second owner's: it is told
    what nobody acknowledged, after a day of tier 1, two of tier 2, three of tier 3. ``digest`` adds a summary.
    """

    name: Name
    kind: ChannelKind
    url: Url | None = None
    addresses: Addresses = ()
    models: tuple[ModelName, ...] | None = None
    tiers: Tiers | None = None
    hears: Hears = "everything"
    digest: Digest = "none"


class ChannelPatch(Contract):
    """Body of ``PATCH /channels/{id}``: only what is named changes; null is for ``models`` and ``tiers``."""

    name: Name | None = None
    enabled: bool | None = None
    url: Url | None = None
    addresses: Addresses | None = None
    models: tuple[ModelName, ...] | None = None
    tiers: Tiers | None = None
    hears: Hears | None = None
    digest: Digest | None = None


class ChannelOut(Contract):
    """A channel; ``target`` is the host of its address only, or the mail addresses."""

    id: str
    name: str
    kind: ChannelKind
    enabled: bool
    target: str
    models: tuple[ModelName, ...] | None
    tiers: Tiers | None
    hears: Hears
    digest: Digest
    created_at: AwareDatetime
    created_by: str
    links: Links


class NewChannel(ChannelOut):
    """A new channel; a webhook's ``secret`` signs every message and is shown this once."""

    secret: str | None


class DeliveryOut(Contract):
    """One message and how its delivery went."""

    id: str
    channel: str
    model: ModelName | None
    incident: str | None
    change: Change
    title: str
    state: Literal["waiting", "delivered", "failed", "silent"]
    attempts: tuple[Attempt, ...]
    created_at: AwareDatetime
    delivered_at: AwareDatetime | None


class ChannelsOut(Items[ChannelOut]):
    """Channels, newest first."""


class DeliveriesOut(Items[DeliveryOut]):
    """Deliveries of a channel, newest first."""


def page(ctx: Context, limit: int, after: str | None) -> ChannelsOut:
    """Return channels, newest first."""
    found = ctx.documents.query(OPS, _PK, desc=True, limit=limit, after=after)
    return ChannelsOut(items=tuple(_present(parse(Channel, doc)) for doc in found.docs), next=found.cursor)


def create(ctx: Context, caller: Identity, body: ChannelIn) -> NewChannel:
    """Store a channel; a webhook gets a secret of 256 random bits."""
    now = ctx.now()
    secret = secrets.token_urlsafe(32) if body.kind == "webhook" else None
    made = Channel(
        id=fact_id(now, "channel", body.name, secrets.token_hex(8)),
        pk=_PK,
        secret=secret,
        created_at=now,
        created_by=caller.name,
        **body.model_dump(),
    )
    _check(made)
    ctx.documents.put(OPS, dump(made), create=True)
    return NewChannel(**_present(made).model_dump(), secret=secret)


def change(ctx: Context, id: str, body: ChannelPatch) -> ChannelOut:
    """Change what the body names."""
    doc = _doc(ctx, id)
    named = {name: getattr(body, name) for name in body.model_fields_set}
    kept = {name: value for name, value in named.items() if value is not None or name in ("models", "tiers")}
    made = parse(Channel, doc).model_copy(update=kept)
    _check(made)
    try:
        ctx.documents.put(OPS, dump(made), if_etag=doc["_etag"])
    except PreconditionFailed as error:
        raise PreconditionFailed("The channel changed since it was read. Send the change again.") from error
    return _present(made)


def remove(ctx: Context, id: str) -> None:
    """Delete a channel; what it was sent stays in the log until that expires."""
    _doc(ctx, id)
    ctx.documents.delete(OPS, _PK, id)


def test(ctx: Context, id: str) -> Accepted:
    """Have a test message sent; how it went is in the channel's deliveries."""
    channel, now = parse(Channel, _doc(ctx, id)), ctx.now()
    delivery = fact_id(now, "delivery", "test", channel.id)
    subject = f"test~{delivery}|{channel.id}"
    ctx.bus.publish([DeliveryDue(model=_NOBODY, subject=subject, occurred_at=now)])
    return Accepted(id=delivery, state="waiting", links={"self": f"{_path(id)}/deliveries/{delivery}"})


def deliveries(ctx: Context, id: str, limit: int, after: str | None) -> DeliveriesOut:
    """Return what was sent to a channel, newest first."""
    _doc(ctx, id)
    found = ctx.documents.query(ALERTS, f"deliveries|{id}", desc=True, limit=limit, after=after)
    return DeliveriesOut(items=tuple(_delivery(doc) for doc in found.docs), next=found.cursor)


def delivery(ctx: Context, id: str, which: str) -> DeliveryOut:
    """Return one delivery; raises ``NotFound``."""
    _doc(ctx, id)
    doc = ctx.documents.get(ALERTS, f"deliveries|{id}", which) if is_fact_id(which) else None
    if doc is None:
        raise NotFound("There is no such delivery yet; one that was just asked for appears when a worker begins it.")
    return _delivery(doc)


def _doc(ctx: Context, id: str) -> Doc:
    doc = ctx.documents.get(OPS, _PK, id) if is_fact_id(id) else None
    if doc is None:
        raise NotFound(f"There is no such channel. GET {API}/channels lists those there are.")
    return doc


def _check(channel: Channel) -> None:
    """Raise ``InvalidInput`` unless a channel of its kind can send to what it names."""
    faults = []
    if channel.kind == "email" and not channel.addresses:
        faults.append(Fault("/addresses", "none", "at least one mail address", "add one"))
    if channel.kind != "email" and channel.url is None:
        faults.append(Fault("/url", "nothing", "an address beginning with https://", "add the address to send to"))
    if channel.kind == "email" and channel.url is not None:
        faults.append(Fault("/url", "an address", "nothing, for e-mail", "leave it out"))
    if channel.kind != "email" and channel.addresses:
        faults.append(Fault("/addresses", "mail addresses", f"none, for {channel.kind}", "leave them out"))
    if faults:
        raise InvalidInput(f"A channel of kind {channel.kind} cannot be like this.", faults)


def _present(found: Channel) -> ChannelOut:
    target = ", ".join(found.addresses) if found.url is None else f"{urlsplit(found.url).hostname}/..."
    said = {name: getattr(found, name) for name in ChannelOut.model_fields if name not in ("target", "links")}
    at = _path(found.id)
    return ChannelOut(**said, target=target, links={"self": at, "deliveries": f"{at}/deliveries"})


def _delivery(doc: Doc) -> DeliveryOut:
    found = parse(Delivery, doc)
    return DeliveryOut(**{name: getattr(found, name) for name in DeliveryOut.model_fields})


def _path(id: str) -> str:
    return f"{API}/channels/{id}"
