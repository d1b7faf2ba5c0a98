"""From the settings to a store; the only module that knows every engine."""

from pathlib import Path

from bellwether.errors import InvalidInput
from bellwether.settings import Settings
from bellwether.storage.guard import OwnedDocuments
from bellwether.storage.observed import ObservedDocuments, charge, throttled
from bellwether.storage.port import DocumentStore, Engine
from bellwether.storage.sqlite import SqliteStore

_SQLITE = "sqlite:///"
_COSMOS = "cosmos+"


def open_store(settings: Settings, service: str) -> DocumentStore:
    """Return the store ``settings.store`` names, writable where ``OWNERS`` lists ``service``.

    Any other name reads everything and writes nothing. No connection is made before the first call, so the
    store may be made before a fork.
    """
    return OwnedDocuments(ObservedDocuments(open_engine(settings, service)), service)


def open_engine(settings: Settings, service: str = "") -> Engine:
    """Return the engine without the ownership guard: for provisioning, sweeping and tests only."""
    url = settings.store
    if url.startswith(_SQLITE):
        return SqliteStore(Path(url.removeprefix(_SQLITE)))
    if url.startswith((_COSMOS + "https://", _COSMOS + "http://")):
        return _open_cosmos(settings, url.removeprefix(_COSMOS), service)
    raise InvalidInput(f"store URL {url!r} is neither sqlite:///path nor cosmos+https://host")


def stored_bytes(settings: Settings) -> int | None:
    """Return the bytes of the files documents lie in; None where they lie in a service, or nowhere yet."""
    if not settings.store.startswith(_SQLITE):
        return None
    path = Path(settings.store.removeprefix(_SQLITE))
    files = [file for file in (path, path.with_name(f"{path.name}-wal")) if file.exists()]
    return sum(file.stat().st_size for file in files) if files else None


def provision(settings: Settings) -> list[str]:
    """Make what the store keeps documents in and repair what differs from ``COLLECTIONS``; what was done.

    Needs an identity that may do so; services have none, and start with provisioning off.
    """
    engine = open_engine(settings)
    try:
        return engine.provision()
    finally:
        engine.close()


def sweep(settings: Settings) -> int:
    """Delete expired documents where the engine does not do so itself; how many."""
    engine = open_engine(settings)
    try:
        return engine.sweep()
    finally:
        engine.close()


def _open_cosmos(settings: Settings, url: str, service: str) -> Engine:
    # The SDK costs every process a third of a second, which the embedded topology need not pay.
    from bellwether.storage.cosmos import Account, CosmosStore, Patience  # noqa: PLC0415

    cosmos = settings.cosmos
    account = Account(
        url,
        cosmos.database,
        key=cosmos.key.get_secret_value() if cosmos.key else None,
        discover=cosmos.discover,
        # A caller of the gateway is better served by a quick 503 than by a long wait.
        patience=Patience(3, 2, 5) if service == "gateway" else Patience(),
    )
    return CosmosStore(
        account, provisioned=not cosmos.provision, throughput=cosmos.throughput, charge=charge, throttled=throttled
    )
