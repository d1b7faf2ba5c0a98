"""The worker's side: hands bodies to a warm host, gets tables back. The body never touches the worker's own memory."""

import mmap
import os
import socket
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from bellwether.collector.decode.job import Answer, Bounds, Job
from bellwether.collector.decode.table import Decoded
from bellwether.collector.decode.wire import answer_of, frame, packed, read_frame
from bellwether.errors import BellwetherError

_START_SECONDS = 60.0
_GRACE_SECONDS = 10.0
_KEPT = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "TMPDIR", "LANG", "LC_ALL")
_ENVIRONMENT = {
    # The default pool reserves address space ahead, which a limit on it would neither see nor bound.
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


class Decodes(Protocol):
    """What turns a body into rows."""

    def decode(
        self, body: Path, format: str, encoding: str | None = None, columns: Iterable[str] | None = None
    ) -> Decoded:
        """Return the rows of a body; raises what is wrong with it."""


class Decoder:
    """Decodes bodies in children of one host process, which starts with the first body and then stays."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._lock = threading.Lock()
        self._host: _Host | None = None
        self.last: Answer | None = None  # what became of the body before, with what it took

    def decode(
        self, body: Path, format: str, encoding: str | None = None, columns: Iterable[str] | None = None
    ) -> Decoded:
        """Return the rows of a body.

        Parameters
        ----------
        columns
            Names of the columns that are wanted; None for all. Names the body does not have are no error.

        Raises
        ------
        Unreadable, InvalidInput, TooLarge
            Something is wrong with the body; ``faults`` say what.
        BellwetherError
            The host ended twice over this body.
        """
        wanted = None if columns is None else tuple(sorted(set(columns)))
        job = Job(format, encoding, wanted, self._bounds)
        with body.open("rb") as source, tempfile.TemporaryFile(buffering=0) as out:
            self.last = answer = self._ask(job, source.fileno(), out.fileno())
            answer.check()
            return Decoded(_mapped(out.fileno()), answer.rows, answer.columns, answer.untyped)

    def close(self) -> None:
        """End the host."""
        if self._host is not None:
            self._host.close()
            self._host = None

    def _ask(self, job: Job, source: int, out: int) -> Answer:
        if self._host is not None and self._host.owner != os.getpid():  # this process is a fork of the one that
            self._host.forget()  # started it: the host is not ours, and its lock may be held by nobody
            self._host, self._lock = None, threading.Lock()
        with self._lock:
            for _ in range(2):
                if self._host is None:
                    self._host = _Host()
                try:
                    return self._host.ask(job, source, out)
                except (OSError, ValueError):
                    self.close()
                    os.ftruncate(out, 0)
        raise BellwetherError(f"the decoder's host ended twice over one {job.format} body")


class _Host:
    """One host process and the channel to it."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        ours, theirs = socket.socketpair()
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        self._process = subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
            [sys.executable, "-m", "bellwether.collector.decode.host", str(theirs.fileno()), str(self.owner)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            env={**environment, **_ENVIRONMENT},
            start_new_session=True,  # Ctrl-C is for the worker, and this one ends with it
        )
        theirs.close()
        self._channel = ours
        self._wait = _START_SECONDS
        self._ending = weakref.finalize(self, _end, self.owner, ours, self._process)

    def ask(self, job: Job, source: int, out: int) -> Answer:
        """Return the answer to one job; raises ``OSError`` or ``ValueError`` when the host is no more."""
        self._channel.settimeout(job.bounds.seconds + self._wait)
        socket.send_fds(self._channel, [b"j"], [source, out])
        self._channel.sendall(frame(packed(job)))
        raw = read_frame(self._channel)
        if raw is None:
            raise ConnectionResetError("the host is gone")
        self._wait = _GRACE_SECONDS
        return answer_of(raw)

    def forget(self) -> None:
        """Let go of the parent's host without ending it."""
        self._ending.detach()
        self._channel.close()
        self._process.returncode = 0  # not ours to wait for

    def close(self) -> None:
        """End the process."""
        self._ending()


def _end(owner: int, channel: socket.socket, process: subprocess.Popen[bytes]) -> None:
    """End a host, wherever it was lost sight of; a fork of its owner leaves it alone."""
    channel.close()
    if owner == os.getpid():
        process.kill()
        process.wait()


def _mapped(fd: int) -> pa.Table:
    """Return the table in a file, which may be closed and gone while the table lives."""
    view = mmap.mmap(fd, 0, access=mmap.ACCESS_READ)
    table = pa.ipc.open_stream(pa.py_buffer(view)).read_all()
    table.validate()
    return table
