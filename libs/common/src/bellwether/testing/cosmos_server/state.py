"""What the server keeps: databases and containers in memory, written through to a SQLite file if there is one."""

import json
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bellwether.testing.cosmos_server.containers import Container, Stored
from bellwether.testing.cosmos_server.replies import Doc
from bellwether.testing.cosmos_server.sql import creation_number

_SCHEMA = """
CREATE TABLE IF NOT EXISTS resource(kind TEXT, db TEXT, coll TEXT, body TEXT,
    PRIMARY KEY(kind, db, coll));
CREATE TABLE IF NOT EXISTS doc(db TEXT, coll TEXT, epk TEXT, id TEXT, lsn INT, body TEXT,
    PRIMARY KEY(db, coll, epk, id));
"""


class State:
    """Every change goes through here, so that memory and file agree."""

    def __init__(self, partitions: int, path: str | None, clock: Callable[[], float]) -> None:
        self.partitions = partitions
        self.clock = clock
        self.databases: dict[str, Doc] = {}
        self.containers: dict[tuple[str, str], Container] = {}
        self._disk = self._open(path) if path else None

    def _open(self, path: str) -> sqlite3.Connection:
        disk = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        disk.execute("PRAGMA journal_mode=WAL")
        disk.execute("PRAGMA synchronous=NORMAL")
        disk.executescript(_SCHEMA)
        for kind, db, coll, body in disk.execute("SELECT * FROM resource ORDER BY kind DESC"):
            saved = json.loads(body)
            if kind == "db":
                self.databases[db] = saved
                continue
            container = Container(db, saved["props"], saved["rid"], self.partitions, self.clock)
            container.offer, container.lsn, container.created = saved["offer"], saved["lsn"], saved["lsn"]
            self.containers[db, coll] = container
        docs = [(*row, json.loads(body)) for *row, body in disk.execute("SELECT * FROM doc")]
        for db, coll, epk, id_, lsn, body in sorted(docs, key=lambda row: creation_number(row[-1])):
            container = self.containers[db, coll]
            container.partitions.setdefault(epk, {})[id_] = Stored(lsn, body)
            container.lsn = container.created = max(container.lsn, lsn)
        return disk

    def close(self) -> None:
        """Close the file."""
        if self._disk:
            self._disk.close()

    # -- databases and containers

    def stamp(self, body: Doc, self_link: str, rid: str) -> Doc:
        """Give a resource its system properties."""
        body.update(_rid=rid, _self=self_link, _etag=new_etag(), _ts=int(self.clock()))
        return body

    def save_database(self, database: Doc) -> None:
        """Keep a database."""
        self.databases[database["id"]] = database
        self._save("INSERT OR REPLACE INTO resource VALUES('db',?,'',?)", database["id"], json.dumps(database))

    def save_container(self, c: Container) -> None:
        """Keep a container's properties, offer and last sequence number."""
        self.containers[c.db, c.name] = c
        body = {"props": c.props, "rid": c.rid, "offer": c.offer, "lsn": c.lsn}
        self._save("INSERT OR REPLACE INTO resource VALUES('coll',?,?,?)", c.db, c.name, json.dumps(body))

    def drop_database(self, name: str) -> None:
        """Forget a database and all in it."""
        del self.databases[name]
        for key in [key for key in self.containers if key[0] == name]:
            del self.containers[key]
        self._save("DELETE FROM resource WHERE db=?", name)
        self._save("DELETE FROM doc WHERE db=?", name)

    def drop_container(self, c: Container) -> None:
        """Forget a container and its documents."""
        del self.containers[c.db, c.name]
        self._save("DELETE FROM resource WHERE db=? AND coll=?", c.db, c.name)
        self._save("DELETE FROM doc WHERE db=? AND coll=?", c.db, c.name)

    # -- documents

    def get(self, c: Container, epk: str, id_: Any) -> Doc | None:
        """Return a document that has not expired."""
        stored = c.partitions.get(epk, {}).get(id_)
        if stored is None:
            return None
        if not c.alive(stored.body):
            self.drop(c, epk, id_)
            return None
        return stored.body

    def put(self, c: Container, epk: str, doc: Doc) -> None:
        """Keep a document under the next sequence number."""
        c.lsn += 1
        c.partitions.setdefault(epk, {})[doc["id"]] = Stored(c.lsn, doc)
        self._save(
            "INSERT OR REPLACE INTO doc VALUES(?,?,?,?,?,?)",
            *(c.db, c.name, epk, doc["id"], c.lsn, json.dumps(doc)),
        )

    def drop(self, c: Container, epk: str, id_: str) -> None:
        """Forget a document; sequence numbers go on even when it was the newest."""
        stored = c.partitions[epk].pop(id_)
        if stored.lsn == c.lsn:
            self.save_container(c)
        self._save("DELETE FROM doc WHERE db=? AND coll=? AND epk=? AND id=?", c.db, c.name, epk, id_)

    @contextmanager
    def all_or_none(self, c: Container, epk: str) -> Iterator[None]:
        """Undo every change to one partition when the block raises."""
        before, lsn, created = dict(c.partitions.get(epk, {})), c.lsn, c.created
        self._save("BEGIN")
        try:
            yield
        except BaseException:
            c.partitions[epk], c.lsn, c.created = before, lsn, created
            self._save("ROLLBACK")
            raise
        self._save("COMMIT")

    def _save(self, statement: str, *args: Any) -> None:
        if self._disk:
            self._disk.execute(statement, args)


def new_etag() -> str:
    """Return an entity tag."""
    return f'"{uuid.uuid4()}"'
