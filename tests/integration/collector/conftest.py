"""A collector over a real store, real files and real decoder processes."""

import shutil
from collections.abc import Callable, Iterator
from itertools import count
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
def make_world(tmp_path: Path, decoder: Decoder) -> Callable[..., World]:
    """Worlds of their own, empty or as another one is."""
    numbers = count()

    def make(like: World | None = None) -> World:
        folder = tmp_path / str(next(numbers))
        if like is not None:
            like.store.close()
            shutil.copytree(like.folder, folder)
        store = SqliteStore(folder / "documents.db")
        objects = open_objects((folder / "objects").as_uri())
        documents = OwnedDocuments(store, "collector")
        return World(folder, store, objects, Collector(documents, objects, decoder, Profiles(objects), lambda: NOW))

    return make


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return make_world()
