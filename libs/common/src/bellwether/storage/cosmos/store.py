"""``DocumentStore`` in a Cosmos DB database; see ``port`` for the semantics.

All but ``scan`` and ``changes`` stay in one partition: across partitions the SDK loses rows of ordered queries and
refuses grouping and most aggregates.
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from azure.core import MatchConditions
from azure.core.exceptions import AzureError
from azure.cosmos import ContainerProxy
from azure.cosmos.exceptions import CosmosBatchOperationError
from typing_extensions import override

from bellwether.errors import InvalidInput as Invalid
from bellwether.errors import NotFound, PreconditionFailed
from bellwether.storage.collections import COLLECTIONS, Collection
from bellwether.storage.cosmos import feed
from bellwether.storage.cosmos.client import Account, Clients
from bellwether.storage.cosmos.errors import CHARGE, translate
from bellwether.storage.cosmos.filters import conditions
from bellwether.storage.cosmos.patience import THROTTLED, Pauses
from bellwether.storage.cosmos.provision import provision
from bellwether.storage.port import Changes, Create, Delete, Doc, Engine, Filter, Op, Page, Replace
from bellwether.storage.validation import (
    check_field,
    check_id,
    check_page,
    check_pk,
    check_step,
    encode,
    encode_batch,
    encode_ops,
)

T = TypeVar("T")
Charge = Callable[[str, str, float], None]
"""Told container, operation and request units of every answer."""
Throttled = Callable[[str, str], None]
"""Told container and operation of every answer 429."""
Batched = tuple[str, tuple[Any, ...], dict[str, str]]
"""One operation in the SDK's form: kind, arguments, options."""
Hook = Callable[[Mapping[str, str], Any], None]

_HIDDEN_FIELDS = frozenset({"_rid", "_self", "_attachments", "_lsn"})
_END: Any = object()


