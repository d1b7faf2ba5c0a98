"""The whole product in this process, one step after another: what one batch costs, told by handler.

HTTP, the queue and the start of processes are not in it; they are measured over real processes in ``bench/scale`` and
``bench/pipeline``. The decoder is a process of its own here, too, and its processor time is added.
"""

import io
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bellwether.bus import InlineBus, Ledger
from bellwether.bus.port import Handler
from bellwether.bus.work import Ticket
from bellwether.bus.worker import Context
from bellwether.collector.decode.decoder import Decoder
from bellwether.collector.handlers import Collector
from bellwether.collector.objects import Profiles
from bellwether.collector.tasks import bounds
from bellwether.contracts import AnyEvent
from bellwether.drift.tasks import build as drift
from bellwether.explain.tasks import build as explain
from bellwether.lineage.tasks import build as lineage
from bellwether.objects import open_objects
from bellwether.settings import Settings
from bellwether.storage.guard import OwnedDocuments
from bellwether.storage.port import DocumentStore
from tests.integration.gateway.served import Api, Clock, WorkingBus

MODEL = "m"
PARQUET = {"Content-Type": "application/vnd.apache.parquet"}
_BUILDERS = {"drift": drift, "explain": explain, "lineage": lineage}
Open = Callable[[str], DocumentStore]
"""Who asks to a store of their own."""


def parquet(features: int, rows: int, seed: int) -> bytes:
    """Return rows of normal numbers to four places, and a prediction."""
    generator = np.random.default_rng(seed)
    names = [*(f"f{number:03}" for number in range(features)), "prediction"]
    sink = io.BytesIO()
    pq.write_table(pa.table({name: generator.normal(size=rows).round(4) for name in names}), sink)
    return sink.getvalue()


@dataclass(frozen=True)
class _CountingLedger(Ledger):
    """Counts the messages: one for each subscriber of an event."""

    messages: Counter[str] = field(default_factory=Counter)

    def enter(self, events: Iterable[AnyEvent]) -> list[Ticket]:
        tickets = Ledger.enter(self, events)
        self.messages.update(ticket.handler for ticket in tickets)
        return tickets


class Product:
    """One model with a reference, and batches pushed to it."""

    def __init__(self, home: Path, open_documents: Open, features: int, rows: int) -> None:
        self.features, self.rows, self.pushed = features, rows, 0
        settings = Settings(home=home)
        self.objects = open_objects(settings.objects)
        self.clock = Clock(datetime(2026, 2, 1, tzinfo=UTC))
        self.seconds: dict[str, float] = defaultdict(float)
        self.decoder = Decoder(bounds(settings.limits))
        owned = OwnedDocuments(open_documents("collector"), "collector")
        collector = Collector(owned, self.objects, self.decoder, Profiles(self.objects), self.clock)
        handlers: dict[str, Handler] = {
            "collector.accept_batch": collector.accept_batch,
            "collector.accept_reference": collector.accept_reference,
        }
        for service, build in _BUILDERS.items():
            documents = OwnedDocuments(open_documents(service), service)
            handlers |= build(Context(settings, documents, self.objects, self.clock))
        timed = {name: self._timed(name, handler) for name, handler in handlers.items()}
        self.ledger = _CountingLedger(open_documents("bus"), settings.work, self.clock)
        bus = WorkingBus()
        bus.inline = InlineBus(self.ledger, timed)
        self.api = Api(settings, open_documents("gateway"), self.objects, bus, self.clock)
        self.api.post("/models", json={"name": MODEL, "task": "regression"}).raise_for_status()
        self.api.put(f"/models/{MODEL}/reference", content=self._body(4 * rows), headers=PARQUET).raise_for_status()

    def push(self) -> str:
        """Push one batch, which is worked on at once; its id."""
        self.pushed += 1
        end = self.clock() + timedelta(hours=self.pushed)
        start = end - timedelta(hours=1)
        times = f"start={start:%Y-%m-%dT%H:%M:%SZ}&end={end:%Y-%m-%dT%H:%M:%SZ}"
        answer = self.api.push(f"/models/{MODEL}/batches?{times}", self._body(self.rows), PARQUET["Content-Type"])
        assert answer.status_code == 202, answer.text
        batch = str(answer.json()["id"])
        assert self.api.get(f"/models/{MODEL}/drift/{batch}").status_code == 200
        return batch

    def close(self) -> float:
        """End all; returns the processor seconds of the decoder."""
        before = getrusage(RUSAGE_CHILDREN)
        self.decoder.close()
        self.api.close()
        after = getrusage(RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def _body(self, count: int) -> bytes:
        return parquet(self.features, count, self.pushed)

    def _timed(self, name: str, handler: Handler) -> Handler:
        def handle(event: AnyEvent) -> list[AnyEvent]:
            began = time.process_time()
            try:
                return list(handler(event))
            finally:
                self.seconds[name] += time.process_time() - began

        return handle
