"""A collector over a real store, real files and real decoder processes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bellwether.collector.decode.decoder import Decoder
from bellwether.collector.handlers import Collector
from bellwether.collector.objects import Profiles
from bellwether.objects import open_objects
from bellwether.storage.guard import OwnedDocuments
from bellwether.storage.sqlite import SqliteStore
from tests.integration.collector.world import BOUNDS, NOW, World


@pytest.fixture(scope="session")
def decoder() -> Iterator[Decoder]:
    with_host = Decoder(BOUNDS)
    yield with_host
    with_host.close()


@pytest.fixture
def world(tmp_path: Path, decoder: Decoder) -> World:
    store = SqliteStore(tmp_path / "documents.db")
    objects = open_objects((tmp_path / "objects").as_uri())
    collector = Collector(OwnedDocuments(store, "collector"), objects, decoder, Profiles(objects), lambda: NOW)
    return World(store, objects, collector)
