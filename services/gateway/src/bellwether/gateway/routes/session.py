"""Signing in to the web app with a key."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Request, Response

from bellwether.errors import Fault
from bellwether.gateway import sessions
from bellwether.gateway.access import ACCESS_ROLES, ANYONE, Identity
from bellwether.gateway.answers import SessionIn, SessionOut
from bellwether.gateway.context import Caller, Ctx
from bellwether.gateway.endpoint import Endpoint
from bellwether.gateway.jsonbody import JsonBody
from bellwether.gateway.problems import Refused


async def sign_in(
    body: Annotated[SessionIn, Depends(JsonBody(SessionIn))], request: Request, response: Response, ctx: Ctx
) -> SessionOut:
    """Exchange a key for a cookie that the page cannot read. Writes then carry `csrf` in `X-CSRF-Token`."""
    identity = await ctx.keyring.identify(body.key)
    if identity is None:
        fault = Fault("/key", "something else", "a key of this server", "check that the key was copied whole")
        raise Refused(HTTPStatus.UNAUTHORIZED, "This key is not known here, expired, or was deleted.", [fault])
    secret, seconds = ctx.keyring.secret, ctx.settings.gateway.session_seconds
    token = await ctx.threads.run(sessions.begin, ctx.documents, secret, ctx.now(), identity.key, seconds)
    sessions.set_cookie(request, response, token, seconds)
    return _present(identity, sessions.csrf(secret, token))


async def get_session(caller: Caller) -> SessionOut:
    """Who asks, by key or by session."""
    return _present(caller, caller.csrf)


async def sign_out(request: Request, ctx: Ctx) -> Response:
    """End the session."""
    response = Response(status_code=HTTPStatus.NO_CONTENT)
    if (token := request.cookies.get(sessions.COOKIE)) is not None:
        await ctx.threads.run(sessions.end, ctx.documents, ctx.keyring.secret, token)
        ctx.keyring.forget_session(token)
        sessions.set_cookie(request, response, "", 0)
    return response


def _present(identity: Identity, csrf: str | None) -> SessionOut:
    roles = tuple(role for role in ACCESS_ROLES if role in identity.roles)
    models = None if identity.models is None else tuple(sorted(identity.models))
    return SessionOut(name=identity.name, roles=roles, models=models, csrf=csrf)


ENDPOINTS = (
    Endpoint("POST", "/session", sign_in, None, 201, (400, 401, 413, 415, 429)),
    Endpoint("GET", "/session", get_session, ANYONE),
    Endpoint("DELETE", "/session", sign_out, ANYONE, 204),
)
