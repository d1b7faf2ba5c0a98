"""Transactional batches: all operations of one partition, or none."""

from http import HTTPStatus

from bellwether.testing.cosmos_server.charges import request_units
from bellwether.testing.cosmos_server.containers import Container
from bellwether.testing.cosmos_server.documents import Documents, doc_headers, header_epk
from bellwether.testing.cosmos_server.replies import Doc, HttpError, Reply, Request, size_of
from bellwether.testing.cosmos_server.state import State

MAX_BATCH_BYTES = 2 * 1024 * 1024
MAX_BATCH_OPERATIONS = 100


def batch(state: State, documents: Documents, c: Container, request: Request) -> Reply:
    """Answer a batch: 200 with every result, or 207 where one operation failed and none was done."""
    operations = request.json()
    epk = header_epk(c, request)
    if len(operations) > MAX_BATCH_OPERATIONS:
        raise HttpError(400, f"Batch request has more operations than what is supported ({MAX_BATCH_OPERATIONS}).")
    if not operations:
        raise HttpError(400, "Batch request has no operations.")
    if len(request.body) > MAX_BATCH_BYTES:
        raise HttpError(413, "Request size is too large")
    documents.charge(c, "Create", len(request.body))
    results: list[Doc] = []
    try:
        with state.all_or_none(c, epk):
            for operation in operations:
                results.append(_one(documents, c, epk, operation))  # noqa: PERF401  its length tells which failed
    except HttpError as error:
        return Reply(207, _failed(operations, len(results), error), doc_headers(c, None, 1))
    charge = round(sum(result["requestCharge"] for result in results), 2)
    return Reply(200, results, doc_headers(c, None, charge))


def _one(documents: Documents, c: Container, epk: str, operation: Doc) -> Doc:
    kind, payload = operation["operationType"], operation.get("resourceBody")
    id_ = payload.get("id") if kind in ("Create", "Upsert") and payload else operation.get("id")
    size = size_of(payload) if payload else 0
    status, doc = documents.write(c, kind, epk, id_, payload, size, operation.get("ifMatch"))
    result: Doc = {"statusCode": status, "requestCharge": request_units(kind, doc)}
    return {**result, "eTag": doc["_etag"], "resourceBody": doc} if doc else result


def _failed(operations: list[Doc], failed: int, error: HttpError) -> list[Doc]:
    dependent: Doc = {"statusCode": int(HTTPStatus.FAILED_DEPENDENCY), "requestCharge": 0}
    results = [dict(dependent) for _ in operations]
    results[failed] = {"statusCode": error.status, "requestCharge": 1.0, "subStatusCode": error.substatus}
    return results
