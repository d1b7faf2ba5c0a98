"""Waiting for work that others do: looking at shorter, then longer intervals, never past the deadline."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bellwether.gateway.context import Context

T = TypeVar("T")

_FIRST_LOOK_S, _GROWTH, _LONGEST_LOOK_S = 0.004, 1.3, 0.5


async def until(ctx: Context, seconds: float, look: Callable[[], Awaitable[T]], done: Callable[[T], bool]) -> T:
    """Return what ``look`` sees once it is ``done``, when the time is over, or when this process ends."""
    loop = asyncio.get_running_loop()
    deadline, pause = loop.time() + seconds, _FIRST_LOOK_S
    while True:
        found = await look()
        left = deadline - loop.time()
        if left <= 0 or done(found) or ctx.stopping.is_set():
            return found
        await asyncio.sleep(min(pause, left))
        pause = min(_GROWTH * pause, _LONGEST_LOOK_S)
