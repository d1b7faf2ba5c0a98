"""Runs a command that ends when its supervisor does: ``launcher.py <supervisor's pid> [--poll] command...``.

Started by path with ``-I -S``, so that it costs a few milliseconds; standard library only. On Linux the kernel
sends SIGTERM to the command when the supervisor dies, however it dies. Elsewhere (``--poll``) the launcher stays
beside the command and looks.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from types import FrameType

_PR_SET_PDEATHSIG = 1
_POLL_S = 0.2
_GRACE_S = 10.0


def main(arguments: list[str]) -> int:
    """Run the command bound to the life of the supervisor; its exit status."""
    parent, command = int(arguments[0]), arguments[1:]
    if command[0] == "--poll":
        return _beside(parent, command[1:])
    _replace(parent, command)
    return 1


def _replace(parent: int, command: list[str]) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:
        return  # it died before the line above; nobody would tell us
    os.execvp(command[0], command)  # noqa: S606


def _beside(parent: int, command: list[str]) -> int:
    child = subprocess.Popen(command)  # noqa: S603

    def forward(number: int, _frame: FrameType | None) -> None:
        child.send_signal(number)

    signal.signal(signal.SIGTERM, forward)
    while child.poll() is None:
        if os.getppid() != parent:
            child.terminate()
            try:
                child.wait(_GRACE_S)
            except subprocess.TimeoutExpired:
                child.kill()
            return 1
        time.sleep(_POLL_S)
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
