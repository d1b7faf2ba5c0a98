"""Dashboards: written by code, every query names what the services expose, every panel explains itself."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from deploy.grafana.build import DASHBOARDS, FOLDER
from deploy.grafana.panels import SOURCE, Dashboard, Panel, as_json, text
from tests.unit.deploy.manifests import DEPLOY, documents
from tests.unit.deploy.queries import faults, queries

SLUGS = ("fleet", "model", "pipelines", "services", "work", "storage")
UNITS = {"short", "s", "bytes", "percentunit", "reqps", "ops"}


@pytest.mark.parametrize(("where", "expr"), list(queries()), ids=[where for where, _ in queries()])
def test_a_query_parses_and_names_what_is_exposed(where: str, expr: str) -> None:
    assert faults(expr) == []


@pytest.mark.parametrize(
    "expr",
    [
        "bellwether_drift_scores",
        'bellwether_drift_score{modle="m"}',
        "bellwether_request_seconds",
        "sum by (modle) (bellwether_drift_score)",
    ],
)
def test_a_planted_fault_is_found(expr: str) -> None:
    assert faults(expr)


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda dashboard: dashboard.slug)
def test_the_file_is_what_the_code_writes(dashboard: Dashboard) -> None:
    written = (FOLDER / f"{dashboard.slug}.json").read_text(encoding="utf-8")
    assert written == text(dashboard), "python -m deploy.grafana.build"


def test_there_are_the_six_dashboards_and_no_other_file() -> None:
    assert tuple(dashboard.slug for dashboard in DASHBOARDS) == SLUGS
    assert {path.stem for path in FOLDER.glob("*")} == set(SLUGS)


def unexplained(board: dict[str, Any]) -> list[str]:
    """What a reader of a dashboard would miss."""
    found: list[str] = []
    titles: list[tuple[str, str]] = []
    boxes: set[tuple[int, int]] = set()
    if not re.fullmatch(r"bellwether-[a-z]+", board["uid"]):
        found.append("uid")
    for panel in board["panels"]:
        name, place = panel["title"], panel["gridPos"]
        titles.append((name, panel["type"]))
        if not name or not re.search(r"\w.*\.$", panel["description"]):
            found.append(f"{name}: description")
        if panel["fieldConfig"]["defaults"]["unit"] not in UNITS:
            found.append(f"{name}: unit")
        if any(one["datasource"] != SOURCE for one in (panel, *panel["targets"])):
            found.append(f"{name}: data source")
        references = [target["refId"] for target in panel["targets"]]
        if not references or len(set(references)) != len(references):
            found.append(f"{name}: refId")
        if not all(target["legendFormat"] for target in panel["targets"]):
            found.append(f"{name}: legend")
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        if boxes & cells or place["x"] + place["w"] > 24:
            found.append(f"{name}: lies over another, or outside")
        boxes |= cells
    if len(set(titles)) != len(titles) or len({panel["id"] for panel in board["panels"]}) != len(titles):
        found.append("two panels are alike")
    variables = {variable["name"] for variable in board["templating"]["list"]}
    used = set(re.findall(r"\$\{?(?!__)(\w+)", json.dumps([board["panels"], board["annotations"]]))) - {"source"}
    found += [f"${name} is no variable" for name in sorted(used - variables)]
    return found + [f"${name} is not used" for name in sorted(variables - used - {"source"})]


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda dashboard: dashboard.slug)
def test_every_panel_explains_itself(dashboard: Dashboard) -> None:
    assert unexplained(as_json(dashboard)) == []


def test_what_a_reader_would_miss_is_found() -> None:
    bad = Panel("Bad", "No sentence", (("up", ""),), unit="furlongs", width=25)
    lost = Panel("Lost", "A sentence.", (('bellwether_features{model="$modle"}', "a"),))
    assert unexplained(as_json(Dashboard("x", "X", "X.", (bad, lost)))) == [
        "Bad: description",
        "Bad: unit",
        "Bad: legend",
        "Bad: lies over another, or outside",
        "$modle is no variable",
    ]


def test_the_fleet_leads_to_a_model_and_every_dashboard_to_the_others() -> None:
    boards = {dashboard.slug: as_json(dashboard) for dashboard in DASHBOARDS}
    panels = {panel["title"]: json.dumps(panel) for panel in boards["fleet"]["panels"] if panel["type"] != "stat"}
    for title, panel in panels.items():
        assert "/d/bellwether-model?var-source=${source}&var-model=" in panel, title
    assert "model" in {variable["name"] for variable in boards["model"]["templating"]["list"]}
    for board in boards.values():
        assert board["links"][0]["tags"] == board["tags"] == ["bellwether"]


def test_alerts_flag_every_dashboard_and_versions_the_model() -> None:
    for dashboard in DASHBOARDS:
        names = [annotation["name"] for annotation in as_json(dashboard)["annotations"]["list"]]
        assert names == ["Alerts", "Versions"] if dashboard.slug == "model" else ["Alerts"]


def test_provisioning_finds_the_dashboards_and_the_data_source() -> None:
    [providers] = documents(DEPLOY / "grafana" / "provisioning" / "dashboards" / "bellwether.yml")
    [sources] = documents(DEPLOY / "grafana" / "provisioning" / "datasources" / "prometheus.yml")
    [provider], [source] = providers["providers"], sources["datasources"]
    assert (provider["folder"], provider["allowUiUpdates"]) == ("Bellwether", False)
    assert (source["uid"], source["type"], source["isDefault"]) == ("prometheus", "prometheus", True)
    [compose] = documents(DEPLOY / "compose" / "observability.yml")
    mounted = {Path(volume.split(":")[1]) for volume in compose["services"]["grafana"]["volumes"]}
    assert Path(provider["options"]["path"]) in mounted
