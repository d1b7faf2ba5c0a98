"""State of this process, its metrics and its description; at the root, without a key."""

import json

from fastapi import Request
from starlette.responses import Response

from bellwether.gateway import docs as api_docs
from bellwether.gateway.answers import Health
from bellwether.gateway.context import Ctx
from bellwether.gateway.endpoint import Endpoint
from bellwether.gateway.exporter import CONTENT_TYPE, Exporter
from bellwether.gateway.specification import VERSION
from bellwether.storage.collections import MODELS


async def healthz() -> Health:
    """Whether this process answers; touches nothing else."""
    return Health(status="ok", version=VERSION)


async def readyz(ctx: Ctx) -> Health:
    """Whether this process can work: the store answers a read."""
    await ctx.threads.run(ctx.documents.get, MODELS, "~ready", "model")
    return Health(status="ok", version=VERSION)


async def metrics(request: Request, ctx: Ctx) -> Response:
    """Prometheus exposition: domain gauges read from the store, and this process's own metrics."""
    exporter: Exporter = request.app.state.exporter
    text = await ctx.threads.run(exporter.scrape)
    return Response(text, media_type=CONTENT_TYPE)


async def openapi_json(request: Request) -> Response:
    """Return this description."""
    return Response(json.dumps(request.app.state.openapi()), media_type="application/json")


async def docs(request: Request) -> Response:
    """Return the same for people."""
    headers = {"Content-Security-Policy": api_docs.CSP}
    return Response(api_docs.page(request.app.state.openapi), media_type="text/html", headers=headers)


ENDPOINTS = (
    Endpoint("GET", "/healthz", healthz, None),
    Endpoint("GET", "/readyz", readyz, None),
    Endpoint("GET", "/metrics", metrics, None, content={"text/plain": {"schema": {"type": "string"}}}),
    Endpoint("GET", "/openapi.json", openapi_json, None, content={"application/json": {"schema": {"type": "object"}}}),
    Endpoint("GET", "/docs", docs, None, content={"text/html": {"schema": {"type": "string"}}}),
)
