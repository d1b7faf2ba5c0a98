"""The real worker: Redis, a Celery process that forks, its decoder host; a child killed, the worker ended."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from bellwether.bus import QUEUED, open_bus
from bellwether.contracts import BatchSubmitted, ReferenceSubmitted
from bellwether.objects import open_objects
from bellwether.settings import Settings, Work
from bellwether.storage.factory import open_engine
from tests.integration.collector.bodies import parquet
from tests.integration.collector.test_handlers import flights
from tests.integration.collector.world import World

DEADLINE_S = 90.0


def now() -> datetime:
    return datetime.now(UTC)


def until(holds: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not holds():
        assert time.monotonic() < deadline, f"{what} did not happen within {DEADLINE_S} s"
        time.sleep(0.05)


class Worker:
    """One worker process with one child, on a home of its own."""

    def __init__(self, home: Path, redis_url: str) -> None:
        self.settings = Settings(home=home, redis_url=redis_url, work=Work(ring_seconds=1, lease_seconds=5))
        environ = {name: value for name, value in os.environ.items() if not name.startswith("BELLWETHER_")}
        environ |= {"BELLWETHER_HOME": str(home), "BELLWETHER_REDIS_URL": redis_url}
        environ |= {"BELLWETHER_WORK__RING_SECONDS": "1", "BELLWETHER_WORK__LEASE_SECONDS": "5"}
        command = [sys.executable, "-m", "celery", "-A", "bellwether.collector.tasks", "worker"]
        queues = ",".join(QUEUED["collector"])
        options = ["-Q", queues, "-n", "collector@test", "--concurrency", "1", "--without-gossip", "--without-mingle"]
        with (home / "worker.log").open("wb") as log:
            self.process = subprocess.Popen([*command, *options], env=environ, stdout=log, stderr=log, cwd=home)

    def hosts(self) -> list[psutil.Process]:
        found = psutil.Process(self.process.pid).children(recursive=True)
        with suppress(psutil.NoSuchProcess):
            return [process for process in found if "bellwether.collector.decode.host" in process.cmdline()]
        return []


@pytest.fixture
def worker(tmp_path: Path, redis_url: str) -> Iterator[Worker]:
    running = Worker(tmp_path, redis_url)
    yield running
    children = psutil.Process(running.process.pid).children(recursive=True) if running.process.poll() is None else []
    running.process.kill()
    for child in children:
        with suppress(psutil.NoSuchProcess):
            child.kill()
    running.process.wait(DEADLINE_S)


def test_a_worker_decodes_in_a_host_that_ends_with_its_child(worker: Worker, tmp_path: Path) -> None:
    store, objects = open_engine(worker.settings), open_objects(worker.settings.objects)
    world = World(tmp_path, store, objects, None)  # type: ignore[arg-type]  # the worker is the collector
    world.create(score="score", id="id", time="at")
    bus = open_bus(worker.settings, store, now)
    reference = world.push_reference(parquet(flights(100)), at=now())
    bus.publish([ReferenceSubmitted(model="m", subject=reference.id, occurred_at=now())])
    until(lambda: world.reference(reference.id).state == "ready", "a ready reference")
    (host,) = worker.hosts()

    first = world.push(parquet(flights(50)), at=now())
    bus.publish([BatchSubmitted(model="m", subject=first.id, occurred_at=now())])
    until(lambda: world.batch(first).state == "accepted", "an accepted batch")
    assert worker.hosts() == [host]  # it survives the next task

    child = host.parent()
    assert child is not None
    child.send_signal(signal.SIGKILL)
    until(lambda: not host.is_running(), "the end of the host")
    second = world.push(parquet(flights(50, seed=2)), at=now() + timedelta(seconds=1))
    bus.publish([BatchSubmitted(model="m", subject=second.id, occurred_at=now())])
    until(lambda: world.batch(second).state == "accepted", "a batch accepted by the next child")

    (host,) = worker.hosts()
    worker.process.terminate()
    worker.process.wait(60)
    until(lambda: not host.is_running(), "the end of the host")
