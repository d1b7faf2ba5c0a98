"""How much each model may bring before its work lets that of others go first."""

from collections import Counter
from dataclasses import dataclass, field

_MINUTE_MS = 60_000


@dataclass(slots=True)
class Shares:
    """Counts, by the minute and in this process, what each model brings to each handler.

    A count of what waits would have to be kept in one place for all processes, and repaired after each loss. What one
    process publishes within a minute says as well who brings much, needs nothing and is forgotten by itself.
    """

    _minute: int = -1
    _counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    _before: Counter[tuple[str, str]] = field(default_factory=Counter)

    def exceeded(self, handler: str, model: str, share: int, now_ms: int) -> bool:
        """Count one more piece of work, and say whether its model has brought more than its share.

        In this minute or in the one before: who goes on bringing stays behind, so that of one model the later work does
        not overtake the earlier.
        """
        minute = now_ms // _MINUTE_MS
        if minute != self._minute:
            self._before = self._counts if minute == self._minute + 1 else Counter()
            self._minute, self._counts = minute, Counter()
        self._counts[handler, model] += 1
        return max(self._counts[handler, model], self._before[handler, model]) > share
