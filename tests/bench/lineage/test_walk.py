"""Walks over 100,000 nodes: how long on SQLite, how many documents and requests, and at what charge over Cosmos.

The wanted bound is a p95 below 50 ms for a walk of depth 6 on SQLite; documents read are bounded by what is returned.
"""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles

import pytest

from bellwether.contracts import Node, Pointer, node_id
from bellwether.graph import Bounds, Facts, Teller, add, walk
from bellwether.graph.facts import pointer_id
from bellwether.settings import Cosmos, Settings
from bellwether.storage.collections import LINEAGE
from bellwether.storage.cosmos import Account, CosmosStore
from bellwether.storage.documents import dump
from bellwether.storage.factory import provision
from bellwether.storage.lineage import GraphReader
from bellwether.storage.port import DocumentStore
from bellwether.storage.sqlite import SqliteStore
from bellwether.testing.cosmos_server import CosmosServer

START, A_DAY, WALKS = datetime(2000, 1, 1, tzinfo=UTC), 11, 200
BOUNDS = Bounds(up=6, down=6)


def days(count: int) -> Iterator[tuple[Teller, Teller]]:
    """Yield what a source and what a model say of one day: two pipelines, a scoring run, a batch with three reports."""
    for n in range(count):
        at = START + timedelta(days=n)
        seen, own = Teller("@adf/main", "adf/main", at, at), Teller("m", "bellwether", at, at)
        for name in ("load", "join"):
            run, act = node_id("pipeline_run", "adf", f"{name}{n}"), node_id("activity_run", "adf", f"{name}{n}/a")
            data = node_id("dataset", "lake", name)
            version = node_id("dataset_version", "lake", name, f"run~{n}")
            seen.node(run, job=node_id("pipeline", "f", name), status="SUCCEEDED", start=at, end=at)
            seen.node(act, job=node_id("activity", "f", f"{name}/a"), status="SUCCEEDED", start=at, end=at)
            seen.node(version, job=data, start=at, rows=1000)
            seen.edge(run, "has_activity", act)
            seen.edge(act, "generated", version)
        seen.edge(node_id("dataset", "lake", "load"), "uses", node_id("activity_run", "adf", f"join{n}/a"))
        score = node_id("ml_run", "mlflow/main", str(n))
        seen.edge(node_id("dataset", "lake", "join"), "uses", score)
        seen.node(score, status="SUCCEEDED", start=at, job=node_id("notebook", "mlflow/main", "score"))
        batch = node_id("batch", "bellwether/m", str(n))
        own.node(batch, status="SUCCEEDED", start=at, job=node_id("model", "bellwether", "m"))
        own.edge(score, "generated", batch)
        for kind in ("drift", "performance", "explanation"):
            own.edge(batch, "evaluated", node_id("report", "bellwether/m", f"{kind}/{n}"))
        yield seen, own


def fill(store: DocumentStore, count: int) -> int:
    """Store the documents ``GraphWriter`` would have written, in whole batches; returns the number of nodes."""
    total = 0
    for which, graph in enumerate(("@adf/main", "m")):
        facts = Facts()
        nodes, edges = [], []
        for told in days(count):
            nodes += told[which].nodes
            edges += told[which].edges
        facts = add(facts, nodes, edges)
        total += len(facts.nodes)
        docs = [dump(one) for one in (*facts.nodes.values(), *facts.edges.values())]
        docs += [dump(one) for node in facts.nodes.values() if (one := pointer(node)) is not None]
        for n in range(0, len(docs), 100):
            store.put_many(LINEAGE, graph, docs[n : n + 100])
    return total


def pointer(node: Node) -> Pointer | None:
    if node.job is None or node.start is None:
        return None
    id = pointer_id(node.job, node.start, node.node)
    return Pointer(id=id, pk=node.pk, job=node.job, node=node.node, start=node.start)


def walks(store: DocumentStore, count: int, roots: int) -> tuple[list[float], list[int], list[int]]:
    """Walk from reports of many days; returns milliseconds, documents read and nodes returned of each."""
    times, read, returned = [], [], []
    for n in range(roots):
        reader = GraphReader(store, ("m", "@adf/main"))
        root = node_id("report", "bellwether/m", f"drift/{(n * 7919) % count}")
        begin = time.perf_counter()
        found = walk(reader, root, BOUNDS)
        times.append(1000 * (time.perf_counter() - begin))
        assert found is not None
        read.append(reader.read)
        returned.append(len(found.nodes))
    return times, read, returned


@pytest.mark.bench
def test_a_walk_reads_what_it_returns(tmp_path: Path) -> None:
    store, count = SqliteStore(tmp_path / "documents.db"), 100_000 // A_DAY
    nodes = fill(store, count)
    times, read, returned = walks(store, count, WALKS)
    p95 = quantiles(times, n=20)[-1]
    print(f"\n{nodes:,} nodes; {WALKS} walks of depth 6: p50 {median(times):.1f} ms, p95 {p95:.1f} ms, ", end="")
    print(f"{median(read):g} documents read for {median(returned):g} nodes, at most {max(read)} for {max(returned)}")
    assert nodes >= 100_000
    assert p95 < 50
    assert all(docs <= 4 * there + 8 for docs, there in zip(read, returned, strict=True))


@pytest.mark.bench
def test_a_walk_over_cosmos_costs(tmp_path: Path) -> None:
    with CosmosServer(partitions=3) as server:
        provision(Settings(home=tmp_path, store_url=f"cosmos+{server.url}", cosmos=Cosmos(key=server.key)))
        spent: Counter[str] = Counter()

        def note(container: str, operation: str, units: float) -> None:
            spent.update({"requests": 1, "units": round(1000 * units)})

        store = CosmosStore(Account(server.url, "bellwether", server.key), charge=note)
        count = 300
        fill(store, count)
        spent.clear()
        _, read, returned = walks(store, count, 20)
        requests, units = spent["requests"] / 20, spent["units"] / 20_000
        print(f"\nover Cosmos: {requests:g} requests and {units:.1f} request units a walk, ", end="")
        print(f"{median(read):g} documents read for {median(returned):g} nodes")
        assert requests < 60
