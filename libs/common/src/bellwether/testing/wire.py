"""HTTP/1.1 over threads for the test servers: one write per answer, no delay, kept-alive connections."""

import socket
import ssl
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

Headers = Mapping[str, str]
"""Header values by lower-case name."""


class Answer(NamedTuple):
    """What goes over the wire."""

    status: int
    body: bytes
    headers: Mapping[str, str]


Handle = Callable[[str, str, Headers, bytes], Answer]
"""Method, path with query, headers and body to the answer."""


def listen(
    handle: Handle,
    address: tuple[str, int],
    *,
    connected: Callable[[], None] = lambda: None,
    tls: tuple[str, str] | None = None,
) -> ThreadingHTTPServer:
    """Bind an address; requests are answered by ``handle`` once the listener serves."""

    class Handler(_Handler):
        answer_with = staticmethod(handle)

    class Listener(ThreadingHTTPServer):
        daemon_threads = True
        allow_reuse_address = True
        request_queue_size = 512
        open_connections: set[socket.socket]

        def server_activate(self) -> None:
            self.open_connections = set()
            super().server_activate()

        def get_request(self) -> tuple[Any, Any]:
            connection, peer = super().get_request()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.open_connections.add(connection)
            connected()
            return connection, peer

        def shutdown_request(self, request: Any) -> None:
            self.open_connections.discard(request)
            super().shutdown_request(request)

        def server_close(self) -> None:
            """Cut the connections that are kept alive, too: a stopped server answers nobody."""
            super().server_close()
            for connection in list(self.open_connections):
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    listener = Listener(address, Handler)
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        listener.socket = context.wrap_socket(listener.socket, server_side=True, do_handshake_on_connect=False)
    return listener


class _Handler(BaseHTTPRequestHandler):
    answer_with: Handle
    protocol_version = "HTTP/1.1"
    timeout = 120
    wbufsize = -1  # one write per answer: two would meet Nagle and delayed ACK (40 ms)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet; a server keeps its own log."""

    def _answer(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length) if length else b""
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self._made(headers, body)
        lines, data = dict(answer.headers), answer.body
        if answer.status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
            data = b""
        else:
            lines["content-length"] = str(len(data))
        head = [f"HTTP/1.1 {answer.status} {_phrase(answer.status)}", *(f"{k}: {v}" for k, v in lines.items())]
        self.wfile.write("\r\n".join([*head, "", ""]).encode("latin-1") + data)
        self.wfile.flush()

    def _made(self, headers: Headers, body: bytes) -> Answer:
        try:
            return self.answer_with(self.command, self.path, headers, body)
        except Exception:  # noqa: BLE001  the edge of this process: a defect of it has to be loud
            traceback.print_exc()
            return Answer(500, b"{}", {"content-type": "application/json"})

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _answer  # noqa: N815  names the base class calls


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else "Retry With"
