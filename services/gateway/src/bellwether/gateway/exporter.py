"""Domain gauges in Prometheus' text format, read from the store at scrape time."""

from prometheus_client import generate_latest

from bellwether.gateway.context import Context


def scrape(ctx: Context) -> bytes:
    """Return the exposition."""
    return generate_latest()
