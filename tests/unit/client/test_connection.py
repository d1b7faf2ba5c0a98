"""One connection for many calls, and what becomes of it while nobody calls."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from bellwether.client import Client


class Once(BaseHTTPRequestHandler):
    """Answers one request of a connection, does not say that it was the last, and ends it: as after an idle minute."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")
        self.close_connection = True

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


class Server(HTTPServer):
    """Tells when a connection is ended."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Once)
        self.ended = threading.Semaphore(0)

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        super().shutdown_request(request)
        self.ended.release()


def test_a_connection_the_server_ended_meanwhile_is_opened_again() -> None:
    with Server() as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        try:
            with Client(f"http://127.0.0.1:{server.server_port}", "key") as client:
                for _ in range(3):
                    assert client.get("/models") == {}
                    assert server.ended.acquire(timeout=20)
        finally:
            server.shutdown()
            serving.join(20)
