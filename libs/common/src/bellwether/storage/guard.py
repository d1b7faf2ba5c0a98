"""The ownership guard: a service writes only the containers it owns (ADR 0005)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from typing_extensions import override

from bellwether.errors import ForbiddenWrite
from bellwether.storage.collections import OWNERS, Collection
from bellwether.storage.port import Changes, Doc, DocumentStore, Filter, Op, Page


@dataclass(frozen=True, slots=True)
class OwnedDocuments(DocumentStore):
    """A store in the hands of one service: reads pass, a write to a container of another raises."""

    store: DocumentStore
    service: str

    @override
    def put(self, coll: Collection, doc: Doc, *, if_etag: str | None = None, create: bool = False) -> Doc:
        self._check(coll)
        return self.store.put(coll, doc, if_etag=if_etag, create=create)

    @override
    def put_many(self, coll: Collection, pk: str, docs: Iterable[Doc]) -> list[Doc]:
        self._check(coll)
        return self.store.put_many(coll, pk, docs)

    @override
    def commit(self, coll: Collection, pk: str, ops: Sequence[Op]) -> None:
        self._check(coll)
        self.store.commit(coll, pk, ops)

    @override
    def delete(self, coll: Collection, pk: str, id: str) -> bool:
        self._check(coll)
        return self.store.delete(coll, pk, id)

    @override
    def incr(self, coll: Collection, pk: str, id: str, field: str, by: float = 1) -> float:
        self._check(coll)
        return self.store.incr(coll, pk, id, field, by)

    @override
    def get(self, coll: Collection, pk: str, id: str) -> Doc | None:
        return self.store.get(coll, pk, id)

    @override
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
        return self.store.query(coll, pk, where, desc=desc, limit=limit, after=after)

    @override
    def count(self, coll: Collection, pk: str, where: Sequence[Filter] = ()) -> int:
        return self.store.count(coll, pk, where)

    @override
    def scan(self, coll: Collection, where: Sequence[Filter] = ()) -> Iterator[Doc]:
        return self.store.scan(coll, where)

    @override
    def changes(self, coll: Collection, cursor: str | None = None, limit: int = 100) -> Changes:
        return self.store.changes(coll, cursor, limit)

    @override
    def close(self) -> None:
        self.store.close()

    def _check(self, coll: Collection) -> None:
        owners = OWNERS.get(coll.name, ())
        if self.service not in owners:
            raise ForbiddenWrite(
                f"service {self.service!r} may not write container {coll.name!r}; "
                f"its writers are {', '.join(owners) or 'none'}"
            )
