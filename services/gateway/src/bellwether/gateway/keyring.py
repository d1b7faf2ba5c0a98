"""Recognising keys and sessions quickly: verified ones are remembered for a few seconds."""

import asyncio
import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bellwether.errors import BellwetherError
from bellwether.gateway.access import Identity
from bellwether.gateway.keys import KEYS_PK, ApiKey, find_key
from bellwether.gateway.threads import Threads
from bellwether.storage.collections import OPS
from bellwether.storage.port import DocumentStore

REMEMBER_S = 10.0
"""Seconds a deleted key may still be used at another gateway process."""
_USE_EVERY = timedelta(minutes=1)
_MOST = 10_000


@dataclass(slots=True)
class Keyring:
    """Who a key is. Texts are remembered as hashes only."""

    documents: DocumentStore
    secret: bytes
    now: Callable[[], datetime]
    threads: Threads
    _known: dict[bytes, tuple[datetime, Identity]] = field(default_factory=dict)
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    async def identify(self, text: str) -> Identity | None:
        """Return who asks with this key, None when nobody does."""
        now, mark = self.now(), hashlib.sha256(text.encode()).digest()
        known = self._known.get(mark)
        if known is not None and known[0] > now:
            return known[1]
        key = await self.threads.run(find_key, self.documents, self.secret, now, text)
        if key is None:
            self._known.pop(mark, None)
            return None
        if len(self._known) >= _MOST:
            self._known.clear()
        identity = key.identity()
        until = now + timedelta(seconds=REMEMBER_S)
        self._known[mark] = (until if key.expires_at is None else min(until, key.expires_at), identity)
        self._note_use(key, now)
        return identity

    def forget(self, id: str) -> None:
        """Drop what is remembered of a key, at once."""
        for mark in [mark for mark, (_, identity) in self._known.items() if identity.key == id]:
            del self._known[mark]

    def _note_use(self, key: ApiKey, now: datetime) -> None:
        if key.last_used_at is None or now - key.last_used_at > _USE_EVERY:
            task = asyncio.get_running_loop().create_task(self._store_use(key.id, now))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _store_use(self, id: str, now: datetime) -> None:
        with suppress(BellwetherError):  # shown to people only: the next use notes it again
            await self.threads.run(_touch, self.documents, id, now)


def _touch(documents: DocumentStore, id: str, now: datetime) -> None:
    doc = documents.get(OPS, KEYS_PK, id)
    if doc is not None:  # replaced only as it was read, so that a deleted key stays deleted
        used = {**doc, "last_used_at": now.isoformat().replace("+00:00", "Z")}
        documents.put(OPS, used, if_etag=doc["_etag"])
