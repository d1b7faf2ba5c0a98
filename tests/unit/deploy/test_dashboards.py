"""Dashboards and alert rules: written by code, and every query names what the services expose."""

import importlib
import re
import subprocess
from collections.abc import Iterator
from functools import cache

import promql_parser
import pytest
from prometheus_client import REGISTRY

from bellwether.telemetry.gauges import GAUGES
from deploy.grafana.build import DASHBOARDS, FOLDER, as_json, text
from tests.lanes import lane
from tests.unit.deploy.manifests import DEPLOY, ROOT, documents

RULES = DEPLOY / "prometheus" / "rules" / "bellwether.yml"
TARGET_LABELS = {"job", "instance", "service"}


@cache
def exposed() -> dict[str, set[str]]:
    """Every metric by name, with its labels."""
    importlib.import_module("bellwether.telemetry.metrics")
    found = {gauge.name: set(gauge.labels) for gauge in GAUGES}
    found["up"] = set()
    for collector in set(REGISTRY._names_to_collectors.values()):
        for family in collector.describe() if hasattr(collector, "describe") else ():
            if family.name.startswith("bellwether_"):
                labels = set(getattr(collector, "_labelnames", ()))
                kinds = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum"), "gauge": ("",)}
                for suffix in kinds[family.type]:
                    found[family.name + suffix] = labels | ({"le"} if suffix == "_bucket" else set())
    for group in documents(RULES)[0]["groups"]:
        for rule in group["rules"]:
            if "record" in rule:
                found[rule["record"]] = set()
    return found


def queries() -> Iterator[tuple[str, str]]:
    for dashboard in DASHBOARDS:
        for panel in dashboard.panels:
            for expr, _ in panel.queries:
                yield f"{dashboard.slug}: {panel.title}", expr
    for group in documents(RULES)[0]["groups"]:
        for rule in group["rules"]:
            yield rule.get("alert", rule.get("record")), rule["expr"]


def faults(expr: str) -> list[str]:
    """What a query names and nothing exposes."""
    known = exposed()
    plain = expr.replace("$__rate_interval", "5m").replace("$model", "m")
    promql_parser.parse(plain)
    found = []
    for name, matchers in re.findall(r"\b((?:bellwether[a-z0-9_:]*|up))\b(?:\{([^}]*)\})?", plain):
        if name not in known:
            found.append(f"no metric {name}")
            continue
        labels = set(re.findall(r"([a-z_]+)\s*(?:=~|!~|!=|=)", matchers)) - known[name] - TARGET_LABELS
        found.extend(f"{name} has no label {label}" for label in sorted(labels))
    return found


@pytest.mark.parametrize(("where", "expr"), list(queries()), ids=[where for where, _ in queries()])
def test_a_query_parses_and_names_what_is_exposed(where: str, expr: str) -> None:
    assert faults(expr) == []


@pytest.mark.parametrize(
    "expr", ["bellwether_drift_scores", 'bellwether_drift_score{modle="m"}', "bellwether_request_seconds"]
)
def test_a_planted_fault_is_found(expr: str) -> None:
    assert faults(expr)


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda dashboard: dashboard.slug)
def test_the_file_is_what_the_code_writes(dashboard: object) -> None:
    written = (FOLDER / f"{dashboard.slug}.json").read_text(encoding="utf-8")  # type: ignore[attr-defined]
    assert written == text(dashboard), "python -m deploy.grafana.build"  # type: ignore[arg-type]


def test_dashboards_are_told_apart_and_every_panel_explains_itself() -> None:
    assert len({dashboard.slug for dashboard in DASHBOARDS}) == len(DASHBOARDS)
    assert {path.stem for path in FOLDER.glob("*.json")} == {dashboard.slug for dashboard in DASHBOARDS}
    for dashboard in DASHBOARDS:
        boxes: set[tuple[int, int]] = set()
        for panel in as_json(dashboard)["panels"]:
            assert panel["description"].endswith(".")
            references = [target["refId"] for target in panel["targets"]]
            assert len(set(references)) == len(references)
            place = panel["gridPos"]
            assert place["x"] + place["w"] <= 24
            cells = {
                (x, y)
                for x in range(place["x"], place["x"] + place["w"])
                for y in range(place["y"], place["y"] + place["h"])
            }
            assert not boxes & cells, f"{panel['title']} lies over another"
            boxes |= cells


def test_every_alert_has_a_place_in_the_runbook() -> None:
    headings = re.findall(r"^### (\w+)$", (ROOT / "docs" / "operations.md").read_text(encoding="utf-8"), re.M)
    alerts = [rule["alert"] for group in documents(RULES)[0]["groups"] for rule in group["rules"] if "alert" in rule]
    assert headings == alerts
    for group in documents(RULES)[0]["groups"]:
        for rule in group["rules"]:
            if "alert" in rule:
                assert rule["annotations"]["runbook"] == f"docs/operations.md#{rule['alert'].lower()}"


@pytest.mark.lane("prometheus")
@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "config", "--syntax-only", "prometheus.yml"),
        ("check", "rules", "rules/bellwether.yml"),
        ("test", "rules", "tests/bellwether.yml"),
    ],
    ids=lambda arguments: arguments[0] + " " + arguments[1],
)
def test_promtool_agrees(arguments: tuple[str, ...]) -> None:
    promtool = lane("prometheus").find()
    assert promtool is not None
    ran = subprocess.run([promtool, *arguments], cwd=DEPLOY / "prometheus", capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
