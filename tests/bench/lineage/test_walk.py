"""Walks over 100,000 nodes: how long on SQLite, how many documents and requests, and at what charge over Cosmos.

A day is twelve pipelines that load a table each, one that joins them, a run that scores, a batch and its reports. Two
questions are asked of days all over the years: where a report comes from (depth 6, both ways), and what was made of a
pipeline's run (down to the reports). The wanted bound is a p95 below 50 ms on SQLite; documents read are bounded by
what is returned. The time of the processor stands beside that of the clock: it does not depend on who else works.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles

import pytest

from bellwether.contracts import node_id
from bellwether.graph import Bounds, Facts, Teller, add, walk
from bellwether.settings import Cosmos, Settings
from bellwether.storage.collections import LINEAGE
from bellwether.storage.cosmos import Account, CosmosStore
from bellwether.storage.documents import dump
from bellwether.storage.factory import provision
from bellwether.storage.lineage import GraphReader, pointer_to, pointer_to_use
from bellwether.storage.port import DocumentStore
from bellwether.storage.sqlite import SqliteStore
from bellwether.testing.cosmos_server import CosmosServer

TABLES = tuple(f"load{n}" for n in range(12))
START, A_DAY, WALKS = datetime(2000, 1, 1, tzinfo=UTC), 3 * len(TABLES) + 8, 200
ORIGIN, IMPACT = Bounds(up=6, down=6), Bounds(up=0, down=8)


def days(count: int) -> Iterator[tuple[Teller, Teller]]:
    """Yield what a source and what a model say of each day."""
    for n in range(count):
        at = START + timedelta(days=n)
        seen, own = Teller("@adf/main", "adf/main", at, at), Teller("m", "bellwether", at, at)
        for name in (*TABLES, "join"):
            run, act = node_id("pipeline_run", "adf", f"{name}{n}"), node_id("activity_run", "adf", f"{name}{n}/a")
            data = node_id("dataset", "lake", name)
            version = node_id("dataset_version", "lake", name, f"run~{n}")
            seen.node(run, job=node_id("pipeline", "f", name), status="SUCCEEDED", start=at, end=at)
            seen.node(act, job=node_id("activity", "f", f"{name}/a"), status="SUCCEEDED", start=at, end=at)
            seen.node(version, job=data, start=at, rows=1000)
            seen.edge(run, "has_activity", act)
            seen.edge(act, "generated", version)
        for name in TABLES:
            seen.edge(node_id("dataset", "lake", name), "uses", node_id("activity_run", "adf", f"join{n}/a"))
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
        docs += [dump(one) for node in facts.nodes.values() if (one := pointer_to(graph, node)) is not None]
        docs += [dump(pointer_to_use(graph, edge)) for edge in facts.edges.values() if edge.rel == "uses"]
        for n in range(0, len(docs), 100):
            store.put_many(LINEAGE, graph, docs[n : n + 100])
    return total


@dataclass(slots=True)
class Walks:
    """Of each walk: milliseconds by the clock and of the processor, documents read, nodes returned."""

    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    read: list[int] = field(default_factory=list)
    returned: list[int] = field(default_factory=list)

    def __str__(self) -> str:
        """What was measured, in one line."""
        times = ", ".join(
            f"{what} p50 {median(ms):.1f} ms, p95 {quantiles(ms, n=20)[-1]:.1f} ms"
            for what, ms in (("clock", self.clock), ("processor", self.processor))
        )
        return (
            f"{len(self.clock)} walks: {times}; {median(self.read):g} documents read for {median(self.returned):g}"
            f" nodes, at most {max(self.read)} for {max(self.returned)}"
        )


def origins(n: int) -> str:
    return node_id("report", "bellwether/m", f"drift/{n}")


def loads(n: int) -> str:
    return node_id("pipeline_run", "adf", f"{TABLES[n % len(TABLES)]}{n}")


def walks(store: DocumentStore, count: int, roots: int, root: Callable[[int], str], bounds: Bounds) -> Walks:
    """Walk from nodes of many days."""
    found = Walks()
    for n in range(roots):
        reader = GraphReader(store, ("m", "@adf/main"))
        clock, processor = time.perf_counter(), time.process_time()
        made = walk(reader, root((n * 7919) % count), bounds)
        found.processor.append(1000 * (time.process_time() - processor))
        found.clock.append(1000 * (time.perf_counter() - clock))
        assert made is not None
        assert not made.truncated
        found.read.append(reader.read)
        found.returned.append(len(made.nodes))
    return found


@pytest.mark.bench
def test_a_walk_reads_what_it_returns(tmp_path: Path) -> None:
    store, count = SqliteStore(tmp_path / "documents.db"), -(-100_000 // A_DAY)
    nodes = fill(store, count)
    assert nodes >= 100_000
    for root, bounds, least in ((origins, ORIGIN, 30), (loads, IMPACT, 10)):
        found = walks(store, count, WALKS, root, bounds)
        print(f"\n{nodes:,} nodes, {root.__name__}: {found}")
        assert min(found.returned) >= least
        assert quantiles(found.clock, n=20)[-1] < 50
        assert all(docs <= 4 * there + 8 for docs, there in zip(found.read, found.returned, strict=True))


@pytest.mark.bench
def test_a_walk_over_cosmos_costs(tmp_path: Path) -> None:
    with CosmosServer(partitions=3) as server:
        provision(Settings(home=tmp_path, store_url=f"cosmos+{server.url}", cosmos=Cosmos(key=server.key)))
        spent: Counter[str] = Counter()

        def note(container: str, operation: str, units: float) -> None:
            spent.update({operation: 1, "units": round(1000 * units)})

        store = CosmosStore(Account(server.url, "bellwether", server.key), charge=note)
        count = 100
        fill(store, count)
        for root, bounds in ((origins, ORIGIN), (loads, IMPACT)):
            spent.clear()
            found = walks(store, count, 20, root, bounds)
            units = spent.pop("units") / 20_000
            requests = {operation: times / 20 for operation, times in sorted(spent.items())}
            print(f"\nover Cosmos, {root.__name__}: requests a walk {requests}, {units:.1f} request units; {found}")
            assert sum(requests.values()) <= median(found.read) + 20
