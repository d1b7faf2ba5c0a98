"""The bus of unit tests and notebooks: every subscriber in this process, through the same ledger, one after another."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bellwether.bus.durable import DurableBus, Steps
from bellwether.bus.port import Handler
from bellwether.bus.work import Ledger, Ticket
from bellwether.contracts import AnyEvent


@dataclass(slots=True)
class _Bell:
    waiting: deque[Ticket] = field(default_factory=deque)

    def ring(self, ticket: Ticket) -> None:
        self.waiting.append(ticket)


class InlineBus:
    """``publish`` returns once all that follows is done; what fails is in the ledger as with any bus."""

    def __init__(self, ledger: Ledger, handlers: Mapping[str, Handler]) -> None:
        self._bell = _Bell()
        self._bus = DurableBus(ledger, self._bell)
        self._steps = Steps(ledger, self._bus, handlers, pause=lambda _: None)
        self._handled = frozenset(handlers)
        self._running = False

    def publish(self, events: Iterable[AnyEvent]) -> None:
        """Handle events and all that follow from them, breadth first; work of absent services stays waiting."""
        self._bus.publish(events)
        if self._running:
            return
        self._running = True
        try:
            while self._bell.waiting:
                ticket = self._bell.waiting.popleft()
                if ticket.handler in self._handled:
                    self._steps.run(ticket)
        finally:
            self._running = False
