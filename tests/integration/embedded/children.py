"""Stand-in processes: small programs that behave as a test wants."""

import os
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from bellwether.embedded.topology import FileWritten, Spec

WAIT_S = 60.0


def python(name: str, program: str, folder: Path, **fields: object) -> Spec:
    """A Python program as a process; it is ready once it called ``ready()``."""
    prelude = f"""
        import os, pathlib, signal, subprocess, sys, time
        def ready(): pathlib.Path({str(folder)!r}, {name!r} + '.ready').touch()
    """
    source = textwrap.dedent(prelude) + textwrap.dedent(program)
    given: dict[str, object] = {"ready": FileWritten(folder, name + ".ready"), "start_s": WAIT_S, **fields}
    return Spec(name, (sys.executable, "-c", source), {}, **given)  # type: ignore[arg-type] # a test's own fields


def until(condition: Callable[[], bool], what: str, wait_s: float = WAIT_S) -> None:
    """Poll until a state is reached."""
    deadline = time.monotonic() + wait_s
    while not condition():
        assert time.monotonic() < deadline, f"waited {wait_s} s for {what}"
        time.sleep(0.02)


def gone(pid: int) -> bool:
    """Whether a process has ended; a zombie has."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def send(pid: int, number: int) -> None:
    """Send a signal to one process."""
    os.kill(pid, number)
