"""What only the embedded engine has to get right: its file, its forks, its errors, its sweep."""

import gc
import multiprocessing
import os
import signal
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from bellwether.errors import BellwetherError, TooLarge, Unavailable
from bellwether.storage.collections import Collection
from bellwether.storage.port import Create, Upsert
from bellwether.storage.sqlite import SqliteStore
from bellwether.storage.sqlite.connections import ERRORS, translate

COLL = Collection("runs")
FORK = multiprocessing.get_context("fork")


class Clock:
    """A time that moves on demand."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


# -- the sweep


def test_a_sweep_removes_every_expired_document_in_chunks(tmp_path: Path) -> None:
    clock = Clock()
    store = SqliteStore(tmp_path / "documents.db", clock)
    for first in range(0, 1200, 100):
        store.put_many(COLL, "m", [{"id": f"{i:04}", "pk": "m", "ttl": 10} for i in range(first, first + 100)])
    store.put(COLL, {"id": "kept", "pk": "m", "ttl": 1000})
    store.put(COLL, {"id": "for-ever", "pk": "m"})
    assert store.sweep() == 0
    clock.now += 11
    assert store.sweep() == 1200
    assert store.sweep() == 0
    with sqlite3.connect(tmp_path / "documents.db") as db:
        assert [row[0] for row in db.execute("SELECT id FROM docs ORDER BY id")] == ["for-ever", "kept"]
    db.close()


def test_a_sweep_reads_the_expired_documents_only(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "documents.db")
    store.put(COLL, {"id": "a", "pk": "m"})
    with sqlite3.connect(tmp_path / "documents.db") as db:
        plan = db.execute("EXPLAIN QUERY PLAN SELECT coll, pk, id FROM docs WHERE expires <= 1 LIMIT 2").fetchall()
    db.close()
    assert any("docs_by_expiry" in str(row) for row in plan)


def test_a_query_by_prefix_or_range_of_ids_reads_the_key_only(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "documents.db")
    store.put(COLL, {"id": "a", "pk": "m"})
    with sqlite3.connect(tmp_path / "documents.db") as db:
        plan = db.execute(
            "EXPLAIN QUERY PLAN SELECT body FROM docs WHERE coll='x' AND pk='m' AND id >= 'a' AND id < 'b' ORDER BY id"
        ).fetchall()
    db.close()
    assert "SEARCH docs USING PRIMARY KEY (coll=? AND pk=? AND id>? AND id<?)" in str(plan)
    assert "TEMP B-TREE" not in str(plan)


# -- processes


def _begin(path: Path, number: int, results: Any) -> None:
    store = SqliteStore(path)
    for i in range(10):
        store.put(COLL, {"id": f"{number}-{i}", "pk": "m"}, create=True)
    results.put(number)


def test_eight_processes_make_the_same_new_file(tmp_path: Path) -> None:
    results = FORK.Queue()
    path = tmp_path / "new" / "folder" / "documents.db"
    children = [FORK.Process(target=_begin, args=(path, number, results)) for number in range(8)]
    for child in children:
        child.start()
    assert {results.get(timeout=60) for _ in children} == set(range(8))
    for child in children:
        child.join()
    assert SqliteStore(path).count(COLL, "m") == 80


def _collect(store: SqliteStore, results: Any) -> None:
    gc.collect()  # the threads of the parent are gone, and with them their connections, if nobody held them
    store.put(COLL, {"id": "child", "pk": "m"})
    store.close()
    results.put("ok")


def test_a_fork_amid_busy_threads_harms_neither_parent_nor_child(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "documents.db")
    ready, stop = threading.Barrier(5), threading.Event()
    errors: list[BaseException] = []

    def write(number: int) -> None:
        try:
            store.put(COLL, {"id": f"{number}", "pk": "m", "n": 0})
            ready.wait(60)
            while not stop.wait(0.0005):  # other processes get their turn
                store.incr(COLL, "m", f"{number}", "n")
        except BaseException as error:  # noqa: BLE001  the test raises it
            errors.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    ready.wait(60)
    results = FORK.Queue()
    for _ in range(5):
        child = FORK.Process(target=_collect, args=(store, results))
        child.start()
        assert results.get(timeout=60) == "ok"
        child.join()
        assert child.exitcode == 0
    stop.set()
    for thread in threads:
        thread.join()
    assert errors == []
    with sqlite3.connect(tmp_path / "documents.db") as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()
    assert store.count(COLL, "m") == 5


def _commit_for_ever(path: Path, number: int, pipe: Any) -> None:
    store, pk = SqliteStore(path), f"w{number}"
    for i in range(1_000_000):
        doc = {"id": f"result-{i:06}", "pk": pk}
        store.commit(COLL, pk, [Create(doc), Upsert({"id": "state", "pk": pk, "n": i})])
        pipe.send(i)


def test_killed_writers_lose_no_acknowledged_commit_and_leave_none_in_half(tmp_path: Path) -> None:
    path = tmp_path / "documents.db"
    pipes = [FORK.Pipe(duplex=False) for _ in range(4)]
    children = [
        FORK.Process(target=_commit_for_ever, args=(path, number, sender)) for number, (_, sender) in enumerate(pipes)
    ]
    for child in children:
        child.start()
    seen = [pipe.recv() for pipe, _ in pipes for _ in range(20)]
    assert len(seen) == 80
    for child in children:
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        child.join()
    store = SqliteStore(path)
    for number, (pipe, sender) in enumerate(pipes):
        sender.close()
        last = 19
        while pipe.poll():
            try:
                last = pipe.recv()
            except EOFError:
                break
        state = store.get(COLL, f"w{number}", "state")
        assert state is not None
        assert state["n"] >= last
        assert store.count(COLL, f"w{number}", [("id", "prefix", "result-")]) == state["n"] + 1


# -- errors


def test_a_file_that_is_no_database_is_a_lasting_error(tmp_path: Path) -> None:
    (tmp_path / "documents.db").write_bytes(b"this is not a database, whatever its name says" * 100)
    with pytest.raises(BellwetherError, match="not a database") as caught:
        SqliteStore(tmp_path / "documents.db").get(COLL, "m", "a")
    assert not caught.value.retry


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable):
        SqliteStore(tmp_path / "file" / "documents.db").get(COLL, "m", "a")


def test_a_store_is_made_without_a_file(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "documents.db")
    assert not (tmp_path / "documents.db").exists()
    assert store.provision() == ["created the file"]
    assert store.provision() == []


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (sqlite3.SQLITE_BUSY, Unavailable),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, Unavailable),
        (sqlite3.SQLITE_FULL, Unavailable),
        (sqlite3.SQLITE_IOERR_WRITE, Unavailable),
        (sqlite3.SQLITE_TOOBIG, TooLarge),
        (sqlite3.SQLITE_CORRUPT, BellwetherError),
        (sqlite3.SQLITE_ERROR, BellwetherError),
    ],
)
def test_a_result_code_becomes_one_of_our_errors(code: int, kind: type[BellwetherError]) -> None:
    error = sqlite3.OperationalError("text")
    error.sqlite_errorcode = code
    assert type(translate(error)) is kind


def test_every_retried_code_is_one_that_passes() -> None:
    assert {code for code, kind in ERRORS.items() if kind.retry} == {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
    }


def test_a_failed_transaction_leaves_the_connection_usable(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "documents.db")
    store.provision()
    with sqlite3.connect(tmp_path / "documents.db", isolation_level=None) as db:
        db.execute("CREATE TRIGGER full BEFORE INSERT ON docs BEGIN SELECT RAISE(ROLLBACK, 'disk full'); END")
        with pytest.raises(BellwetherError):
            store.put(COLL, {"id": "a", "pk": "m"})
        db.execute("DROP TRIGGER full")
    db.close()
    store.put(COLL, {"id": "a", "pk": "m"})
    assert store.count(COLL, "m") == 1


def test_readers_are_not_held_up_by_a_writer(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "documents.db")
    store.put(COLL, {"id": "a", "pk": "m"})
    with sqlite3.connect(tmp_path / "documents.db", isolation_level=None) as db:
        db.execute("BEGIN IMMEDIATE")
        assert store.get(COLL, "m", "a") is not None, "it would wait in vain: the writer ends after it"
        db.execute("ROLLBACK")
    db.close()
