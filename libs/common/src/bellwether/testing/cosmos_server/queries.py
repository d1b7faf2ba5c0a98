"""Queries: which partitions they see, in which form they answer, page by page."""

import json
from collections.abc import Mapping
from typing import Any

from bellwether.testing.cosmos_server.charges import query_charge
from bellwether.testing.cosmos_server.containers import WHOLE_RANGE, Container
from bellwether.testing.cosmos_server.documents import Documents, doc_headers, optional_epk
from bellwether.testing.cosmos_server.index import seek
from bellwether.testing.cosmos_server.replies import Doc, HttpError, Reply, Request, size_of
from bellwether.testing.cosmos_server.sql import REWRITTEN, UNDEF, Expr, Query, Resume, Row, creation_number, parse

MAX_PAGE_BYTES = 4 * 1024 * 1024
MAX_PAGE_ITEMS = 1000
_COMPOSITE_FROM = 2


def query(documents: Documents, c: Container, request: Request, page_size: int) -> Reply:
    """Answer a query."""
    text, params = request.query()
    parsed = parse(text)
    if not _has_composite_index(c, parsed):
        raise HttpError(
            400,
            "The order by query does not have a corresponding composite index that it can be served from.",
        )
    scope = range_of(c, request)
    exact = None if scope else optional_epk(c, request)
    if scope is None and exact is None:
        exact = _pinned(c, parsed, text, params, request)
    return _answer(documents, c, request, page_size, text, params, scope, exact)


def feed(documents: Documents, c: Container, request: Request, page_size: int) -> Reply:
    """Answer a GET of all documents."""
    scope = range_of(c, request)
    exact = None if scope else optional_epk(c, request)
    return _answer(documents, c, request, page_size, "SELECT * FROM c", {}, scope, exact)


def _answer(
    documents: Documents,
    c: Container,
    request: Request,
    page_size: int,
    text: str,
    params: dict[str, Any],
    scope: tuple[str, str] | None,
    exact: str | None,
) -> Reply:
    documents.charge(c, "Read", 0)
    parsed = parse(text)
    found = c.within(*(scope or WHOLE_RANGE), exact)
    index = seek(text, params)
    docs = [stored.body for stored in found if index.admits(stored.body["id"])]
    if exact is None:  # pages of several partitions go by the age of the documents
        docs.sort(key=creation_number)
    resume = _resume(request)
    rows = parsed.run(docs, params, rewritten=text.startswith(REWRITTEN), resume=resume)
    charge = query_charge(index.loaded(len(docs)))
    if parsed.aggregates and not parsed.group:
        return _page(c, rows, charge, None)
    behind = 0 if resume.place is not None else resume.given
    page = _fit(rows[behind : behind + page_limit(request, page_size)])
    token = None
    if behind + len(page) < len(rows):
        place = parsed.place(page[-1])
        token = json.dumps({"place": place, "given": resume.given + len(page)})
    return _page(c, page, charge, token)


def _page(c: Container, rows: list[Row], charge: float, token: str | None) -> Reply:
    headers = doc_headers(c, None, charge)
    headers["x-ms-item-count"] = str(len(rows))
    if token:
        headers["x-ms-continuation"] = token
    values = [row.value for row in rows]
    return Reply(200, {"_rid": c.rid, "Documents": values, "_count": len(values)}, headers)


def _fit(rows: list[Row]) -> list[Row]:
    size = 0
    for count, row in enumerate(rows):
        size += size_of(row.value)
        if size > MAX_PAGE_BYTES and count:
            return rows[:count]
    return rows


def _resume(request: Request) -> Resume:
    token = request.headers.get("x-ms-continuation")
    try:
        return Resume(**json.loads(token)) if token else Resume()
    except (ValueError, TypeError) as error:
        raise HttpError(400, "Invalid Continuation Token") from error


def page_limit(request: Request, page_size: int) -> int:
    """Return how many items a page may hold."""
    limit = int(request.headers.get("x-ms-max-item-count") or page_size)
    return MAX_PAGE_ITEMS if limit < 0 else limit


# -- partitions


