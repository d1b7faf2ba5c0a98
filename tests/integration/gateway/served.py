"""The gateway over a real store and real object storage in a folder, with a bus that only records."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

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
