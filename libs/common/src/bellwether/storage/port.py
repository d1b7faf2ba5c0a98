"""The document store port: what services may rely on, whatever engine is behind it.

A store keeps JSON documents in named collections. A document is addressed by its partition (field
``pk``) and its ``id``; everything except ``scan`` and ``changes`` touches one partition only.
Stored documents come back with ``_etag`` (opaque) and ``_ts`` (seconds of the last write).

Every method raises ``InvalidInput`` or ``TooLarge`` for what no engine could keep, before any I/O, and
``Unavailable`` when trying later helps.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from bellwether.storage.collections import Collection

Doc = dict[str, Any]
Filter = tuple[str, str, Any]
"""``(field, operator, value)``; filters of one call are AND-ed."""

SYSTEM_FIELDS = frozenset({"_rid", "_self", "_etag", "_attachments", "_ts", "_lsn"})


@dataclass(frozen=True, slots=True)
class Create:
    """Write ``doc`` only if its id is free (an expired document counts as absent)."""

    doc: Doc


@dataclass(frozen=True, slots=True)
class Replace:
    """Write ``doc`` only if the stored one still has ``etag``."""

    doc: Doc
    etag: str


@dataclass(frozen=True, slots=True)
class Upsert:
    """Write ``doc`` whatever is there."""

    doc: Doc


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove the document with this id if it is there."""

    id: str


Op = Create | Replace | Upsert | Delete


class Page(NamedTuple):
    """Documents and the cursor of the next page, ``None`` after the last one."""

    docs: list[Doc]
    cursor: str | None


class Changes(NamedTuple):
    """Changed documents and the cursor to go on from; ``docs`` is empty when caught up."""

    docs: list[Doc]
    cursor: str


class DocumentStore(Protocol):
    """Both engines implement this, and the contract tests define what it means."""

    def put(self, coll: Collection, doc: Doc, *, if_etag: str | None = None, create: bool = False) -> Doc:
        """Write one document: upsert, create, or replace if unchanged."""

    def put_many(self, coll: Collection, pk: str, docs: Iterable[Doc]) -> list[Doc]:
        """Upsert up to 100 documents of one partition, all or none."""

    def commit(self, coll: Collection, pk: str, ops: Sequence[Op]) -> None:
        """Do all operations in one partition, all or none; the fence of every step.

        Raises ``Conflict`` when a ``Create`` finds its id taken, ``PreconditionFailed`` when a ``Replace`` finds
        its document changed or gone; then nothing was written. At most 100 operations, each id once, 1.9 MB
        together; none is a no-op.
        """

    def get(self, coll: Collection, pk: str, id: str) -> Doc | None:
        """Read one document; ``None`` when it is missing or expired."""

    def delete(self, coll: Collection, pk: str, id: str) -> bool:
        """Delete one document; whether there was one."""

    def incr(self, coll: Collection, pk: str, id: str, field: str, by: float = 1) -> float:
        """Add to a number atomically (a missing field counts as 0); the new value."""

    def query(
        self,
        coll: Collection,
        pk: str,
        where: Sequence[Filter] = (),
        *,
        desc: bool = False,
        limit: int = 100,
        after: str | None = None,
    ) -> Page:
        """One partition, ordered by id; ``after`` takes the cursor of the previous page."""

    def count(self, coll: Collection, pk: str, where: Sequence[Filter] = ()) -> int:
        """Number of matching documents in one partition."""

    def scan(self, coll: Collection, where: Sequence[Filter] = ()) -> Iterator[Doc]:
        """All partitions, in no order. Costly: maintenance only, never behind a request."""

    def changes(self, coll: Collection, cursor: str | None = None, limit: int = 100) -> Changes:
        """Documents written since ``cursor``, newest version only, deletes not shown."""

    def close(self) -> None:
        """Release the connections of this process; the store stays usable."""


class Engine(DocumentStore, Protocol):
    """What an engine offers beyond the port, to maintenance only."""

    def provision(self) -> list[str]:
        """Make what the documents lie in, and repair what differs from ``COLLECTIONS``; what was done."""

    def sweep(self) -> int:
        """Delete documents that expired, where the service behind does not do so itself; how many."""
