"""Single documents: create, upsert, read, replace, patch, delete."""

import json
from typing import Any

from bellwether.testing.cosmos_server.charges import price, request_units
from bellwether.testing.cosmos_server.containers import Container
from bellwether.testing.cosmos_server.patch import patched
from bellwether.testing.cosmos_server.replies import Doc, HttpError, Reply, Request, not_found, size_of
from bellwether.testing.cosmos_server.sql import walk
from bellwether.testing.cosmos_server.state import State

MAX_ITEM_BYTES = 2 * 1024 * 1024
MAX_ID_BYTES = 1023
MAX_PARTITION_KEY_BYTES = 2048
_SYSTEM_FIELDS = {"_rid", "_self", "_etag", "_attachments", "_ts"}
_OPERATIONS = {"GET": "Read", "PUT": "Replace", "DELETE": "Delete", "PATCH": "Patch"}


class Documents:
    """Document operations on the state; ``throttle`` makes them cost real request units."""

    def __init__(self, state: State, *, throttle: bool) -> None:
        self._state = state
        self._throttle = throttle

    def create(self, c: Container, request: Request) -> Reply:
        """Answer a POST of one document."""
        operation = "Upsert" if request.flag("x-ms-documentdb-is-upsert") else "Create"
        self.charge(c, operation, len(request.body))
        doc = request.json()
        epk = header_epk(c, request)
        match = request.headers.get("if-match")
        status, result = self.write(c, operation, epk, doc.get("id"), doc, len(request.body), match)
        return Reply(status, result, doc_headers(c, result, request_units(operation, result)))

    def one(self, c: Container, id_: str, request: Request) -> Reply:
        """Answer a request for one document by its id."""
        operation = _OPERATIONS[request.method]
        epk = header_epk(c, request)
        self.charge(c, operation, len(request.body))
        payload = request.json() if request.body else None
        match = request.headers.get("if-match")
        status, doc = self.write(c, operation, epk, id_, payload, len(request.body), match)
        if operation == "Read" and doc and request.headers.get("if-none-match") == doc["_etag"]:
            return Reply(304, None, doc_headers(c, doc, 1))
        return Reply(status, doc, doc_headers(c, doc, request_units(operation, doc)))

    def write(
        self,
        c: Container,
        operation: str,
        epk: str,
        id_: Any,
        payload: Any,
        size: int,
        if_match: str | None = None,
    ) -> tuple[int, Doc | None]:
        """Carry out one operation; the status and the document."""
        old = self._state.get(c, epk, id_)
        if operation == "Create" and old is not None:
            _check_document(c, payload, size, epk)
            raise HttpError(409, "Entity with the specified id already exists in the system.")
        if operation in ("Read", "Replace", "Patch", "Delete") and old is None:
            raise not_found()
        if operation == "Read":
            return 200, old
        if old is not None and if_match not in (None, "*", old["_etag"]):
            raise HttpError(412, "One of the specified pre-conditions is not met.")
        if operation == "Delete":
            self._state.drop(c, epk, id_)
            return 204, None
        if operation == "Patch":
            payload = patched(c.key_paths, old or {}, payload)
            size = size_of(payload)
        _check_document(c, payload, size, epk)
        if operation in ("Replace", "Patch") and payload["id"] != id_:
            raise HttpError(400, "The id of a document cannot be replaced.")
        _check_unique_keys(c, payload, epk)
        return (200 if old else 201), self._keep(c, epk, payload, old)

    def _keep(self, c: Container, epk: str, payload: Doc, old: Doc | None) -> Doc:
        doc = {key: value for key, value in payload.items() if key not in _SYSTEM_FIELDS}
        rid = old["_rid"] if old else c.next_rid()
        self._state.stamp(doc, f"{c.props['_self']}docs/{rid}/", rid)
        doc["_attachments"] = "attachments/"
        self._state.put(c, epk, doc)
        return doc

    def charge(self, c: Container, operation: str, size: int) -> None:
        """Take request units before the work, when throttling."""
        if self._throttle:
            c.consume(price(operation, size))


def optional_epk(c: Container, request: Request) -> str | None:
    """Return the effective partition key of the request's header, if it has one."""
    raw = request.headers.get("x-ms-documentdb-partitionkey")
    if raw is None:
        return None
    values = json.loads(raw)
    if len(values) != len(c.key_paths):
        raise HttpError(
            400,
            "Partition key provided either doesn't correspond to definition in the collection or doesn't match "
            "partition key field values specified in the document.",
            1001,
        )
    return c.epk(values)


def header_epk(c: Container, request: Request) -> str:
    """Return the effective partition key of the request's header."""
    epk = optional_epk(c, request)
    if epk is None:
        raise HttpError(400, "PartitionKey value must be supplied for this operation.")
    return epk


def doc_headers(c: Container, doc: Doc | None, charge: float) -> dict[str, str]:
    """Return the headers of an answer about documents."""
    headers = {
        "x-ms-request-charge": str(charge),
        "x-ms-session-token": f"0:-1#{c.lsn}",
        "lsn": str(c.lsn),
    }
    return {**headers, "etag": doc["_etag"]} if doc else headers


def _check_document(c: Container, doc: Doc, size: int, epk: str) -> None:
    _check_id(doc.get("id"))
    if size > MAX_ITEM_BYTES:
        raise HttpError(413, "Request size is too large")
    values = c.key_values(doc)
    if c.epk(values) != epk:
        raise HttpError(400, "PartitionKey extracted from document doesn't match the one specified in the header", 1001)
    if sum(len(str(value).encode()) for value in values) > MAX_PARTITION_KEY_BYTES:
        raise HttpError(400, f"Partition key is too large (max {MAX_PARTITION_KEY_BYTES} bytes).")
    ttl = doc.get("ttl")
    if ttl is not None and (type(ttl) is not int or ttl == 0 or ttl < -1):
        raise HttpError(400, "The ttl must be -1 or a positive integer.")


def _check_id(id_: Any) -> None:
    if not isinstance(id_, str) or not id_:
        raise HttpError(400, "The input content is invalid because the required properties - 'id; ' - are missing")
    if len(id_.encode()) > MAX_ID_BYTES:
        raise HttpError(400, f"The id '{id_[:40]}...' is too long (max {MAX_ID_BYTES} bytes).")
    if any(char in id_ for char in "/\\?#"):
        raise HttpError(400, "The id contains one of the reserved characters / \\ ? #.")


def _check_unique_keys(c: Container, doc: Doc, epk: str) -> None:
    policy = c.props.get("uniqueKeyPolicy") or {}
    for unique_key in policy.get("uniqueKeys", []):
        paths = [path.strip("/").split("/") for path in unique_key["paths"]]
        wanted = [walk(doc, path) for path in paths]
        for stored in c.partitions.get(epk, {}).values():
            other = stored.body
            if other["id"] != doc["id"] and [walk(other, path) for path in paths] == wanted:
                raise HttpError(409, "Unique index constraint violation.")
