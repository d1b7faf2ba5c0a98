"""Writes the Grafana dashboards: ``python -m deploy.grafana.build``. Panels are values, a dashboard a list of rows.

The files in ``dashboards/`` are what this prints, held equal by a test, and provisioned read-only.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "dashboards"
SOURCE = {"type": "prometheus", "uid": "${source}"}
STATUS = {0: ("fine", "blue"), 1: ("unknown", "text"), 2: ("watch", "yellow"), 3: ("act", "red")}
"""Severity to word and colour, as the web app has them."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel: ``queries`` are pairs of PromQL and legend; ``width`` is in 24ths of the page."""

    title: str
    says: str
    queries: tuple[tuple[str, str], ...]
    unit: str = "short"
    kind: str = "timeseries"
    width: int = 12
    height: int = 8
    statuses: bool = False


@dataclass(frozen=True, slots=True)
class Dashboard:
    """One dashboard; with ``by_model`` it has a variable ``model``."""

    slug: str
    title: str
    says: str
    panels: tuple[Panel, ...]
    by_model: bool = False


DASHBOARDS = (
    Dashboard(
        "fleet",
        "Bellwether: fleet",
        "Every model at a glance.",
        (
            Panel("Models", "Models that are watched.", (("bellwether_models", "models"),), kind="stat", width=4),
            Panel(
                "Models by status",
                "How many models are in each state; unknown is not fine.",
                tuple(
                    (f"count(bellwether_model_status == {level}) or vector(0)", word)
                    for level, (word, _) in STATUS.items()
                ),
                kind="stat",
                width=12,
            ),
            Panel(
                "Work given up",
                "Steps that wait for an operator's decision.",
                (("bellwether_dead_letters", "dead letters"),),
                kind="stat",
                width=8,
            ),
            Panel(
                "Status of each model",
                "0 fine, 1 unknown, 2 watch, 3 act.",
                (("bellwether_model_status", "{{model}}"),),
                kind="state-timeline",
                width=24,
                height=10,
                statuses=True,
            ),
            Panel(
                "Ten worst by drift",
                "Drift index over the model's own line of action; at 1 action is due.",
                (
                    (
                        "topk(10, bellwether_drift_score / on (model) (bellwether_drift_threshold > 0))",
                        "{{model}}",
                    ),
                ),
                unit="percentunit",
            ),
            Panel(
                "Age of the newest batch",
                "Time since the end of the window of the newest analysed batch.",
                (("bellwether_batch_age_seconds", "{{model}}"),),
                unit="s",
            ),
        ),
    ),
    Dashboard(
        "model",
        "Bellwether: model",
        "One model: drift, features, volume.",
        (
            Panel(
                "Drift",
                "Drift index of the newest batch with its line of action.",
                (
                    ('bellwether_drift_score{model="$model"}', "drift index"),
                    ('bellwether_drift_threshold{model="$model"}', "line of action"),
                ),
            ),
            Panel(
                "Features that drifted",
                "Features past their line in the newest batch, of all compared.",
                (
                    ('bellwether_features_drifted{model="$model"}', "drifted"),
                    ('bellwether_features{model="$model"}', "compared"),
                ),
            ),
            Panel(
                "Features",
                "Status of the 20 worst features, and of all others as one.",
                (('bellwether_feature_status{model="$model"}', "{{feature}}"),),
                kind="state-timeline",
                width=24,
                height=14,
                statuses=True,
            ),
            Panel(
                "Rows of the newest batch",
                "Rows analysed.",
                (('bellwether_batch_rows{model="$model"}', "rows"),),
            ),
            Panel(
                "Feature scores",
                "Headline drift score of the 20 worst features.",
                (('bellwether_feature_drift_score{model="$model"}', "{{feature}}"),),
            ),
        ),
        by_model=True,
    ),
    Dashboard(
        "services",
        "Bellwether: services",
        "Rate, errors and duration of the gateway and of every step.",
        (
            Panel(
                "Requests",
                "Requests a second by status.",
                (("sum by (status) (rate(bellwether_request_seconds_count[$__rate_interval]))", "{{status}}"),),
                unit="reqps",
            ),
            Panel(
                "Slow requests",
                "95th percentile by route.",
                (
                    (
                        "histogram_quantile(0.95, sum by (le, route) "
                        "(rate(bellwether_request_seconds_bucket[$__rate_interval])))",
                        "{{route}}",
                    ),
                ),
                unit="s",
            ),
            Panel(
                "Steps",
                "Steps a second by handler and outcome.",
                (
                    (
                        "sum by (handler, outcome) (rate(bellwether_step_seconds_count[$__rate_interval]))",
                        "{{handler}} {{outcome}}",
                    ),
                ),
                unit="ops",
            ),
            Panel(
                "Slow steps",
                "95th percentile by handler.",
                (
                    (
                        "histogram_quantile(0.95, sum by (le, handler) "
                        "(rate(bellwether_step_seconds_bucket[$__rate_interval])))",
                        "{{handler}}",
                    ),
                ),
                unit="s",
            ),
            Panel(
                "Requests being worked on",
                "Saturation of the gateway.",
                (("sum(bellwether_requests_running)", "running"),),
            ),
        ),
    ),
    Dashboard(
        "work",
        "Bellwether: queues and workers",
        "What waits, since when, and who works on it.",
        (
            Panel(
                "Oldest work",
                "Age of the oldest unfinished step of each service: better than a length, it knows stuck from busy.",
                (("bellwether_work_oldest_seconds", "{{service}}"),),
                unit="s",
            ),
            Panel("Unfinished work", "Steps not finished.", (("bellwether_work_undone", "{{service}}"),)),
            Panel(
                "Workers alive",
                "Workers that answer.",
                (('sum by (service) (up{job="bellwether-workers"})', "{{service}}"),),
            ),
            Panel(
                "Wait for a worker",
                "95th percentile of the time from an event to the start of its step.",
                (
                    (
                        "histogram_quantile(0.95, sum by (le, handler) "
                        "(rate(bellwether_step_wait_seconds_bucket[$__rate_interval])))",
                        "{{handler}}",
                    ),
                ),
                unit="s",
            ),
            Panel(
                "Rung again",
                "Doorbells the reconciler rang again: messages that were lost, or work that waits.",
                (("sum by (service) (rate(bellwether_reconciler_rings_total[$__rate_interval]))", "{{service}}"),),
                unit="ops",
            ),
            Panel("Given up", "Dead letters.", (("bellwether_dead_letters", "dead letters"),)),
        ),
    ),
    Dashboard(
        "storage",
        "Bellwether: storage",
        "The document store.",
        (
            Panel(
                "Request units",
                "Request units Cosmos DB charges a second; none with SQLite.",
                (
                    (
                        "sum by (container) (rate(bellwether_store_request_units_total[$__rate_interval]))",
                        "{{container}}",
                    ),
                ),
            ),
            Panel(
                "Slow operations",
                "95th percentile by operation.",
                (
                    (
                        "histogram_quantile(0.95, sum by (le, operation) "
                        "(rate(bellwether_store_seconds_bucket[$__rate_interval])))",
                        "{{operation}}",
                    ),
                ),
                unit="s",
            ),
            Panel(
                "Operations that failed",
                "By class of the error; a conflict or a stale ETag is daily business.",
                (
                    (
                        "sum by (error) (rate(bellwether_store_errors_total[$__rate_interval]))",
                        "{{error}}",
                    ),
                ),
                unit="ops",
            ),
        ),
    ),
)


