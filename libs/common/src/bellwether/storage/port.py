"""The document store port: what services may rely on, whatever engine is behind it.

A store keeps JSON documents in named collections. A document is addressed by its partition (field
``pk``) and its ``id``; everything except ``scan`` and ``changes`` touches one partition only.
Stored documents come back with ``_etag`` (opaque) and ``_ts`` (seconds of the last write).
"""

import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from bellwether.errors import InvalidInput as Invalid
from bellwether.errors import TooLarge
from bellwether.storage.collections import Collection

Doc = dict[str, Any]
Filter = tuple[str, str, Any]
"""``(field, operator, value)``; filters of one call are AND-ed."""

MAX_DOC_BYTES = 1_900_000
MAX_BATCH_DOCS = 100
MAX_ID_BYTES = 255
MAX_PK_BYTES = 1024
MAX_DEPTH = 100
MAX_INTEGER = 2**53
RANGE_OPERATORS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">="}
OPERATORS = {"eq", "ne", "in", "contains", "prefix", "exists", *RANGE_OPERATORS}
SYSTEM_FIELDS = frozenset({"_rid", "_self", "_etag", "_attachments", "_ts", "_lsn"})

_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
_RESERVED_IN_ID = re.compile(r"[/\\?#]")


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

        Raises ``Conflict`` when a ``Create`` finds its id taken, ``PreconditionFailed`` when a ``Replace`` finds its
        document changed or gone; then nothing was written. At most 100 operations, each id once.
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
        """Release the connections of this process."""


def encode(doc: Doc) -> str:
    """Validate a document and return its compact JSON text, without system fields."""
    check_id(doc.get("id"))
    check_pk(doc.get("pk"))
    _check_ttl(doc.get("ttl"))
    body = {key: value for key, value in doc.items() if key not in SYSTEM_FIELDS}
    for key in body:
        if isinstance(key, str) and key.startswith("_"):
            raise Invalid(f"top-level field {key!r}: a leading underscore is reserved")
    _check_value(body, 0)
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise Invalid("a string holds an unpaired surrogate") from error
    if size > MAX_DOC_BYTES:
        raise TooLarge(f"document of {size} bytes, limit {MAX_DOC_BYTES}")
    return text


def encode_batch(pk: str, docs: Iterable[Doc]) -> list[str]:
    """Validate the documents of one atomic batch."""
    check_pk(pk)
    docs = list(docs)
    if any(doc.get("pk") != pk for doc in docs):
        raise Invalid("a batch covers one partition")
    if len(docs) > MAX_BATCH_DOCS:
        raise TooLarge(f"batch of {len(docs)} documents, limit {MAX_BATCH_DOCS}")
    if len({doc.get("id") for doc in docs}) < len(docs):
        raise Invalid("a batch holds each id once")
    texts = [encode(doc) for doc in docs]
    size = sum(len(text.encode()) for text in texts)
    if size > MAX_DOC_BYTES:
        raise TooLarge(f"batch of {size} bytes, limit {MAX_DOC_BYTES}")
    return texts


def check_id(id_: Any) -> None:
    """Refuse what one of the engines could not address."""
    if not isinstance(id_, str) or not 0 < len(id_.encode(errors="replace")) <= MAX_ID_BYTES:
        raise Invalid(f"id has to be a string of 1 to {MAX_ID_BYTES} bytes: {id_!r}")
    if _RESERVED_IN_ID.search(id_):
        raise Invalid(f"id holds one of / \\ ? #: {id_!r}")


def check_pk(pk: Any) -> None:
    """Refuse a missing partition: the Cosmos client takes ``None`` for "all of them"."""
    if not isinstance(pk, str) or not 0 < len(pk.encode(errors="replace")) <= MAX_PK_BYTES:
        raise Invalid(f"pk has to be a string of 1 to {MAX_PK_BYTES} bytes: {pk!r}")


def check_field(field: str) -> list[str]:
    """Split a dotted field name; names are pasted into queries, so nothing else may pass."""
    if not isinstance(field, str) or not _FIELD.fullmatch(field):
        raise Invalid(f"bad field name {field!r}")
    return field.split(".")


def check_filters(where: Sequence[Filter]) -> None:
    """Refuse unknown operators and operand types, alike for both engines."""
    for field, operator, value in where:
        check_field(field)
        if operator not in OPERATORS:
            raise Invalid(f"unknown operator {operator!r}")
        if operator == "exists":
            fits = isinstance(value, bool)
        elif operator == "prefix":
            fits = isinstance(value, str)
        elif operator in RANGE_OPERATORS:
            fits = _is_scalar(value) and value is not None and not isinstance(value, bool)
        elif operator == "in":
            fits = isinstance(value, (list, tuple, set)) and all(map(_is_scalar, value))
        else:
            fits = _is_scalar(value)
        if not fits:
            raise Invalid(f"operator {operator!r} does not take {value!r}")


def check_limit(limit: int) -> None:
    """Refuse page sizes below one."""
    if not isinstance(limit, int) or limit < 1:
        raise Invalid(f"bad limit {limit!r}")


def _is_scalar(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, (str, bool, int))


def _check_ttl(ttl: Any) -> None:
    if ttl is not None and (type(ttl) is not int or (ttl < 1 and ttl != -1)):
        raise Invalid(f"ttl has to be -1 or a positive number of seconds: {ttl!r}")


def _check_value(value: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Invalid(f"nesting deeper than {MAX_DEPTH}")
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise Invalid(f"object key is not a string: {key!r}")
            _check_value(item, depth + 1)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _check_value(item, depth + 1)
    elif isinstance(value, int) and not isinstance(value, bool):
        if abs(value) > MAX_INTEGER:
            raise Invalid(f"integer beyond 2**53 would lose precision: {value}")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise Invalid("NaN and Infinity are not JSON")
    elif value is not None and not isinstance(value, (str, bool)):
        raise Invalid(f"not JSON: {type(value).__name__}")
