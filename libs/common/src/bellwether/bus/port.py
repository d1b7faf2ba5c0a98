"""How events travel."""

from collections.abc import Callable, Iterable
from typing import Protocol

from bellwether.contracts import AnyEvent

Handler = Callable[[AnyEvent], Iterable[AnyEvent]]
"""Takes one event, stores what it must, returns the events that follow from it. May run twice: results are
created under deterministic ids, and finding one already there is success."""


class Bus(Protocol):
    """Delivers each event at least once to every subscriber in ``ROUTES``."""

    def publish(self, events: Iterable[AnyEvent]) -> None:
        """Hand events over; returns once they are safe in the store, not once they are handled.

        Raises ``Unavailable`` when they could not be made safe; then none counts as published.
        """
