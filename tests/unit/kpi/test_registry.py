"""The registry is whole: every entry is complete, computable and documented, and tells nothing it does not know."""

import ast
from pathlib import Path
from typing import get_args

import pytest

from bellwether.contracts import Persona
from bellwether.kpi import INFOS, KPIS, NEEDS, Definition, compute
from bellwether.kpi.page import begin, end, page
from tests.unit.kpi.world import facts

ROOT = Path(__file__).parents[3]


def test_ids_are_unique_and_every_entry_says_all_about_itself() -> None:
    assert len({one.id for one in INFOS}) == len(INFOS)
    for info in INFOS:
        assert set(info.relevance) == set(get_args(Persona))
        assert all(0 <= weight <= 1 for weight in info.relevance.values())
        assert set(info.needs) <= set(NEEDS)
        assert info.needs
        assert info.formula
        assert info.lines


def test_every_module_of_key_figures_is_in_the_registry() -> None:
    folder = ROOT / "libs/common/src/bellwether/kpi"
    tables = {
        path.stem
        for path in folder.glob("*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "KPIS"
    }
    assert {one.measure.__module__.rpartition(".")[2] for one in KPIS} == tables


def test_the_page_says_what_the_registry_says() -> None:
    text = (ROOT / "docs/insights.md").read_text()
    assert begin(text) + page() + end(text) == text, "run python -m bellwether.kpi.page docs/insights.md"


@pytest.mark.parametrize("definition", KPIS, ids=lambda one: one.info.id)
def test_a_key_figure_without_its_data_is_no_candidate(definition: Definition) -> None:
    nothing = facts([], report=None, points=[])
    found, _ = compute(nothing)
    assert definition.info.id not in {one.id for one in found}


def test_thirty_fine_days_are_fine() -> None:
    found, rises = compute(facts(), facts())
    assert len(found) >= 8
    assert {one.id: one.status for one in found if one.status != "fine"} == {"outcome_rate_shift": "unknown"}
    assert set(rises.values()) == {0.0}
    for one in found:
        assert one.sentence.endswith(".")
        assert (one.value is None) == (one.status == "unknown")
