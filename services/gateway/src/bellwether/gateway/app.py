"""Builds the HTTP application."""

import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import cache
from http import HTTPStatus
from itertools import chain
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.types import Scope

from bellwether.bus import QUEUED, Bus, DurableBus, Ledger, Ticket
from bellwether.bus.broker import Broker
from bellwether.errors import BellwetherError
from bellwether.gateway import specification
from bellwether.gateway.auth import Auth
from bellwether.gateway.context import Context
from bellwether.gateway.edge import PROBES, Edge
from bellwether.gateway.endpoint import API
from bellwether.gateway.exporter import Exporter
from bellwether.gateway.feed import Feed
from bellwether.gateway.keyring import Keyring
from bellwether.gateway.keys import server_secret
from bellwether.gateway.problems import Refused, respond
from bellwether.gateway.recent import Recent
from bellwether.gateway.routes import ENDPOINTS, ROOT
from bellwether.gateway.spool import sweep
from bellwether.gateway.threads import Threads
from bellwether.gateway.web import WebApp
from bellwether.objects import ObjectStore
from bellwether.settings import Settings
from bellwether.storage.factory import stored_bytes
from bellwether.storage.port import DocumentStore


def create_app(
    settings: Settings, documents: DocumentStore, objects: ObjectStore, bus: Bus, now: Callable[[], datetime]
) -> FastAPI:
    """Wire routes to ports; nothing is global, so tests build as many as they like."""
    threads = Threads(settings.gateway.store_threads)
    keyring = Keyring(documents, server_secret(settings), now, threads)
    ledger = Ledger(documents, settings.work, now)
    ring = bus.doorbell.ring if isinstance(bus, DurableBus) else _leave_to_reconciler
    stopping = threading.Event()
    recent = Recent()
    context = Context(
        settings, documents, objects, bus, ledger, now, threads, keyring, ring, stopping, Counter(), recent
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await threads.run(sweep, settings, now())
        yield
        threads.close()

    app = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"logs": False, "metrics": False, "operation_spans": False, "exclude": _is_probe},
        middleware=[Middleware(Edge, recent=recent), Middleware(Auth, context=context)],
        lifespan=lifespan,
    )
    _add_routes(app)
    app.router.default = WebApp(settings.gateway.web_root)
    app.state.context = context
    app.state.feed = Feed(documents, threads, stopping)
    broker = None
    if isinstance(bus, DurableBus):
        broker = Broker(settings.redis_url.get_secret_value(), chain.from_iterable(QUEUED.values())).state
    app.state.exporter = Exporter(
        documents, ledger, now, settings.metrics, broker, store_bytes=lambda: stored_bytes(settings)
    )
    app.state.queries = query_names()
    app.state.openapi = openapi
    for kind in (BellwetherError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, _problem)
    return app


@cache
def openapi() -> dict[str, Any]:
    """Return the OpenAPI document; it depends on nothing but the code."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    _add_routes(app)
    return specification.build(app, {endpoint.call.__name__: endpoint for endpoint in (*ROOT, *ENDPOINTS)})


@cache
def query_names() -> dict[str, frozenset[str]]:
    """Return the query parameters each operation reads, by operation id."""
    return {
        operation["operationId"]: frozenset(
            parameter["name"] for parameter in operation.get("parameters", ()) if parameter["in"] == "query"
        )
        for operations in openapi()["paths"].values()
        for operation in operations.values()
    }


def _add_routes(app: FastAPI) -> None:
    for endpoint in ROOT:
        specification.add(app, endpoint, "")
    for endpoint in ENDPOINTS:
        specification.add(app, endpoint, API)


def _is_probe(scope: Scope) -> bool:
    """Say whether a request is a look at this process, of which nobody wants a trace."""
    return scope["path"] in PROBES


def _leave_to_reconciler(_: Ticket) -> None:
    """Wake nobody: overdue work is found by its age."""


async def _problem(request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException) and error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = ", ".join(_methods(request))
        error = Refused(HTTPStatus.METHOD_NOT_ALLOWED, f"This address takes {allowed}.", headers={"Allow": allowed})
    return respond(error, request.state.request_id)


def _methods(request: Request) -> list[str]:
    """Return what the address of a request takes, of every route there."""
    routes = (route for route in request.app.routes if isinstance(route, APIRoute))
    return sorted({m for route in routes if route.path_regex.match(request.url.path) for m in route.methods or ()})
