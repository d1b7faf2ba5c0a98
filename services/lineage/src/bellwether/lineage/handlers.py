"""What the lineage service does with events."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from bellwether.contracts import AnyEvent
from bellwether.errors import Conflict
from bellwether.lineage.extract import graph_of
from bellwether.storage.collections import LINEAGE
from bellwether.storage.documents import dump
from bellwether.storage.port import DocumentStore


@dataclass(frozen=True, slots=True)
class Lineage:
    """Handlers with what they need."""

    documents: DocumentStore

    def record(self, event: AnyEvent) -> Iterable[AnyEvent]:
        """Add what the event says to the graph; what is there already stays, and nothing follows from it."""
        nodes, edges = graph_of(event)
        for item in (*nodes, *edges):
            with suppress(Conflict):
                self.documents.put(LINEAGE, dump(item), create=True)
        return ()
