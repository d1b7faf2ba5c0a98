"""Queries of one partition, and the scan over all: filters, order, pages."""

from typing import Any

import pytest

from bellwether.errors import InvalidInput
from bellwether.storage.collections import Collection
from bellwether.storage.port import Engine
from tests.contract.storage.engines import Subject, doc, ids, pages

MIXED = [
    doc("1", kind="drift", score=5),
    doc("2", kind="drift", score="5"),
    doc("3", kind="kpi", score=5.0),
    doc("4", kind="kpi", score=None),
    doc("5", kind="drift"),
    doc("6", kind="drift", score=True),
    doc("7", kind=None, score=-1.5, tags=["a", "b", 1]),
    doc("8", score=10, tags=["b", True, None], o={"k": {"z": "q"}}),
    doc("9", "m2", kind="drift", score=5),
]


@pytest.fixture(scope="module")
def mixed(subject: Subject) -> Collection:
    """A container of mixed types, read only."""
    coll = subject.collection()
    for item in MIXED:
        subject.store.put(coll, item)
    return coll


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ([], "12345678"),
        ([("score", "eq", 5)], "13"),
        ([("score", "eq", "5")], "2"),
        ([("score", "eq", None)], "4"),
        ([("score", "eq", True)], "6"),
        ([("score", "eq", 1)], ""),
        ([("score", "ge", 5)], "138"),
        ([("score", "lt", 100)], "1378"),
        ([("score", "gt", "4")], "2"),
        ([("score", "ne", 5)], "24678"),
        ([("score", "ne", None)], "123678"),
        ([("score", "ne", True)], "123478"),
        ([("tags", "ne", "b")], "78"),
        ([("kind", "in", ["kpi", "x"])], "34"),
        ([("kind", "in", [])], ""),
        ([("kind", "in", ["kpi", None])], "347"),
        ([("score", "in", [True, "5", 10])], "268"),
        ([("tags", "contains", "b")], "78"),
        ([("tags", "contains", "zz")], ""),
        ([("tags", "contains", 1)], "7"),
        ([("tags", "contains", True)], "8"),
        ([("tags", "contains", None)], "8"),
        ([("kind", "contains", "drift")], ""),
        ([("kind", "prefix", "dr")], "1256"),
        ([("kind", "prefix", "DR")], ""),
        ([("kind", "prefix", "%")], ""),
        ([("id", "prefix", "3")], "3"),
        ([("id", "prefix", "x")], ""),
        ([("id", "gt", "3"), ("id", "le", "6")], "456"),
        ([("id", "ge", "3"), ("id", "lt", "5")], "34"),
        ([("id", "lt", 5)], ""),
        ([("score", "exists", True)], "1234678"),
        ([("score", "exists", False)], "5"),
        ([("o.k.z", "eq", "q")], "8"),
        ([("o.k", "exists", True)], "8"),
        ([("kind", "eq", "drift"), ("score", "gt", 1)], "1"),
        ([("kind", "eq", "x' OR '1'='1")], ""),
    ],
    ids=str,
)
def test_a_filter_means_the_same_in_query_count_and_scan(
    store: Engine, mixed: Collection, where: Any, expected: str
) -> None:
    assert "".join(ids(store.query(mixed, "m1", where).docs)) == expected
    assert store.count(mixed, "m1", where) == len(expected)
    assert {item["id"] for item in store.scan(mixed, where) if item["pk"] == "m1"} == set(expected)


@pytest.mark.parametrize(
    "bad",
    [
        ("a b", "eq", 1),
        ("a;DROP", "eq", 1),
        ("c]['x", "eq", 1),
        ("", "eq", 1),
        ("a..b", "eq", 1),
        ("1a", "eq", 1),
        ("a\n", "eq", 1),
        ("a", "like", "x"),
        ("a", "eq", [1]),
        ("a", "eq", float("nan")),
        ("a", "eq", "\ud800"),
        ("a", "lt", None),
        ("a", "gt", True),
        ("a", "in", "abc"),
        ("a", "prefix", 5),
        ("a", "exists", 1),
    ],
    ids=ascii,
)
def test_bad_filters_are_refused(store: Engine, mixed: Collection, bad: Any) -> None:
    with pytest.raises(InvalidInput):
        store.query(mixed, "m1", [bad])
    with pytest.raises(InvalidInput):
        store.count(mixed, "m1", [bad])
    with pytest.raises(InvalidInput):
        list(store.scan(mixed, [bad]))


@pytest.mark.parametrize("desc", [False, True])
def test_pages_are_complete_and_free_of_duplicates_while_others_write(
    store: Engine, coll: Collection, desc: bool
) -> None:
    store.put_many(coll, "m1", [doc(f"{i:04}", n=i) for i in range(57)])
    seen: list[str] = []
    for number, page in enumerate(pages(store, coll, desc=desc, limit=10)):
        seen += ids(page.docs)
        if number == 1:
            store.put(coll, doc("0000a", n=0))
            store.delete(coll, "m1", "0030")
    expected = [f"{i:04}" for i in range(57) if i != 30]
    if desc:
        expected.append("0000a")
    assert seen == sorted(expected, reverse=desc)


def test_a_page_longer_than_the_servers_own_is_whole(store: Engine, coll: Collection) -> None:
    for first in range(0, 250, 50):
        store.put_many(coll, "m1", [doc(f"{i:04}", body="x" * 20_000) for i in range(first, first + 50)])
    page = store.query(coll, "m1", limit=240)
    assert ids(page.docs) == [f"{i:04}" for i in range(240)]
    assert page.cursor == "0239"
    assert store.count(coll, "m1") == 250


def test_the_cursor_ends_with_the_last_document(store: Engine, coll: Collection) -> None:
    store.put_many(coll, "m1", [doc(f"{i}") for i in range(3)])
    assert store.query(coll, "m1", limit=3).cursor is None
    assert store.query(coll, "m1", limit=2).cursor == "1"
    assert store.query(coll, "none") == ([], None)
    for options in ({"limit": 0}, {"after": ""}, {"after": "\ud800"}):
        with pytest.raises(InvalidInput):
            store.query(coll, "m1", **options)


def test_a_scan_reads_every_partition_once(store: Engine, coll: Collection) -> None:
    for i in range(30):
        store.put(coll, doc(f"{i:02}", f"m{i % 7}", kind="a" if i % 2 else "b"))
    assert len({(found["pk"], found["id"]) for found in store.scan(coll)}) == 30
    assert len(list(store.scan(coll, [("kind", "eq", "a")]))) == 15


def test_a_scan_loses_nothing_while_its_documents_are_deleted(store: Engine, coll: Collection) -> None:
    for partition in range(3):
        pk = f"m{partition}"
        for first in range(0, 240, 80):
            store.put_many(coll, pk, [doc(f"{i:03}", pk) for i in range(first, first + 80)])
    seen = []
    for found in store.scan(coll):
        seen.append((found["pk"], found["id"]))
        store.delete(coll, found["pk"], found["id"])
    assert len(seen) == len(set(seen)) == 720
