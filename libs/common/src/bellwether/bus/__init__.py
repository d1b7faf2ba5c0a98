"""Event bus: durable work in the store, a doorbell on the queue."""

from bellwether.bus.durable import Doorbell, DurableBus, Steps
from bellwether.bus.inline import InlineBus
from bellwether.bus.port import Bus, Handler
from bellwether.bus.publish import open_bus
from bellwether.bus.routes import QUEUED, ROUTES, SERVICES, queue_of
from bellwether.bus.work import DeadLetter, Ledger, Ticket, WorkItem

__all__ = [
    "QUEUED",
    "ROUTES",
    "SERVICES",
    "Bus",
    "DeadLetter",
    "Doorbell",
    "DurableBus",
    "Handler",
    "InlineBus",
    "Ledger",
    "Steps",
    "Ticket",
    "WorkItem",
    "open_bus",
    "queue_of",
]
