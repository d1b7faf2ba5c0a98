"""Process entry of the gateway: settings -> store, objects, bus -> application -> server."""

import os
import signal
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType

import uvicorn
from fastapi import FastAPI
from prometheus_client import disable_created_metrics

from bellwether.bus import open_bus
from bellwether.gateway.app import create_app
from bellwether.objects import open_objects
from bellwether.settings import Settings, load
from bellwether.storage.factory import open_store
from bellwether.telemetry import logging, tracing

STOP_S = 10
"""Seconds open requests get to end."""
_LOG = logging.logger("bellwether.gateway.main")


def now() -> datetime:
    """Return the time: the one clock of this process."""
    return datetime.now(UTC)


def build(settings: Settings, clock: Callable[[], datetime] = now) -> FastAPI:
    """Return the application over what the settings name."""
    documents = open_store(settings, "gateway")
    bus = open_bus(settings, documents, clock)
    return create_app(settings, documents, open_objects(settings.objects), bus, clock)


def main() -> None:
    """Serve until SIGTERM or SIGINT; open requests get a few seconds to end."""
    settings = load()
    logging.start("gateway", settings.log_level)
    disable_created_metrics()  # type: ignore[no-untyped-call]  # the library has no types here
    provider = tracing.start("gateway", settings.otlp_endpoint, settings.trace_ratio)
    app = build(settings)
    listener = listen(settings.gateway.host, settings.gateway.port)
    host, port = listener.getsockname()[:2]
    _LOG.info("gateway.listening", host=host, port=port, pid=os.getpid())
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=STOP_S,
        timeout_keep_alive=65,
        h11_max_incomplete_event_size=64 * 1024,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _already_handled)
    _Server(config).run(sockets=[listener])
    app.state.context.documents.close()
    tracing.stop(provider)


def _already_handled(number: int, frame: FrameType | None) -> None:
    """Do nothing: the server raises the signal that stopped it once more, and what follows has still to run."""


class _Server(uvicorn.Server):
    """Tells requests that wait to come to an end when the process is asked to."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.config.app.state.context.stopping.set()  # type: ignore[union-attr]  # always an application here
        super().handle_exit(sig, frame)


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 takes any free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(2048)
    listener.set_inheritable(True)
    return listener


if __name__ == "__main__":
    main()
