"""What one batch costs, and what that is for many models: the numbers of ``docs/capacity.md``.

Processor seconds in one process and thread; request units by the published prices, as the test server charges them.
"""

import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bellwether.settings import Cosmos, Settings
from bellwether.storage.cosmos import Account, CosmosStore
from bellwether.storage.factory import provision
from bellwether.storage.port import DocumentStore
from bellwether.storage.sqlite import SqliteStore
from bellwether.testing.cosmos_server import CosmosServer
from tests.bench.capacity.inline import Product

SIZES = ((20, 1_000), (50, 1_000), (50, 10_000), (500, 1_000))
"""Features and rows of a batch."""
WARM, COUNTED = 3, 5
MODELS, DAY_H = 10_000, 24


@dataclass(frozen=True)
class Cost:
    """Of one batch, the mean of several."""

    messages: float
    seconds: float
    by_service: dict[str, float]
    document_bytes: float
    object_bytes: dict[str, float]


def document_bytes(path: Path) -> int:
    """Bytes of all documents in a SQLite file, as JSON."""
    store = SqliteStore(path)
    try:
        with store._connections.reading() as db:
            return int(db.execute("SELECT COALESCE(SUM(LENGTH(body)), 0) FROM docs").fetchone()[0])
    finally:
        store.close()


def folder_bytes(path: Path) -> dict[str, int]:
    """Bytes of what lies in each folder."""
    return {
        folder.name: sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        for folder in path.iterdir()
        if folder.is_dir()
    }


def cost_of_one(home: Path, features: int, rows: int) -> Cost:
    """Push some batches over SQLite and files, and return the mean of the later ones."""
    path = home / "store" / "documents.db"
    stores: list[SqliteStore] = []

    def open_documents(_: str) -> DocumentStore:
        stores.append(SqliteStore(path))
        return stores[-1]

    product = Product(home, open_documents, features, rows)
    for _ in range(WARM):
        product.push()
    product.seconds.clear()
    product.ledger.messages.clear()
    before = document_bytes(path), folder_bytes(home / "objects")
    for _ in range(COUNTED):
        product.push()
    after = document_bytes(path), folder_bytes(home / "objects")
    by_service: dict[str, float] = defaultdict(float)
    for name, spent in product.seconds.items():
        by_service[name.partition(".")[0]] += spent / COUNTED
    by_service["decoder"] = product.close() / (product.pushed + 4)  # the reference is four times as large
    for store in stores:
        store.close()
    return Cost(
        messages=product.ledger.messages.total() / COUNTED,
        seconds=sum(by_service.values()),
        by_service=dict(by_service),
        document_bytes=(after[0] - before[0]) / COUNTED,
        object_bytes={name: (size - before[1].get(name, 0)) / COUNTED for name, size in after[1].items()},
    )


@contextmanager
def charged(home: Path, features: int, rows: int) -> Iterator[Counter[str]]:
    """Push some batches over Cosmos; yields the request units of one by container."""
    with CosmosServer(partitions=3) as server:
        units: Counter[str] = Counter()
        provision(Settings(home=home, store_url=f"cosmos+{server.url}", cosmos=Cosmos(key=server.key)))

        def note(container: str, _: str, charge: float) -> None:
            units[container] += charge  # type: ignore[assignment]  # a counter of numbers with a fraction

        def open_documents(_: str) -> DocumentStore:
            return CosmosStore(Account(server.url, "bellwether", server.key), charge=note)

        product = Product(home, open_documents, features, rows)
        for _ in range(WARM):
            product.push()
        units.clear()
        for _ in range(COUNTED):
            product.push()
        product.close()
        yield Counter({name: value / COUNTED for name, value in units.items()})


@pytest.mark.bench
@pytest.mark.parametrize(("features", "rows"), SIZES, ids=[f"{f} features, {r:,} rows" for f, r in SIZES])
def test_what_one_batch_costs(features: int, rows: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cost = cost_of_one(tmp_path / "home", features, rows)
    shutil.rmtree(tmp_path / "home")
    with charged(tmp_path / "home", features, rows) as units:
        total = sum(units.values())
    hourly = MODELS / 3600
    with capsys.disabled():
        print(f"\none batch of {features} features and {rows:,} rows, no labels, no registered model")
        print(f"  messages            {cost.messages:10.1f}")
        services = ", ".join(f"{name} {spent:.3f}" for name, spent in sorted(cost.by_service.items()))
        print(f"  processor seconds   {cost.seconds:10.3f}   {services}")
        parts = ", ".join(f"{name} {value:.0f}" for name, value in units.most_common(5))
        print(f"  request units       {total:10.0f}   {parts}")
        print(f"  documents, bytes    {cost.document_bytes:10.0f}")
        objects = sum(cost.object_bytes.values())
        parts = ", ".join(f"{name} {size:.0f}" for name, size in sorted(cost.object_bytes.items()) if size)
        print(f"  objects, bytes      {objects:10.0f}   {parts}")
        print(f"{MODELS:,} models, each a batch an hour")
        print(f"  messages a second   {cost.messages * hourly:10.1f}")
        print(f"  cores busy          {cost.seconds * hourly:10.1f}")
        print(f"  request units a s   {total * hourly:10.0f}")
        print(f"  documents a day, GB {cost.document_bytes * MODELS * DAY_H / 1e9:10.1f}")
        print(f"  objects a day, GB   {objects * MODELS * DAY_H / 1e9:10.1f}")
    assert cost.messages > 0
    assert total > 0
