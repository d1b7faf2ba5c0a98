"""A worker's own metrics over HTTP: one port for a parent and all its children.

Children write their values into files below ``PROMETHEUS_MULTIPROC_DIR``, which whoever starts the worker sets to a
folder of its own; the parent adds them up at scrape time. Files of earlier processes are removed at the start.
"""

import os
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def clean() -> None:
    """Remove the values of processes that ended before this worker started; call before the first fork."""
    if folder := os.environ.get(_FOLDER):
        Path(folder).mkdir(parents=True, exist_ok=True)
        for file in Path(folder).glob("*.db"):
            file.unlink()


def start(port: int, address: str) -> None:
    """Serve the metrics on ``address``; nothing when ``port`` is 0."""
    if not port:
        return
    registry = REGISTRY
    if os.environ.get(_FOLDER):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library has no types here
    start_http_server(port, addr=address, registry=registry)


def forget(pid: int) -> None:
    """Drop the live gauges of a child that ended."""
    if os.environ.get(_FOLDER):
        mark_process_dead(pid)  # type: ignore[no-untyped-call]  # the library has no types here
