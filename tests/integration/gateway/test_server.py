"""The real process: starts, serves, stops, and keeps secrets out of its log."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from bellwether.gateway.keys import create
from bellwether.settings import Settings

WAIT_S = 60.0


@dataclass
class Server:
    process: subprocess.Popen[bytes]
    home: Path
    log: Path

    @property
    def url(self) -> str:
        """Where it listens, as it says itself."""
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            for line in self.log.read_text().splitlines():
                if "gateway.listening" in line:
                    return f"http://127.0.0.1:{json.loads(line)['port']}"
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.05)
        raise AssertionError("the gateway did not start in time")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    web = tmp_path / "web"
    web.mkdir()
    (web / "index.html").write_text("the app")
    environ = {
        **os.environ,
        "BELLWETHER_HOME": str(tmp_path / "home"),
        "BELLWETHER_GATEWAY__PORT": "0",
        "BELLWETHER_GATEWAY__WEB_ROOT": str(web),
        "BELLWETHER_REDIS_URL": "redis://:hunter2@127.0.0.1:1/0",
    }
    log = tmp_path / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "bellwether.gateway.main"], env=environ, stderr=out, stdout=out
        )
    yield Server(process, tmp_path / "home", log)
    process.kill()
    process.wait(WAIT_S)


def test_a_process_serves_and_stops_at_once_though_somebody_listens(server: Server) -> None:
    url = server.url
    key = create(Settings(home=server.home), name="test", role="admin")
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=WAIT_S) as client:
        assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200
        assert client.get("/models/credit").text == "the app"
        made = client.post("/api/v1/models", json={"name": "credit", "task": "binary"})
        assert made.status_code == 201, "a broker that is away holds nothing up"
        assert client.post("/api/v1/session", json={"key": key}).status_code == 201
        assert (
            client.get("/api/v1/models", headers={"Authorization": "Bearer bw_aaaaaaaaaaaa_wrong"}).status_code == 401
        )
        with client.stream("GET", "/api/v1/events") as events:
            listening = events.iter_text()  # whoever lets go of it hangs up
            assert next(listening).startswith("retry: ")
            server.process.send_signal(signal.SIGTERM)
            assert server.process.wait(WAIT_S) == 0
    log = server.log.read_text()
    assert "request.done" in log
    assert "Cancel" not in log, "it ended of itself, before the server lost its patience"
    for secret in (key, key.rpartition("_")[2], "bw_aaaaaaaaaaaa_wrong", "hunter2", "bellwether_session="):
        assert secret not in log
    for line in log.splitlines():
        assert json.loads(line)["service"] == "gateway"