def as_json(dashboard: Dashboard) -> dict[str, Any]:
    """Return a dashboard as Grafana has it; panels flow left to right, top to bottom."""
    panels, x, y, row = [], 0, 0, 0
    for number, panel in enumerate(dashboard.panels, 1):
        if x + panel.width > 24:
            x, y, row = 0, y + row, 0
        panels.append(_panel(panel, number, x, y))
        x, row = x + panel.width, max(row, panel.height)
    source = {"name": "source", "label": "Data source", "type": "datasource", "query": "prometheus"}
    model = {
        "name": "model",
        "label": "Model",
        "type": "query",
        "datasource": SOURCE,
        "query": {"query": "label_values(bellwether_model_status, model)", "refId": "model"},
        "refresh": 2,
        "sort": 1,
    }
    return {
        "uid": f"bellwether-{dashboard.slug}",
        "title": dashboard.title,
        "description": dashboard.says,
        "tags": ["bellwether"],
        "timezone": "utc",
        "editable": False,
        "schemaVersion": 41,
        "refresh": "1m",
        "time": {"from": "now-7d", "to": "now"},
        "templating": {"list": [source, model] if dashboard.by_model else [source]},
        "panels": panels,
    }


def _panel(panel: Panel, number: int, x: int, y: int) -> dict[str, Any]:
    defaults: dict[str, Any] = {"unit": panel.unit, "min": 0}
    if panel.statuses:
        shown = {str(level): {"text": word, "color": colour} for level, (word, colour) in STATUS.items()}
        defaults |= {"mappings": [{"type": "value", "options": shown}], "color": {"mode": "fixed"}}
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.says,
        "datasource": SOURCE,
        "gridPos": {"x": x, "y": y, "w": panel.width, "h": panel.height},
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": {},
        "targets": [
            {"refId": chr(ord("A") + index), "datasource": SOURCE, "expr": expr, "legendFormat": legend}
            for index, (expr, legend) in enumerate(panel.queries)
        ],
    }


def text(dashboard: Dashboard) -> str:
    """Return the file of a dashboard."""
    return json.dumps(as_json(dashboard), indent=1, sort_keys=True) + "\n"


def main() -> None:
    """Write every file."""
    for dashboard in DASHBOARDS:
        (FOLDER / f"{dashboard.slug}.json").write_text(text(dashboard), encoding="utf-8")


if __name__ == "__main__":
    main()
