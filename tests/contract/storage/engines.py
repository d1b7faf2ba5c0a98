"""Every engine the suite runs on, and small words to write cases with."""

import itertools
import os
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from azure.cosmos import CosmosClient

from bellwether.storage.collections import Collection
from bellwether.storage.cosmos import Account, CosmosStore
from bellwether.storage.cosmos.provision import provision
from bellwether.storage.port import Doc, Engine, Page
from bellwether.storage.sqlite import SqliteStore
from bellwether.testing.cosmos_server import CosmosServer

DATABASE = "bellwether"
INDEXED = ("kind", "score")
_NUMBERS = itertools.count()


@dataclass(slots=True)
class Clock:
    """The time of an engine under test, which can be moved on."""

    ahead: float = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.ahead += seconds


class Time(Protocol):
    """A clock the engine obeys, or the real one."""

    def advance(self, seconds: float) -> None:
        """Let time pass."""


class _RealTime:
    def advance(self, seconds: float) -> None:
        time.sleep(seconds)


@dataclass(slots=True)
class Subject:
    """One engine under test."""

    store: Engine
    time: Time
    client: CosmosClient | None = None
    database: str = DATABASE
    made: list[Collection] = field(default_factory=list)

    def collection(self) -> Collection:
        """Return a container nobody has used."""
        coll = Collection(f"c{next(_NUMBERS)}", INDEXED)
        if self.client is not None:
            provision(self.client, self.database, [coll], None)
        return coll


@contextmanager
def sqlite(folder: Path) -> Iterator[Subject]:
    """Run on a file."""
    clock = Clock()
    store = SqliteStore(folder / "store.db", clock)
    yield Subject(store, clock)
    store.close()


@contextmanager
def cosmos(partitions: int) -> Iterator[Subject]:
    """Run on the test server."""
    clock = Clock()
    with CosmosServer(partitions=partitions, clock=clock) as server, CosmosClient(server.url, server.key) as client:
        client.create_database(DATABASE)
        store = CosmosStore(account(server))
        yield Subject(store, clock, client)
        store.close()


@contextmanager
def real_account() -> Iterator[Subject]:
    """Run in a throwaway database of a real account or of the official emulator."""
    endpoint, key = os.environ["BELLWETHER_TEST_COSMOS_ENDPOINT"], os.environ["BELLWETHER_TEST_COSMOS_KEY"]
    name = f"bellwether-test-{uuid.uuid4().hex[:12]}"
    with CosmosClient(endpoint, key, enable_endpoint_discovery=False) as client:
        client.create_database(name)
        store = CosmosStore(Account(endpoint, name, key, discover=False))
        try:
            yield Subject(store, _RealTime(), client, name)
        finally:
            store.close()
            client.delete_database(name)


def account(server: CosmosServer, **options: Any) -> Account:
    """Return the address of the test server's database."""
    return Account(server.url, DATABASE, server.key, **options)


# -- words


def doc(id_: Any, pk: Any = "m1", **fields: Any) -> Doc:
    """Return a document."""
    return {"id": id_, "pk": pk, **fields}


def ids(docs: Iterable[Doc]) -> list[str]:
    """Return the ids of documents, in order."""
    return [found["id"] for found in docs]


def plain(found: Doc | None) -> Doc:
    """Return a document that was found, without system fields."""
    assert found is not None
    return {key: value for key, value in found.items() if not key.startswith("_")}


def pages(store: Engine, coll: Collection, **options: Any) -> Iterator[Page]:
    """Read a partition to its end."""
    cursor: str | None = None
    while True:
        page = store.query(coll, "m1", after=cursor, **options)
        yield page
        if (cursor := page.cursor) is None:
            return


def drain(store: Engine, coll: Collection, cursor: str | None = None) -> tuple[list[Doc], str]:
    """Read changes until there are none."""
    found: list[Doc] = []
    for _ in range(60):
        docs, cursor = store.changes(coll, cursor, limit=7)
        if not docs:
            return found, cursor
        found += docs
    raise AssertionError("the change feed never ends")
