"""What a dashboard is made of, and how Grafana has it. Pure."""

import json
from dataclasses import dataclass
from typing import Any

SOURCE = {"type": "prometheus", "uid": "${source}"}
STATUS = {0: ("fine", "blue"), 1: ("unknown", "text"), 2: ("watch", "yellow"), 3: ("act", "red")}
"""Severity to word and colour, as the web app has them."""
TO_MODEL = "/d/bellwether-model?var-source=${source}&var-model="
"""Where a click on a model leads; its name follows."""
_WIDE = 24


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel: ``queries`` are pairs of PromQL and legend; ``width`` is in 24ths of the page.

    ``statuses``: values are severities. ``line``: value from which it is red. ``to_model``: a click leads to the model
    its label names. A ``table`` shows the newest values, its queries joined by ``by``, each named by its legend.
    """

    title: str
    says: str
    queries: tuple[tuple[str, str], ...]
    unit: str = "short"
    kind: str = "timeseries"
    width: int = 12
    height: int = 8
    statuses: bool = False
    line: float | None = None
    to_model: bool = False
    by: str = "model"
    status_columns: tuple[str, ...] = ()
    units: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Variable:
    """Something to choose: the values ``label`` has in ``metric``; ``several`` may be chosen, and all at first."""

    name: str
    title: str
    metric: str
    label: str
    several: bool = False


@dataclass(frozen=True, slots=True)
class Annotation:
    """Flags on the time axis wherever ``expr`` has a value."""

    name: str
    expr: str
    title: str
    text: str
    colour: str


@dataclass(frozen=True, slots=True)
class Dashboard:
    """One dashboard."""

    slug: str
    title: str
    says: str
    panels: tuple[Panel, ...]
    variables: tuple[Variable, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    span: str = "now-24h"


def alerts(matchers: str) -> Annotation:
    """Return flags of the alerts that fire and match."""
    inside = ", ".join(part for part in ('alertstate="firing"', 'severity!="none"', matchers) if part)
    return Annotation("Alerts", f"ALERTS{{{inside}}}", "{{alertname}}", "{{model}} {{severity}}, {{team}}", "red")


def as_json(dashboard: Dashboard) -> dict[str, Any]:
    """Return a dashboard as Grafana has it; panels flow left to right, top to bottom."""
    panels, x, y, row = [], 0, 0, 0
    for number, panel in enumerate(dashboard.panels, 1):
        if x + panel.width > _WIDE:
            x, y, row = 0, y + row, 0
        panels.append(_panel(panel, number, x, y))
        x, row = x + panel.width, max(row, panel.height)
    source = {"name": "source", "label": "Data source", "type": "datasource", "query": "prometheus"}
    return {
        "uid": f"bellwether-{dashboard.slug}",
        "title": dashboard.title,
        "description": dashboard.says,
        "tags": ["bellwether"],
        "timezone": "utc",
        "editable": False,
        "graphTooltip": 1,
        "schemaVersion": 41,
        "refresh": "1m",
        "time": {"from": dashboard.span, "to": "now"},
        "links": [_LINKS],
        "annotations": {"list": [_annotation(one) for one in dashboard.annotations]},
        "templating": {"list": [source, *(_variable(one) for one in dashboard.variables)]},
        "panels": panels,
    }


def text(dashboard: Dashboard) -> str:
    """Return the file of a dashboard."""
    return json.dumps(as_json(dashboard), indent=1, sort_keys=True) + "\n"


_LINKS = {
    "type": "dashboards",
    "title": "Bellwether",
    "tags": ["bellwether"],
    "asDropdown": True,
    "includeVars": True,
    "keepTime": True,
    "targetBlank": False,
    "icon": "external link",
    "tooltip": "",
    "url": "",
}


def _variable(variable: Variable) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": variable.name,
        "label": variable.title,
        "type": "query",
        "datasource": SOURCE,
        "query": {"query": f"label_values({variable.metric}, {variable.label})", "refId": variable.name},
        "refresh": 2,
        "sort": 1,
    }
    if variable.several:
        found |= {"multi": True, "includeAll": True, "allValue": ".*", "current": {"text": "All", "value": "$__all"}}
    return found


def _annotation(annotation: Annotation) -> dict[str, Any]:
    return {
        "name": annotation.name,
        "datasource": SOURCE,
        "enable": True,
        "hide": False,
        "target": {"refId": "Anno", "expr": annotation.expr, "interval": "60s"},
        "titleFormat": annotation.title,
        "textFormat": annotation.text,
        "iconColor": annotation.colour,
    }


def _panel(panel: Panel, number: int, x: int, y: int) -> dict[str, Any]:
    table, heatmap = panel.kind == "table", panel.kind == "heatmap"
    found: dict[str, Any] = {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.says,
        "datasource": SOURCE,
        "gridPos": {"x": x, "y": y, "w": panel.width, "h": panel.height},
        "fieldConfig": {"defaults": _defaults(panel), "overrides": _overrides(panel)},
        "options": {"calculate": True, "yAxis": {"unit": panel.unit}} if heatmap else {},
        "targets": [_target(*query, index, table=table) for index, query in enumerate(panel.queries)],
    }
    if table:
        names = {f"Value #{_letter(index)}": legend for index, (_, legend) in enumerate(panel.queries)}
        found["transformations"] = [
            {"id": "joinByField", "options": {"byField": panel.by, "mode": "outer"}},
            {"id": "filterFieldsByName", "options": {"include": {"names": [panel.by, *names]}}},
            {"id": "organize", "options": {"renameByName": names}},
        ]
    return found


def _target(expr: str, legend: str, index: int, *, table: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"refId": _letter(index), "datasource": SOURCE, "expr": expr, "legendFormat": legend}
    return found | {"instant": True, "range": False, "format": "table"} if table else found


def _defaults(panel: Panel) -> dict[str, Any]:
    defaults: dict[str, Any] = {"unit": panel.unit, "min": 0}
    if panel.statuses:
        defaults |= {"mappings": _mappings(), "color": {"mode": "fixed"}, "max": max(STATUS)}
    if panel.line is not None:
        steps = [{"color": "text", "value": None}, {"color": "red", "value": panel.line}]
        defaults |= {"thresholds": {"mode": "absolute", "steps": steps}}
        if panel.kind == "timeseries":
            defaults |= {"custom": {"thresholdsStyle": {"mode": "line"}}}
        else:
            defaults |= {"color": {"mode": "thresholds"}}
    if panel.to_model and panel.kind != "table":
        defaults |= {"links": [{"title": "Model", "url": f"{TO_MODEL}${{__field.labels.model}}"}]}
    return defaults


def _overrides(panel: Panel) -> list[dict[str, Any]]:
    found = [
        _override(name, {"id": "mappings", "value": _mappings()}, {"id": "custom.cellOptions", "value": _COLOURED})
        for name in panel.status_columns
    ]
    found += [_override(name, {"id": "unit", "value": unit}) for name, unit in panel.units]
    if panel.to_model and panel.kind == "table":
        link = {"title": "Model", "url": f"{TO_MODEL}${{__value.raw}}"}
        found.append(_override(panel.by, {"id": "links", "value": [link]}))
    return found


_COLOURED = {"type": "color-text"}


def _override(name: str, *properties: dict[str, Any]) -> dict[str, Any]:
    return {"matcher": {"id": "byName", "options": name}, "properties": list(properties)}


def _mappings() -> list[dict[str, Any]]:
    shown = {str(level): {"text": word, "color": colour} for level, (word, colour) in STATUS.items()}
    return [{"type": "value", "options": shown}]


def _letter(index: int) -> str:
    return chr(ord("A") + index)
