"""The bus of a process that only publishes, such as the gateway."""

from collections.abc import Callable
from datetime import datetime

from bellwether.bus.celery import CeleryDoorbell, make_celery
from bellwether.bus.durable import DurableBus
from bellwether.bus.work import Ledger
from bellwether.settings import Settings
from bellwether.storage.port import DocumentStore


def open_bus(settings: Settings, documents: DocumentStore, now: Callable[[], datetime]) -> DurableBus:
    """Return a bus over the ledger in ``documents`` and the queues at ``settings.redis_url``."""
    return DurableBus(Ledger(documents, settings.work, now), CeleryDoorbell(make_celery(settings)))
