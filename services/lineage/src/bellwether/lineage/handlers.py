"""What the lineage service does with events."""

from collections.abc import Iterable
from dataclasses import dataclass

from bellwether.contracts import AnyEvent
from bellwether.lineage.extract import graph_of
from bellwether.storage.lineage import GraphWriter


@dataclass(frozen=True, slots=True)
class Lineage:
    """Handlers with what they need."""

    graphs: GraphWriter

    def record(self, event: AnyEvent) -> Iterable[AnyEvent]:
        """Merge what the event says into the graph; saying it again changes nothing, and nothing follows from it."""
        told = graph_of(event)
        self.graphs.write(event.model, told.nodes, told.edges)
        return ()
