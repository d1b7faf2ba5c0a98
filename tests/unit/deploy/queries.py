"""What queries name, and what services expose: every metric with its labels, every query of dashboards and rules."""

import importlib
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import promql_parser
from prometheus_client import REGISTRY

from bellwether.telemetry.gauges import GAUGES
from deploy.grafana.build import DASHBOARDS
from tests.unit.deploy.manifests import DEPLOY, documents

RULES = DEPLOY / "prometheus" / "rules" / "bellwether.yml"
TARGET_LABELS = {"job", "instance", "service"}
ALERT_LABELS = {"alertname", "alertstate", "severity", "team", "model"}
PROCESS = ("process_cpu_seconds_total", "process_resident_memory_bytes", "process_start_time_seconds")
"""Of the client library."""


def rules() -> Iterator[dict[str, Any]]:
    """Every rule."""
    for group in documents(RULES)[0]["groups"]:
        yield from group["rules"]


@cache
def exposed() -> dict[str, set[str]]:
    """Every metric by name, with its labels."""
    importlib.import_module("bellwether.telemetry.metrics")
    found = {gauge.name: set(gauge.labels) for gauge in GAUGES}
    found |= {"up": set(), "ALERTS": ALERT_LABELS, **{name: set() for name in PROCESS}}
    for collector in set(REGISTRY._names_to_collectors.values()):
        for family in collector.describe() if hasattr(collector, "describe") else ():
            if family.name.startswith("bellwether_"):
                labels = set(getattr(collector, "_labelnames", ()))
                kinds = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum"), "gauge": ("",)}
                for suffix in kinds[family.type]:
                    found[family.name + suffix] = labels | ({"le"} if suffix == "_bucket" else set())
    found |= {rule["record"]: set() for rule in rules() if "record" in rule}
    return found


def queries() -> Iterator[tuple[str, str]]:
    """Every query, and where it stands."""
    for dashboard in DASHBOARDS:
        for panel in dashboard.panels:
            for number, (expr, _) in enumerate(panel.queries):
                yield f"{dashboard.slug}: {panel.title} {number}", expr
        for variable in dashboard.variables:
            yield f"{dashboard.slug}: ${variable.name}", variable.metric
        for annotation in dashboard.annotations:
            yield f"{dashboard.slug}: {annotation.name}", annotation.expr
    for rule in rules():
        yield rule["alert"] if "alert" in rule else rule["record"], rule["expr"]


def faults(expr: str) -> list[str]:
    """What a query names and nothing exposes."""
    known = exposed()
    plain = re.sub(r"\$__rate_interval|\$__interval|\$__range", "5m", expr)
    plain = re.sub(r"\$\w+", "x", plain)
    promql_parser.parse(plain)
    found = []
    for name, matchers in re.findall(r"\b((?:bellwether[a-z0-9_:]*|process_\w+|up|ALERTS))\b(?:\{([^}]*)\})?", plain):
        if name not in known:
            found.append(f"no metric {name}")
            continue
        labels = set(re.findall(r"([a-z_]+)\s*(?:=~|!~|!=|=)", matchers)) - known[name] - TARGET_LABELS
        found.extend(f"{name} has no label {label}" for label in sorted(labels))
    everywhere = {label for labels in known.values() for label in labels} | TARGET_LABELS
    for words in re.findall(r"\b(?:by|on|without|ignoring|group_left)\s*\(([^)]*)\)", plain):
        found.extend(f"nothing has the label {word}" for word in re.findall(r"\w+", words) if word not in everywhere)
    return found
