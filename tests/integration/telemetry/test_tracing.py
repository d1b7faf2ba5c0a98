"""Spans on their way out: what they hold, which are kept, and that nobody waits for a receiver that is away."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from bellwether.telemetry import tracing
from tests.otlp import Receiver, receiving

SECRET = "PLANTED-55aa"
SPANS = 5_000
SAMPLED, NOT_SAMPLED = "01", "00"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@contextmanager
def black_hole() -> Iterator[str]:
    """An address that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@contextmanager
def refusing() -> Iterator[str]:
    """An address nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{probe.getsockname()[1]}"


def provider_of(url: str, ratio: float = 1.0) -> TracerProvider:
    provider = tracing.start("test", url, ratio)
    assert provider is not None
    return provider


def work(url: str) -> None:
    """Many spans, then an end: more than an exporter that waited for each batch could send in the time allowed.

    A batch is given up after ten seconds, and there are ten of them. What tracing costs is measured by a bench.
    """
    provider = provider_of(url)
    tracer = provider.get_tracer("test")
    began = time.monotonic()
    for _ in range(SPANS):
        with tracer.start_as_current_span("step", attributes={"bellwether.model": "m"}):
            pass
    worked = time.monotonic()
    tracing.stop(provider, 0.5)
    assert worked - began < 60.0
    assert time.monotonic() - worked < 10.0


def test_nothing_is_started_without_an_endpoint() -> None:
    assert tracing.start("test", None) is None
    tracing.stop(None)


def test_what_may_hold_a_secret_is_not_sent(receiver: Receiver) -> None:
    provider = provider_of(receiver.url)
    attributes = {
        "http.route": "/api/v1/models",
        "url.query": f"token={SECRET}",
        "user_agent.original": SECRET,
        "bellwether.subject": f"Bearer {SECRET}",
        "api_key": SECRET,
    }
    with (
        pytest.raises(ValueError, match=SECRET),
        provider.get_tracer("test").start_as_current_span("GET", attributes=attributes),
    ):
        raise ValueError(SECRET)
    tracing.stop(provider)
    [span] = receiver.spans
    assert span.attributes["http.route"] == "/api/v1/models"
    assert span.failed
    assert SECRET.encode() not in b"".join(receiver.raw)


@pytest.mark.parametrize(
    ("ratio", "flags", "kept"),
    [
        (1.0, None, True),
        (0.0, None, False),
        (0.0, SAMPLED, True),
        (1.0, NOT_SAMPLED, False),
    ],
    ids=["begun here, all", "begun here, none", "its parent is kept", "its parent is not"],
)
def test_a_trace_is_kept_or_not_as_a_whole(receiver: Receiver, ratio: float, flags: str | None, kept: bool) -> None:
    provider = provider_of(receiver.url, ratio)
    parent = {} if flags is None else {"traceparent": f"00-{'ab' * 16}-{'cd' * 8}-{flags}"}
    tracer = provider.get_tracer("test")
    with tracer.start_as_current_span("one", context=TraceContextTextMapPropagator().extract(parent)) as above:
        tracer.start_span("two", context=set_span_in_context(above)).end()
    tracing.stop(provider)
    assert len(receiver.spans) == (2 if kept else 0)


def test_a_share_of_the_traces_is_kept(receiver: Receiver) -> None:
    provider = provider_of(receiver.url, 0.25)
    tracer = provider.get_tracer("test")
    for _ in range(1000):
        tracer.start_span("one").end()
    tracing.stop(provider)
    assert 180 < len(receiver.spans) < 320


@pytest.mark.parametrize("away", [black_hole, refusing])
def test_a_receiver_that_is_away_costs_spans_and_no_work(away: Callable[[], AbstractContextManager[str]]) -> None:
    with away() as url:
        work(url)
