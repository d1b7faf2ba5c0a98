"""A worker that is told to stop in the middle of a long step: it ends in time, and the step is another's to do."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from redis import Redis

from bellwether.bus.celery import make_celery
from bellwether.settings import Settings

LONG_S, START_S, MARGIN_S = 120.0, 60.0, 30.0
SERVICE = """
import time
from pathlib import Path
from bellwether.bus.celery import make_celery
from bellwether.settings import load

app = make_celery(load())

@app.task(name="slow", shared=False)
def slow(seconds: float) -> None:
    Path("began").touch()
    time.sleep(seconds)
"""
"""A service whose only step takes as long as it is told: those of the product are short."""


@pytest.fixture
def worker(redis_url: str, tmp_path: Path) -> subprocess.Popen[bytes]:
    """A worker as ``deploy/images/start`` starts those that fork, in the middle of a step; a second one waits."""
    (tmp_path / "service.py").write_text(SERVICE, encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BELLWETHER_")}
    environ = {**kept, "BELLWETHER_REDIS_URL": redis_url, "REMAP_SIGTERM": "SIGQUIT"}
    options = ("-Q", "q", "--concurrency", "1", "--without-gossip", "--without-mingle")
    argv = [sys.executable, "-m", "celery", "-A", "service", "worker", *options]
    for _ in range(2):
        make_celery(Settings(redis_url=redis_url)).send_task("slow", args=[LONG_S], queue="q")
    with (tmp_path / "log").open("wb") as log:
        started = subprocess.Popen(argv, cwd=tmp_path, env=environ, stdout=log, stderr=log)
    end = time.monotonic() + START_S
    while not (tmp_path / "began").exists():
        assert started.poll() is None, (tmp_path / "log").read_text()
        assert time.monotonic() < end, f"no step within {START_S} s"
        time.sleep(0.1)
    return started


def test_a_step_that_is_too_long_goes_back_to_the_queue(worker: subprocess.Popen[bytes], redis_url: str) -> None:
    soft = make_celery(Settings()).conf.worker_soft_shutdown_timeout
    try:
        worker.send_signal(signal.SIGTERM)
        worker.wait(soft + MARGIN_S)  # what the manifests add to the soft shutdown, too
    finally:
        worker.kill()
        worker.wait(START_S)
    with Redis.from_url(redis_url) as queue:
        assert (queue.llen("q"), queue.hlen("unacked")) == (2, 0)
