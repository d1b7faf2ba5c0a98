"""A pushed body on its way to object storage: hashed and counted while it is written to a file, never held whole."""

import asyncio
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path

from starlette.requests import Request

from bellwether.contracts import ROW_FORMATS
from bellwether.errors import Fault, InvalidInput, TooLarge
from bellwether.gateway.access import Identity
from bellwether.gateway.context import Context
from bellwether.gateway.media import HEAD_BYTES, TAIL_BYTES, check_magic, content_encoding, content_type
from bellwether.gateway.problems import Refused, too_many
from bellwether.settings import Settings

_BLOCK = 2**18


@dataclass(frozen=True, slots=True)
class Rows:
    """A body as it was sent, in a file; ``digest`` is its SHA-256 in hex."""

    path: Path
    digest: str
    size: int
    media_type: str
    encoding: str | None


def spool(settings: Settings) -> Path:
    """Return the folder bodies pass through."""
    return settings.home / "spool"


def sweep(settings: Settings, now: datetime) -> int:
    """Delete what a process that was killed left behind: files no upload can be writing any more; how many."""
    latest, removed = now.timestamp() - 2 * settings.gateway.upload_seconds, 0
    for path in spool(settings).glob("*"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < latest:
                path.unlink()
                removed += 1
    return removed


@asynccontextmanager
async def receive_rows(request: Request, ctx: Context) -> AsyncIterator[Rows]:
    """Stream the body into a file that is gone afterwards; raises 413, 415, 422, 429 and 400 with the reason."""
    media_type, encoding = content_type(request, ROW_FORMATS), content_encoding(request)
    limit = ctx.settings.limits.body_bytes
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise _too_large(declared, limit)
    with _one_more(request, ctx):
        folder = spool(ctx.settings)
        await ctx.threads.run(folder.mkdir, parents=True, exist_ok=True)
        descriptor, name = await ctx.threads.run(tempfile.mkstemp, dir=folder)
        try:
            digest, size, head, tail = await _receive(request, ctx, descriptor, limit)
            if size == 0:
                fault = Fault("body", "0 bytes", "at least one row", "send rows; a header alone is no batch")
                raise InvalidInput("The body is empty.", [fault])
            check_magic(media_type, encoding, head, tail)
            yield Rows(Path(name), digest, size, media_type, encoding)
        finally:
            Path(name).unlink(missing_ok=True)


@contextmanager
def _one_more(request: Request, ctx: Context) -> Iterator[None]:
    """Count this upload of the caller's key among those under way."""
    identity: Identity = request.state.identity
    most = ctx.settings.gateway.uploads
    if ctx.uploads[identity.key] >= most:
        fault = Fault("Authorization", f"{most} uploads under way", f"{most} at a time", "push one after the other")
        raise too_many(f"This key is pushing {most} bodies already.", fault, 1)
    ctx.uploads[identity.key] += 1
    try:
        yield
    finally:
        ctx.uploads[identity.key] -= 1
        if not ctx.uploads[identity.key]:
            del ctx.uploads[identity.key]


async def _receive(request: Request, ctx: Context, descriptor: int, limit: int) -> tuple[str, int, bytes, bytes]:
    seconds = ctx.settings.gateway.upload_seconds
    try:
        async with asyncio.timeout(seconds):
            return await _write(request, ctx, descriptor, limit)
    except TimeoutError:
        fault = Fault("body", "not complete", f"{seconds:g} seconds", "push smaller batches, or compress the body")
        raise Refused(HTTPStatus.REQUEST_TIMEOUT, "The body did not arrive in time.", [fault]) from None
    finally:
        os.close(descriptor)


async def _write(request: Request, ctx: Context, descriptor: int, limit: int) -> tuple[str, int, bytes, bytes]:
    """Return digest, size, first and last bytes; at most one block is in memory."""
    digest, size, block, head, tail = hashlib.sha256(), 0, bytearray(), b"", b""

    def flush(data: bytearray) -> None:
        digest.update(data)
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]

    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise _too_large(f"more than {limit}", limit)
        block += part
        if len(block) >= _BLOCK:
            head = head or bytes(block[:HEAD_BYTES])
            tail = bytes(block[-TAIL_BYTES:])
            full, block = block, bytearray()
            await ctx.threads.run(flush, full)
    head = head or bytes(block[:HEAD_BYTES])
    tail = (tail + bytes(block))[-TAIL_BYTES:]
    await ctx.threads.run(flush, block)
    return digest.hexdigest(), size, head, tail


def _too_large(value: str, limit: int) -> TooLarge:
    fault = Fault("body", f"{value} bytes", f"{limit} bytes", "push smaller batches, or compress the body")
    return TooLarge(f"The body is larger than {limit} bytes.", [fault])
