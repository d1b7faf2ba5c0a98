"""The warm process children are forked from (ADR 0013).

Started as ``python -m bellwether.collector.decode.host <descriptor> <parent>``.
It imports pyarrow once and uses no threads, so a child is a fork of some milliseconds, not a start of half a second.
One job at a time over a socket: a byte that carries two descriptors (body, output), a job, then the answer. It ends
when its worker does, and takes a running child with it.
"""

import gc
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from bellwether.collector.decode import confine
from bellwether.collector.decode.job import Answer, Job
from bellwether.collector.decode.wire import MAX_FRAME, answer_of, frame, job_of, packed, read_frame, write_all
from bellwether.errors import Fault, TooLarge, Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable
    from io import RawIOBase

    Decode = Callable[[Job, int, RawIOBase], Answer]

_NO_MEMORY, _DEFECT = 71, 70
_FILE_GRACE_BYTES = 64 * 2**20


class _WithoutPandas:
    """Hides pandas: pyarrow would import it on first use, which is in every child anew."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Refuse pandas, leave all else to the next finder."""
        if name.partition(".")[0] == "pandas":
            raise ModuleNotFoundError(f"{name} is not for decoding", name=name)


def main(descriptor: int, parent: int) -> None:
    """Serve one worker until it is gone."""
    confine.without_network()
    confine.die_with(parent)
    sys.meta_path.insert(0, _WithoutPandas())
    from bellwether.collector.decode.child import decode  # noqa: PLC0415 - pyarrow starts a thread: confine first

    gc.collect()
    gc.freeze()  # children share these pages as long as nothing counts in them
    channel = socket.socket(fileno=descriptor)
    while True:
        mark, descriptors, _, _ = socket.recv_fds(channel, 1, 2)
        raw = read_frame(channel) if mark else None
        if raw is None:
            return
        answer = _run(decode, job_of(raw), descriptors, channel)
        for opened in descriptors:
            os.close(opened)
        channel.sendall(frame(packed(answer)))


def _run(decode: "Decode", job: Job, descriptors: Sequence[int], channel: socket.socket) -> Answer:
    reader, writer = os.pipe()
    host, deadline = os.getpid(), time.monotonic() + job.bounds.seconds
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        _child(decode, job, descriptors, writer, host)
    os.close(writer)
    raw = _collect(reader, deadline, channel, pid)
    os.close(reader)
    os.kill(pid, signal.SIGKILL)  # it said all it had to say, or has no time left
    _, status, usage = os.wait4(pid, 0)
    try:
        answer = answer_of(raw)
    except (ValueError, TypeError, KeyError):  # nothing, or not what a child of sound mind writes
        answer = _epitaph(job, status, late=time.monotonic() >= deadline)
    unit = 1 if sys.platform == "darwin" else 1024
    return replace(answer, peak_bytes=usage.ru_maxrss * unit, cpu_s=usage.ru_utime + usage.ru_stime)


def _child(decode: "Decode", job: Job, descriptors: Sequence[int], writer: int, host: int) -> None:
    """Decode and end; whatever happens, nothing of this process goes on."""
    code = _DEFECT
    try:
        gc.disable()
        confine.die_with(host)
        confine.first_to_go()
        confine.limit(job.bounds.memory_bytes, job.bounds.seconds, job.bounds.decoded_bytes + _FILE_GRACE_BYTES)
        with os.fdopen(descriptors[1], "wb", buffering=0, closefd=False) as out:
            answer = decode(job, descriptors[0], out)
        write_all(writer, packed(answer))
        code = 0
    except MemoryError:
        code = _NO_MEMORY
    finally:
        os._exit(code)


def _collect(reader: int, deadline: float, channel: socket.socket, pid: int) -> bytes:
    """Return what the child writes until it ends; nothing when time is up or it writes too much."""
    poll = select.poll()
    poll.register(reader, select.POLLIN)
    poll.register(channel, select.POLLIN)
    said = bytearray()
    while (left := deadline - time.monotonic()) > 0 and len(said) <= MAX_FRAME:
        ready = dict(poll.poll(1000 * left))
        if channel.fileno() in ready:  # nothing is sent during a job: the worker is gone
            os.kill(pid, signal.SIGKILL)
            os._exit(0)
        if reader in ready:
            piece = os.read(reader, 2**20)
            if not piece:
                return bytes(said)
            said += piece
    return b""


def _epitaph(job: Job, status: int, *, late: bool) -> Answer:
    """Say why a child ended without an answer."""
    bounds = job.bounds
    code = os.waitstatus_to_exitcode(status)
    if late or code == -signal.SIGXCPU:
        text = f"more than {bounds.seconds:g} s to decode"
        fault = Fault("/body", text, f"{bounds.seconds:g} s", "split the rows into several batches")
        return Answer.refused(TooLarge("the body takes too long to decode", [fault]))
    if code in (_NO_MEMORY, -signal.SIGABRT, -signal.SIGKILL):
        text = f"more than {bounds.memory_bytes:,} bytes of memory to decode"
        fault = Fault("/body", text, f"{bounds.memory_bytes:,} bytes of memory", "split the rows into several batches")
        return Answer.refused(TooLarge("the body is too large once decoded", [fault]))
    how = signal.Signals(-code).name if code < 0 else f"status {code}"
    text = f"a {job.format} body that ended its reader with {how}"
    fault = Fault("/body", text, f"a readable {job.format} body", "write it anew with a current library")
    return Answer.refused(Unreadable(f"the body cannot be read as {job.format}", [fault]))


if __name__ == "__main__":
    with suppress(ConnectionError, KeyboardInterrupt):
        main(int(sys.argv[1]), int(sys.argv[2]))
