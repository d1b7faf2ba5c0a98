"""How much each model may bring before its work lets that of others go first."""

from collections import Counter
from dataclasses import dataclass, field

_MINUTE_MS = 60_000


@dataclass(slots=True)
class Shares:
    """Counts, within the running minute and in this process, what each model brings to each handler.

    A count of what waits would have to be kept in one place for all processes, and repaired after each loss. What one
    process publishes within a minute says as well who brings much, needs nothing and is forgotten by itself.
    """

    _minute: int = -1
    _counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def brought(self, handler: str, model: str, now_ms: int) -> int:
        """Count one more piece of work, and return how many there are of its model in this minute."""
        minute = now_ms // _MINUTE_MS
        if minute != self._minute:
            self._minute, self._counts = minute, Counter()
        self._counts[handler, model] += 1
        return self._counts[handler, model]
