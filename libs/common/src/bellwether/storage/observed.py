"""What an operator sees of the store: durations, errors, and filters that no index serves."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from typing_extensions import override

from bellwether.errors import BellwetherError
from bellwether.storage.collections import Collection
from bellwether.storage.port import Changes, Doc, DocumentStore, Filter, Op, Page
from bellwether.telemetry.logging import logger
from bellwether.telemetry.metrics import (
    STORE_ERRORS_TOTAL,
    STORE_REQUEST_UNITS_TOTAL,
    STORE_SECONDS,
    STORE_THROTTLED_TOTAL,
)

_LOG = logger(__name__)
_ALWAYS_INDEXED = ("id", "pk")
_END: Any = object()


def charge(container: str, operation: str, units: float) -> None:
    """Count the request units of one answer."""
    STORE_REQUEST_UNITS_TOTAL.labels(container, operation).inc(units)


def throttled(container: str, operation: str) -> None:
    """Count one answer that asked to come back later."""
    STORE_THROTTLED_TOTAL.labels(container, operation).inc()


@dataclass(frozen=True, slots=True)
class ObservedDocuments(DocumentStore):
    """A store whose every call is measured, by container and operation; never by model or id."""

    store: DocumentStore
    _warned: set[tuple[str, str]] = field(default_factory=set, init=False, repr=False)

    @override
    def put(self, coll: Collection, doc: Doc, *, if_etag: str | None = None, create: bool = False) -> Doc:
        with _measured(coll, "put"):
            return self.store.put(coll, doc, if_etag=if_etag, create=create)

    @override
    def put_many(self, coll: Collection, pk: str, docs: Iterable[Doc]) -> list[Doc]:
        with _measured(coll, "put_many"):
            return self.store.put_many(coll, pk, docs)

    @override
    def commit(self, coll: Collection, pk: str, ops: Sequence[Op]) -> None:
        with _measured(coll, "commit"):
            self.store.commit(coll, pk, ops)

    @override
    def get(self, coll: Collection, pk: str, id: str) -> Doc | None:
        with _measured(coll, "get"):
            return self.store.get(coll, pk, id)

    @override
    def delete(self, coll: Collection, pk: str, id: str) -> bool:
        with _measured(coll, "delete"):
            return self.store.delete(coll, pk, id)

    @override
    def incr(self, coll: Collection, pk: str, id: str, field: str, by: float = 1) -> float:
        with _measured(coll, "incr"):
            return self.store.incr(coll, pk, id, field, by)

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
        self._warn(coll, where)
        with _measured(coll, "query"):
            return self.store.query(coll, pk, where, desc=desc, limit=limit, after=after)

    @override
    def count(self, coll: Collection, pk: str, where: Sequence[Filter] = ()) -> int:
        self._warn(coll, where)
        with _measured(coll, "count"):
            return self.store.count(coll, pk, where)

    @override
    def scan(self, coll: Collection, where: Sequence[Filter] = ()) -> Iterator[Doc]:
        return self._scan(coll, self.store.scan(coll, where))

    def _scan(self, coll: Collection, docs: Iterator[Doc]) -> Iterator[Doc]:
        """Measure the store's share: the time until each document is there."""
        spent = 0.0
        try:
            while True:
                start = perf_counter()
                with _counted(coll, "scan"):
                    doc = next(docs, _END)
                spent += perf_counter() - start
                if doc is _END:
                    return
                yield doc
        finally:
            STORE_SECONDS.labels(coll.name, "scan").observe(spent)

    @override
    def changes(self, coll: Collection, cursor: str | None = None, limit: int = 100) -> Changes:
        with _measured(coll, "changes"):
            return self.store.changes(coll, cursor, limit)

    @override
    def close(self) -> None:
        self.store.close()

    def _warn(self, coll: Collection, where: Sequence[Filter]) -> None:
        """Say once that a filter reads its whole partition."""
        for name, _, _ in where:
            if name not in (*_ALWAYS_INDEXED, *coll.indexed) and (coll.name, name) not in self._warned:
                self._warned.add((coll.name, name))
                _LOG.warning("store.filter_not_indexed", container=coll.name, field=name)


@contextmanager
def _measured(coll: Collection, operation: str) -> Iterator[None]:
    start = perf_counter()
    try:
        with _counted(coll, operation):
            yield
    finally:
        STORE_SECONDS.labels(coll.name, operation).observe(perf_counter() - start)


@contextmanager
def _counted(coll: Collection, operation: str) -> Iterator[None]:
    try:
        yield
    except BellwetherError as error:
        STORE_ERRORS_TOTAL.labels(coll.name, operation, type(error).__name__).inc()
        raise
