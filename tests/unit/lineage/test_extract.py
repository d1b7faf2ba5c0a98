from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bellwether.contracts import AnyEvent, BatchReceived, DriftReported, ExplanationReady, node_id
from bellwether.graph import Bounds, walk
from bellwether.lineage.handlers import Lineage
from bellwether.storage.lineage import GraphReader, GraphWriter
from bellwether.storage.sqlite import SqliteStore

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BATCH = "20130101T000000000000Z~batch~0123456789ab"


def event(kind: Callable[..., AnyEvent]) -> AnyEvent:
    return kind(model="m", subject=BATCH, occurred_at=NOW)


def test_one_batch_leads_to_its_reports(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "documents.db")
    lineage = Lineage(store, GraphWriter(store))
    for _ in range(2):
        for kind in (BatchReceived, DriftReported, ExplanationReady):
            assert list(lineage.record(event(kind))) == []
    batch = node_id("batch", "bellwether/m", BATCH)
    found = walk(GraphReader(store, ("m",)), batch, Bounds())
    assert found is not None
    reports = {f"report:bellwether/m:{kind}/{BATCH}" for kind in ("drift", "explanation")}
    assert set(found.nodes) == {batch, *reports}
    assert {(hop.src, hop.rel, hop.dst) for hop in found.hops.values()} == {(batch, "evaluated", r) for r in reports}
    assert (found.nodes[batch].out_total, found.nodes[batch].status) == (2, "SUCCEEDED")
