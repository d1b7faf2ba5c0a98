"""Who is running a step: this process by name, and whether another one still lives."""

import os
import socket
from pathlib import Path

_HOST = socket.gethostname()


def current() -> str:
    """Return ``host|pid|start``; the start time tells a process from a later one with its number."""
    return f"{_HOST}|{os.getpid()}|{_started(os.getpid())}"


def is_gone(holder: str) -> bool:
    """Say whether ``holder`` has certainly ended; a process of another host is never certainly gone."""
    host, _, rest = holder.partition("|")
    pid, _, started = rest.partition("|")
    if host != _HOST or not pid.isdigit():
        return False
    return _started(int(pid)) != started


def _started(pid: int) -> str:
    """Start time in clock ticks since boot; ``gone`` without such a process, or when it is only a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return "gone" if Path("/proc/self").exists() else _alive_without_proc(pid)
    except ProcessLookupError:
        return "gone"
    return "gone" if fields[0] in "ZX" else fields[19]


def _alive_without_proc(pid: int) -> str:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return "gone"
    except PermissionError:
        pass
    return "alive"
