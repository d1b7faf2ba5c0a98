"""The gateway over a real store and real object storage in a folder, with a bus that only records."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import requests

from bellwether.bus import InlineBus
from bellwether.contracts import AnyEvent
from bellwether.errors import Unavailable
from bellwether.gateway.access import AccessRole
from bellwether.gateway.app import create_app
from bellwether.gateway.keys import create_key, server_secret
from bellwether.objects import ObjectStore
from bellwether.settings import Settings
from bellwether.storage.collections import COLLECTIONS
from bellwether.storage.guard import OwnedDocuments
from bellwether.storage.port import DocumentStore

CSV = {"Content-Type": "text/csv"}
WAIT_S = 60.0


@dataclass
class Clock:
    time: datetime = datetime(2026, 2, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def advance(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@dataclass
class RecordingBus:
    events: list[AnyEvent] = field(default_factory=list)
    away: bool = False

    def publish(self, events: Iterable[AnyEvent]) -> None:
        if self.away:
            raise Unavailable("the store is away")
        self.events += events

    @property
    def names(self) -> list[tuple[str, str]]:
        return [(event.type, event.subject) for event in self.events]


@dataclass
class WorkingBus(RecordingBus):
    """Records what is published, and does it."""

    inline: InlineBus | None = None

    def publish(self, events: Iterable[AnyEvent]) -> None:
        events = list(events)
        super().publish(events)
        assert self.inline is not None
        self.inline.publish(events)


@dataclass
class Faulty:
    """A port that is away whenever ``fails`` says so of a call: its method and its arguments."""

    port: Any
    fails: Callable[[str, tuple[Any, ...]], bool] = lambda method, arguments: False

    def __getattr__(self, method: str) -> Any:
        def call(*arguments: Any, **options: Any) -> Any:
            if self.fails(method, arguments):
                raise Unavailable("secret-host:1234 is away")
            return getattr(self.port, method)(*arguments, **options)

        return call


@dataclass
class Api:
    """Plain calls into the application; ``documents`` is the store without the ownership guard."""

    settings: Settings
    documents: DocumentStore
    objects: ObjectStore
    bus: RecordingBus
    now: Clock

    def __post_init__(self) -> None:
        self.store = Faulty(OwnedDocuments(self.documents, "gateway"))
        self.folder = Faulty(self.objects)
        self.app = create_app(self.settings, self.store, self.folder, self.bus, self.now)
        self.key = self.new_key("admin")
        self._runner = asyncio.Runner()
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://gateway")

    def new_key(self, *roles: AccessRole, **options: Any) -> str:
        secret = server_secret(self.settings)
        return create_key(self.documents, secret, self.now(), "test", roles, **options)[1]

    def call(self, method: str, path: str, *, key: str | None = None, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.key if key is None else key}", **options.pop("headers", {})}
        if key == "":
            del headers["Authorization"]
        return self._runner.run(self._client.request(method, path, headers=headers, **options))

    def send(self, request: requests.PreparedRequest) -> httpx.Response:
        """Send what a generator made."""
        assert request.method
        assert request.url
        body: Any = request.body
        headers = [(name, str(value)) for name, value in request.headers.items()]
        return self._runner.run(self._client.request(request.method, request.url, headers=headers, content=body))

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.call("GET", "/api/v1" + path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.call("POST", "/api/v1" + path, **options)

    def put(self, path: str, **options: Any) -> httpx.Response:
        return self.call("PUT", "/api/v1" + path, **options)

    def patch(self, path: str, **options: Any) -> httpx.Response:
        return self.call("PATCH", "/api/v1" + path, **options)

    def delete(self, path: str, **options: Any) -> httpx.Response:
        return self.call("DELETE", "/api/v1" + path, **options)

    def push(self, path: str, content: Any, media: str = "text/csv", **options: Any) -> httpx.Response:
        headers = {"Content-Type": media, **options.pop("headers", {})}
        return self.post(path, content=content, headers=headers, **options)

    def push_together(self, path: str, bodies: list[bytes]) -> list[int]:
        """Push at the same time, each body in two parts, the second once a push was answered; returns the statuses."""
        answered = asyncio.Event()

        async def parts(body: bytes) -> AsyncIterator[bytes]:
            yield body[:1]
            await asyncio.wait_for(answered.wait(), WAIT_S)
            yield body[1:]

        async def push(body: bytes) -> int:
            headers = {"Authorization": f"Bearer {self.key}", **CSV}
            answer = await self._client.post("/api/v1" + path, content=parts(body), headers=headers)
            answered.set()
            return answer.status_code

        async def all() -> list[int]:
            return await asyncio.gather(*(push(body) for body in bodies))

        return self._runner.run(all())

    def push_slowly(self, path: str) -> httpx.Response:
        """Push a body that does not come to its end."""

        async def parts() -> AsyncIterator[bytes]:
            for _ in range(100):
                yield b"a\n"
                await asyncio.sleep(0.05)

        return self.push(path, parts())

    def leave_while_pushing(self, path: str, body: bytes) -> None:
        """Begin to push, then hang up."""
        messages = [{"type": "http.request", "body": body, "more_body": True}, {"type": "http.disconnect"}]
        headers = [(b"authorization", f"Bearer {self.key}".encode()), (b"content-type", b"text/csv")]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "http",
            "state": {},
            "method": "POST",
            "path": "/api/v1" + path,
            "query_string": b"",
            "headers": headers,
            "root_path": "",
            "client": ("127.0.0.1", 1),
            "server": ("gateway", 80),
        }

        async def receive() -> Any:
            return messages.pop(0)

        async def send(message: Any) -> None:
            raise AssertionError(f"nobody is there to hear {message}")

        self._runner.run(self.app(scope, receive, send))

    @property
    def cookies(self) -> httpx.Cookies:
        """What the browser keeps."""
        return self._client.cookies

    def settle(self) -> None:
        """Let what was started beside an answer come to its end."""

        async def others() -> None:
            await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})

        self._runner.run(others())

    def everything(self) -> list[tuple[Any, ...]]:
        """All that is stored, to show that nothing changed; what a key notes about its use aside."""
        docs = [(coll.name, doc) for coll in COLLECTIONS for doc in self.documents.scan(coll)]
        return [
            *sorted(((name, doc["pk"], doc["id"], doc["_etag"]) for name, doc in docs if doc["pk"] != "keys")),
            *sorted(("object", key) for key in self.objects.list()),
        ]

    def close(self) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()
        self.app.state.context.threads.close()
        self.documents.close()


def with_reference(api: Api) -> str:
    """Create a model and push its reference."""
    assert api.post("/models", json={"name": "credit", "task": "binary"}).status_code == 201
    assert api.put("/models/credit/reference", content=b"a,prediction\n1,0\n", headers=CSV).status_code == 202
    return "credit"
