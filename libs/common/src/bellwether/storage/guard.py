"""The ownership guard: a service writes only the containers it owns (ADR 0005)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bellwether.errors import ForbiddenWrite
from bellwether.storage.collections import OWNERS, Collection
from bellwether.storage.port import Changes, Doc, DocumentStore, Filter, Op, Page


@dataclass(frozen=True, slots=True)
class OwnedDocuments:
    """A store in the hands of one service: reads pass, a write to a container of another raises."""

    store: DocumentStore
    service: str

    def put(self, coll: Collection, doc: Doc, *, if_etag: str | None = None, create: bool = False) -> Doc:
        """Write one document of a container this service owns."""
        self._check(coll)
        return self.store.put(coll, doc, if_etag=if_etag, create=create)

    def put_many(self, coll: Collection, pk: str, docs: Iterable[Doc]) -> list[Doc]:
        """Write documents of a container this service owns."""
        self._check(coll)
        return self.store.put_many(coll, pk, docs)

    def commit(self, coll: Collection, pk: str, ops: Sequence[Op]) -> None:
        """Do operations in a container this service owns."""
        self._check(coll)
        self.store.commit(coll, pk, ops)

    def delete(self, coll: Collection, pk: str, id: str) -> bool:
        """Delete a document of a container this service owns."""
        self._check(coll)
        return self.store.delete(coll, pk, id)

    def incr(self, coll: Collection, pk: str, id: str, field: str, by: float = 1) -> float:
        """Add to a number in a container this service owns."""
        self._check(coll)
        return self.store.incr(coll, pk, id, field, by)

    def get(self, coll: Collection, pk: str, id: str) -> Doc | None:
        """Read one document of any container."""
        return self.store.get(coll, pk, id)

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
        """Read one partition of any container."""
        return self.store.query(coll, pk, where, desc=desc, limit=limit, after=after)

    def count(self, coll: Collection, pk: str, where: Sequence[Filter] = ()) -> int:
        """Count in one partition of any container."""
        return self.store.count(coll, pk, where)

    def scan(self, coll: Collection, where: Sequence[Filter] = ()) -> Iterator[Doc]:
        """Read all partitions of any container."""
        return self.store.scan(coll, where)

    def changes(self, coll: Collection, cursor: str | None = None, limit: int = 100) -> Changes:
        """Read what changed in any container."""
        return self.store.changes(coll, cursor, limit)

    def close(self) -> None:
        """Release the connections of this process."""
        self.store.close()

    def _check(self, coll: Collection) -> None:
        owners = OWNERS.get(coll.name, ())
        if self.service not in owners:
            raise ForbiddenWrite(
                f"service {self.service!r} may not write container {coll.name!r}; "
                f"its writers are {', '.join(owners) or 'none'}"
            )
