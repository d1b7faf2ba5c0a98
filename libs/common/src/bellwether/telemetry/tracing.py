"""One trace from the push to the last result: the context travels in the events, so it survives any queue."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.propagate import extract, inject
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

_TRACER = trace.get_tracer("bellwether")


def start(service: str, endpoint: str | None) -> TracerProvider | None:
    """Export spans of this process over OTLP/HTTP; None without an endpoint. After a fork, never before it."""
    if endpoint is None:
        return None
    provider = TracerProvider(resource=Resource.create({"service.name": f"bellwether-{service}"}))
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=5)
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=1000))
    trace.set_tracer_provider(provider)
    return provider


def traceparent() -> str | None:
    """Return the current W3C trace context, or None outside a trace."""
    carrier: dict[str, str] = {}
    inject(carrier)
    return carrier.get("traceparent")


@contextmanager
def span(name: str, parent: str | None = None, attributes: Mapping[str, str] | None = None) -> Iterator[None]:
    """Run a block as one span, below ``parent`` (a traceparent) when it is given."""
    context = extract({"traceparent": parent}) if parent else None
    with _TRACER.start_as_current_span(name, context=context, attributes=dict(attributes or {})):
        yield
