"""Blocking store calls off the event loop: few threads, and a bounded queue before them."""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from bellwether.errors import Unavailable

P = ParamSpec("P")
T = TypeVar("T")

_WAITING_PER_THREAD = 64


class Threads:
    """A pool of ``size`` threads; a call that would wait behind too many others is refused."""

    def __init__(self, size: int) -> None:
        self._pool = ThreadPoolExecutor(size, thread_name_prefix="store")
        self._limit = size * _WAITING_PER_THREAD
        self._calls = 0

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what the call returns; raises ``Unavailable`` when too many calls wait already."""
        if self._calls >= self._limit:
            raise Unavailable(f"{self._calls} calls wait for the store, limit {self._limit}")
        context = contextvars.copy_context()
        self._calls += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._pool, lambda: context.run(call, *args, **kwargs)
            )
        finally:
            self._calls -= 1

    def close(self) -> None:
        """Let running calls end; no new ones."""
        self._pool.shutdown(wait=True, cancel_futures=True)
