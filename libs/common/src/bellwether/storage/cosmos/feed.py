"""Our cursor over the change feed: one continuation per range of partition keys.

A token of the SDK for a whole container cannot be resumed before every range was visited, so the ranges are kept
apart; they are visited in turn, so that none starves.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from azure.cosmos import ContainerProxy

from bellwether.errors import InvalidInput
from bellwether.storage.port import Doc

Ranges = list[tuple[Any, str | None]]
"""Feed ranges, each with the continuation to go on from; None: its beginning."""
Hook = Callable[[Mapping[str, str], Any], None]


def parse(cursor: str) -> Ranges:
    """Read a cursor that ``dump`` wrote."""
    try:
        found = json.loads(cursor)
        ranges = [(feed_range, token) for feed_range, token in found]
    except (ValueError, TypeError) as error:
        raise InvalidInput(f"bad cursor {cursor!r:.100} of changes") from error
    if not ranges or not all(
        isinstance(range_, dict) and isinstance(token, (str, type(None))) for range_, token in ranges
    ):
        raise InvalidInput(f"bad cursor {cursor!r:.100} of changes")
    return ranges


def dump(ranges: Ranges) -> str:
    """Return the cursor."""
    return json.dumps(ranges, separators=(",", ":"))


def beginning(container: ContainerProxy) -> Ranges:
    """Return the ranges of a container, each at its beginning."""
    return [(feed_range, None) for feed_range in container.read_feed_ranges()]


def read(container: ContainerProxy, ranges: Ranges, limit: int, hook: Hook) -> tuple[list[Doc], Ranges]:
    """Return up to ``limit`` changed documents and where to go on."""
    docs: list[Doc] = []
    visited: Ranges = []
    for feed_range, token in ranges:
        after = token
        if len(docs) < limit:
            found, after = _page(container, feed_range, token, limit - len(docs), hook)
            docs += found
        visited.append((feed_range, after))
    if docs:
        visited = visited[1:] + visited[:1]
    return docs, visited


def _page(
    container: ContainerProxy, feed_range: Any, token: str | None, limit: int, hook: Hook
) -> tuple[list[Doc], str | None]:
    # The SDK finishes the token in these headers after it has called the hook; the client-wide
    # ``last_response_headers`` belongs to whichever thread came last.
    seen: list[Mapping[str, str]] = []

    def keep(headers: Mapping[str, str], body: Any) -> None:
        seen.append(headers)
        hook(headers, body)

    start: dict[str, Any] = {"continuation": token}
    if token is None:
        start = {"feed_range": feed_range, "start_time": "Beginning"}
    pages: Iterator[Iterable[Doc]] = container.query_items_change_feed(
        max_item_count=limit, response_hook=keep, **start
    ).by_page()
    docs = list(next(pages, []))
    return docs, (seen[-1].get("etag") or token) if seen else token
