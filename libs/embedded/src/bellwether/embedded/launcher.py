"""Runs a command that gets SIGTERM when its supervisor dies, however it dies: ``launcher.py <pid> command...``.

For Linux. Started by path with ``-I -S``, so that it costs a few milliseconds; standard library only. The request
to the kernel must be made in the child, and code between fork and exec is unsafe in a process that has threads.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(supervisor: int, command: list[str]) -> None:
    """Become the command; returns when the supervisor is dead already."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() == supervisor:
        os.execvp(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
    sys.exit(1)
