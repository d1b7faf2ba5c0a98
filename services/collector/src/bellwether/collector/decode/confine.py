"""Give up rights for good: network, privileges, memory, time, file size. Linux; elsewhere what the system offers.

Source: prctl(2), unshare(2), setrlimit(2).
"""

import ctypes
import math
import os
import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_LINUX = sys.platform == "linux"


def die_with(parent: int) -> None:
    """Ask to be killed when the process that started this one ends; ends at once if it has ended already.

    Must follow anything that changes credentials, such as ``without_network``: that clears the request.
    """
    if _LINUX:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def without_network() -> bool:
    """Leave the network and drop the way to new privileges; whether the kernel let us.

    Needs a process with one thread, so it comes before pyarrow is imported.
    """
    if not _LINUX:
        return False
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    return bool(libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0)


def first_to_go() -> None:
    """Where memory of the machine runs out, let the system end this process before any other."""
    if _LINUX:
        with suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000")


def limit(memory_bytes: int, seconds: float, file_bytes: int) -> None:
    """Bound this process: address space beyond what it has now, seconds of CPU, bytes of one written file."""
    pages = int(Path("/proc/self/statm").read_text().split()[0]) if _LINUX else 0
    held = pages * os.sysconf("SC_PAGE_SIZE")
    cpu = math.ceil(seconds)
    for what, value in (
        (resource.RLIMIT_AS, held + memory_bytes),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(what, (value, value))
