"""A worker's own metrics over HTTP: one port for a parent and all its children.

Children write their values into files below ``PROMETHEUS_MULTIPROC_DIR``, which whoever starts the worker sets to a
folder of its own; the parent adds them up at scrape time. Files of earlier processes are removed at the start.
"""

from prometheus_client import REGISTRY, CollectorRegistry, ProcessCollector, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector

from bellwether.settings import metrics_folder


def clean() -> None:
    """Remove the values of processes that ended before this worker started; call before the first fork."""
    if folder := metrics_folder():
        for file in folder.glob("*.db"):
            file.unlink()


def start(port: int, address: str) -> None:
    """Serve the metrics on ``address``; nothing when ``port`` is 0."""
    if not port:
        return
    registry = REGISTRY
    if metrics_folder():
        registry = CollectorRegistry()
        ProcessCollector(registry=registry)  # of the parent: its start tells of restarts
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library has no types here
    start_http_server(port, addr=address, registry=registry)
