"""What every engine refuses, alike and before any I/O; pure."""

import json
import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

from bellwether.errors import InvalidInput as Invalid
from bellwether.errors import TooLarge
from bellwether.storage.port import SYSTEM_FIELDS, Delete, Doc, Filter, Op

MAX_DOC_BYTES = 1_900_000
MAX_BATCH_DOCS = 100
MAX_ID_BYTES = 255
MAX_PK_BYTES = 1024
MAX_DEPTH = 100
MAX_INTEGER = 2**53
RANGE_OPERATORS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">="}
OPERATORS = {"eq", "ne", "in", "contains", "prefix", "exists", *RANGE_OPERATORS}

_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
_RESERVED_IN_ID = re.compile(r"[/\\?#]")


# -- documents


def encode(doc: Doc) -> str:
    """Validate a document and return its compact JSON text, without system fields."""
    check_id(doc.get("id"))
    check_pk(doc.get("pk"))
    _check_ttl(doc.get("ttl"))
    body = {key: value for key, value in doc.items() if key not in SYSTEM_FIELDS}
    _check_value(body, 0)
    for key in body:
        if key.startswith("_"):
            raise Invalid(f"top-level field {key!r}: a leading underscore is reserved")
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    size = _size(text)
    if size > MAX_DOC_BYTES:
        raise TooLarge(f"document {doc['id']!r} of {size} bytes, limit {MAX_DOC_BYTES}")
    return text


def encode_batch(pk: str, docs: Iterable[Doc]) -> list[str]:
    """Validate the documents of one atomic batch."""
    docs = list(docs)
    texts = _encode_all(pk, docs)
    _check_ids_once([doc["id"] for doc in docs])
    return texts


def encode_ops(pk: str, ops: Sequence[Op]) -> list[str | None]:
    """Validate the operations of one commit; the text of each document, ``None`` for a delete."""
    texts = iter(_encode_all(pk, [op.doc for op in ops if not isinstance(op, Delete)]))
    for op in ops:
        if isinstance(op, Delete):
            check_id(op.id)
    _check_ids_once([op.id if isinstance(op, Delete) else op.doc["id"] for op in ops])
    return [None if isinstance(op, Delete) else next(texts) for op in ops]


def _encode_all(pk: str, docs: list[Doc]) -> list[str]:
    check_pk(pk)
    if strange := [doc.get("pk") for doc in docs if doc.get("pk") != pk]:
        raise Invalid(f"a batch covers one partition: {strange[0]!r} is not {pk!r}")
    texts = [encode(doc) for doc in docs]
    size = sum(map(_size, texts))
    if size > MAX_DOC_BYTES:
        raise TooLarge(f"batch of {size} bytes, limit {MAX_DOC_BYTES}")
    return texts


def _check_ids_once(ids: list[str]) -> None:
    if len(ids) > MAX_BATCH_DOCS:
        raise TooLarge(f"batch of {len(ids)} operations, limit {MAX_BATCH_DOCS}")
    if len(set(ids)) < len(ids):
        twice = sorted({id_ for id_ in ids if ids.count(id_) > 1})
        raise Invalid(f"a batch holds each id once: {twice}")


def _size(text: str) -> int:
    try:
        return len(text.encode())
    except UnicodeEncodeError as error:
        raise Invalid("a string holds an unpaired surrogate") from error


def _check_ttl(ttl: Any) -> None:
    if ttl is not None and (type(ttl) is not int or (ttl < 1 and ttl != -1)):
        raise Invalid(f"ttl has to be -1 or a positive number of seconds: {ttl!r}")


def _check_value(value: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Invalid(f"nesting deeper than {MAX_DEPTH}")
    match value:
        case dict():
            if strange := [key for key in value if not isinstance(key, str)]:
                raise Invalid(f"object key is not a string: {strange[0]!r}")
            for item in value.values():
                _check_value(item, depth + 1)
        case list() | tuple():
            for item in value:
                _check_value(item, depth + 1)
        case _:
            _check_leaf(value)


def _check_leaf(value: Any) -> None:
    match value:
        case None | bool() | str():
            return
        case int():
            if abs(value) > MAX_INTEGER:
                raise Invalid(f"integer beyond 2**53 would lose precision: {value}")
        case float():
            if not math.isfinite(value):
                raise Invalid("NaN and Infinity are not JSON")
        case _:
            raise Invalid(f"not JSON: {type(value).__name__}")


# -- addresses


def check_id(id_: Any) -> None:
    """Refuse what one of the engines could not address."""
    if not isinstance(id_, str) or not 0 < _size(id_) <= MAX_ID_BYTES:
        raise Invalid(f"id has to be a string of 1 to {MAX_ID_BYTES} bytes: {id_!r:.300}")
    if _RESERVED_IN_ID.search(id_):
        raise Invalid(f"id holds one of / \\ ? #: {id_!r}")


def check_pk(pk: Any) -> None:
    """Refuse a missing partition: the Cosmos client takes ``None`` for "all of them"."""
    if not isinstance(pk, str) or not 0 < _size(pk) <= MAX_PK_BYTES:
        raise Invalid(f"pk has to be a string of 1 to {MAX_PK_BYTES} bytes: {pk!r:.1100}")


# -- queries


def check_field(field: Any) -> list[str]:
    """Split a dotted field name; names are pasted into queries, so nothing else may pass."""
    if not isinstance(field, str) or not _FIELD.fullmatch(field):
        raise Invalid(f"bad field name {field!r}")
    return field.split(".")


def check_filters(where: Sequence[Filter]) -> None:
    """Refuse unknown operators and operand types."""
    for field, operator, value in where:
        check_field(field)
        if operator not in OPERATORS:
            raise Invalid(f"unknown operator {operator!r}; there are {', '.join(sorted(OPERATORS))}")
        if not _takes(operator, value):
            raise Invalid(f"operator {operator!r} does not take {value!r}")


def _takes(operator: str, value: Any) -> bool:
    if operator == "exists":
        return isinstance(value, bool)
    if operator == "in":
        return isinstance(value, (list, tuple, set)) and all(map(_is_scalar, value))
    if operator == "prefix" and not isinstance(value, str):
        return False
    if operator in RANGE_OPERATORS and (value is None or isinstance(value, bool)):
        return False
    return _is_scalar(value)


def _is_scalar(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, str):
        return _size(value) >= 0
    return value is None or isinstance(value, (bool, int))


def check_page(limit: Any, after: Any = None) -> None:
    """Refuse page sizes below one and cursors that are no ids."""
    if not isinstance(limit, int) or limit < 1:
        raise Invalid(f"bad limit {limit!r}: at least 1")
    if after is not None and (not isinstance(after, str) or not 0 < _size(after) <= MAX_ID_BYTES):
        raise Invalid(f"bad cursor {after!r:.300}")


def check_step(by: Any) -> None:
    """Refuse to add what is no finite number."""
    if isinstance(by, bool) or not isinstance(by, (int, float)) or not math.isfinite(by):
        raise Invalid(f"cannot add {by!r}")
