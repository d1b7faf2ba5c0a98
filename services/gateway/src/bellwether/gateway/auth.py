"""Middleware: who asks, and whether they ask too often. Below ``API`` nothing is answered to strangers."""

import hmac
import math
from http import HTTPStatus

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from bellwether.errors import Fault
from bellwether.gateway.access import Identity
from bellwether.gateway.bucket import Buckets
from bellwether.gateway.context import Context
from bellwether.gateway.endpoint import API, is_intake
from bellwether.gateway.problems import Refused, overloaded, too_many
from bellwether.gateway.sessions import COOKIE

_OPEN = {("POST", f"{API}/session")}
"""Signing in needs no identity: it brings the key in its body."""
_SAFE = {"GET", "HEAD", "OPTIONS"}
CSRF_HEADER = "X-CSRF-Token"


class Auth:
    """Puts ``identity`` into the state of each request below ``API``; raises 401 and 429."""

    def __init__(self, app: ASGIApp, context: Context) -> None:
        self._app = app
        self._context = context
        gateway = context.settings.gateway
        self._buckets = Buckets(gateway.requests_per_second, gateway.burst)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Identify the caller, then pass on."""
        if scope["type"] == "http" and self._guarded(scope["path"]):
            request = Request(scope)
            if (scope["method"], scope["path"]) in _OPEN:
                self._limit(_address(request))
            else:
                identity = await self._identify(request)
                self._limit(identity.key, overload=is_intake(scope["method"], scope["path"]))
                scope.setdefault("state", {})["identity"] = identity
        await self._app(scope, receive, send)

    def _guarded(self, path: str) -> bool:
        return path.startswith("/api/") or (path == "/metrics" and self._context.settings.gateway.metrics_need_key)

    async def _identify(self, request: Request) -> Identity:
        keyring = self._context.keyring
        kind, _, text = request.headers.get("authorization", "").partition(" ")
        if kind:
            identity = await keyring.identify(text.strip()) if kind.lower() == "bearer" else None
            if identity is None:
                self._limit(_address(request))  # guessing is limited by address, knowing by key
                raise _unknown("something else", "This key is not known here, expired, or was deleted.")
            return identity
        cookie = request.cookies.get(COOKIE)
        if cookie is None:
            raise _unknown("nothing", "This needs a key.")
        identity = await keyring.identify_session(cookie)
        if identity is None:
            raise _unknown("a session that ended", "The session has ended. Sign in again.")
        _check_csrf(request, identity)
        return identity

    def _limit(self, who: str, *, overload: bool = False) -> None:
        """Raise 429, or 503 for clients that give up on anything else."""
        wait = self._buckets.take(who, self._context.now())
        if wait > 0.0:
            rate = f"{self._context.settings.gateway.requests_per_second:g} a second"
            fault = Fault("Authorization", "too many requests", rate, "wait as Retry-After says")
            message, seconds = f"Too many requests: {rate} are allowed, and a burst before.", math.ceil(wait)
            raise overloaded(message, fault, seconds) if overload else too_many(message, fault, seconds)


def _address(request: Request) -> str:
    return f"address {request.client.host if request.client else 'unknown'}"


def _check_csrf(request: Request, identity: Identity) -> None:
    """Refuse a write another site could have made the browser send; signing out harms nobody."""
    if request.method in _SAFE or (request.method, request.url.path) == ("DELETE", f"{API}/session"):
        return
    given = request.headers.get(CSRF_HEADER, "")
    if not hmac.compare_digest(given.encode(), (identity.csrf or "").encode()):
        fault = Fault(CSRF_HEADER, "another value" if given else "nothing", "`csrf` of GET /session", "send it along")
        raise Refused(HTTPStatus.FORBIDDEN, "A write of a session needs its token.", [fault])


def _unknown(value: str, message: str) -> Refused:
    fault = Fault("Authorization", value, "Bearer <key>", "send a key; `bellwether keys create` makes one")
    return Refused(HTTPStatus.UNAUTHORIZED, message, [fault], {"WWW-Authenticate": "Bearer"})
