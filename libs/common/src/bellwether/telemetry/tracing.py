"""One trace from the push to the last result: the context travels in the events, so it survives any queue.

Spans hold names, ids and classes of errors; no message of an error and no query of a request, which may hold anything.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.propagate import extract, inject
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio
from typing_extensions import override

from bellwether.telemetry.logging import hide_secrets

_TRACER = trace.get_tracer("bellwether")
_ANSWER_S = 5.0
_WAITING = 2048
"""Spans that wait for the receiver; more are dropped, for no work waits for them."""
_NOT_TOLD = frozenset({"url.query", "exception.message", "exception.stacktrace", "user_agent.original"})


def start(service: str, endpoint: str | None, ratio: float = 1.0) -> TracerProvider | None:
    """Export spans of this process over OTLP/HTTP; None without an endpoint. After a fork, never before it.

    ``ratio``, in [0, 1], is the share of traces begun here that are kept; what belongs to a trace begun elsewhere is
    kept when that is.
    """
    if endpoint is None:
        return None
    provider = TracerProvider(
        resource=Resource.create({"service.name": f"bellwether-{service}"}),
        sampler=ParentBasedTraceIdRatio(ratio),
        shutdown_on_exit=False,
    )
    exporter = _Discreet(OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=_ANSWER_S))
    provider.add_span_processor(
        BatchSpanProcessor(exporter, schedule_delay_millis=1000, max_queue_size=_WAITING, max_export_batch_size=512)
    )
    trace.set_tracer_provider(provider)
    return provider


def stop(provider: TracerProvider | None, seconds: float = 3.0) -> None:
    """Send what is left; a receiver that does not answer is waited for no longer than ``seconds``."""
    if provider is not None:
        ending = threading.Thread(target=provider.shutdown, daemon=True)
        ending.start()
        ending.join(seconds)


def traceparent() -> str | None:
    """Return the current W3C trace context, or None outside a trace."""
    carrier: dict[str, str] = {}
    inject(carrier)
    return carrier.get("traceparent")


def describe(**ids: str) -> None:
    """Put ids on the span that runs, if one does: what a request turned out to be about."""
    trace.get_current_span().set_attributes({f"bellwether.{name}": value for name, value in ids.items()})


@dataclass(frozen=True, slots=True)
class Running:
    """A span that runs."""

    span: trace.Span

    def failed(self, error: Exception) -> None:
        """Say that the work failed, and by which class of error."""
        self.span.set_attribute("error.type", type(error).__name__)
        self.span.set_status(trace.StatusCode.ERROR)


@contextmanager
def span(name: str, parent: str | None = None, ids: Mapping[str, str] | None = None) -> Iterator[Running]:
    """Run a block as one span, below ``parent`` (a traceparent) when it is given."""
    context = extract({"traceparent": parent}) if parent else None
    attributes = {f"bellwether.{name}": value for name, value in (ids or {}).items()}
    with _TRACER.start_as_current_span(
        name, context=context, kind=trace.SpanKind.CONSUMER, attributes=attributes, record_exception=False
    ) as running:
        yield Running(running)


class _Discreet(SpanExporter):
    """Hands spans on without what may hold a secret."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    @override
    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._exporter.export([_told(one) for one in spans])

    @override
    def shutdown(self) -> None:
        self._exporter.shutdown()

    @override
    def force_flush(self, timeout_millis: int = 30000) -> bool:
        return self._exporter.force_flush(timeout_millis)


def _told(span: ReadableSpan) -> ReadableSpan:
    told = {name: value for name, value in (span.attributes or {}).items() if name not in _NOT_TOLD}
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=hide_secrets(None, "", told),
        links=span.links,
        kind=span.kind,
        status=trace.Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )
