from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bellwether.bus import ROUTES
from bellwether.contracts import AnyEvent, BatchReceived, DriftReported, Event, ExplanationReady
from bellwether.lineage.extract import graph_of
from bellwether.lineage.handlers import Lineage
from bellwether.storage.collections import LINEAGE
from bellwether.storage.sqlite import SqliteStore

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BATCH = "20130101T000000000000Z~batch~0123456789ab"


def event(kind: Callable[..., AnyEvent]) -> AnyEvent:
    return kind(model="m", subject=BATCH, occurred_at=NOW)


@pytest.mark.parametrize(
    "kind", [kind for kind, names in ROUTES.items() if "lineage.record" in names], ids=lambda kind: kind.__name__
)
def test_every_recorded_event_adds_a_node(kind: type[Event]) -> None:
    nodes, edges = graph_of(event(kind))  # type: ignore[arg-type]  # every subclass is one of the union
    assert nodes
    assert {edge.source for edge in edges} | {edge.target for edge in edges} <= {node.node for node in nodes}


def test_one_batch_leads_from_the_model_to_its_report(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "documents.db")
    lineage = Lineage(store)
    for _ in range(2):
        for kind in (BatchReceived, DriftReported, ExplanationReady):
            assert list(lineage.record(event(kind))) == []
    docs = store.query(LINEAGE, "m").docs
    edges = {(d["source"].partition(":")[0], d["target"].partition(":")[0]) for d in docs if d["type"] == "edge"}
    assert edges == {("model", "batch"), ("batch", "report"), ("batch", "explanation")}
    assert sum(d["type"] == "node" for d in docs) == 4
