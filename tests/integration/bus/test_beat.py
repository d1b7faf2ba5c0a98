"""Beat as a process: it answers where a platform asks every container over HTTP."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx


def test_beat_serves_the_metrics_of_its_process(
    bundled_redis: str, free_port: Callable[[], int], tmp_path: Path
) -> None:
    port = free_port()
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("BELLWETHER_")},
        "BELLWETHER_REDIS_URL": bundled_redis,
        "BELLWETHER_WORKER__METRICS_PORT": str(port),
    }
    argv = [sys.executable, "-m", "celery", "-A", "bellwether.bus.beat", "beat"]
    with (tmp_path / "log").open("wb") as log:
        beat = subprocess.Popen(
            [*argv, "--schedule", str(tmp_path / "schedule"), "--pidfile", ""], env=environ, stdout=log, stderr=log
        )
    try:
        deadline, answer = time.monotonic() + 60, None
        while answer is None:
            assert beat.poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < deadline, "no answer within a minute"
            time.sleep(0.1)
            with suppress(httpx.TransportError):  # not listening yet
                answer = httpx.get(f"http://127.0.0.1:{port}/metrics")
        assert answer.status_code == 200
        assert "process_resident_memory_bytes" in answer.text
    finally:
        beat.terminate()
        beat.wait(60)
