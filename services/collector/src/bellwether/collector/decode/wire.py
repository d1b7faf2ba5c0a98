"""How jobs and answers travel between a worker, its host and the children: JSON with its length, never pickle."""

import json
import os
import socket
import struct
from dataclasses import asdict
from typing import Any

from bellwether.collector.decode.job import REFUSALS, Answer, Bounds, Example, Found, Job
from bellwether.errors import Fault

MAX_FRAME = 64 * 2**20
_LENGTH = struct.Struct("<I")


def job_of(raw: bytes) -> Job:
    """Read a job; raises ``ValueError`` when it is not one."""
    fields = json.loads(raw)
    names = fields["columns"]
    bounds = Bounds(**fields["bounds"])
    return Job(fields["format"], fields["encoding"], None if names is None else tuple(names), bounds)


def answer_of(raw: bytes) -> Answer:
    """Read an answer; raises ``ValueError`` or ``TypeError`` when it is not one."""
    fields: dict[str, Any] = json.loads(raw)
    fields["columns"] = tuple(
        Found(column["name"], column["type"], tuple(Example(**example) for example in column["examples"]))
        for column in fields["columns"]
    )
    fields["faults"] = tuple(Fault(**fault) for fault in fields["faults"])
    if fields["error"] is not None and fields["error"] not in REFUSALS:
        raise ValueError(f"unknown kind of answer {fields['error']!r}")
    return Answer(**fields)


def packed(message: Job | Answer) -> bytes:
    """Write a job or an answer."""
    return json.dumps(asdict(message), allow_nan=False).encode()


def frame(raw: bytes) -> bytes:
    """Put its length before a message."""
    return _LENGTH.pack(len(raw)) + raw


def read_frame(channel: socket.socket) -> bytes | None:
    """Read one message; None when the other side is gone. Raises ``ValueError`` beyond the limit."""
    head = _exactly(channel, _LENGTH.size)
    if head is None:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > MAX_FRAME:
        raise ValueError(f"message of {length} bytes, limit {MAX_FRAME}")
    return _exactly(channel, length)


def write_all(fd: int, raw: bytes) -> None:
    """Write everything, in pieces where the system takes pieces."""
    view = memoryview(raw)
    while view:
        view = view[os.write(fd, view) :]


def _exactly(channel: socket.socket, size: int) -> bytes | None:
    pieces, missing = [], size
    while missing:
        piece = channel.recv(min(missing, 2**20))
        if not piece:
            return None
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)
