"""Walks: directed, bounded, over cycles and hubs, as of a time; what versions runs used follows from times."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bellwether.contracts import node_id
from bellwether.graph import Bounds, Facts, FactsReader, Teller, add, walk
from bellwether.graph.paths import path, weakest
from bellwether.graph.quotient import counted, quotient
from bellwether.graph.reading import Reader
from bellwether.graph.walk import MOST_USERS
from bellwether.storage.lineage import GraphReader, GraphWriter
from bellwether.storage.sqlite import SqliteStore

ZERO = datetime(2026, 1, 1, tzinfo=UTC)
DATASET = node_id("dataset", "lake", "raw")


def at(hours: float) -> datetime:
    return ZERO + timedelta(hours=hours)


def run(name: str) -> str:
    return node_id("run", "x", name)


def version(name: str) -> str:
    return node_id("dataset_version", "lake", "raw", f"run~{name}")


def facts(*tellers: Teller) -> FactsReader:
    nodes = [node for tell in tellers for node in tell.nodes]
    return FactsReader(add(Facts(), nodes, [edge for tell in tellers for edge in tell.edges]))


def produced(name: str, hours: float, received: float | None = None) -> Teller:
    tell = Teller("m", "s", at(hours), at(hours if received is None else received))
    tell.node(run(name), job=node_id("job", "x", "producer"), status="SUCCEEDED", start=at(hours - 0.5), end=at(hours))
    tell.node(version(name), job=DATASET, start=at(hours))
    tell.edge(run(name), "generated", version(name))
    return tell


def used(name: str, hours: float) -> Teller:
    tell = Teller("m", "s", at(hours), at(hours))
    tell.node(run(name), status="RUNNING", start=at(hours))
    tell.edge(DATASET, "uses", run(name))
    return tell


Reading = Callable[..., Reader]


@pytest.fixture(params=["facts", "stored"])
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Reading:
    """Facts at hand, and the same in a store."""

    def stored(*tellers: Teller) -> Reader:
        store = SqliteStore(tmp_path / "documents.db")
        nodes = [node for tell in tellers for node in tell.nodes]
        GraphWriter(store).write("m", nodes, [edge for tell in tellers for edge in tell.edges])
        return GraphReader(store, ("m",))

    return facts if request.param == "facts" else stored


def ids(reader: Reader, root: str, **bounds: object) -> set[str]:
    found = walk(reader, root, Bounds(**bounds))  # type: ignore[arg-type]
    assert found is not None
    return set(found.nodes) - {root}


def test_a_producer_heard_of_later_points_the_edge_anew() -> None:
    early = facts(used("c", 10))
    assert ids(early, run("c")) == {node_id("dataset_version", "lake", "raw", "external")}
    reader = facts(used("c", 10), produced("a", 2), produced("b", 8, received=30), produced("z", 12))
    assert ids(reader, run("c")) == {version("b"), run("b")}
    assert ids(reader, run("c"), known=at(20)) == {version("a"), run("a")}, "what was known by then"
    assert ids(reader, version("a"), up=0) == set(), "another version was newer when it was read"
    assert ids(reader, version("b"), up=0) == {run("c")}


def test_who_used_an_old_version_is_found_however_often_the_dataset_is_read(both: Reading) -> None:
    """The dataset itself holds its newest readers only."""
    tellers = [teller for n in range(150) for teller in (produced(f"p{n}", 10 * n), used(f"u{n}", 10 * n + 1))]
    reader = both(*tellers, used("more", 32), used("late", 39.5))
    for n in (3, 149):
        found = walk(reader, version(f"p{n}"), Bounds(up=0))
        assert found is not None
        assert set(found.nodes) - {version(f"p{n}")} == (
            {run("u3"), run("more"), run("late")} if n == 3 else {run("u149")}
        )
        assert not found.truncated


def test_a_version_that_very_many_read_shows_the_newest_and_says_so(both: Reading) -> None:
    reader = both(produced("a", 0), *(used(f"u{n}", 1 + n / 100) for n in range(MOST_USERS + 5)), produced("b", 100))
    found = walk(reader, version("a"), Bounds(up=0, limit=1000))
    assert found is not None
    assert set(found.nodes) - {version("a")} == {run(f"u{n}") for n in range(5, MOST_USERS + 5)}
    assert found.hidden == {"run": 1}, "at least one more"


def test_of_two_versions_of_one_instant_the_other_was_read() -> None:
    reader = facts(produced("a", 2), produced("b", 2), used("c", 3))
    assert ids(reader, version("a"), up=0) == set()
    assert ids(reader, version("b"), up=0) == {run("c")}
    assert ids(reader, run("c"), up=1) == {version("b")}


def test_the_graph_as_it_was_holds_no_later_edge_and_no_later_end() -> None:
    tell = Teller("m", "s", at(1), at(1))
    tell.node(run("a"), status="SUCCEEDED", start=at(1), end=at(5))
    tell.edge(run("a"), "generated", node_id("batch", "bellwether/m", "b"), at=at(5))
    tell.edge(node_id("run", "x", "parent"), "triggered", run("a"), at=at(1))
    found = walk(facts(tell), run("a"), Bounds(asof=at(3)))
    assert found is not None
    assert (set(found.nodes), found.nodes[run("a")].status) == ({run("a"), run("parent")}, "RUNNING")


def test_cycles_and_edges_to_oneself_end() -> None:
    tell = Teller("m", "s", ZERO, ZERO)
    for a, b in ("ab", "bc", "ca", "aa"):
        tell.edge(run(a), "triggered", run(b))
    found = walk(facts(tell), run("a"), Bounds(up=20, down=20))
    assert found is not None
    assert set(found.nodes) == {run("a"), run("b"), run("c")}
    assert len(found.hops) == 3
    assert path(facts(tell), run("b"), run("a"))[0].dst == run("c")


def test_walks_are_directed() -> None:
    tell = Teller("m", "s", ZERO, ZERO)
    tell.edge(run("a"), "triggered", run("b"))
    tell.edge(run("a"), "triggered", run("sibling"))
    assert ids(facts(tell), run("b"), up=5, down=5) == {run("a")}


def test_what_is_left_out_is_counted() -> None:
    tell = Teller("m", "s", ZERO, ZERO)
    for n in range(250):
        tell.edge(run("hub"), "generated", node_id("batch", "bellwether/m", str(n)), at=at(n))
    found = walk(facts(tell), run("hub"), Bounds(limit=61))
    assert found is not None
    assert (len(found.nodes), found.hidden, found.truncated) == (61, {"batch": 250 - 60}, True)
    newest = {node_id("batch", "bellwether/m", str(n)) for n in range(190, 250)}
    assert set(found.nodes) - {run("hub")} == newest


def test_a_path_is_known_no_better_than_its_weakest_edge() -> None:
    tell = Teller("m", "s", ZERO, ZERO)
    tell.edge(run("a"), "started", run("b"), evidence="bridge")
    tell.edge(run("b"), "executed", run("c"))
    reader = facts(tell)
    assert [hop.dst for hop in path(reader, run("a"), run("c"))] == [run("b"), run("c")]
    assert weakest(path(reader, run("a"), run("c"))) == "bridge"
    assert path(reader, run("c"), run("a")) == []
    assert weakest([]) is None


def test_jobs_stand_for_their_runs() -> None:
    reader = facts(produced("a", 2), used("c", 3), produced("b", 8), used("d", 10))
    found = walk(reader, DATASET, Bounds())
    assert found is not None
    found = walk(reader, run("d"), Bounds())
    assert found is not None
    jobs = quotient(reader, found).walked
    assert {(hop.src, hop.rel, hop.dst) for hop in jobs.hops.values()} == {
        (node_id("job", "x", "producer"), "generated", DATASET),
        (DATASET, "used", run("d")),
    }
    assert counted([*reader.nodes([run("a"), run("c")]).values()]) == ("RUNNING", "1 ok, 1 running")


def test_a_walk_from_a_model_begins_with_its_batches_of_the_time_and_their_reports() -> None:
    model = node_id("model", "bellwether", "m")

    def answered(name: str, hours: float) -> Teller:
        tell = Teller("m", "s", at(hours), at(hours))
        batch = node_id("batch", "bellwether/m", name)
        tell.node(model)
        tell.node(batch, job=model, status="SUCCEEDED", start=at(hours), end=at(hours))
        tell.edge(run(name), "generated", batch)
        tell.edge(batch, "evaluated", node_id("report", "bellwether/m", f"drift/{name}"))
        tell.edge(batch, "profiled", node_id("profile", "bellwether/m", name))
        return tell

    def all_of(name: str) -> set[str]:
        report = node_id("report", "bellwether/m", f"drift/{name}")
        return {run(name), node_id("batch", "bellwether/m", name), report}

    reader = facts(answered("a", 1), answered("b", 5), answered("c", 9))
    assert ids(reader, model, down=0) == all_of("a") | all_of("b") | all_of("c")
    assert ids(reader, model, down=0, since=at(4), until=at(6)) == all_of("b")
    assert ids(reader, model, down=0, asof=at(6)) == all_of("a") | all_of("b")
    found = walk(reader, model, Bounds(since=at(4)))
    assert found is not None
    told = {(hop.src, hop.dst) for hop in found.hops.values() if not hop.derived}
    assert (node_id("batch", "bellwether/m", "b"), node_id("report", "bellwether/m", "drift/b")) in told
