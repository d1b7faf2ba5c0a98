"""The change feed: the latest version of what was written, range by range."""

from email.utils import parsedate_to_datetime

from bellwether.testing.cosmos_server.containers import WHOLE_RANGE, Container
from bellwether.testing.cosmos_server.documents import doc_headers, optional_epk
from bellwether.testing.cosmos_server.queries import page_limit, range_of
from bellwether.testing.cosmos_server.replies import HttpError, Reply, Request


def change_feed(c: Container, request: Request, page_size: int) -> Reply:
    """Answer a GET of what changed since the entity tag; 304 when caught up."""
    headers = request.headers
    if "full-fidelity" in headers.get("a-im", "").lower():
        raise HttpError(400, "All versions and deletes mode is not served here.")
    scope = range_of(c, request)
    exact = None if scope else optional_epk(c, request)
    etag, modified = headers.get("if-none-match"), headers.get("if-modified-since")
    last = c.lsn if etag == "*" else int((etag or "0").strip('"') or 0)
    since = parsedate_to_datetime(modified).timestamp() if modified else 0.0
    changed = sorted(
        (
            stored
            for stored in c.within(*(scope or WHOLE_RANGE), exact)
            if stored.lsn > last and stored.body["_ts"] >= since
        ),
        key=lambda stored: stored.lsn,
    )[: page_limit(request, page_size)]
    caught_up = last if etag is None and not modified else max(last, c.lsn)
    upto = changed[-1].lsn if changed else caught_up
    reply = {**doc_headers(c, None, 1), "etag": f'"{upto}"'}
    if not changed:
        return Reply(304, None, reply)
    docs = [{**stored.body, "_lsn": stored.lsn} for stored in changed]
    return Reply(200, {"_rid": c.rid, "Documents": docs, "_count": len(docs)}, reply)
