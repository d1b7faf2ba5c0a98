"""Threads, forks, and a store that was closed."""

import multiprocessing
import random
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.queues import Queue

from bellwether.errors import PreconditionFailed
from bellwether.storage.collections import Collection
from bellwether.storage.port import Engine
from tests.contract.storage.engines import doc, plain


def test_updates_of_eight_threads_are_not_lost(store: Engine, coll: Collection) -> None:
    store.put(coll, doc("c", n=0, m=0))

    def work(_: int) -> None:
        for _ in range(15):
            store.incr(coll, "m1", "c", "n")
        done = 0
        while done < 5:
            found = store.get(coll, "m1", "c")
            assert found is not None
            try:
                store.put(coll, {**found, "m": found["m"] + 1}, if_etag=found["_etag"])
                done += 1
            except PreconditionFailed:
                time.sleep(random.random() * 0.01)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    final = plain(store.get(coll, "m1", "c"))
    assert (final["n"], final["m"]) == (120, 40)


def _write_in_child(store: Engine, coll: Collection, number: int, results: "Queue[str]") -> None:
    try:
        for i in range(20):
            store.put(coll, doc(f"{number}-{i}", f"p{number}", n=i))
            found = store.get(coll, f"p{number}", f"{number}-{i}")
            assert found is not None
            assert found["n"] == i
        results.put("ok")
    except BaseException as error:  # noqa: BLE001  the parent reports it
        results.put(repr(error))


def test_children_use_a_store_they_inherited(store: Engine, coll: Collection) -> None:
    store.put(coll, doc("warm"))
    context = multiprocessing.get_context("fork")
    results: Queue[str] = context.Queue()
    children = [context.Process(target=_write_in_child, args=(store, coll, number, results)) for number in range(4)]
    for child in children:
        child.start()
    assert [results.get(timeout=60) for _ in children] == ["ok"] * 4
    for child in children:
        child.join()
    assert len(list(store.scan(coll))) == 81
    assert store.get(coll, "m1", "warm") is not None


def test_a_closed_store_goes_on(store: Engine, coll: Collection) -> None:
    store.put(coll, doc("a"))
    store.close()
    assert store.get(coll, "m1", "a") is not None
