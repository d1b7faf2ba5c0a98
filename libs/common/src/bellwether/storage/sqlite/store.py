"""``DocumentStore`` in a SQLite file; see ``port`` for the semantics."""

import json
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from typing_extensions import override

from bellwether.errors import Conflict, NotFound, PreconditionFailed
from bellwether.errors import InvalidInput as Invalid
from bellwether.storage.collections import Collection
from bellwether.storage.port import Changes, Create, Delete, Doc, Engine, Filter, Op, Page, Replace
from bellwether.storage.sqlite.connections import Connections
from bellwether.storage.sqlite.filters import conditions
from bellwether.storage.validation import (
    check_field,
    check_id,
    check_page,
    check_pk,
    check_step,
    encode,
    encode_batch,
    encode_ops,
)

_LIVE = "(expires IS NULL OR expires > ?)"
_SCAN_PAGE = 500
_SWEEP_PAGE = 500


class SqliteStore(Engine):
    """Documents in the file ``path``, which is made with its folder on first use; ``clock`` decides on expiry."""

    def __init__(self, path: Path | str, clock: Callable[[], float] = time.time) -> None:
        self._connections = Connections(Path(path))
        self._clock = clock

    # -- writing

    @override
    def put(self, coll: Collection, doc: Doc, *, if_etag: str | None = None, create: bool = False) -> Doc:
        if create and if_etag is not None:
            raise Invalid("create and if_etag exclude each other")
        text = encode(doc)
        with self._connections.writing() as db:
            return self._write(db, coll, text, if_etag=if_etag, create=create)

    @override
    def put_many(self, coll: Collection, pk: str, docs: Iterable[Doc]) -> list[Doc]:
        texts = encode_batch(pk, docs)
        if not texts:
            return []
        with self._connections.writing() as db:
            return [self._write(db, coll, text) for text in texts]

    @override
    def commit(self, coll: Collection, pk: str, ops: Sequence[Op]) -> None:
        texts = encode_ops(pk, ops)
        if not texts:
            return
        with self._connections.writing() as db:
            for op, text in zip(ops, texts, strict=True):
                if isinstance(op, Delete):
                    _delete(db, coll, pk, op.id)
                elif text is not None:
                    etag = op.etag if isinstance(op, Replace) else None
                    self._write(db, coll, text, if_etag=etag, create=isinstance(op, Create))

    @override
    def delete(self, coll: Collection, pk: str, id: str) -> bool:
        check_pk(pk)
        check_id(id)
        with self._connections.writing() as db:
            found = self._read(db, coll, pk, id) is not None
            _delete(db, coll, pk, id)
        return found

    @override
    def incr(self, coll: Collection, pk: str, id: str, field: str, by: float = 1) -> float:
        check_pk(pk)
        check_id(id)
        check_step(by)
        *parents, leaf = check_field(field)
        with self._connections.writing() as db:
            doc = self._read(db, coll, pk, id)
            if doc is None:
                raise NotFound(f"document {id!r} of {coll.name} does not exist")
            target: Any = doc
            for key in parents:
                target = target.get(key) if isinstance(target, dict) else None
            value = target.get(leaf, 0) if isinstance(target, dict) else None
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise Invalid(f"{field} of {id!r} is not a number, or its parent is missing")
            target[leaf] = value + by
            self._write(db, coll, encode(doc))
            return value + by

    def _write(
        self,
        db: sqlite3.Connection,
        coll: Collection,
        text: str,
        *,
        if_etag: str | None = None,
        create: bool = False,
    ) -> Doc:
        doc: Doc = json.loads(text)
        if create or if_etag is not None:
            old = self._read(db, coll, doc["pk"], doc["id"])
            if create and old is not None:
                raise Conflict(f"document {doc['id']!r} of {coll.name} exists already")
            if if_etag is not None and (old is None or old["_etag"] != if_etag):
                raise PreconditionFailed(f"document {doc['id']!r} of {coll.name} changed or vanished")
        now, etag, ttl = int(self._clock()), uuid.uuid4().hex, doc.get("ttl") or -1
        expires = now + ttl if ttl > 0 else None
        seq = db.execute("UPDATE seq SET n = n + 1 RETURNING n").fetchone()[0]
        db.execute(
            "INSERT OR REPLACE INTO docs VALUES(?,?,?,?,?,?,?,?)",
            (coll.name, doc["pk"], doc["id"], text, etag, now, expires, seq),
        )
        return {**doc, "_etag": etag, "_ts": now}

    # -- reading

    @override
    def get(self, coll: Collection, pk: str, id: str) -> Doc | None:
        check_pk(pk)
        check_id(id)
        with self._connections.reading() as db:
            return self._read(db, coll, pk, id)

    @override
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
        check_page(limit, after)
        condition, args = self._partition(coll, pk, where)
        if after is not None:
            condition += f" AND id {'<' if desc else '>'} ?"
            args.append(after)
        order = "DESC" if desc else "ASC"
        with self._connections.reading() as db:
            rows = db.execute(
                f"SELECT body, etag, ts FROM docs WHERE {condition} ORDER BY id {order} LIMIT ?",
                [*args, limit + 1],
            ).fetchall()
        docs = [_doc(*row) for row in rows[:limit]]
        return Page(docs, docs[-1]["id"] if len(rows) > limit else None)

    @override
    def count(self, coll: Collection, pk: str, where: Sequence[Filter] = ()) -> int:
        condition, args = self._partition(coll, pk, where)
        with self._connections.reading() as db:
            return int(db.execute(f"SELECT COUNT(*) FROM docs WHERE {condition}", args).fetchone()[0])

    @override
    def scan(self, coll: Collection, where: Sequence[Filter] = ()) -> Iterator[Doc]:
        condition, args = conditions(where)
        return self._scan(coll, condition, args)

    def _scan(self, coll: Collection, condition: str, args: list[Any]) -> Iterator[Doc]:
        """Page by key: no read transaction stays open while the caller works."""
        last = ("", "")
        while True:
            with self._connections.reading() as db:
                rows = db.execute(
                    f"SELECT body, etag, ts, pk, id FROM docs WHERE coll=? AND (pk, id) > (?, ?) "
                    f"AND {_LIVE}{condition} ORDER BY pk, id LIMIT ?",
                    [coll.name, *last, int(self._clock()), *args, _SCAN_PAGE],
                ).fetchall()
            for body, etag, ts, pk, id_ in rows:
                last = (pk, id_)
                yield _doc(body, etag, ts)
            if len(rows) < _SCAN_PAGE:
                return

    @override
    def changes(self, coll: Collection, cursor: str | None = None, limit: int = 100) -> Changes:
        check_page(limit)
        if cursor is not None and not (cursor.isascii() and cursor.isdigit()):
            raise Invalid(f"bad cursor {cursor!r:.100} of changes")
        since = int(cursor or 0)
        with self._connections.reading() as db:
            rows = db.execute(
                f"SELECT body, etag, ts, seq FROM docs WHERE coll=? AND seq > ? AND {_LIVE} ORDER BY seq LIMIT ?",
                (coll.name, since, int(self._clock()), limit),
            ).fetchall()
        return Changes([_doc(*row[:3]) for row in rows], str(rows[-1][3] if rows else since))

    def _read(self, db: sqlite3.Connection, coll: Collection, pk: str, id_: str) -> Doc | None:
        row = db.execute(
            f"SELECT body, etag, ts FROM docs WHERE coll=? AND pk=? AND id=? AND {_LIVE}",
            (coll.name, pk, id_, int(self._clock())),
        ).fetchone()
        return _doc(*row) if row else None

    def _partition(self, coll: Collection, pk: str, where: Sequence[Filter]) -> tuple[str, list[Any]]:
        check_pk(pk)
        condition, args = conditions(where)
        return f"coll=? AND pk=? AND {_LIVE}{condition}", [coll.name, pk, int(self._clock()), *args]

    # -- maintenance

    @override
    def provision(self) -> list[str]:
        return ["created the file"] if self._connections.open() else []

    @override
    def sweep(self) -> int:
        removed, now = 0, int(self._clock())
        while True:
            with self._connections.writing() as db:  # in chunks: other writers get their turn
                done = db.execute(
                    "DELETE FROM docs WHERE (coll, pk, id) IN "
                    "(SELECT coll, pk, id FROM docs WHERE expires <= ? LIMIT ?)",
                    (now, _SWEEP_PAGE),
                ).rowcount
            removed += done
            if done < _SWEEP_PAGE:
                break
        with self._connections.reading() as db:
            db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()  # others would stall writers
        return removed

    @override
    def close(self) -> None:
        self._connections.close()


def _delete(db: sqlite3.Connection, coll: Collection, pk: str, id_: str) -> None:
    db.execute("DELETE FROM docs WHERE coll=? AND pk=? AND id=?", (coll.name, pk, id_))


def _doc(body: str, etag: str, ts: int) -> Doc:
    return {**json.loads(body), "_etag": etag, "_ts": ts}
