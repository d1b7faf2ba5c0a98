"""How a test server lives: in a thread of a test, or as a process of its own until it is interrupted."""

import signal
import sys
import threading
from http.server import ThreadingHTTPServer
from types import FrameType
from typing import Self


class ThreadedServer:
    """A server bound to an address. As a context manager it serves in a background thread while entered."""

    url: str

    def __init__(self, listener: ThreadingHTTPServer) -> None:
        self._http = listener
        self._thread: threading.Thread | None = None

    def start(self) -> Self:
        """Serve in a background thread."""
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def serve(self) -> None:
        """Serve in the calling thread until interrupted."""
        self._http.serve_forever(0.2)

    def stop(self) -> None:
        """Stop serving and free the address."""
        if self._thread is not None:
            self._http.shutdown()
            self._thread.join()
        self._http.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def serve_until_interrupted(server: ThreadedServer, host: str) -> None:
    """Serve as a process: the address on standard output, an end on SIGINT or SIGTERM."""
    if not host.startswith("127."):
        sys.stderr.write("warning: this is a test server, reachable from other machines\n")
    signal.signal(signal.SIGTERM, _interrupt)
    sys.stdout.write(f"listening on {server.url}\n")
    sys.stdout.flush()
    try:
        server.serve()
    except KeyboardInterrupt:
        server.stop()


def _interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt
