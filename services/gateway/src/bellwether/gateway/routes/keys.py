"""API keys: made, listed and deleted by operators; the key itself is shown once."""

import hashlib
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Path, Response

from bellwether.errors import Conflict, Fault, InvalidInput, NotFound
from bellwether.gateway import keys
from bellwether.gateway.access import OPERATE, AccessRole, Identity
from bellwether.gateway.answers import KeyIn, KeyOut, KeysOut, NewKey
from bellwether.gateway.context import AllModels, Context, Ctx
from bellwether.gateway.endpoint import Endpoint
from bellwether.gateway.jsonbody import JsonBody
from bellwether.gateway.keys import KEYS_PK, ApiKey
from bellwether.gateway.parameters import Cursor, IdempotencyKey, Limit
from bellwether.gateway.problems import Refused
from bellwether.storage.collections import OPS
from bellwether.storage.documents import parse

_REMEMBER_S = 7 * 86_400


async def list_keys(ctx: Ctx, caller: AllModels, limit: Limit = 50, cursor: Cursor = None) -> KeysOut:
    """Keys by id, without their secrets."""
    page = await ctx.threads.run(ctx.documents.query, OPS, KEYS_PK, limit=limit, after=cursor)
    return KeysOut(items=tuple(_present(parse(ApiKey, doc)) for doc in page.docs), next=page.cursor)


async def create_key(
    body: Annotated[KeyIn, Depends(JsonBody(KeyIn))],
    ctx: Ctx,
    caller: AllModels,
    idempotency_key: IdempotencyKey = None,
) -> NewKey:
    """Make a key. It is shown this once: a repeat with the same `Idempotency-Key` is 409 and names the key made."""
    _check_grant(caller, frozenset(body.roles))
    if body.expires_at is not None and body.expires_at <= ctx.now():
        fault = Fault("/expires_at", body.expires_at.isoformat(), "a time to come", "set a later one, or none")
        raise InvalidInput("The key would have expired already.", [fault])
    key, text = await ctx.threads.run(_create, ctx, caller, body, idempotency_key)
    return NewKey(**_present(key).model_dump(), key=text)


async def delete_key(
    key: Annotated[str, Path(max_length=200, description="id of the key")], ctx: Ctx, caller: AllModels
) -> Response:
    """Delete a key and end its sessions; within seconds it is refused everywhere."""
    await ctx.threads.run(_delete, ctx, caller, key)
    ctx.keyring.forget(key)
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _create(ctx: Context, caller: Identity, body: KeyIn, idempotency_key: str | None) -> tuple[ApiKey, str]:
    mark = hashlib.sha256(f"{caller.key} {idempotency_key}".encode()).hexdigest()[:40]
    if idempotency_key is not None and (seen := ctx.documents.get(OPS, "keys-asked", mark)) is not None:
        fault = Fault("Idempotency-Key", "used before", "a new value", f"delete key {seen['key']} and ask anew")
        raise Conflict(f"This request made key {seen['key']!r} already, and a key is shown only once.", [fault])
    made = keys.create_key(
        ctx.documents,
        ctx.keyring.secret,
        ctx.now(),
        body.name,
        body.roles,
        models=body.models,
        expires_at=body.expires_at,
        created_by=caller.key,
    )
    if idempotency_key is not None:
        asked = {"id": mark, "pk": "keys-asked", "type": "key_asked", "key": made[0].id, "ttl": _REMEMBER_S}
        ctx.documents.put(OPS, asked)
    return made


def _delete(ctx: Context, caller: Identity, id: str) -> None:
    found = keys.read_key(ctx.documents, id) if id.isalnum() else None
    if found is None:
        raise NotFound("There is no key of this id.")
    _check_grant(caller, frozenset(found.roles))
    ctx.documents.delete(OPS, KEYS_PK, id)


def _check_grant(caller: Identity, roles: frozenset[AccessRole]) -> None:
    if too_much := roles - caller.grants():
        fault = Fault("/roles", ", ".join(sorted(too_much)), ", ".join(sorted(caller.grants())), "ask an administrator")
        raise Refused(HTTPStatus.FORBIDDEN, "This key may not give or take these roles.", [fault])


def _present(key: ApiKey) -> KeyOut:
    return KeyOut(**{name: getattr(key, name) for name in KeyOut.model_fields})


ENDPOINTS = (
    Endpoint("GET", "/keys", list_keys, OPERATE),
    Endpoint("POST", "/keys", create_key, OPERATE, 201, (400, 409, 413, 415)),
    Endpoint("DELETE", "/keys/{key}", delete_key, OPERATE, 204, (404,)),
)
