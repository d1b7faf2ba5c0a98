"""Outermost middleware: request ids, security headers, request metrics, and an answer to every error."""

import re
import time
import uuid
from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bellwether.gateway.endpoint import API
from bellwether.gateway.problems import respond, unexpected
from bellwether.gateway.recent import Recent
from bellwether.telemetry.logging import bound, logger
from bellwether.telemetry.metrics import REQUEST_SECONDS, REQUESTS_RUNNING

_LOG = logger(__name__)
_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
PROBES = {"/healthz", "/readyz", "/metrics"}
_NOT_COUNTED = {*PROBES, f"{API}/events"}
"""What says nothing about how fast answers are: probes, and streams that stay open."""

HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
"""On every answer that does not say otherwise."""
_HSTS = "max-age=31536000; includeSubDomains"


class Edge:
    """Wraps the application; nothing leaves it but answers."""

    def __init__(self, app: ASGIApp, recent: Recent) -> None:
        self._app, self._recent = app, recent

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _complete(MutableHeaders(scope=message), request_id, secure=scope["scheme"] == "https")
            await send(message)

        begin = time.perf_counter()
        with bound(request=request_id), REQUESTS_RUNNING.track_inprogress():
            try:
                await self._app(scope, receive, answer)
            except ClientDisconnect:
                _LOG.info("request.left")
            except Exception as error:
                if unexpected(error):
                    _LOG.exception("request.failed")
                if status:
                    raise  # the answer has begun: the server cuts the connection
                await respond(error, request_id)(scope, receive, answer)
            seconds = time.perf_counter() - begin
            _record(scope, status, seconds)
            if scope["path"] not in _NOT_COUNTED:
                self._recent.note(status or 500, seconds)


def _complete(headers: MutableHeaders, request_id: str, *, secure: bool) -> None:
    headers["X-Request-Id"] = request_id
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if secure:
        headers.setdefault("Strict-Transport-Security", _HSTS)


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _ID.fullmatch(value.decode("latin-1")):
            return str(value.decode())
    return uuid.uuid4().hex


def _record(scope: Scope, status: int, seconds: float) -> None:
    route = getattr(scope.get("route"), "path", "other")
    REQUEST_SECONDS.labels(scope["method"] if route != "other" else "other", route, str(status)).observe(seconds)
    if scope["path"] not in PROBES:
        _LOG.info("request.done", method=scope["method"], route=route, status=status, ms=round(1000 * seconds, 1))
