"""Facts in any order, repeated, and split over any number of merges end in the same graph."""

from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from bellwether.contracts import Attribute, Edge, Link, Node, NodeId, RunStatus, node_id, parse_node_id
from bellwether.graph import Facts, Teller, add, merge_edges, merge_facts, merge_nodes
from bellwether.graph.facts import edge_doc_id, node_doc_id
from bellwether.graph.merge import merge_links
from bellwether.lineage.extract import graph_of
from tests.scenarios import scenario

few = settings(max_examples=50, deadline=None)
ZERO = datetime(2026, 1, 1, tzinfo=UTC)
A, B = node_id("run", "x", "a"), node_id("batch", "bellwether/m", "b")
times = st.integers(0, 6).map(lambda hours: ZERO + timedelta(hours=hours))
statuses = st.sampled_from(get_args(RunStatus))
values = st.one_of(
    st.none(), st.booleans(), st.integers(0, 3), st.sampled_from(["a", "b"]), st.lists(st.integers(0, 2))
)
attributes = st.dictionaries(
    st.sampled_from(["label", "job", "rows"]),
    st.builds(Attribute, value=values, time=times, source=st.sampled_from(["s", "t"])),
)
some_text = st.text(min_size=1, max_size=20).filter(lambda text: text.isprintable() or "\n" in text)


@st.composite
def nodes(draw: st.DrawFn) -> Node:
    tell = Teller("m", "s", draw(times), draw(times))
    status = draw(statuses)
    tell.node(A, status=status, start=draw(st.none() | times), end=draw(st.none() | times))
    bare = tell.nodes[0]
    return merge_nodes(bare.model_copy(update={"attributes": draw(attributes)}), bare)


@st.composite
def edges(draw: st.DrawFn) -> Edge:
    first = draw(times)
    return Edge(
        id=edge_doc_id(A, "generated", B),
        pk="m",
        src=A,
        dst=B,
        rel="generated",
        first=first,
        last=max(first, draw(times)),
        seen=draw(times),
        evidence=draw(st.sampled_from(["exact", "bridge", "inferred", "unresolved"])),
        columns=draw(
            st.dictionaries(st.sampled_from("xyz"), st.just((("dataset:n:d", "c"),)) | st.just((("o", "c"),)))
        ),
        attributes=draw(attributes),
    )


links = st.builds(
    Link,
    st.sampled_from(["generated", "used"]),
    st.sampled_from([f"run:x:{n}" for n in range(6)]),
    times,
    times,
    times,
    st.sampled_from(["exact", "inferred"]),
)


@few
@given(nodes(), nodes(), nodes())
def test_nodes_merge_in_any_order(a: Node, b: Node, c: Node) -> None:
    assert merge_nodes(a, b) == merge_nodes(b, a)
    assert merge_nodes(merge_nodes(a, b), c) == merge_nodes(a, merge_nodes(b, c))
    assert merge_nodes(a, a) == a


@few
@given(edges(), edges(), edges())
def test_edges_merge_in_any_order(a: Edge, b: Edge, c: Edge) -> None:
    assert merge_edges(a, b) == merge_edges(b, a)
    assert merge_edges(merge_edges(a, b), c) == merge_edges(a, merge_edges(b, c))
    assert merge_edges(a, a) == a


@few
@given(st.lists(links, max_size=12), st.lists(links, max_size=12), st.integers(1, 4))
def test_links_merge_in_any_order_whatever_is_kept_of_them(a: list[Link], b: list[Link], most: int) -> None:
    assert merge_links(a, b, most) == merge_links(b, a, most)
    assert merge_links(merge_links(a, b, most), b, most) == merge_links(a, b, most)


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 4))
def test_any_shuffle_repetition_and_split_of_events_gives_the_same_graph(random, parts: int) -> None:  # type: ignore[no-untyped-def]
    told = [graph_of(*one) for one in TOLD]
    whole = reduce(lambda facts, tell: add(facts, tell.nodes, tell.edges), told, Facts())
    again = [*told, *random.sample(told, len(told) // 3)]
    random.shuffle(again)
    some = [Facts() for _ in range(parts)]
    for tell in again:
        n = random.randrange(parts)
        some[n] = add(some[n], tell.nodes, tell.edges)
    assert reduce(merge_facts, some) == whole


def test_a_start_after_the_end_changes_nothing_and_a_late_tag_does() -> None:
    ended, late = Teller("m", "s", ZERO, ZERO), Teller("m", "s", ZERO + timedelta(hours=1), ZERO)
    ended.node(A, status="FAILED", end=ZERO)
    late.node(A, status="RUNNING", start=ZERO, tag="x")
    node = merge_nodes(ended.nodes[0], late.nodes[0])
    assert (node.status, node.start, node.end, node.attributes["tag"].value) == ("FAILED", ZERO, ZERO, "x")


def test_a_clock_that_is_ahead_is_shown() -> None:
    ahead, behind = Teller("m", "s", ZERO + timedelta(hours=2), ZERO), Teller("m", "s", ZERO, ZERO + timedelta(days=40))
    ahead.node(A)
    behind.node(A)
    assert (ahead.nodes[0].clock_skew_s, behind.nodes[0].clock_skew_s) == (7200.0, None)


@few
@given(some_text, some_text, some_text, st.none() | st.text(max_size=10).filter(str.isprintable))
def test_node_ids_round_trip(kind: str, namespace: str, name: str, version: str | None) -> None:
    id = node_id("dataset", namespace, name, version)
    assert parse_node_id(id) == NodeId("dataset", namespace, name, version)
    assert not set(id.partition(":")[2]) & set("?&% ") - {"%"}
    assert node_doc_id(id).startswith("n~dataset~")


TOLD = [one for one in scenario(3).told if one[0].model == "@adf/main"][:8]
