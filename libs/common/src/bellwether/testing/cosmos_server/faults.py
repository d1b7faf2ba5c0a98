"""Faults on demand: the next requests that match fail."""

import threading
from collections.abc import Callable, Iterable

from bellwether.testing.cosmos_server.replies import HttpError
from bellwether.testing.wire import Headers

Fault = Callable[[str, str, Headers], HttpError | None]
"""Sees method, path and headers of every request first; what it returns is the answer."""


class InjectedFault:
    """Fails the next ``times`` requests that match; ``hits`` counts them.

    ``lost``: the work is done all the same, and only its answer is lost.
    """

    def __init__(
        self,
        status: int,
        *,
        times: int = 1,
        substatus: int = 0,
        retry_after_ms: int | None = None,
        methods: Iterable[str] = (),
        path: str = "/docs",
        lost: bool = False,
    ) -> None:
        self.lost = lost
        self.status, self.substatus, self.times, self.hits = status, substatus, times, 0
        self._methods, self._path = frozenset(methods), path
        self._headers = {} if retry_after_ms is None else {"x-ms-retry-after-ms": str(retry_after_ms)}
        self._lock = threading.Lock()

    def __call__(self, method: str, path: str, headers: Headers) -> HttpError | None:
        """Return the error when the request matches and the fault is not used up."""
        if (self._methods and method not in self._methods) or self._path not in path:
            return None
        with self._lock:
            if self.hits >= self.times:
                return None
            self.hits += 1
        return HttpError(self.status, "Injected fault.", self.substatus, self._headers)
