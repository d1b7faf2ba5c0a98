"""HTTP/1.1 over threads: one write per answer, no delay, kept-alive connections."""

import json
import socket
import ssl
import traceback
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from bellwether.testing.cosmos_server.replies import Headers, HttpError, LogLine, Reply
from bellwether.testing.cosmos_server.sql import SqlError

Handle = Callable[[str, str, Headers, bytes], Reply]


def listen(
    handle: Handle,
    connected: Callable[[], None],
    log: Callable[[LogLine], None],
    address: tuple[str, int],
    tls: tuple[str, str] | None,
) -> ThreadingHTTPServer:
    """Bind an address; requests are answered by ``handle`` once the listener serves."""

    class Handler(_Handler):
        answer_with = staticmethod(handle)
        log_with = staticmethod(log)

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
    log_with: Callable[[LogLine], None]
    protocol_version = "HTTP/1.1"
    timeout = 120
    wbufsize = -1  # one write per answer: two would meet Nagle and delayed ACK (40 ms)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet; the requests are in the server's own log."""

    def _answer(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length) if length else b""
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self._reply(headers, body)
        lines = {
            "content-type": "application/json",
            "x-ms-activity-id": headers.get("x-ms-activity-id", ""),
            "x-ms-request-charge": "1",
            "x-ms-version": "2020-07-15",
            **reply.headers,
        }
        charge = float(lines["x-ms-request-charge"])
        self.log_with(LogLine(self.command, self.path, reply.status, charge))
        data = b"" if reply.body is None else json.dumps(reply.body, separators=(",", ":")).encode()
        if reply.status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
            data = b""
        else:
            lines["content-length"] = str(len(data))
        head = [f"HTTP/1.1 {reply.status} {_phrase(reply.status)}", *(f"{k}: {v}" for k, v in lines.items())]
        self.wfile.write("\r\n".join([*head, "", ""]).encode("latin-1") + data)
        self.wfile.flush()

    def _reply(self, headers: Headers, body: bytes) -> Reply:
        try:
            return self.answer_with(self.command, self.path, headers, body)
        except HttpError as error:
            extra = {"x-ms-substatus": str(error.substatus)} if error.substatus else {}
            return Reply(error.status, error.body, {**error.headers, **extra})
        except SqlError as error:
            detail = {"severity": "Error", "code": "SC1001", "message": str(error)}
            message = json.dumps({"errors": [detail]})
            return Reply(400, {"code": "BadRequest", "message": message}, {})
        except Exception as error:  # noqa: BLE001  the edge of this process: a defect of it has to be loud
            traceback.print_exc()
            return Reply(500, {"code": "InternalServerError", "message": repr(error)}, {})

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _answer  # noqa: N815  names the base class calls


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else "Retry With"
