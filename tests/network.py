"""Interfaces of this machine that come and go: Chromium gives up whatever it is loading when they do.

Tests run in several processes, so those that start containers keep out of the way of those that look at pages.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FILE = Path(tempfile.gettempdir()) / f"bellwether-network-{os.getuid()}.lock"


@contextmanager
def changing() -> Iterator[None]:
    """Hold while interfaces come and go; waits until nobody relies on them."""
    yield from _held(fcntl.LOCK_EX)


@contextmanager
def steady() -> Iterator[None]:
    """Hold while interfaces must stay as they are; any number may at once."""
    yield from _held(fcntl.LOCK_SH)


def _held(how: int) -> Iterator[None]:
    with _FILE.open("w", encoding="ascii") as file:
        fcntl.flock(file, how)
        yield
