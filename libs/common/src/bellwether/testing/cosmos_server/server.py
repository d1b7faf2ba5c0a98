"""The server: life cycle, routing, faults and the log of requests."""

import base64
import hashlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote

from typing_extensions import override

from bellwether.testing.cosmos_server import feed, queries, resources
from bellwether.testing.cosmos_server.auth import authorize
from bellwether.testing.cosmos_server.batch import batch
from bellwether.testing.cosmos_server.containers import Container
from bellwether.testing.cosmos_server.documents import Documents
from bellwether.testing.cosmos_server.faults import Fault, InjectedFault
from bellwether.testing.cosmos_server.replies import (
    OWNER_MISSING,
    Doc,
    HttpError,
    LogLine,
    Reply,
    Request,
    not_found,
)
from bellwether.testing.cosmos_server.state import State
from bellwether.testing.cosmos_server.wire import listen
from bellwether.testing.lifecycle import ThreadedServer
from bellwether.testing.wire import Headers

DEFAULT_KEY = base64.b64encode(hashlib.sha512(b"bellwether cosmos test server").digest()).decode()
"""Account key of a server that was given none. It protects nothing."""

_MAX_PARTITIONS = 64
_LOG_LENGTH = 2000


class CosmosServer(ThreadedServer):
    """Databases, containers, documents, queries, batches and change feed, behind one lock.

    ``faults`` is a list of callables that see every request first and may answer it; ``inject`` adds the common
    kind. ``requests`` holds the last requests, ``connections`` counts accepted connections. ``throttle`` turns the
    offer of a container into a real budget. ``clock`` decides on expiry.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        key: str = DEFAULT_KEY,
        path: str | None = None,
        partitions: int = 2,
        tls: tuple[str, str] | None = None,
        aad_tokens: Iterable[str] = (),
        page_size: int = 100,
        throttle: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if not 1 <= partitions <= _MAX_PARTITIONS:
            raise ValueError(f"{partitions} partitions: between 1 and {_MAX_PARTITIONS}")
        self.key = key
        self.faults: list[Fault] = []
        self.requests: deque[LogLine] = deque(maxlen=_LOG_LENGTH)
        self.connections = 0
        self._tokens = frozenset(aad_tokens)
        self._page_size = page_size
        self._lock = threading.RLock()
        self._state = State(partitions, path, clock)
        self._documents = Documents(self._state, throttle=throttle)
        super().__init__(listen(self._handle, self._count, self.requests.append, (host, port), tls))
        self._scheme = "https" if tls else "http"
        self.url = f"{self._scheme}://{host}:{self._http.server_address[1]}/"

    @override
    def stop(self) -> None:
        """Stop serving and close the file."""
        super().stop()
        self._state.close()

    def inject(self, status: int, **options: Any) -> InjectedFault:
        """Fail coming requests; see ``InjectedFault`` for the options."""
        fault = InjectedFault(status, **options)
        self.faults.append(fault)
        return fault

    def _count(self) -> None:
        self.connections += 1

    # -- routing

    def _handle(self, method: str, raw_path: str, headers: Headers, body: bytes) -> Reply:
        parts = [unquote(part) for part in raw_path.split("?")[0].split("/") if part]
        path = "/" + "/".join(parts)
        lost = None
        for fault in list(self.faults):
            if error := fault(method, path, headers):
                if not getattr(fault, "lost", False):
                    raise error
                lost = error
        odd = len(parts) % 2  # /type/id/type addresses a feed, /type/id/type/id a resource
        resource = parts[-1] if odd else (parts[-2] if parts else "")
        link = "/".join(parts[:-1] if odd else parts)
        if resource == "offers":
            link = link.removeprefix("offers/").lower()
        authorize(self.key, self._tokens, method, resource, link, headers)
        with self._lock:
            reply = self._route(Request(method, parts, headers, body))
        if lost:
            raise lost
        return reply

    def _route(self, request: Request) -> Reply:
        match request.parts:
            case []:
                return Reply(200, self._account(request.headers), {})
            case ["offers", *_]:
                return resources.offers(self._state, request)
            case ["dbs"]:
                return resources.databases(self._state, request)
            case ["dbs", _]:
                return resources.database(self._state, request)
            case ["dbs", db, "colls"] if db in self._state.databases:
                return resources.containers(self._state, request)
            case ["dbs", db, "colls", name]:
                return resources.container(self._state, self._container(db, name, 0), request)
            case ["dbs", db, "colls", name, *rest]:
                return self._inside(self._container(db, name, OWNER_MISSING), rest, request)
            case ["dbs", db, *_] if db not in self._state.databases:
                raise not_found("Database not found.", OWNER_MISSING)
            case _:
                raise HttpError(400, f"The request path /{'/'.join(request.parts)} is not served here.")

    def _container(self, db: str, name: str, substatus: int) -> Container:
        if (db, name) not in self._state.containers:
            missing = 0 if db in self._state.databases else OWNER_MISSING
            raise not_found("Container not found.", substatus or missing)
        return self._state.containers[db, name]

    def _inside(self, c: Container, rest: list[str], request: Request) -> Reply:
        if request.headers.get("x-ms-cosmos-intended-collection-rid", c.rid) != c.rid:
            raise HttpError(400, "Collection rid does not match the intended one.", 1024)
        match rest:
            case ["pkranges"]:
                return resources.ranges(c, request)
            case ["docs"]:
                return self._documents_of(c, request)
            case ["docs", id_]:
                return self._documents.one(c, id_, request)
            case _:
                raise HttpError(400, f"The request path /{'/'.join(request.parts)} is not served here.")

    def _documents_of(self, c: Container, request: Request) -> Reply:
        if request.method == "GET":
            if request.headers.get("a-im"):
                return feed.change_feed(c, request, self._page_size)
            return queries.feed(self._documents, c, request, self._page_size)
        if request.flag("x-ms-cosmos-is-query-plan-request"):
            return queries.query_plan(request)
        is_query = request.headers.get("content-type", "").startswith("application/query+json")
        if is_query or request.flag("x-ms-documentdb-isquery"):
            return queries.query(self._documents, c, request, self._page_size)
        if request.flag("x-ms-cosmos-is-batch-request"):
            return batch(self._state, self._documents, c, request)
        return self._documents.create(c, request)

    def _account(self, headers: Headers) -> Doc:
        # The client goes on with the address announced here, so announce the one it came by.
        url = f"{self._scheme}://{headers['host']}/" if headers.get("host") else self.url
        locations = [{"name": "Test Region", "databaseAccountEndpoint": url}]
        return {
            "_self": "",
            "id": "bellwether-test",
            "_rid": "bellwether-test",
            "media": "//media/",
            "addresses": "//addresses/",
            "_dbs": "//dbs/",
            "writableLocations": locations,
            "readableLocations": locations,
            "enableMultipleWriteLocations": False,
            "userConsistencyPolicy": {"defaultConsistencyLevel": "Session"},
            "queryEngineConfiguration": "{}",
        }
