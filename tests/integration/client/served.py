"""An application on a free port of 127.0.0.1, in a thread of this process."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from bellwether.gateway.main import listen

START_S = 60.0


@contextmanager
def serving(config: uvicorn.Config) -> Iterator[str]:
    """Serve until the block ends; yields the address."""
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    deadline = time.monotonic() + START_S
    while not server.started:
        assert time.monotonic() < deadline, f"the server did not start within {START_S} s"
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(START_S)
    assert not thread.is_alive()
