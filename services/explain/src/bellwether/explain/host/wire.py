"""Frames between a model's process and its parent: one JSON object, then bytes. Standard library only.

Rows travel down as Arrow streams; answers travel up as raw numbers with their type and shape in the JSON, checked
against a list: a hostile process would own a parent that unpickled what it sends.
"""

import json
import struct
from typing import Any, BinaryIO

HEADER_LIMIT = 8 << 20
_SIZES = struct.Struct("<IQ")

Head = dict[str, Any]


def write(stream: BinaryIO, head: Head, parts: list[bytes] | None = None) -> None:
    """Send one frame; ``head["sizes"]`` then lists the parts' lengths."""
    parts = parts or []
    text = json.dumps({**head, "sizes": [len(part) for part in parts]}, allow_nan=False).encode()
    stream.write(_SIZES.pack(len(text), sum(map(len, parts))) + text)
    for part in parts:
        stream.write(part)
    stream.flush()


def read(stream: BinaryIO, body_limit: int) -> tuple[Head, list[memoryview]]:
    """Receive one frame.

    Raises
    ------
    EOFError
        The other side is gone.
    ValueError
        A frame beyond the limits, or one that is no frame.
    """
    size, body_size = _SIZES.unpack(_exactly(stream, _SIZES.size))
    if size > HEADER_LIMIT or body_size > body_limit:
        raise ValueError(f"a frame of {size} + {body_size} bytes, {HEADER_LIMIT} + {body_limit} are allowed")
    head = json.loads(_exactly(stream, size))
    body = memoryview(_exactly(stream, body_size))
    sizes = head.get("sizes") if isinstance(head, dict) else None
    if not isinstance(sizes, list):
        raise ValueError("a frame without its sizes")  # noqa: TRY004 - what was sent is wrong, not what was passed
    if any(type(n) is not int or n < 0 for n in sizes) or sum(sizes) != body_size:
        raise ValueError("a frame whose parts are not its body")
    parts, at = [], 0
    for n in sizes:
        parts.append(body[at : at + n])
        at += n
    return head, parts


def _exactly(stream: BinaryIO, size: int) -> bytes:
    found = stream.read(size)
    if len(found) != size:
        raise EOFError("the other side closed the stream")
    return found
