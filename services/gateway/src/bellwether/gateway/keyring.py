"""Recognising keys and sessions quickly: verified ones are remembered for a few seconds."""

import asyncio
import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bellwether.errors import BellwetherError
from bellwether.gateway import sessions
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
        now, mark = self.now(), _mark("key", text)
        if (known := self._remembered(mark, now)) is not None:
            return known
        key = await self.threads.run(find_key, self.documents, self.secret, now, text)
        if key is None:
            return None
        self._note_use(key, now)
        return self._remember(mark, key.identity(), now, key.expires_at)

    async def identify_session(self, token: str) -> Identity | None:
        """Return who is signed in with this cookie, None when nobody is."""
        now, mark = self.now(), _mark("session", token)
        if (known := self._remembered(mark, now)) is not None:
            return known
        found = await self.threads.run(sessions.find, self.documents, self.secret, now, token)
        return None if found is None else self._remember(mark, found, now, None)

    def forget(self, id: str) -> None:
        """Drop what is remembered of a key and its sessions, at once."""
        for mark in [mark for mark, (_, identity) in self._known.items() if identity.key == id]:
            del self._known[mark]

    def forget_session(self, token: str) -> None:
        """Drop what is remembered of a session, at once."""
        self._known.pop(_mark("session", token), None)

    def _remembered(self, mark: bytes, now: datetime) -> Identity | None:
        known = self._known.get(mark)
        return known[1] if known is not None and known[0] > now else None

    def _remember(self, mark: bytes, identity: Identity, now: datetime, expires_at: datetime | None) -> Identity:
        if len(self._known) >= _MOST:
            self._known.clear()
        until = now + timedelta(seconds=REMEMBER_S)
        self._known[mark] = (until if expires_at is None else min(until, expires_at), identity)
        return identity

    def _note_use(self, key: ApiKey, now: datetime) -> None:
        if key.last_used_at is None or now - key.last_used_at > _USE_EVERY:
            task = asyncio.get_running_loop().create_task(self._store_use(key.id, now))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _store_use(self, id: str, now: datetime) -> None:
        with suppress(BellwetherError):  # shown to people only: the next use notes it again
            await self.threads.run(_touch, self.documents, id, now)


def _mark(kind: str, text: str) -> bytes:
    return hashlib.sha256(f"{kind} {text}".encode()).digest()


def _touch(documents: DocumentStore, id: str, now: datetime) -> None:
    doc = documents.get(OPS, KEYS_PK, id)
    if doc is not None:  # replaced only as it was read, so that a deleted key stays deleted
        used = {**doc, "last_used_at": now.isoformat().replace("+00:00", "Z")}
        documents.put(OPS, used, if_etag=doc["_etag"])
