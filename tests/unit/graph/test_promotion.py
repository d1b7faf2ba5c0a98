"""Aliases that moved: which of them may have changed what made a batch."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import JsonValue

from bellwether.contracts import node_id
from bellwether.graph import Bounds, Facts, FactsReader, Teller, add, walk
from bellwether.graph.case import Case
from bellwether.graph.rules.base import Candidate
from bellwether.graph.rules.promotion import SEEN_WITHIN, promotion

ZERO = datetime(2026, 1, 1, tzinfo=UTC)
MODEL = node_id("model", "bellwether", "m")
GOOD, BAD = (node_id("batch", "bellwether/m", name) for name in ("good", "bad"))
REPORT = node_id("report", "bellwether/m", "drift/bad")
BEFORE, ONSET = ZERO + timedelta(days=1), ZERO + timedelta(days=2)
Spans = list[tuple[str, str, timedelta]]
LONG_AGO, BETWEEN = timedelta(0), timedelta(days=1, hours=5)


def version(number: str) -> str:
    return node_id("model_version", "mlflow/main", "m", number)


def found(spans: Spans, uri: str = "models:/m@champion", *, scored: str | None = None) -> list[Candidate]:
    """Look for promotions, given alias, version and time since ZERO of every move; ``scored`` made both batches."""
    tell = Teller("m", "s", ONSET, ONSET)
    tell.node(MODEL, mlflow=uri)
    for batch, end in ((GOOD, BEFORE), (BAD, ONSET)):
        tell.node(batch, job=MODEL, start=end)
        if scored is not None:
            tell.edge(version(scored), "scored", batch, at=end)
    tell.edge(BAD, "evaluated", REPORT)
    for alias, number, since in spans:
        at = ZERO + since
        said: JsonValue = {"alias": alias, "since": at.isoformat(), "until": None}
        tell.edge(version(number), "promoted", MODEL, at=at, attributes={f"alias {alias} {at.isoformat()}": said})
    reader = FactsReader(add(Facts(), tell.nodes, tell.edges))
    walked = walk(reader, REPORT, Bounds(up=8, down=0))
    assert walked is not None
    return list(promotion(reader, walked, Case("m", REPORT, BAD, ONSET, BEFORE, GOOD)))


def test_an_alias_that_moved_between_the_batches_is_named() -> None:
    (one,) = found([("champion", "3", LONG_AGO), ("champion", "4", BETWEEN)])
    assert (one.node.node, one.at, one.distance) == (version("4"), ZERO + BETWEEN, 2)
    assert one.sentence.startswith("Alias champion moved from m 3 to m 4 on 2 Jan 2026 05:00 UTC")


def test_a_move_back_to_an_older_version_is_one_too() -> None:
    (one,) = found([("champion", "3", LONG_AGO), ("champion", "4", timedelta(hours=3)), ("champion", "3", BETWEEN)])
    assert one.node.node == version("3")


@pytest.mark.parametrize(
    ("spans", "why"),
    [
        ([("champion", "4", BETWEEN)], "the first one that was ever seen did not move"),
        ([("champion", "3", LONG_AGO), ("champion", "4", timedelta(hours=3))], "before the last good batch"),
        ([("champion", "3", LONG_AGO), ("champion", "4", timedelta(days=2, hours=1))], "after the bad one"),
        ([("challenger", "3", LONG_AGO), ("challenger", "4", BETWEEN)], "not the alias it is served by"),
        ([("champion", "3", LONG_AGO), ("champion", "3", BETWEEN)], "the same version"),
    ],
)
def test_other_moves_are_not(spans: Spans, why: str) -> None:
    assert found(spans) == [], why


def test_any_alias_counts_where_the_model_names_none() -> None:
    spans = [("challenger", "3", LONG_AGO), ("challenger", "4", BETWEEN)]
    assert len(found(spans, "models:/m/3")) == 1


def test_a_move_is_seen_a_little_later_than_it_was_made() -> None:
    late = ONSET - ZERO + SEEN_WITHIN
    (one,) = found([("champion", "3", LONG_AGO), ("champion", "4", late)])
    assert one.at == ONSET
    assert found([("champion", "3", LONG_AGO), ("champion", "4", late + timedelta(seconds=1))]) == []


def test_batches_that_say_which_version_made_them_are_believed() -> None:
    assert found([("champion", "3", LONG_AGO), ("champion", "4", BETWEEN)], scored="3") == []
