"""Single documents: exact, addressed by partition and id, written on condition."""

from typing import Any

import pytest

from bellwether.errors import Conflict, InvalidInput, NotFound, PreconditionFailed, TooLarge
from bellwether.storage.collections import Collection
from bellwether.storage.port import Doc, Engine
from tests.contract.storage.engines import doc, plain


def test_a_document_comes_back_exactly_as_it_was(store: Engine, coll: Collection) -> None:
    original = doc(
        "a",
        count=1,
        share=0.1 + 0.2,
        text="ü漢😀\u0000'\"",
        items=[1, None, True, {"x": []}],
        nested={"k.k": 1, "": 2, "_x": 3},
        nothing=None,
        big=2**53,
        small=-(2**53),
    )
    written = store.put(coll, original)
    assert plain(written) == original
    assert plain(store.get(coll, "m1", "a")) == original
    assert set(written) - set(original) == {"_etag", "_ts"}


def test_a_document_that_was_read_can_be_written_back(store: Engine, coll: Collection) -> None:
    store.put(coll, doc("a", n=1))
    found = store.get(coll, "m1", "a")
    assert found is not None
    store.put(coll, {**found, "n": 2}, if_etag=found["_etag"])
    assert plain(store.get(coll, "m1", "a")) == doc("a", n=2)


def test_what_is_missing_is_none_false_or_not_found(store: Engine, coll: Collection) -> None:
    assert store.get(coll, "m1", "zz") is None
    assert store.delete(coll, "m1", "zz") is False
    with pytest.raises(NotFound):
        store.incr(coll, "m1", "zz", "n")


def test_a_deleted_document_can_be_created_again(store: Engine, coll: Collection) -> None:
    store.put(coll, doc("a"))
    assert store.delete(coll, "m1", "a") is True
    assert store.get(coll, "m1", "a") is None
    store.put(coll, doc("a", n=2), create=True)


def test_the_same_id_lives_in_two_partitions(store: Engine, coll: Collection) -> None:
    store.put(coll, doc("a", "m1", n=1))
    store.put(coll, doc("a", "m2", n=2))
    assert plain(store.get(coll, "m1", "a"))["n"] == 1
    assert plain(store.get(coll, "m2", "a"))["n"] == 2
    assert store.get(coll, "m3", "a") is None


def test_a_second_creation_conflicts_and_changes_nothing(store: Engine, coll: Collection) -> None:
    store.put(coll, doc("a", n=1), create=True)
    with pytest.raises(Conflict):
        store.put(coll, doc("a", n=2), create=True)
    assert plain(store.get(coll, "m1", "a"))["n"] == 1


def test_an_etag_is_good_for_one_replacement(store: Engine, coll: Collection) -> None:
    first = store.put(coll, doc("a", n=1))["_etag"]
    second = store.put(coll, doc("a", n=2), if_etag=first)["_etag"]
    assert first != second
    with pytest.raises(PreconditionFailed):
        store.put(coll, doc("a", n=3), if_etag=first)
    with pytest.raises(PreconditionFailed):
        store.put(coll, doc("new", n=3), if_etag=first)
    with pytest.raises(InvalidInput):
        store.put(coll, doc("a", n=3), if_etag=second, create=True)
    assert plain(store.get(coll, "m1", "a"))["n"] == 2


def test_incr_adds_to_a_number_and_to_nothing_else(store: Engine, coll: Collection) -> None:
    store.put(coll, doc("c", n=1, o={"n": 1.5}, text="x"))
    assert store.incr(coll, "m1", "c", "n") == 2
    assert store.incr(coll, "m1", "c", "n", -3) == -1
    assert store.incr(coll, "m1", "c", "o.n", 0.5) == 2.0
    assert store.incr(coll, "m1", "c", "new") == 1
    for field in ("text", "missing.n", "a b"):
        with pytest.raises(InvalidInput):
            store.incr(coll, "m1", "c", field)
    with pytest.raises(InvalidInput):
        store.incr(coll, "m1", "c", "n", float("nan"))
    assert plain(store.get(coll, "m1", "c")) == doc("c", n=-1, o={"n": 2.0}, text="x", new=1)


# -- refusals, before anything is written


@pytest.mark.parametrize(
    "bad",
    [float("nan"), float("inf"), 2**60, {1: 2}, b"x", object(), "\ud800"],
    ids=["nan", "inf", "2**60", "int-key", "bytes", "object", "surrogate"],
)
def test_what_is_not_json_is_refused(store: Engine, coll: Collection, bad: Any) -> None:
    with pytest.raises(InvalidInput):
        store.put(coll, doc("a", v=[bad]))
    assert store.get(coll, "m1", "a") is None


def test_deep_nesting_is_refused(store: Engine, coll: Collection) -> None:
    deep: Doc = {}
    for _ in range(101):
        deep = {"d": deep}
    with pytest.raises(InvalidInput, match="nesting"):
        store.put(coll, doc("a", v=deep))


@pytest.mark.parametrize("bad", ["", "a/b", "a#b", "a?b", "a\\b", "x" * 300, "\ud800", None, 5])
def test_bad_ids_are_refused(store: Engine, coll: Collection, bad: Any) -> None:
    for call in (store.get, store.delete):
        with pytest.raises(InvalidInput):
            call(coll, "m1", bad)
    with pytest.raises(InvalidInput):
        store.put(coll, doc(bad))


@pytest.mark.parametrize("bad", ["", None, 5, "x" * 1100, "\ud800"])
def test_bad_partitions_are_refused(store: Engine, coll: Collection, bad: Any) -> None:
    with pytest.raises(InvalidInput):
        store.put(coll, doc("a", bad))
    with pytest.raises(InvalidInput):
        store.commit(coll, bad, [])
    for call in (store.query, store.count):
        with pytest.raises(InvalidInput):
            call(coll, bad)


@pytest.mark.parametrize("field", [{"ttl": 0}, {"ttl": -5}, {"ttl": "9"}, {"ttl": 1.5}, {"_x": 1}])
def test_bad_reserved_fields_are_refused(store: Engine, coll: Collection, field: Doc) -> None:
    with pytest.raises(InvalidInput):
        store.put(coll, doc("a", **field))


def test_the_limit_of_size_counts_bytes(store: Engine, coll: Collection) -> None:
    store.put(coll, doc("ascii", body="x" * 1_800_000))
    store.put(coll, doc("wide", body="漢" * 600_000))
    assert len(plain(store.get(coll, "m1", "wide"))["body"]) == 600_000
    with pytest.raises(TooLarge):
        store.put(coll, doc("a", body="x" * 2_000_000))
    with pytest.raises(TooLarge):
        store.put(coll, doc("b", body="漢" * 700_000))
