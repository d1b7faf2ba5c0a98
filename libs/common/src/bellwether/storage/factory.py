"""From the settings to a store; the only module that knows every engine."""

from pathlib import Path

from bellwether.errors import InvalidInput
from bellwether.settings import Settings
from bellwether.storage.guard import OwnedDocuments
from bellwether.storage.port import DocumentStore, Engine
from bellwether.storage.sqlite import SqliteStore

_SQLITE = "sqlite:///"


def open_store(settings: Settings, service: str) -> DocumentStore:
    """Return the store ``settings.store`` names, writable where ``OWNERS`` lists ``service``.

    Any other name reads everything and writes nothing. No connection is made before the first call, so the
    store may be made before a fork.
    """
    return OwnedDocuments(open_engine(settings), service)


def open_engine(settings: Settings) -> Engine:
    """Return the engine without the ownership guard: for provisioning, sweeping and tests only."""
    url = settings.store
    if url.startswith(_SQLITE):
        return SqliteStore(Path(url.removeprefix(_SQLITE)))
    raise InvalidInput(f"store URL {url!r} is neither sqlite:///path nor cosmos+https://host")