class CosmosStore(Engine):
    """Documents in one database of an account; made without any I/O, so it may be made before a fork.

    ``provisioned`` false: the first call of each process makes or repairs what is missing (tests, compose).
    """

    def __init__(
        self,
        account: Account,
        collections: Sequence[Collection] = COLLECTIONS,
        *,
        provisioned: bool = True,
        throughput: int | None = None,
        charge: Charge = lambda container, operation, units: None,
        throttled: Throttled = lambda container, operation: None,
    ) -> None:
        self._charge, self._throttled = charge, throttled
        self._patience = account.patience
        self._provision = partial(
            provision, name=account.database, collections=tuple(collections), throughput=throughput
        )
        self._clients = Clients(account, None if provisioned else self._provision)

    # -- writing

    @override
    def put(self, coll: Collection, doc: Doc, *, if_etag: str | None = None, create: bool = False) -> Doc:
        if create and if_etag is not None:
            raise Invalid("create and if_etag exclude each other")
        body = json.loads(encode(doc))
        if if_etag is not None:
            return self._replace(coll, body, if_etag)
        if create:
            return _clean(self._call(coll, "put", lambda c, hook: c.create_item(body, response_hook=hook)))
        return _clean(self._call(coll, "put", lambda c, hook: c.upsert_item(body, response_hook=hook)))

    def _replace(self, coll: Collection, body: Doc, etag: str) -> Doc:
        def replace(container: ContainerProxy, hook: Hook) -> Mapping[str, Any]:
            return container.replace_item(
                body["id"],
                body,
                etag=etag,
                match_condition=MatchConditions.IfNotModified,
                response_hook=hook,
            )

        try:
            return _clean(self._call(coll, "put", replace))
        except NotFound as error:
            raise PreconditionFailed(f"document {body['id']!r} of {coll.name} vanished") from error

    @override
    def put_many(self, coll: Collection, pk: str, docs: Iterable[Doc]) -> list[Doc]:
        texts = encode_batch(pk, docs)
        if not texts:
            return []
        operations = [("upsert", (json.loads(text),)) for text in texts]
        results = self._call(coll, "put_many", lambda c, hook: c.execute_item_batch(operations, pk, response_hook=hook))
        return [_clean(result["resourceBody"]) for result in results]

    @override
    def commit(self, coll: Collection, pk: str, ops: Sequence[Op]) -> None:
        pending = [_batched(op, text) for op, text in zip(ops, encode_ops(pk, ops), strict=True)]
        while pending and (missing := self._commit(coll, pk, pending)) is not None:
            # The service fails a batch that deletes what is not there; for us that is no failure.
            if pending[missing][0] != "delete":
                raise PreconditionFailed(f"document {pending[missing][1][0]!r} of {coll.name} vanished")
            del pending[missing]

    def _commit(self, coll: Collection, pk: str, operations: list[Batched]) -> int | None:
        """Try the batch; the index of the operation that found its document missing, if one did."""

        def batch(container: ContainerProxy, hook: Hook) -> int | None:
            # The SDK empties the options of each operation, so it gets copies.
            copies = [(kind, args, dict(options)) for kind, args, options in operations]
            try:
                container.execute_item_batch(copies, pk, response_hook=hook)
            except CosmosBatchOperationError as error:
                if error.status_code != NotFound.status:
                    raise
                hook(error.headers or {}, None)
                return int(error.error_index)
            return None

        return self._call(coll, "commit", batch)

    @override
    def delete(self, coll: Collection, pk: str, id: str) -> bool:
        check_pk(pk)
        check_id(id)
        try:
            self._call(coll, "delete", lambda c, hook: c.delete_item(id, pk, response_hook=hook))
        except NotFound:
            return False
        return True

    @override
    def incr(self, coll: Collection, pk: str, id: str, field: str, by: float = 1) -> float:
        check_pk(pk)
        check_id(id)
        check_step(by)
        path = check_field(field)
        operation = {"op": "incr", "path": "/" + "/".join(path), "value": by}
        value: Any = self._call(coll, "incr", lambda c, hook: c.patch_item(id, pk, [operation], response_hook=hook))
        for key in path:
            value = value[key]
        return float(value) if isinstance(value, float) else int(value)

    # -- reading

    @override
    def get(self, coll: Collection, pk: str, id: str) -> Doc | None:
        check_pk(pk)
        check_id(id)
        try:
            return _clean(self._call(coll, "get", lambda c, hook: c.read_item(id, pk, response_hook=hook)))
        except NotFound:
            return None

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
        check_page(limit, after)
        texts, parameters = conditions(where)
        if after is not None:
            texts.append(f"c.id {'<' if desc else '>'} @after")
            parameters.append({"name": "@after", "value": after})
        order = "DESC" if desc else "ASC"
        select = f"SELECT TOP {limit + 1} * FROM c"
        rows = self._rows(coll, pk, "query", select, texts, parameters, f" ORDER BY c.id {order}")
        docs = [_clean(row) for row in rows[:limit]]
        return Page(docs, docs[-1]["id"] if len(rows) > limit else None)

    @override
    def count(self, coll: Collection, pk: str, where: Sequence[Filter] = ()) -> int:
        texts, parameters = conditions(where)
        # Each page of the answer counts what it covers.
        return sum(self._rows(coll, pk, "count", "SELECT VALUE COUNT(1) FROM c", texts, parameters))

    def _rows(
        self,
        coll: Collection,
        pk: str,
        operation: str,
        select: str,
        texts: list[str],
        parameters: list[Doc],
        tail: str = "",
    ) -> list[Any]:
        check_pk(pk)
        text = f"{select} WHERE {' AND '.join(['c.pk = @pk', *texts])}{tail}"
        bound = [{"name": "@pk", "value": pk}, *parameters]
        return self._call(
            coll,
            operation,
            lambda c, hook: list(c.query_items(text, parameters=bound, partition_key=pk, response_hook=hook)),
        )

    @override
    def scan(self, coll: Collection, where: Sequence[Filter] = ()) -> Iterator[Doc]:
        texts, parameters = conditions(where)
        condition = " WHERE " + " AND ".join(texts) if texts else ""
        return self._scan(coll, f"SELECT * FROM c{condition}", parameters)

    def _scan(self, coll: Collection, text: str, parameters: list[Doc]) -> Iterator[Doc]:
        def begin(container: ContainerProxy, hook: Hook) -> Iterator[Iterable[Doc]]:
            return container.query_items(
                text, parameters=parameters, enable_cross_partition_query=True, response_hook=hook
            ).by_page()

        # Page by page: an iterator over the documents ends silently after an error, one over the pages goes on.
        pages = self._call(coll, "scan", begin)
        while (page := self._call(coll, "scan", lambda *_: list(next(pages, [_END])))) != [_END]:
            yield from map(_clean, page)

    @override
    def changes(self, coll: Collection, cursor: str | None = None, limit: int = 100) -> Changes:
        check_page(limit)
        known = None if cursor is None else feed.parse(cursor)
        docs, ranges = self._call(
            coll, "changes", lambda c, hook: feed.read(c, known or feed.beginning(c), limit, hook)
        )
        return Changes([_clean(doc) for doc in docs], feed.dump(ranges))

    # -- maintenance

    @override
    def provision(self) -> list[str]:
        try:
            return self._provision(self._clients.get())
        except AzureError as error:
            raise translate(error) from error

    @override
    def sweep(self) -> int:
        return 0  # the service removes expired documents itself

    @override
    def close(self) -> None:
        self._clients.close()

    def _call(self, coll: Collection, operation: str, work: Callable[[ContainerProxy, Hook], T]) -> T:
        """Do the work of one operation; throttled work is done again while the patience lasts."""

        def hook(headers: Mapping[str, str], _: Any) -> None:
            self._charge(coll.name, operation, float(headers.get(CHARGE) or 0))

        pauses = Pauses(self._patience)
        while True:
            try:
                return work(self._clients.container(coll.name), hook)
            except AzureError as error:
                hook(getattr(error, "headers", None) or {}, None)
                if getattr(error, "status_code", None) == THROTTLED:
                    self._throttled(coll.name, operation)
                pause = pauses.after(error)
                if pause is None:
                    raise translate(error) from error
                time.sleep(pause)


def _batched(op: Op, text: str | None) -> Batched:
    if isinstance(op, Delete) or text is None:
        return "delete", (op.id if isinstance(op, Delete) else op.doc["id"],), {}
    body = json.loads(text)
    if isinstance(op, Replace):
        return "replace", (body["id"], body), {"if_match_etag": op.etag}
    return "create" if isinstance(op, Create) else "upsert", (body,), {}


def _clean(doc: Mapping[str, Any]) -> Doc:
    return {key: value for key, value in doc.items() if key not in _HIDDEN_FIELDS}
