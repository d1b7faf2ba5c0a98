"""Calls of the REST API; HTTP only, the standard library only."""

import http.client
import io
import json
import selectors
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlencode, urlsplit

from bellwether.errors import BellwetherError, Fault, InvalidInput, Unavailable

BASE = "/api/v1"
_BUSY = frozenset({429, 502, 503, 504})
"""The server, or what it needs, is away or has no time: the same request may succeed later."""


class Refused(BellwetherError):
    """The server answered with a problem; ``code`` is its HTTP status."""

    def __init__(self, code: int, message: str, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(message, faults)
        self.code = code


class Client:
    """One connection to a gateway, for one thread."""

    def __init__(self, url: str, key: str, *, timeout_s: float = 60.0) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise InvalidInput(f"server address {url!r} is not of the form http(s)://host[:port]")
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname, parts.port, timeout=timeout_s)
        self._key = key
        self._url = url

    def __enter__(self) -> Self:
        """Nothing is sent yet."""
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Close the connection."""
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def get(self, path: str, **query: Any) -> Any:
        """GET below ``/api/v1``; the decoded answer."""
        return self.call("GET", path, query=query)

    def post(self, path: str, body: Any = None, **query: Any) -> Any:
        """POST a JSON body below ``/api/v1``; the decoded answer."""
        content = None if body is None else json.dumps(body, allow_nan=False).encode()
        return self.call("POST", path, query=query, body=content, media="application/json")

    def put(self, path: str, body: Any, **query: Any) -> Any:
        """PUT a JSON body below ``/api/v1``; the decoded answer."""
        content = json.dumps(body, allow_nan=False).encode()
        return self.call("PUT", path, query=query, body=content, media="application/json")

    def items(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Every item of a list, page by page."""
        while True:
            page = self.get(path, **query)
            yield from page["items"]
            if page["next"] is None:
                return
            query["cursor"] = page["next"]

    def call(self, method: str, path: str, **request: Any) -> Any:
        """Send one request as ``read`` does; the decoded answer."""
        return json.loads(content) if (content := self.read(method, path, **request)) else None

    def read(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: bytes | io.BufferedIOBase | None = None,
        media: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        """Send one request; the answer as it came. A file is streamed from where it stands.

        Raises ``Refused`` on an error status, ``Unavailable`` when nobody answers or can answer now.
        """
        asked = {name: value for name, value in (query or {}).items() if value is not None}
        target = BASE + quote(path, safe="/:~%") + ("?" + urlencode(asked) if asked else "")
        sent = {"Authorization": f"Bearer {self._key}", "Accept": "application/json", **(headers or {})}
        if body is not None and media is not None:
            sent["Content-Type"] = media
        self._drop_if_closed()
        try:
            self._connection.request(method, target, body=body, headers=sent)
            answer = self._connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise Unavailable(f"{method} {self._url}{target}: no answer ({error})") from error
        if answer.status in _BUSY:
            raise Unavailable(str(_problem(answer.status, f"{method} {target}", content)))
        if answer.status >= 400:
            raise _problem(answer.status, f"{method} {target}", content)
        return content

    def _drop_if_closed(self) -> None:
        """Forget a connection the server ended as nothing was asked for a while: the next request opens another."""
        held = self._connection.sock
        if held is None:
            return
        with selectors.DefaultSelector() as waiting:
            waiting.register(held, selectors.EVENT_READ)
            if waiting.select(0):  # no answer is awaited, so what there is to read is the end
                self._connection.close()


def _problem(status: int, what: str, content: bytes) -> Refused:
    try:
        told = json.loads(content)
    except ValueError:
        told = {}
    if not isinstance(told, dict):
        told = {}
    faults = tuple(
        Fault(*(str(fault.get(name, "")) for name in ("pointer", "value", "limit", "fix")))
        for fault in told.get("errors") or ()
        if isinstance(fault, dict)
    )
    reason = told.get("detail") or told.get("title") or content[:500].decode(errors="replace")
    return Refused(status, f"{what}: {status} {reason}", faults)
