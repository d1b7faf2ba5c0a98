"""Ends what a killed supervisor leaves behind: grandchildren, and children that ignore SIGTERM.

Reads ``+pid`` and ``-pid``, one a line, from the supervisor: process groups that began and ended. The end of the
input is the end of the supervisor; then every group left gets SIGTERM, and after a grace (the argument, seconds)
SIGKILL. It inherits the
lock of the home, so nobody starts there before all is ended. Started by path with ``-I -S``; standard library only.
"""

import os
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path

_POLL_S = 0.1


def main(lines: Iterable[str], grace_s: float) -> None:
    """Follow the supervisor to its end, then clear up."""
    groups: set[int] = set()
    for line in lines:
        if line.startswith("+"):
            groups.add(int(line[1:]))
        else:
            groups.discard(int(line[1:]))
    for group in groups:
        _signal(group, signal.SIGTERM)
    deadline = time.monotonic() + grace_s
    while (groups := _alive(groups)) and time.monotonic() < deadline:
        time.sleep(_POLL_S)
    for group in groups:
        _signal(group, signal.SIGKILL)


def _alive(groups: set[int]) -> set[int]:
    """Those of the groups that have a member; one that waits to be reaped is none."""
    if not Path("/proc/self/stat").exists():
        return {group for group in groups if _signal(group, 0)}
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _parent, group = stat.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if state not in "ZX":
            found.add(int(group))
    return groups & found


def _signal(group: int, number: int) -> bool:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    main(sys.stdin, grace_s=float(sys.argv[1]))
