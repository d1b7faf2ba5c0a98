"""Receivers on loopback: an HTTP server that answers as it is told, and a mail server that keeps what it gets."""

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Posted:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class HttpReceiver:
    """``answers`` are used up one by one, then 200; ``pause_s`` is how long it takes over each."""

    url: str = ""
    posted: list[Posted] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    pause_s: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)


@contextmanager
def http_receiver(context: Any = None) -> Iterator[HttpReceiver]:
    receiver = HttpReceiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.posted.append(Posted(self.path, dict(self.headers.items()), body))
            time.sleep(receiver.pause_s)
            self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:
            """A sender that gives up is no error here."""

    server = Quiet(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    receiver.url = f"http{'s' if context else ''}://127.0.0.1:{server.server_address[1]}"
    with _running(server):
        yield receiver


@dataclass
class MailReceiver:
    port: int = 0
    mails: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    refuse: bool = False


@contextmanager
def mail_receiver() -> Iterator[MailReceiver]:
    """As much of SMTP (RFC 5321) as a sender needs."""
    receiver = MailReceiver()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 ready")
            to: list[str] = []
            while line := self.rfile.readline().decode().strip():
                verb = line[:4].upper()
                if verb == "RCPT":
                    to.append(line.partition("<")[2].partition(">")[0])
                    self._say("550 no" if receiver.refuse else "250 ok")
                elif verb == "DATA":
                    self._say("354 go on")
                    parsed = message_from_bytes(self._mail(), policy=policy.default)
                    assert isinstance(parsed, EmailMessage)
                    receiver.mails.append((to, parsed))
                    self._say("250 kept")
                elif verb == "QUIT":
                    self._say("221 bye")
                    return
                else:
                    self._say("250 ok")

        def _mail(self) -> bytes:
            lines: list[bytes] = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            return b"".join(lines)

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver.port = server.server_address[1]
    with _running(server):
        yield receiver


@contextmanager
def _running(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
