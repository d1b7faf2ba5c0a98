"""Each case runs once per engine; engines live for the session, containers for a test."""

from collections.abc import Iterator

import pytest

from bellwether.storage.collections import Collection
from bellwether.storage.cosmos import CosmosStore
from bellwether.storage.port import Engine
from bellwether.testing.cosmos_server import CosmosServer
from tests.contract.storage import engines
from tests.contract.storage.engines import INDEXED, Subject, account

ENGINES = ["sqlite", "cosmos-1", "cosmos-3", pytest.param("account", marks=pytest.mark.lane("azure"))]


@pytest.fixture(scope="session", params=ENGINES)
def subject(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subject]:
    """One engine; ``cosmos-N`` is the test server with N physical partitions."""
    kind, _, partitions = request.param.partition("-")
    match kind:
        case "sqlite":
            running = engines.sqlite(tmp_path_factory.mktemp("sqlite"))
        case "cosmos":
            running = engines.cosmos(int(partitions))
        case _:
            running = engines.real_account()
    with running as subject:
        yield subject


@pytest.fixture
def store(subject: Subject) -> Engine:
    """The engine."""
    return subject.store


@pytest.fixture
def coll(subject: Subject) -> Collection:
    """An empty container."""
    return subject.collection()


@pytest.fixture
def server() -> Iterator[CosmosServer]:
    """A Cosmos test server of its own, for tests that inject faults."""
    with CosmosServer(partitions=3) as running:
        yield running


REPORTS = Collection("reports", INDEXED)


@pytest.fixture
def reports() -> Collection:
    """The container of ``cosmos``."""
    return REPORTS


@pytest.fixture
def cosmos(server: CosmosServer) -> Iterator[CosmosStore]:
    """An engine on the server of its own; one document is in it, so that it is connected."""
    store = CosmosStore(account(server), [REPORTS], provisioned=False)
    store.put(REPORTS, {"id": "first", "pk": "m1"})
    yield store
    store.close()
