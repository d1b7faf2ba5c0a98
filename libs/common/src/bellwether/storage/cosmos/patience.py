"""How long an operation waits when the service throttles it.

The SDK's own waiting is switched off: it squares its tries for queries (a query of the default 9 is sent 100 times),
and sleeps as long as the service says even when its budget is smaller.
"""

from dataclasses import dataclass

from azure.core.exceptions import AzureError

THROTTLED = 429
_RETRY_AFTER = "x-ms-retry-after-ms"
_DEFAULT_PAUSE_MS = 100


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one operation may wait: tries and seconds in all when throttled, seconds for one answer."""

    retries: int = 20
    wait_s: float = 60.0
    answer_s: int = 30


class Pauses:
    """The pauses of one operation."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._retries = 0
        self._waited_s = 0.0

    def after(self, error: AzureError) -> float | None:
        """Return the seconds to wait before another try; None: give up, without waiting in vain."""
        if getattr(error, "status_code", None) != THROTTLED or self._retries >= self._patience.retries:
            return None
        headers = getattr(error, "headers", None) or {}
        pause = float(headers.get(_RETRY_AFTER) or _DEFAULT_PAUSE_MS) / 1000
        if self._waited_s + pause > self._patience.wait_s:
            return None
        self._retries += 1
        self._waited_s += pause
        return pause
