"""Alert rules: each says who is told what in words, where to read on, and is shown to fire and not to fire."""

import re
import subprocess
from typing import Any

import pytest

from tests.lanes import lane
from tests.unit.deploy.manifests import DEPLOY, ROOT, documents
from tests.unit.deploy.queries import rules

FOLDER = DEPLOY / "prometheus"
ALERTS = [rule for rule in rules() if "alert" in rule]
SEVERITIES, TEAMS = {"page", "ticket", "none"}, {"models", "data", "operation"}
ALWAYS = {"Watchdog"}
PAGE = ROOT / "docs" / "operations.md"


def anchors(text: str) -> set[str]:
    """Anchors of a page's headings, as they are made of a single word."""
    return {heading.lower() for heading in re.findall(r"^#{2,4} (\w+)$", text, re.MULTILINE)}


def shown(name: str, tests: list[dict[str, Any]]) -> set[bool]:
    """Whether a test of the rules expects an alert to fire, and whether one expects it not to."""
    return {
        bool(check["exp_alerts"]) for test in tests for check in test["alert_rule_test"] if check["alertname"] == name
    }


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_says_who_is_told_what_and_where_to_read_on(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in SEVERITIES
    assert rule["labels"]["team"] in TEAMS
    assert re.search(r"[a-z}] .*\.$", rule["annotations"]["summary"]), "a sentence"
    assert rule["annotations"]["runbook"] == f"docs/operations.md#{rule['alert'].lower()}"
    assert rule["alert"].lower() in anchors(PAGE.read_text(encoding="utf-8"))


def test_the_runbook_has_an_entry_for_each_alert_in_their_order_and_for_no_other() -> None:
    part = PAGE.read_text(encoding="utf-8").partition("## When an alert fires")[2].partition("\n## ")[0]
    assert re.findall(r"^### (\w+)$", part, re.MULTILINE) == [rule["alert"] for rule in ALERTS]


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_each_alert_is_shown_to_fire_and_not_to_fire(rule: dict[str, Any]) -> None:
    wanted = {True} if rule["alert"] in ALWAYS else {True, False}
    assert shown(rule["alert"], documents(FOLDER / "tests" / "bellwether.yml")[0]["tests"]) == wanted


def test_an_alert_without_a_counterexample_is_found() -> None:
    planted = [{"alert_rule_test": [{"alertname": "Planted", "exp_alerts": [{"exp_labels": {}}]}]}]
    assert shown("Planted", planted) == {True}
    assert shown("Absent", planted) == set()


@pytest.mark.lane("prometheus")
@pytest.mark.parametrize(
    "arguments",
    [
        ("promtool", "check", "config", "--syntax-only", "prometheus.yml"),
        ("promtool", "check", "rules", "rules/bellwether.yml"),
        ("promtool", "test", "rules", "tests/bellwether.yml"),
        ("amtool", "check-config", "alertmanager.yml"),
    ],
    ids=lambda arguments: " ".join(arguments[:3]),
)
def test_the_tools_of_prometheus_agree(arguments: tuple[str, ...]) -> None:
    program, *rest = arguments
    path = lane("prometheus").paths()[program]
    ran = subprocess.run([path, *rest], cwd=FOLDER, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.lane("prometheus")
def test_a_planted_fault_in_a_rule_is_found(tmp_path: Any) -> None:
    path = lane("prometheus").paths()["promtool"]
    text = (
        (FOLDER / "rules" / "bellwether.yml").read_text().replace("bellwether_dead_letters", "bellwether_dead_leters")
    )
    (tmp_path / "rules").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "rules" / "bellwether.yml").write_text(text)
    (tmp_path / "tests" / "bellwether.yml").write_text((FOLDER / "tests" / "bellwether.yml").read_text())
    ran = subprocess.run(
        [path, "test", "rules", "tests/bellwether.yml"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.returncode != 0
    assert "DeadLetters" in ran.stdout + ran.stderr
