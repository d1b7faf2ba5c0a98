"""Small version of the bench: every kind of cause is found among noise, and a healthy report has none."""

import pytest

from bellwether.graph.case import case_of
from bellwether.graph.causes import causes
from tests.scenarios import KINDS, MODEL, scenario


@pytest.mark.parametrize("kind", KINDS)
def test_a_planted_cause_is_named(kind: str) -> None:
    made = scenario(1000 + KINDS.index(kind), kind)
    reader = made.reader()
    case = case_of(reader, MODEL, made.points, made.points[-1].batch)
    assert case is not None
    found = causes(reader, case)
    named = [{(one.rule, one.node.node), (one.rule, one.node.job)} & made.truth for one in found.causes[:3]]
    assert any(named), [(one.rule, one.sentence, one.score) for one in found.causes]
