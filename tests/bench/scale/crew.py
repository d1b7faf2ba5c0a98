"""Real worker processes of one service over a store with work that waits: started, measured, restarted."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psutil

from bellwether.bus import QUEUED, Ledger, Ticket
from bellwether.bus.celery import CeleryDoorbell, make_celery
from bellwether.contracts import decode
from bellwether.embedded import home as homes
from bellwether.embedded import probes, redis
from bellwether.embedded.topology import ONE_CORE, RedisAnswers, WorkerAnswers
from bellwether.settings import Settings
from bellwether.storage.factory import open_engine

READY_S, DONE_S = 120.0, 300.0
LOOK_S = 0.1


@dataclass
class Crew:
    """Workers of one service; their tasks are rung for from outside, in the order that is asked for."""

    home: Path
    service: str
    broker: str
    stack: ExitStack
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    started: int = 0

    def __post_init__(self) -> None:
        self.settings = Settings(home=self.home, redis_url=self.broker)
        self.documents = open_engine(self.settings)
        self.stack.callback(self.documents.close)
        self.ledger = Ledger(self.documents, self.settings.work, lambda: datetime.now(UTC))
        self.bell = CeleryDoorbell(make_celery(self.settings))

    def hire(self) -> subprocess.Popen[bytes]:
        """Start one worker and wait until it takes work."""
        self.started += 1
        node = f"{self.service}-{self.started}@bench"
        argv = [sys.executable, "-m", "celery", "-A", f"bellwether.{self.service}.tasks", "worker"]
        argv += ["-Q", ",".join(QUEUED[self.service]), "-n", node, "--concurrency", "1"]
        environ = {name: value for name, value in os.environ.items() if not name.startswith("BELLWETHER_")}
        environ |= {"BELLWETHER_HOME": str(self.home), "BELLWETHER_REDIS_URL": self.broker, **ONE_CORE}
        log = self.stack.enter_context((self.home / f"{node}.log").open("wb"))
        worker = subprocess.Popen(
            [*argv, "--without-gossip", "--without-mingle"], env=environ, stdout=log, stderr=log, cwd=self.home
        )
        self.stack.callback(_end, worker)
        deadline = time.monotonic() + READY_S
        while not probes.answers(WorkerAnswers(self.broker, node), 0.0):
            assert worker.poll() is None, (self.home / f"{node}.log").read_text()[-2000:]
            assert time.monotonic() < deadline, f"{node} took no work within {READY_S} s"
            time.sleep(0.2)
        self.workers.append(worker)
        return worker

    def waiting(self, task: str) -> dict[str, list[Ticket]]:
        """Return the work of a task that is not done, by model, in the order it was published."""
        found: dict[str, list[tuple[int, Ticket]]] = {}
        for item in self.ledger.undone(self.service):
            if item.handler == task:
                found.setdefault(decode(item.event).model, []).append((item.created, item.ticket))
        return {model: [ticket for _, ticket in sorted(items)] for model, items in found.items()}

    def ring(self, tickets: list[Ticket]) -> None:
        for ticket in tickets:
            self.bell.ring(ticket)

    def left(self, task: str) -> Counter[str]:
        """Return how much work of a task is left, by model."""
        return Counter({model: len(tickets) for model, tickets in self.waiting(task).items()})

    def until(self, task: str, left: int) -> Iterator[tuple[float, Counter[str]]]:
        """Yield time and what is left, until no more than ``left`` is."""
        began = time.monotonic()
        while (found := self.left(task)).total() > left:
            yield time.monotonic() - began, found
            assert time.monotonic() - began < DONE_S, f"{found.total()} steps of {task} left after {DONE_S} s"
            time.sleep(LOOK_S)
        yield time.monotonic() - began, found

    def cpu_seconds(self) -> float:
        """Return the processor time of all workers and their children so far."""
        total = 0.0
        for worker in self.workers:
            if worker.poll() is None:
                process = psutil.Process(worker.pid)
                for one in (process, *process.children(recursive=True)):
                    times = one.cpu_times()
                    total += times.user + times.system
        return total


@contextmanager
def crew(home: Path, service: str) -> Iterator[Crew]:
    """Run a Redis, and whatever is hired; all end with the block."""
    with ExitStack() as stack:
        folder = home / "redis"
        folder.mkdir(parents=True, exist_ok=True)
        argv, url = redis.configure(redis.bundled(), folder, homes.free_port())
        server = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        stack.callback(_end, server)
        deadline = time.monotonic() + READY_S
        while not probes.answers(RedisAnswers(url), 0.0):
            assert time.monotonic() < deadline, "no answer of Redis"
            time.sleep(0.05)
        yield Crew(home, service, url, stack)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            for child in children:
                if child.is_running():
                    child.kill()
    process.wait(10)
