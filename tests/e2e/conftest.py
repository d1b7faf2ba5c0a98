"""The supervised topology, started once for all tests of this folder."""

from collections.abc import Iterator

import pytest

from bellwether.client import Client
from tests.e2e.topology import Topology


@pytest.fixture(scope="session")
def topology(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Topology]:
    """``bellwether up``, every process ready."""
    running = Topology(tmp_path_factory.mktemp("e2e") / "home")
    try:
        running.ready()
        yield running
    finally:
        running.stop()


@pytest.fixture
def client(topology: Topology) -> Iterator[Client]:
    """A client with the administrator's key."""
    with Client(topology.run["url"], topology.run["key"]) as client:
        yield client