def range_of(c: Container, request: Request) -> tuple[str, str] | None:
    """Return the interval of effective partition keys that the range headers address."""
    range_id = request.headers.get("x-ms-documentdb-partitionkeyrangeid")
    if range_id is None:
        return None
    for key_range in c.ranges:
        if key_range["id"] == range_id:
            low = request.headers.get("x-ms-start-epk", key_range["minInclusive"])
            return low, request.headers.get("x-ms-end-epk", key_range["maxExclusive"])
    raise HttpError(410, "The requested partition key range is gone.", 1002)


def _pinned(c: Container, parsed: Query, text: str, params: dict[str, Any], request: Request) -> str | None:
    """Return the partition that WHERE pins; without one the query has to be allowed to cross them."""
    values = [parsed.equality_on(path, params) for path in c.key_paths]
    if UNDEF not in values:
        return c.epk(values)
    if not request.flag("x-ms-documentdb-query-enablecrosspartition"):
        raise HttpError(
            400,
            "Cross partition query is required but disabled. Please set "
            "x-ms-documentdb-query-enablecrosspartition to true, specify x-ms-documentdb-partitionkey, or revise "
            "your query to avoid this exception.",
        )
    if parsed.needs_merge:  # the client has to ask for the plan and go range by range
        raise HttpError(
            400,
            "The provided cross partition query can not be directly served by the gateway.",
            1004,
            additionalErrorInfo=json.dumps(_plan(parsed, text, params)),
        )
    return None


def _has_composite_index(c: Container, parsed: Query) -> bool:
    if len(parsed.order) < _COMPOSITE_FROM:
        return True
    wanted = [
        ("/" + "/".join(map(str, expr.node[2])) if expr.node[0] == "path" else "", descending)
        for expr, descending in parsed.order
    ]
    opposite = [(path, not descending) for path, descending in wanted]
    for index in c.props.get("indexingPolicy", {}).get("compositeIndexes", []):
        have = [(part["path"], part.get("order", "ascending") == "descending") for part in index]
        if have in (wanted, opposite):
            return True
    return False


# -- plans


def query_plan(request: Request) -> Reply:
    """Answer the request for a plan; what the client does not announce is refused."""
    text, params = request.query()
    parsed = parse(text)
    announced = request.headers.get("x-ms-cosmos-supported-query-features", "").replace(" ", "").split(",")
    needed = {"GroupBy": bool(parsed.group), "NonValueAggregate": bool(parsed.aggregates and not parsed.value)}
    missing = [feature for feature, used in needed.items() if used and feature not in announced]
    if missing:
        raise HttpError(
            400,
            "Query contains the following features, which the calling client does not support: "
            f"None {' '.join(missing)}",
        )
    return Reply(200, _plan(parsed, text, params), {"x-ms-request-charge": "0"})


def _plan(parsed: Query, text: str, params: Mapping[str, Any]) -> Doc:
    def constant(expr: Expr | None) -> Any:
        return expr.eval({"$p": params}) if expr else None

    distinct = "None"
    if parsed.distinct:
        distinct = "Ordered" if parsed.order else "Unordered"
    rewrite = bool(parsed.order or parsed.aggregates or parsed.top or parsed.offset)
    return {
        "partitionedQueryExecutionInfoVersion": 2,
        "queryInfo": {
            "distinctType": distinct,
            "top": constant(parsed.top),
            "offset": constant(parsed.offset),
            "limit": constant(parsed.limit),
            "orderBy": ["Descending" if desc else "Ascending" for _, desc in parsed.order],
            "orderByExpressions": [],
            "groupByExpressions": [],
            "groupByAliases": [],
            "aggregates": ["Average" if a == "AVG" else a.title() for a in parsed.aggregates],
            "groupByAliasToAggregateType": {},
            "hasSelectValue": parsed.value,
            "hasNonStreamingOrderBy": False,
            "rewrittenQuery": REWRITTEN + text if rewrite else "",
        },
        "queryRanges": [{"min": "", "max": "FF", "isMinInclusive": True, "isMaxInclusive": False}],
    }
