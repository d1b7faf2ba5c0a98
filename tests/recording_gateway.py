"""A gateway that remembers what it was sent and analyses nothing: for tests of whoever pushes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

BASE = "/api/v1"
Answer = tuple[int, Any, dict[str, str]]


@dataclass
class RecordingGateway:
    """Answers as the REST API does; a batch is analysed after it was asked for ``looks`` times."""

    key: str = "secret-key"
    looks: int = 1
    page: int = 2
    busy: int = 0
    """How many calls are answered 503 first."""
    calls: list[str] = field(default_factory=list)
    models: dict[str, dict[str, Any]] = field(default_factory=dict)
    references: dict[str, dict[str, bytes]] = field(default_factory=dict)
    versions: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    batches: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    labels: dict[str, dict[str, bytes]] = field(default_factory=dict)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    rejected: set[str] = field(default_factory=set)
    """Keys of batches that are rejected."""
    pushed: list[str] = field(default_factory=list)
    """``model key`` of batches and labels in the order they came, repeats included."""
    most_undone: int = 0
    lock: Lock = field(default_factory=Lock)

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        """Answer one request."""
        with self.lock:
            parts = urlsplit(target)
            self.calls.append(f"{method} {parts.path.removeprefix(BASE)}")
            if headers.get("authorization") != f"Bearer {self.key}":
                return 401, {"title": "Unauthorized", "detail": "the key is not known"}, {}
            if self.busy:
                self.busy -= 1
                return 503, {"title": "Unavailable"}, {"Retry-After": "1"}
            query = dict(parse_qsl(parts.query))
            return self._route(method, parts.path.removeprefix(BASE).split("/")[1:], query, headers, body)

    def _route(
        self, method: str, path: list[str], query: dict[str, str], headers: dict[str, str], body: bytes
    ) -> Answer:
        if (method, path) == ("POST", ["models"]):
            model = json.loads(body)
            self.models[model["name"]] = model | {"thresholds": {"index": None, "features": {}}}
            return 201, self.models[model["name"]], {}
        if (method, path) == ("POST", ["sources"]):
            source = json.loads(body)
            self.sources[f"{source['settings']['kind']}/{source['name']}"] = source
            return 201, source, {}
        name, rest = path[1], path[2:]
        if name not in self.models:
            return 404, {"title": "Not Found", "detail": f"no model {name}"}, {}
        if method == "GET":
            return self._get(name, rest, query)
        return self._write(method, name, rest, query, headers, body)

    def _get(self, name: str, rest: list[str], query: dict[str, str]) -> Answer:
        match rest:
            case []:
                return 200, self.models[name], {"ETag": self._etag(name)}
            case ["reference"]:
                return 200, {"id": query["id"], "state": "ready", "reasons": []}, {}
            case ["batches"]:
                return self._list(name, int(query.get("cursor", "0")))
            case ["batches", id]:
                return self._look(self.batches[name][id])
            case ["drift", _]:
                return 200, {"overall": {"status": "fine", "score": 9.87}}, {}
        return 404, {"title": "Not Found"}, {}

    def _write(
        self, method: str, name: str, rest: list[str], query: dict[str, str], headers: dict[str, str], body: bytes
    ) -> Answer:
        match method, rest:
            case "PATCH", []:
                if headers.get("if-match") != self._etag(name):
                    return 412, {"title": "Precondition Failed"}, {}
                self.models[name] |= json.loads(body)
                return 200, self.models[name], {}
            case "PUT", ["reference"]:
                digest = sha256(body).hexdigest()[:12]
                self.references.setdefault(name, {})[digest] = body
                return 202, {"id": f"reference~{digest}", "state": "received"}, {}
            case "POST", ["versions"]:
                self.versions.setdefault(name, []).append(json.loads(body))
                return 201, json.loads(body), {}
            case "POST", ["batches"]:
                return self._push(name, query, body)
            case "POST", ["labels"]:
                self.pushed.append(f"{name} {query['key']}")
                self.labels.setdefault(name, {})[query["key"]] = body
                return 202, {"id": query["key"], "state": "received"}, {}
        return 404, {"title": "Not Found"}, {}

    def _push(self, name: str, query: dict[str, str], body: bytes) -> Answer:
        self.pushed.append(f"{name} {query['key']}")
        id = f"batch-{name}-{query['key']}"
        new = {**query, "id": id, "state": "received", "body": body, "asked": 0, "rows": 10}
        self.batches.setdefault(name, {}).setdefault(id, new)
        undone = [b for of in self.batches.values() for b in of.values() if b["state"] == "received"]
        self.most_undone = max(self.most_undone, len(undone))
        return 202, {"id": id, "state": "received"}, {}

    def _look(self, batch: dict[str, Any]) -> Answer:
        batch["asked"] += 1
        if batch["asked"] >= self.looks:
            batch["state"] = "rejected" if batch["key"] in self.rejected else "analysed"
        told = {name: batch[name] for name in ("id", "key", "state", "rows")}
        return (
            200,
            told
            | {
                "reasons": [{"pointer": "wind_speed", "value": "text", "limit": "numbers", "fix": "send numbers"}]
                if batch["state"] == "rejected"
                else []
            },
            {},
        )

    def _list(self, name: str, start: int) -> Answer:
        found = sorted(self.batches.get(name, {}).values(), key=lambda one: str(one["id"]), reverse=True)
        items = [{"id": one["id"], "key": one["key"]} for one in found[start : start + self.page]]
        after = start + self.page
        return 200, {"items": items, "next": str(after) if after < len(found) else None}, {}

    def _etag(self, name: str) -> str:
        return f'"{sha256(json.dumps(self.models[name], sort_keys=True).encode()).hexdigest()[:8]}"'

    @property
    def transport(self) -> httpx.MockTransport:
        """The gateway without a socket."""

        def handle(request: httpx.Request) -> httpx.Response:
            target = request.url.raw_path.decode()
            status, body, headers = self.answer(request.method, target, dict(request.headers), request.read())
            return httpx.Response(status, json=body, headers=headers)

        return httpx.MockTransport(handle)


@contextmanager
def served(gateway: RecordingGateway) -> Iterator[str]:
    """Serve a gateway on a free port; its URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, told, extra = gateway.answer(self.command, self.path, headers, body)
            content = json.dumps(told).encode()
            self.send_response(status)
            for name, value in {
                **extra,
                "Content-Type": "application/json",
                "Content-Length": str(len(content)),
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = _do  # noqa: N815 - the names http.server calls

        def log_message(self, format: str, *_arguments: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
