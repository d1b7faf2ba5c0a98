"""The embedded engine: one SQLite file, shared by the threads and processes of one host."""

import json
import os
import sqlite3
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bellwether.errors import Conflict, NotFound, PreconditionFailed, Unavailable
from bellwether.errors import InvalidInput as Invalid
from bellwether.storage.collections import Collection
from bellwether.storage.port import (
    RANGE_OPERATORS,
    Changes,
    Create,
    Delete,
    Doc,
    Filter,
    Op,
    Page,
    Replace,
    check_field,
    check_filters,
    check_id,
    check_limit,
    check_pk,
    encode,
    encode_batch,
)

_SCHEMA = (
    """CREATE TABLE IF NOT EXISTS docs(
        coll TEXT, pk TEXT, id TEXT, body TEXT NOT NULL, etag TEXT NOT NULL, ts INT NOT NULL,
        expires INT, seq INT NOT NULL, PRIMARY KEY(coll, pk, id)) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS docs_by_seq ON docs(coll, seq)",
    "CREATE TABLE IF NOT EXISTS seq(n INT)",
    "INSERT INTO seq SELECT 0 WHERE NOT EXISTS(SELECT 1 FROM seq)",
)
_LIVE = "(expires IS NULL OR expires > ?)"
_BUSY_TIMEOUT_S = 30
_SCAN_PAGE = 500


class SqliteStore:
    """``DocumentStore`` in a SQLite file; see ``port`` for the semantics."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._local = threading.local()
        self._inherited: list[sqlite3.Connection] = []
        with self._transaction() as db:
            for statement in _SCHEMA:
                db.execute(statement)

    # -- writing

    def put(self, coll: Collection, doc: Doc, *, if_etag: str | None = None, create: bool = False) -> Doc:
        if create and if_etag is not None:
            raise Invalid("create and if_etag exclude each other")
        text = encode(doc)
        with self._transaction() as db:
            return self._write(db, coll, text, if_etag=if_etag, create=create)

    def put_many(self, coll: Collection, pk: str, docs: Iterable[Doc]) -> list[Doc]:
        texts = encode_batch(pk, docs)
        if not texts:
            return []
        with self._transaction() as db:
            return [self._write(db, coll, text) for text in texts]

    def commit(self, coll: Collection, pk: str, ops: Sequence[Op]) -> None:
        """Do all operations of one partition in one transaction."""
        encode_batch(pk, [op.doc for op in ops if not isinstance(op, Delete)])
        with self._transaction() as db:
            for op in ops:
                if isinstance(op, Delete):
                    check_id(op.id)
                    db.execute("DELETE FROM docs WHERE coll=? AND pk=? AND id=?", (coll.name, pk, op.id))
                else:
                    etag = op.etag if isinstance(op, Replace) else None
                    self._write(db, coll, encode(op.doc), if_etag=etag, create=isinstance(op, Create))

    def delete(self, coll: Collection, pk: str, id: str) -> bool:
        check_pk(pk)
        check_id(id)
        with self._transaction() as db:
            found = self._read(db, coll, pk, id) is not None
            db.execute("DELETE FROM docs WHERE coll=? AND pk=? AND id=?", (coll.name, pk, id))
        return found

    def incr(self, coll: Collection, pk: str, id: str, field: str, by: float = 1) -> float:
        check_pk(pk)
        check_id(id)
        *parents, leaf = check_field(field)
        if isinstance(by, bool) or not isinstance(by, (int, float)):
            raise Invalid(f"cannot add {by!r}")
        with self._transaction() as db:
            doc = self._read(db, coll, pk, id)
            if doc is None:
                raise NotFound(id)
            target: Any = doc
            for key in parents:
                target = target.get(key) if isinstance(target, dict) else None
            value = target.get(leaf, 0) if isinstance(target, dict) else None
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise Invalid(f"{field} is not a number, or its parent is missing")
            target[leaf] = value + by
            self._write(db, coll, encode(doc))
            return target[leaf]

    def _write(
        self,
        db: sqlite3.Connection,
        coll: Collection,
        text: str,
        *,
        if_etag: str | None = None,
        create: bool = False,
    ) -> Doc:
        doc = json.loads(text)
        old = self._read(db, coll, doc["pk"], doc["id"])
        if create and old is not None:
            raise Conflict(doc["id"])
        if if_etag is not None and (old is None or old["_etag"] != if_etag):
            raise PreconditionFailed(doc["id"])
        now, etag, ttl = int(time.time()), uuid.uuid4().hex, doc.get("ttl") or -1
        expires = now + ttl if ttl > 0 else None
        seq = db.execute("UPDATE seq SET n = n + 1 RETURNING n").fetchone()[0]
        db.execute(
            "INSERT OR REPLACE INTO docs VALUES(?,?,?,?,?,?,?,?)",
            (coll.name, doc["pk"], doc["id"], text, etag, now, expires, seq),
        )
        return {**doc, "_etag": etag, "_ts": now}

    # -- reading

    def get(self, coll: Collection, pk: str, id: str) -> Doc | None:
        check_pk(pk)
        check_id(id)
        with self._connection() as db:
            return self._read(db, coll, pk, id)

    def query(
        self,
        coll: Collection,
        pk: str,
        where: Sequence[Filter] = (),
        *,
        desc: bool = False,
        limit: int = 100,
        after: str | None = None,
    ) -> Page:
        check_limit(limit)
        condition, args = self._partition(coll, pk, where)
        if after is not None:
            condition += f" AND id {'<' if desc else '>'} ?"
            args.append(after)
        order = "DESC" if desc else "ASC"
        with self._connection() as db:
            rows = db.execute(
                f"SELECT body, etag, ts FROM docs WHERE {condition} ORDER BY id {order} LIMIT ?",
                [*args, limit + 1],
            ).fetchall()
        docs = [_doc(*row) for row in rows[:limit]]
        return Page(docs, docs[-1]["id"] if len(rows) > limit else None)

    def count(self, coll: Collection, pk: str, where: Sequence[Filter] = ()) -> int:
        condition, args = self._partition(coll, pk, where)
        with self._connection() as db:
            return db.execute(f"SELECT COUNT(*) FROM docs WHERE {condition}", args).fetchone()[0]

    def scan(self, coll: Collection, where: Sequence[Filter] = ()) -> Iterator[Doc]:
        check_filters(where)
        condition, args = _sql(where)
        return self._scan(coll, condition, args)

    def _scan(self, coll: Collection, condition: str, args: list[Any]) -> Iterator[Doc]:
        last = ("", "")
        while True:
            with self._connection() as db:
                rows = db.execute(
                    f"SELECT body, etag, ts, pk, id FROM docs WHERE coll=? AND (pk, id) > (?, ?) "
                    f"AND {_LIVE}{condition} ORDER BY pk, id LIMIT ?",
                    [coll.name, *last, int(time.time()), *args, _SCAN_PAGE],
                ).fetchall()
            for *row, pk, id_ in rows:
                last = (pk, id_)
                yield _doc(*row)
            if len(rows) < _SCAN_PAGE:
                return

    def changes(self, coll: Collection, cursor: str | None = None, limit: int = 100) -> Changes:
        check_limit(limit)
        try:
            since = int(cursor or 0)
        except ValueError:
            raise Invalid(f"bad cursor {cursor!r}") from None
        with self._connection() as db:
            rows = db.execute(
                f"SELECT body, etag, ts, seq FROM docs WHERE coll=? AND seq > ? AND {_LIVE} ORDER BY seq LIMIT ?",
                (coll.name, since, int(time.time()), limit),
            ).fetchall()
        return Changes([_doc(*row[:3]) for row in rows], str(rows[-1][3] if rows else since))

    @staticmethod
    def _read(db: sqlite3.Connection, coll: Collection, pk: str, id_: str) -> Doc | None:
        row = db.execute(
            f"SELECT body, etag, ts FROM docs WHERE coll=? AND pk=? AND id=? AND {_LIVE}",
            (coll.name, pk, id_, int(time.time())),
        ).fetchone()
        return _doc(*row) if row else None

    @staticmethod
    def _partition(coll: Collection, pk: str, where: Sequence[Filter]) -> tuple[str, list[Any]]:
        check_pk(pk)
        check_filters(where)
        condition, args = _sql(where)
        return f"coll=? AND pk=? AND {_LIVE}{condition}", [coll.name, pk, int(time.time()), *args]

    # -- connections

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        try:
            yield self._open()
        except sqlite3.OperationalError as error:  # locked, disk full, file not reachable
            raise Unavailable(str(error)) from error

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._connection() as db:
            db.execute("BEGIN IMMEDIATE")  # a deferred one fails at once when it upgrades
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def _open(self) -> sqlite3.Connection:
        """The connection of this thread and process."""
        local = self._local
        if getattr(local, "pid", None) != os.getpid():
            if hasattr(local, "db"):
                # Closing a connection that was opened before a fork can damage the parent's.
                self._inherited.append(local.db)
            local.db = sqlite3.connect(
                self._path, timeout=_BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
            )
            local.pid = os.getpid()
            local.db.execute("PRAGMA journal_mode=WAL")
            local.db.execute("PRAGMA synchronous=NORMAL")
        return local.db

    def close(self) -> None:
        """Close the connection of the calling thread; other threads close theirs on exit."""
        if getattr(self._local, "pid", None) == os.getpid():
            self._local.db.close()
            del self._local.db, self._local.pid


def _doc(body: str, etag: str, ts: int) -> Doc:
    return {**json.loads(body), "_etag": etag, "_ts": ts}


# -- filters
#
# SQLite compares across types ('abc' > 5) and reads JSON booleans as 1 and 0, so every comparison
# is guarded by the JSON type of the stored value.


def _sql(where: Sequence[Filter]) -> tuple[str, list[Any]]:
    text, args = "", []
    for field, operator, value in where:
        part, part_args = _BUILDERS[operator]("$." + field, operator, value)
        text += f" AND {part}"
        args += part_args
    return text, args


def _types(value: Any) -> str:
    if value is None:
        return "('null')"
    if isinstance(value, bool):
        return "('true','false')"
    return "('text')" if isinstance(value, str) else "('integer','real')"


def _equals(path: str, value: Any) -> tuple[str, list[Any]]:
    guard = f"json_type(body, ?) IN {_types(value)}"
    if value is None:
        return guard, [path]
    return f"({guard} AND json_extract(body, ?) = ?)", [path, path, value]


def _eq(path: str, operator: str, value: Any) -> tuple[str, list[Any]]:
    return _equals(path, value)


def _ne(path: str, operator: str, value: Any) -> tuple[str, list[Any]]:
    same, args = _equals(path, value)
    return f"json_type(body, ?) IS NOT NULL AND NOT {same}", [path, *args]


def _in(path: str, operator: str, values: Iterable[Any]) -> tuple[str, list[Any]]:
    options = [_equals(path, value) for value in values]
    text = " OR ".join(option for option, _ in options) or "0"
    return f"({text})", [arg for _, option_args in options for arg in option_args]


def _range(path: str, operator: str, value: Any) -> tuple[str, list[Any]]:
    guard = f"json_type(body, ?) IN {_types(value)}"
    compare = f"json_extract(body, ?) {RANGE_OPERATORS[operator]} ?"
    return f"{guard} AND {compare}", [path, path, value]


def _contains(path: str, operator: str, value: Any) -> tuple[str, list[Any]]:
    element, args = f"type IN {_types(value)}", []
    if value is not None:
        element, args = f"{element} AND value = ?", [value]
    exists = f"EXISTS(SELECT 1 FROM json_each(body, ?) WHERE {element})"
    return f"json_type(body, ?) = 'array' AND {exists}", [path, path, *args]


def _prefix(path: str, operator: str, value: str) -> tuple[str, list[Any]]:
    # Not LIKE: it folds the case of ASCII letters and has wildcards.
    if path == "$.id":  # a range of the primary key, instead of reading the whole partition
        return "id >= ? AND id < ?", [value, value + chr(sys.maxunicode)]
    guard = "json_type(body, ?) = 'text'"
    return f"{guard} AND substr(json_extract(body, ?), 1, ?) = ?", [path, path, len(value), value]


def _exists(path: str, operator: str, value: bool) -> tuple[str, list[Any]]:
    return f"json_type(body, ?) IS {'NOT ' if value else ''}NULL", [path]


_BUILDERS: dict[str, Callable[[str, str, Any], tuple[str, list[Any]]]] = {
    "eq": _eq,
    "ne": _ne,
    "in": _in,
    "contains": _contains,
    "prefix": _prefix,
    "exists": _exists,
    **dict.fromkeys(RANGE_OPERATORS, _range),
}
