"""The calls the demo makes to the gateway: retried while it is away or busy, never logged with the key."""

import time
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

import httpx

from bellwether.errors import BellwetherError, Fault, Unavailable

PARQUET = "application/vnd.apache.parquet"
_BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE})
_PAUSES_S = (0.2, 5.0)


class Refused(BellwetherError):
    """The gateway answered with a problem; ``code`` is its HTTP status."""

    def __init__(self, code: int, message: str, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(message, faults)
        self.code = code


class Api:
    """One gateway. Every call may be sent again: what is pushed has a key, so twice is once."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        patience_s: float = 120.0,
        pause: Callable[[float], None] = time.sleep,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._client = httpx.Client(
            base_url=f"{url.rstrip('/')}/api/v1",
            headers={"Authorization": f"Bearer {key}", "Accept": "application/json"},
            timeout=httpx.Timeout(30.0, read=90.0),
            transport=transport,
        )
        self.pause, self._patience_s = pause, patience_s

    def __enter__(self) -> Self:
        """Nothing is sent yet."""
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        self._client.close()

    def find(self, path: str, **query: str | int) -> httpx.Response | None:
        """Return the answer to a GET, or None when there is no such thing."""
        try:
            return self._call("GET", path, params=query)
        except Refused as error:
            if error.code == HTTPStatus.NOT_FOUND:
                return None
            raise

    def get(self, path: str, **query: str | int) -> Any:
        """Return the decoded answer to a GET."""
        return self._call("GET", path, params=query).json()

    def items(self, path: str) -> Iterator[dict[str, Any]]:
        """Return every item of a list, page by page."""
        query: dict[str, str | int] = {"limit": 500}
        while True:
            page = self.get(path, **query)
            yield from page["items"]
            if page["next"] is None:
                return
            query["cursor"] = page["next"]

    def send(self, method: str, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Any:
        """Send a JSON body; the decoded answer."""
        return self._call(method, path, json=dict(body), headers=dict(headers or {})).json()

    def push(self, method: str, path: str, rows: bytes, **query: str) -> Any:
        """Send rows as Parquet; the decoded answer."""
        return self._call(method, path, content=rows, params=query, headers={"Content-Type": PARQUET}).json()

    def _call(self, method: str, path: str, **request: Any) -> httpx.Response:
        wait, until = _PAUSES_S[0], time.monotonic() + self._patience_s
        while True:
            answer, why = self._try(method, path, request)
            if answer is not None and answer.status_code not in _BUSY:
                if answer.is_error:
                    raise _problem(answer)
                return answer
            if time.monotonic() > until:
                raise Unavailable(f"{method} {path}: {why}, and so for {self._patience_s:g} s")
            told = answer.headers.get("Retry-After", "") if answer is not None else ""
            self.pause(min(float(told), 30.0) if told.isdigit() else wait)
            wait = min(2 * wait, _PAUSES_S[1])

    def _try(self, method: str, path: str, request: Mapping[str, Any]) -> tuple[httpx.Response | None, str]:
        try:
            answer = self._client.request(method, path, **request)
        except httpx.TransportError as error:
            return None, f"no answer ({type(error).__name__})"
        return answer, f"status {answer.status_code}"


def reasons(told: Mapping[str, Any]) -> str:
    """Tell in a line why something pushed was rejected."""
    return "; ".join(f"{one['pointer']}: {one['value']} ({one['limit']})" for one in told["reasons"])


def _problem(answer: httpx.Response) -> Refused:
    try:
        told = answer.json()
    except ValueError:
        told = {}
    told = told if isinstance(told, dict) else {}
    faults = tuple(
        Fault(*(str(fault.get(name, "")) for name in ("pointer", "value", "limit", "fix")))
        for fault in told.get("errors") or ()
        if isinstance(fault, dict)
    )
    what = f"{answer.request.method} {answer.request.url.path}: {answer.status_code}"
    hints = "".join(f"; {fault.pointer}: {fault.value}, {fault.limit}: {fault.fix}" for fault in faults)
    return Refused(answer.status_code, f"{what} {told.get('detail') or told.get('title') or ''}{hints}", faults)
