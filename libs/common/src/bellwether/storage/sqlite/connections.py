"""Connections to the file: one per thread and process, never carried over a fork."""

import os
import sqlite3
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from bellwether.errors import BellwetherError, TooLarge, Unavailable

_BUSY_TIMEOUT_S = 30
_JOURNAL_BYTES = 64 * 2**20
_SETUP = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    f"PRAGMA journal_size_limit={_JOURNAL_BYTES}",
    "BEGIN IMMEDIATE",
    """CREATE TABLE IF NOT EXISTS docs(
        coll TEXT, pk TEXT, id TEXT, body TEXT NOT NULL, etag TEXT NOT NULL, ts INT NOT NULL,
        expires INT, seq INT NOT NULL, PRIMARY KEY(coll, pk, id)) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS docs_by_seq ON docs(coll, seq)",
    "CREATE INDEX IF NOT EXISTS docs_by_expiry ON docs(expires) WHERE expires IS NOT NULL",
    "CREATE TABLE IF NOT EXISTS seq(n INT)",
    "INSERT INTO seq SELECT 0 WHERE NOT EXISTS(SELECT 1 FROM seq)",
    "COMMIT",
)


class _Connection(sqlite3.Connection):
    """A connection that can be referred to weakly, and a lock that says whether its thread is inside SQLite."""

    lock: threading.RLock


class Connections:
    """The connections of one file; made on first use, so the object may be made before a fork."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._opening = threading.RLock()
        self._open: weakref.WeakSet[_Connection] = weakref.WeakSet()
        self._held: list[_Connection] = []
        self._inherited: list[_Connection] = []
        _ALL.add(self)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection of this thread; every vendor error leaves translated."""
        try:
            db = self._connection()
            with db.lock:
                yield db
        except (sqlite3.Error, OSError) as error:
            raise translate(error) from error

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Lend it inside a transaction that holds the write lock from its start: a late upgrade would fail."""
        with self.reading() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                if db.in_transaction:  # a full disk has rolled back already
                    db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def close(self) -> None:
        """Close the connection of the calling thread; other threads close theirs when they end."""
        if getattr(self._local, "pid", None) == os.getpid():
            self._local.db.close()
            del self._local.db, self._local.pid

    def open(self) -> bool:
        """Make the file and its tables; whether they were missing."""
        missing = not self._path.exists()
        with self.reading():
            return missing

    def _connection(self) -> _Connection:
        local = self._local
        if getattr(local, "pid", None) == os.getpid():
            db: _Connection = local.db
            return db
        with self._opening:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            db = sqlite3.connect(
                self._path,
                timeout=_BUSY_TIMEOUT_S,
                isolation_level=None,
                check_same_thread=False,
                factory=_Connection,
            )
            db.lock = threading.RLock()
            for statement in _SETUP:
                db.execute(statement)
            self._open.add(db)
        local.db, local.pid = db, os.getpid()
        return db

    # -- forks

    def before_fork(self) -> None:
        """Wait until no thread is inside SQLite, whose own locks a child would inherit held; keep all connections."""
        self._opening.acquire()
        self._held = list(self._open)
        for db in self._held:
            db.lock.acquire()

    def after_fork(self, *, child: bool) -> None:
        """Let the threads of the parent go on; the child never uses what it inherited, and never closes it."""
        for db in self._held:
            db.lock.release()
        if child:
            self._inherited += self._held
        self._held = []
        self._opening.release()


# Closing, in a child, a connection that was opened before the fork can damage the parent's. The interpreter drops
# the thread locals of all other threads in the child, so the references have to be taken before.
_ALL: weakref.WeakSet[Connections] = weakref.WeakSet()
_FORKING = threading.Lock()
_forked: list[Connections] = []


def _before_fork() -> None:
    _FORKING.acquire()
    _forked.extend(_ALL)
    for connections in _forked:
        connections.before_fork()


def _after_fork(*, child: bool) -> None:
    for connections in _forked:
        connections.after_fork(child=child)
    _forked.clear()
    _FORKING.release()


os.register_at_fork(
    before=_before_fork,
    after_in_parent=partial(_after_fork, child=False),
    after_in_child=partial(_after_fork, child=True),
)

ERRORS: dict[int, type[BellwetherError]] = {
    sqlite3.SQLITE_BUSY: Unavailable,
    sqlite3.SQLITE_LOCKED: Unavailable,
    sqlite3.SQLITE_PROTOCOL: Unavailable,
    sqlite3.SQLITE_INTERRUPT: Unavailable,
    sqlite3.SQLITE_NOMEM: Unavailable,
    sqlite3.SQLITE_IOERR: Unavailable,
    sqlite3.SQLITE_FULL: Unavailable,
    sqlite3.SQLITE_CANTOPEN: Unavailable,
    sqlite3.SQLITE_READONLY: Unavailable,
    sqlite3.SQLITE_TOOBIG: TooLarge,
}
"""SQLite's primary result codes that a caller can act on; any other is a defect or a damaged file."""


def translate(error: sqlite3.Error | OSError) -> BellwetherError:
    """Return our error for SQLite's, or for a folder that cannot be made."""
    if isinstance(error, OSError):
        return Unavailable(f"document store: {error}")
    code = getattr(error, "sqlite_errorcode", None)
    kind = BellwetherError if code is None else ERRORS.get(code & 0xFF, BellwetherError)
    return kind(f"document store: {error}")
