"""The graph in the store: repeating writes nothing, workers at once lose nothing, sources' graphs are read together."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bellwether.contracts import node_id
from bellwether.graph import Bounds, Teller, walk
from bellwether.storage.collections import LINEAGE
from bellwether.storage.lineage import GraphReader, GraphWriter, observed_graphs, touching
from bellwether.storage.sqlite import SqliteStore

ZERO = datetime(2026, 1, 1, tzinfo=UTC)
HUB = node_id("ml_run", "mlflow/main", "hub")


def batch(n: int) -> str:
    return node_id("batch", "bellwether/m", f"b{n}")


def made(n: int, graph: str = "m") -> Teller:
    tell = Teller(graph, "s", ZERO + timedelta(hours=n), ZERO + timedelta(hours=n))
    tell.node(batch(n), status="SUCCEEDED", start=tell.time)
    tell.edge(HUB, "generated", batch(n))
    return tell


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    return SqliteStore(tmp_path / "documents.db")


def test_writing_the_same_again_writes_nothing(store: SqliteStore) -> None:
    writer, tell = GraphWriter(store), made(1)
    assert writer.write("m", tell.nodes, tell.edges) == 3
    assert writer.write("m", tell.nodes, tell.edges) == 0


def test_workers_that_write_to_one_hub_at_once_lose_no_edge(store: SqliteStore) -> None:
    def work(numbers: range) -> None:
        writer = GraphWriter(store)
        for n in numbers:
            tell = made(n)
            writer.write("m", tell.nodes, tell.edges)

    threads = [threading.Thread(target=work, args=(range(n, 120, 2),)) for n in (0, 1)]
    threads += [threading.Thread(target=work, args=(range(0, 120, 5),))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    hub = GraphReader(store, ("m",)).nodes([HUB])[HUB]
    assert (hub.out_total, len(hub.out)) == (120, 100)
    assert {link.node for link in hub.out} == {batch(n) for n in range(20, 120)}, "the newest"
    assert store.count(LINEAGE, "m", [("id", "prefix", "e~")]) == 120


def test_what_a_source_observed_is_read_with_the_model(store: SqliteStore) -> None:
    writer, tell = GraphWriter(store), Teller("@mlflow/main", "mlflow/main", ZERO, ZERO)
    tell.node(HUB, label="score", status="FAILED", start=ZERO)
    tell.edge(node_id("activity_run", "adf", "r/a"), "executed", HUB)
    writer.write("@mlflow/main", tell.nodes, tell.edges)
    mine = made(1)
    writer.write("m", mine.nodes, mine.edges)
    assert observed_graphs(store) == ["@mlflow/main"]
    assert touching(store, HUB) == (["m"], False)
    reader = GraphReader(store, ("m", "@mlflow/main"))
    found = walk(reader, batch(1), Bounds())
    assert found is not None
    assert set(found.nodes) == {batch(1), HUB, node_id("activity_run", "adf", "r/a")}
    assert (found.nodes[HUB].label, found.nodes[HUB].status) == ("score", "FAILED")
    assert reader.read == 4, "a document for each node and graph that holds it"


def test_the_history_of_a_job_is_found_by_time(store: SqliteStore) -> None:
    writer, job = GraphWriter(store), node_id("pipeline", "f", "load")
    for n in range(30):
        tell = Teller("@adf/main", "adf/main", ZERO + timedelta(hours=n), ZERO)
        tell.node(node_id("pipeline_run", "adf", str(n)), job=job, start=ZERO + timedelta(hours=n))
        writer.write("@adf/main", tell.nodes, [])
    moved = Teller("@adf/main", "adf/main", ZERO, ZERO)
    moved.node(node_id("pipeline_run", "adf", "5"), job=job, start=ZERO + timedelta(hours=4, minutes=30))
    writer.write("@adf/main", moved.nodes, [])
    reader = GraphReader(store, ("@adf/main",))
    runs = reader.history(job, until=ZERO + timedelta(hours=6), limit=3)
    assert [run.label for run in runs] == ["6", "5", "4"]
    assert [run.label for run in reader.history(job, since=ZERO + timedelta(hours=28))] == ["29", "28"]
    assert reader.history(node_id("pipeline", "f", "other")) == []


def test_the_newest_run_at_many_times_is_the_first_of_each_history(store: SqliteStore) -> None:
    """Also where a run began earlier than was thought at first, so that a pointer of it leads to another time."""
    writer, job = GraphWriter(store), node_id("pipeline", "f", "load")
    for n, hours in [(n, n) for n in range(10)] + [(7, 0.5), (3, 2.5)]:
        start = ZERO + timedelta(hours=hours)
        tell = Teller("@adf/main", "adf/main", start, ZERO)
        tell.node(node_id("pipeline_run", "adf", str(n)), job=job, start=start)
        writer.write("@adf/main", tell.nodes, [])
    times = [ZERO + timedelta(minutes=20 * n - 10) for n in range(32)]
    found = GraphReader(store, ("m", "@adf/main")).newest([(job, time) for time in times])
    assert [one and one.label for one in found[-5:]] == ["8", "9", "9", "9", "9"]
    for time, one in zip(times, found, strict=True):
        history = GraphReader(store, ("m", "@adf/main")).history(job, until=time, limit=1)
        assert (one and one.node) == (history[0].node if history else None), time
