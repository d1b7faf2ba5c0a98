"""Requests of the last minutes in this process: how many, how many failed, how long they took."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil

WINDOW_S = 300.0
MOST = 20_000
"""Requests remembered: above 67 a second the window is shorter than five minutes."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Requests of the window; ``p95_s`` is None without any."""

    requests: int
    errors: int
    p95_s: float | None


@dataclass(slots=True)
class Recent:
    """Remembers requests of five minutes. Safe to use from several threads."""

    clock: Callable[[], float] = time.monotonic
    _seen: deque[tuple[float, bool, float]] = field(default_factory=lambda: deque(maxlen=MOST))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, status: int, seconds: float) -> None:
        """Remember one answered request."""
        with self._lock:
            self._seen.append((self.clock(), status >= 500, seconds))

    def read(self) -> Seen:
        """Return what the window holds."""
        oldest = self.clock() - WINDOW_S
        with self._lock:
            while self._seen and self._seen[0][0] < oldest:
                self._seen.popleft()
            seen = list(self._seen)
        times = sorted(seconds for _, _, seconds in seen)
        p95 = times[ceil(0.95 * len(times)) - 1] if times else None
        return Seen(len(seen), sum(failed for _, failed, _ in seen), p95)
