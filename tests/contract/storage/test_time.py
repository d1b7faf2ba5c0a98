"""Expiry and the feed of changes."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from bellwether.errors import InvalidInput
from bellwether.storage.collections import Collection
from bellwether.storage.port import Create, Engine, Replace
from tests.contract.storage.engines import Subject, doc, drain, ids


def test_an_expired_document_is_gone_everywhere(subject: Subject, store: Engine, coll: Collection) -> None:
    etag = store.put(coll, doc("gone", ttl=1))["_etag"]
    store.put(coll, doc("also-gone", ttl=1))
    store.put(coll, doc("kept", ttl=-1))
    store.put(coll, doc("none"))
    assert store.count(coll, "m1") == 4
    subject.time.advance(2.2)
    assert store.get(coll, "m1", "gone") is None
    assert ids(store.query(coll, "m1").docs) == ["kept", "none"]
    assert set(ids(store.scan(coll))) == {"kept", "none"}
    assert set(ids(drain(store, coll)[0])) == {"kept", "none"}
    assert store.delete(coll, "m1", "gone") is False
    with pytest.raises(Exception, match="gone"):
        store.commit(coll, "m1", [Replace(doc("gone"), etag)])
    store.put(coll, doc("gone"), create=True)
    store.commit(coll, "m1", [Create(doc("also-gone"))])


def test_writing_a_document_again_renews_its_life(subject: Subject, store: Engine, coll: Collection) -> None:
    store.put(coll, doc("a", ttl=3))
    subject.time.advance(2)
    store.put(coll, doc("a", ttl=3))
    subject.time.advance(2)
    assert store.get(coll, "m1", "a") is not None


def test_a_sweep_leaves_what_lives(subject: Subject, store: Engine, coll: Collection) -> None:
    store.put_many(coll, "m1", [doc(f"gone-{i:02}", ttl=1) for i in range(30)])
    store.put_many(coll, "m1", [doc(f"kept-{i}", ttl=1000) for i in range(3)])
    subject.time.advance(2.2)
    store.sweep()
    assert ids(store.query(coll, "m1").docs) == ["kept-0", "kept-1", "kept-2"]


def test_changes_go_on_from_their_cursor(store: Engine, coll: Collection) -> None:
    for i in range(30):
        store.put(coll, doc(f"{i:02}", f"m{i % 7}"))
    found, cursor = drain(store, coll)
    assert len(found) == len({(item["pk"], item["id"]) for item in found}) == 30
    assert drain(store, coll, cursor)[0] == []
    store.put(coll, doc("03", "m3", kind="z"))
    found, _ = drain(store, coll, cursor)
    assert [(item["id"], item["kind"]) for item in found] == [("03", "z")]
    for bad in ("nonsense", "[]", "[[1]]", "-1", "٣"):
        with pytest.raises(InvalidInput):
            store.changes(coll, bad)


def test_changes_are_complete_beside_other_threads(store: Engine, coll: Collection) -> None:
    for i in range(60):
        store.put(coll, doc(f"{i:02}", f"m{i % 7}"))
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            store.get(coll, "m1", "01")

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(read) for _ in range(3)]
        try:
            found, _ = drain(store, coll)
        finally:
            stop.set()
        for reader in readers:
            reader.result()
    assert len(found) == len({(item["pk"], item["id"]) for item in found}) == 60
