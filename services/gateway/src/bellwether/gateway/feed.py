"""What changed, told as it happens: one reader of the store for all listeners of this process.

A model's overview changes whenever something happened to the model, so its container is all that is followed. The id
of a message is a cursor of the store: a listener that comes back with it misses nothing, and may hear something twice.
One that has heard of nothing yet is told where it is by ``here``: the first time it connects, and from time to time.
"""

import asyncio
import base64
import json
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bellwether.errors import BellwetherError, Fault, InvalidInput
from bellwether.gateway.access import Identity
from bellwether.gateway.threads import Threads
from bellwether.storage.collections import VIEWS
from bellwether.storage.port import Changes, DocumentStore

LOOK_S = 1.0
BEAT_S = 15.0
STAY_S = 300.0
"""Seconds after which a listener has to come back, so that a deleted key does not listen for ever."""
_PAGE = 200
_MOST_WAITING = 1000
_TOLD = {
    "fleet_entry": ("model", ("model", "status", "batch", "score", "since", "sentence", "assessed_at")),
    "incident": ("incident", ("id", "model", "state", "status", "title", "since", "updated_at")),
}
"""Type of a document to the name of the event that tells of it, and what is told."""


class Message(NamedTuple):
    """One change: the cursor to go on from, and the document."""

    id: str
    doc: dict[str, Any]


@dataclass(slots=True, eq=False)
class Feed:
    """Follows the store while anybody listens."""

    documents: DocumentStore
    threads: Threads
    stopping: threading.Event
    look_s: float = LOOK_S
    _listeners: "set[asyncio.Queue[Message]]" = field(default_factory=set)
    _reader: "asyncio.Task[None] | None" = None
    _starting: asyncio.Lock = field(default_factory=asyncio.Lock)
    _cursor: str | None = None

    async def listen(self, caller: Identity, model: str | None, last: str | None) -> AsyncIterator[bytes]:
        """Yield server-sent events for the models a caller sees, or for one of them."""
        queue: asyncio.Queue[Message] = asyncio.Queue(_MOST_WAITING)
        self._listeners.add(queue)
        try:
            await self._start()
            yield _line(f"retry: {round(2000 * self.look_s)}")
            if last is not None:
                async for message in self._from(cursor_of(last)):
                    if (text := _text(message, caller, model)) is not None:
                        yield text
            yield self._here(queue)
            loop = asyncio.get_running_loop()
            leave, beat = loop.time() + STAY_S, loop.time() + BEAT_S
            while loop.time() < leave and queue in self._listeners and not self.stopping.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(self.look_s):
                        if (text := _text(await queue.get(), caller, model)) is not None:
                            yield text
                if loop.time() >= beat:
                    beat = loop.time() + BEAT_S
                    yield self._here(queue)
        finally:
            self._listeners.discard(queue)

    def _here(self, queue: "asyncio.Queue[Message]") -> bytes:
        """Where a listener is, unless something waits to be told to it: its place is before that."""
        return _line(
            f"id: {event_id(self._cursor or '')}\nevent: here\ndata: {{}}" if queue.empty() else ": still here"
        )

    async def _start(self) -> None:
        """Begin at this moment: what there is already is in the lists a page reads first."""
        async with self._starting:
            if self._reader is None or self._reader.done():
                async for message in self._from(self._cursor):
                    self._cursor = message.id
                self._reader = asyncio.get_running_loop().create_task(self._read())

    async def _read(self) -> None:
        while self._listeners and not self.stopping.is_set():
            with suppress(BellwetherError):  # the store is away: go on where this stopped
                async for message in self._from(self._cursor):
                    self._cursor = message.id
                    self._tell(message)
            await asyncio.sleep(self.look_s)

    def _tell(self, message: Message) -> None:
        for queue in list(self._listeners):
            try:
                queue.put_nowait(message)
            except asyncio.QueueFull:
                self._listeners.discard(queue)  # too slow: it comes back with its cursor

    async def _from(self, cursor: str | None) -> AsyncIterator[Message]:
        while True:
            page: Changes = await self.threads.run(self.documents.changes, VIEWS, cursor, _PAGE)
            for doc in page.docs[:-1]:
                yield Message(cursor or "", doc)
            if not page.docs:
                return
            cursor = page.cursor
            yield Message(cursor, page.docs[-1])


def _text(message: Message, caller: Identity, model: str | None) -> bytes | None:
    doc = message.doc
    name, told = doc.get("model"), _TOLD.get(str(doc.get("type")))
    if told is None or not caller.sees(str(name)) or model not in (None, name):
        return None
    event, fields = told
    data = json.dumps({field: doc.get(field) for field in fields})
    return _line(f"id: {event_id(message.id)}\nevent: {event}\ndata: {data}")


def event_id(cursor: str) -> str:
    """Return a cursor of the store as the id of an event."""
    return base64.urlsafe_b64encode(cursor.encode()).decode() or "-"


def cursor_of(event_id: str) -> str | None:
    """Return the cursor an event id stands for; raises ``InvalidInput``."""
    try:
        return base64.b64decode(event_id, altchars=b"-_", validate=True).decode() if event_id != "-" else None
    except ValueError as error:
        fault = Fault("Last-Event-ID", "something else", "the id of an event", "leave the header out to begin now")
        raise InvalidInput("The id is not one of an event of this server.", [fault]) from error


def _line(text: str) -> bytes:
    return f"{text}\n\n".encode()
