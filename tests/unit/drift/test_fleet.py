"""A model at a glance: what is wrong with the values shows, and counts once it is to be acted on."""

import pytest

from bellwether.contracts import FleetEntry, Issue, Status
from bellwether.drift.fleet import fleet_entry
from tests.unit.kpi.world import NOW, batch, point, report


def entry(*issues: Issue, importance: float | None = None, state: str = "accepted") -> FleetEntry:
    """A model whose newest batch drifts nowhere; ``issues`` are of its input age."""
    newest = batch(0)
    said = report(newest, issues={"age": issues})
    features = tuple(
        one.model_copy(update={"importance": importance}) if one.feature == "age" else one for one in said.features
    )
    latest = batch(0, state=state)
    return fleet_entry("m", [point(newest)], said.model_copy(update={"features": features}), latest, None, NOW)


def missing(status: Status, share: float) -> Issue:
    return Issue(kind="missing", status=status, reference=0.0, current=share)


@pytest.mark.parametrize(
    ("issues", "importance", "data", "status"),
    [
        ((), None, "fine", "fine"),
        ((missing("watch", 0.05),), None, "watch", "fine"),
        ((missing("watch", 0.05), missing("act", 0.6)), None, "act", "act"),
        ((missing("act", 0.6),), 0.3, "act", "act"),
        ((missing("act", 0.6),), 0.001, "fine", "fine"),
    ],
)
def test_what_is_wrong_with_used_values_shows_and_counts_once_it_is_act(
    issues: tuple[Issue, ...], importance: float | None, data: Status, status: Status
) -> None:
    found = entry(*issues, importance=importance)
    assert (found.aspects["data"], found.status) == (data, status)
    if status == "act":
        assert found.sentence == "60 % of the values of age are missing."


def test_a_rejected_batch_is_to_be_watched_whatever_is_wrong_with_the_one_before() -> None:
    found = entry(missing("watch", 0.05), state="rejected")
    assert (found.aspects["data"], found.status) == ("watch", "watch")
    assert found.sentence.startswith("The newest batch could not be used")
