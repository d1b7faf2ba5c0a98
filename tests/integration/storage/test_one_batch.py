"""One batch from the push to everything that is made of it, over Cosmos: what it costs, and that it arrives."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from bellwether.bus import InlineBus, Ledger
from bellwether.bus.port import Handler
from bellwether.bus.worker import Context
from bellwether.collector.decode.decoder import Decoder
from bellwether.collector.handlers import Collector
from bellwether.collector.objects import Profiles
from bellwether.collector.tasks import bounds
from bellwether.drift.tasks import build as drift
from bellwether.explain.tasks import build as explain
from bellwether.lineage.tasks import build as lineage
from bellwether.objects import open_objects
from bellwether.settings import Cosmos, Settings
from bellwether.storage.cosmos import Account, CosmosStore
from bellwether.storage.factory import provision
from bellwether.storage.guard import OwnedDocuments
from bellwether.testing.cosmos_server import CosmosServer
from tests.integration.gateway.served import CSV, Api, Clock, WorkingBus

FEATURES = 50
BUILDERS = {"drift": drift, "explain": explain, "lineage": lineage}
BUDGET = 700.0
"""Request units of one batch of 50 features, by the published prices: about 110 of them for its provenance."""


@dataclass
class Charges:
    """Request units by service, container and operation."""

    units: dict[tuple[str, str, str], float] = field(default_factory=lambda: defaultdict(float))
    calls: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def store(self, server: CosmosServer, service: str) -> CosmosStore:
        """Return a store whose charges are noted."""

        def note(container: str, operation: str, units: float) -> None:
            self.units[service, container, operation] += units
            self.calls[service, container, operation] += 1

        return CosmosStore(Account(server.url, "bellwether", server.key), charge=note)

    def clear(self) -> None:
        self.units.clear()
        self.calls.clear()

    def table(self) -> str:
        entries = sorted(self.units.items(), key=lambda entry: -entry[1])
        lines = [f"{' '.join(key):34} {self.calls[key]:4} {units:8.1f}" for key, units in entries]
        return "\n".join([*lines, f"{'all':34} {self.calls.total():4} {sum(self.units.values()):8.1f}"])


@pytest.fixture
def server() -> Iterator[CosmosServer]:
    with CosmosServer(partitions=3) as running:
        yield running


@pytest.fixture
def settings(server: CosmosServer, tmp_path: Path) -> Settings:
    settings = Settings(
        home=tmp_path,
        store_url=f"cosmos+{server.url}",
        cosmos=Cosmos(key=server.key),
    )
    provision(settings)
    return settings


@pytest.fixture
def decoder(settings: Settings) -> Iterator[Decoder]:
    decoder = Decoder(bounds(settings.limits))
    yield decoder
    decoder.close()


def rows(seed: int, count: int = 500) -> bytes:
    generator = np.random.default_rng(seed)
    names = [*(f"f{number:02}" for number in range(FEATURES)), "prediction"]
    values = generator.normal(size=(count, FEATURES + 1)).round(4)
    return "\n".join([",".join(names), *(",".join(map(str, row)) for row in values)]).encode()


def push(api: Api, day: int) -> str:
    times = f"start=2026-01-0{day}T00:00:00Z&end=2026-01-0{day}T23:00:00Z"
    pushed = api.push(f"/models/m/batches?{times}", rows(day))
    assert pushed.status_code == 202, pushed.text
    return str(pushed.json()["id"])


def test_a_batch_arrives_within_its_budget(
    server: CosmosServer, settings: Settings, decoder: Decoder, capsys: pytest.CaptureFixture[str]
) -> None:
    charges = Charges()
    objects = open_objects(settings.objects)
    clock = Clock(datetime(2026, 2, 1, tzinfo=UTC))
    owned = OwnedDocuments(charges.store(server, "collector"), "collector")
    collector = Collector(owned, objects, decoder, Profiles(objects), clock)
    handlers: dict[str, Handler] = {
        "collector.accept_batch": collector.accept_batch,
        "collector.accept_reference": collector.accept_reference,
    }
    for service, build in BUILDERS.items():
        documents = OwnedDocuments(charges.store(server, service), service)
        handlers |= build(Context(settings, documents, objects, clock))
    bus = WorkingBus()
    bus.inline = InlineBus(Ledger(charges.store(server, "bus"), settings.work, clock), handlers)
    api = Api(settings, charges.store(server, "gateway"), objects, bus, clock)
    api.post("/models", json={"name": "m", "task": "regression"}).raise_for_status()
    api.put("/models/m/reference", content=rows(1, 2000), headers=CSV).raise_for_status()
    push(api, day=2)
    charges.clear()
    batch = push(api, day=3)
    with capsys.disabled():
        print(f"\nrequest units of one batch of {FEATURES} features\n{charges.table()}")  # noqa: T201
    assert api.get(f"/models/m/drift/{batch}").status_code == 200
    assert sum(charges.units.values()) < BUDGET
    api.close()
