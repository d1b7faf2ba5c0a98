"""What may be a label: values that are few, and known before anything happens (ADR 0024)."""

import importlib
from collections.abc import Iterator

import pytest
from prometheus_client import REGISTRY, CollectorRegistry, Counter

from bellwether.telemetry.gauges import GAUGES

DOMAIN = {"model", "version", "feature", "persona", "kpi", "metric", "pipeline", "source"}
OPERATION = {"service", "route", "queue", "task", "kind", "level", "status", "state", "result", "worker"}
ENGINE = {"container", "operation", "error", "method"}
"""Names in our code: ten containers, ten operations, a dozen classes of errors, methods of HTTP and of explaining."""
ALLOWED = DOMAIN | OPERATION | ENGINE


def labels_of(registry: CollectorRegistry) -> Iterator[tuple[str, str]]:
    """Metric and label, of every metric of ours."""
    for collector in set(registry._names_to_collectors.values()):
        for label in getattr(collector, "_labelnames", ()):
            yield getattr(collector, "_name", ""), label


def refused(registry: CollectorRegistry) -> list[str]:
    """Labels nobody agreed to; a model is a label of gauges read from the store alone."""
    allowed = ALLOWED - {"model", "version", "feature"}
    return [f"{name} {label}" for name, label in labels_of(registry) if label not in allowed]


def test_every_label_is_one_of_those_agreed() -> None:
    importlib.import_module("bellwether.telemetry.metrics")
    assert refused(REGISTRY) == []
    assert {label for gauge in GAUGES for label in gauge.labels} <= ALLOWED


@pytest.mark.parametrize("label", ["batch", "run", "user", "trace", "row", "model"])
def test_a_planted_label_is_refused(label: str) -> None:
    registry = CollectorRegistry()
    Counter("planted_total", "Planted.", (label,), registry=registry)
    assert refused(registry) == [f"planted {label}"]
