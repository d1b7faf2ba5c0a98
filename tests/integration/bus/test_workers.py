"""Real Redis, a real Celery worker of the lineage service and a real clock: messages lost, processes killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from redis import Redis
from redis.exceptions import RedisError

from bellwether.bus import QUEUED, Ledger, open_bus
from bellwether.bus.celery import CeleryDoorbell, make_celery
from bellwether.contracts import BatchReceived
from bellwether.embedded.redis import bundled
from bellwether.settings import Settings, Work
from bellwether.storage.collections import LINEAGE, WORK
from bellwether.storage.factory import open_engine
from tests.lanes import lane

DEADLINE_S = 60.0
FAST = {
    "BELLWETHER_WORK__RING_SECONDS": "1",
    "BELLWETHER_WORK__RECONCILE_SECONDS": "0.5",
    "BELLWETHER_WORK__LEASE_SECONDS": "3",
}


def now() -> datetime:
    return datetime.now(UTC)


def until(true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + DEADLINE_S
    while not true():
        assert time.monotonic() < end, f"{what} did not happen within {DEADLINE_S} s"
        time.sleep(0.05)


class Topology:
    """Redis, one lineage worker and beat on one home; each can be killed and started again."""

    def __init__(self, server: Path, home: Path, port: int, stack: ExitStack) -> None:
        self.server, self.home, self.port, self.stack = server, home, port, stack
        self.settings = Settings(
            home=home, redis_url=f"redis://127.0.0.1:{port}/0", work=Work(ring_seconds=1, lease_seconds=3)
        )
        self.environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("BELLWETHER_")},
            **FAST,
            "BELLWETHER_HOME": str(home),
            "BELLWETHER_REDIS_URL": f"redis://127.0.0.1:{port}/0",
        }
        self.documents = open_engine(self.settings)
        self.client = Redis(port=port, socket_timeout=5)
        self.redis = self.start_redis()
        self.beat = self.start(
            "beat", "-A", "bellwether.bus.beat", "beat", "-s", str(home / "schedule"), "--pidfile", ""
        )
        self.worker = self.start_worker()

    def start_redis(self) -> subprocess.Popen[bytes]:
        argv = [str(self.server), "--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.home)]
        process = self._spawn("redis", [*argv, "--appendonly", "yes", "--save", ""])
        until(self._pings, "an answer of Redis")
        return process

    def start_worker(self, node: str = "lineage@test") -> subprocess.Popen[bytes]:
        options = ("worker", "-Q", ",".join(QUEUED["lineage"]), "-n", node, "--concurrency", "1")
        return self.start("worker", "-A", "bellwether.lineage.tasks", *options, "--without-gossip", "--without-mingle")

    def start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        return self._spawn(name, [sys.executable, "-m", "celery", *arguments])

    def _spawn(self, name: str, argv: list[str]) -> subprocess.Popen[bytes]:
        log = self.stack.enter_context((self.home / f"{name}.log").open("ab"))
        process = subprocess.Popen(argv, env=self.environ, stdout=log, stderr=log, cwd=self.home)
        self.stack.callback(end, process)
        return process

    def _pings(self) -> bool:
        try:
            return bool(self.client.ping())
        except RedisError:  # not listening yet
            return False

    def publish(self, count: int, prefix: str, model: str = "m") -> None:
        bus = open_bus(self.settings, self.documents, now)
        bus.publish([BatchReceived(model=model, subject=f"{prefix}-{n}", occurred_at=now()) for n in range(count)])

    def recorded(self, prefix: str) -> int:
        docs = self.documents.query(LINEAGE, "m", [("type", "eq", "node")], limit=1000).docs
        return sum(doc["kind"] == "batch" and f":{prefix}-" in doc["node"] for doc in docs)

    def handled(self) -> list[str]:
        """Subjects of the steps that were done, in their order, as the worker's log tells them."""
        lines = (self.home / "worker.log").read_text(encoding="utf-8").splitlines()
        steps = [json.loads(line) for line in lines if '"event": "step"' in line]
        return [step["subject"] for step in steps if step["outcome"] == "done"]

    def undone(self) -> int:
        return len(Ledger(self.documents, self.settings.work, now).undone("lineage"))


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process and its children, whatever state they are in."""
    if process.poll() is None:
        children = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        for child in children:
            with suppress(psutil.NoSuchProcess):
                child.kill()
    process.wait(DEADLINE_S)


@pytest.fixture(scope="module", params=["bundled", pytest.param("debian", marks=pytest.mark.lane("redis-compat"))])
def topology(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]
) -> Iterator[Topology]:
    """The topology over the bundled Redis server, then over Debian's."""
    installed = lane("redis-compat").find()
    server = bundled().program if request.param == "bundled" or installed is None else Path(installed)
    with ExitStack() as stack:
        yield Topology(server, tmp_path_factory.mktemp("bus"), free_port(), stack)


def test_what_is_published_is_handled_once(topology: Topology) -> None:
    topology.publish(20, "plain")
    until(lambda: topology.recorded("plain") == 20 and topology.undone() == 0, "20 recorded batches")


def test_a_model_that_brings_much_lets_another_go_first(topology: Topology) -> None:
    topology.worker.send_signal(signal.SIGSTOP)
    try:
        topology.publish(40, "many")
        topology.publish(1, "one", model="other")
    finally:
        topology.worker.send_signal(signal.SIGCONT)
    until(lambda: topology.recorded("many") == 40 and topology.undone() == 0, "40 recorded batches")
    handled = [subject for subject in topology.handled() if subject.startswith(("many-", "one-"))]
    # The worker held one message of either queue when it was stopped at the most.
    assert handled.index("one-0") <= topology.settings.work.share + 2
    assert len(set(handled)) == 41


def test_work_whose_messages_are_all_lost_is_rung_for_again(topology: Topology) -> None:
    topology.worker.send_signal(signal.SIGSTOP)
    try:
        topology.publish(20, "flushed")
        topology.client.flushall()
    finally:
        topology.worker.send_signal(signal.SIGCONT)
    until(lambda: topology.recorded("flushed") == 20 and topology.undone() == 0, "20 recorded batches")


def test_a_killed_worker_loses_nothing(topology: Topology) -> None:
    topology.publish(50, "killed")
    until(lambda: topology.recorded("killed") > 0, "the first recorded batch")
    end(topology.worker)
    topology.worker = topology.start_worker()
    until(lambda: topology.recorded("killed") == 50 and topology.undone() == 0, "50 recorded batches")


def test_workers_replaced_under_load_lose_and_double_nothing(topology: Topology) -> None:
    topology.publish(60, "rolled")
    until(lambda: topology.recorded("rolled") > 0, "the first recorded batch")
    former = topology.worker
    former.terminate()  # as an upgrade does: it ends its step, and takes no other
    topology.worker = topology.start_worker("lineage-2@test")
    former.wait(DEADLINE_S)
    until(lambda: topology.recorded("rolled") == 60 and topology.undone() == 0, "60 recorded batches")
    assert topology.documents.count(WORK, "dead") == 0


def test_a_killed_child_is_replaced_and_loses_nothing(topology: Topology) -> None:
    topology.publish(50, "child")
    until(lambda: topology.recorded("child") > 0, "the first recorded batch")
    for child in psutil.Process(topology.worker.pid).children():
        child.kill()
    until(lambda: topology.recorded("child") == 50 and topology.undone() == 0, "50 recorded batches")


def test_publishing_while_redis_is_away_succeeds_and_is_made_up_for(topology: Topology) -> None:
    topology.redis.kill()
    topology.redis.wait(DEADLINE_S)
    topology.publish(3, "away")
    topology.redis = topology.start_redis()
    until(lambda: topology.recorded("away") == 3 and topology.undone() == 0, "3 recorded batches")


def test_messages_that_name_no_work_are_dropped(topology: Topology) -> None:
    bell = CeleryDoorbell(make_celery(topology.settings))
    tickets = Ledger(topology.documents, topology.settings.work, now).enter(
        [BatchReceived(model="m", subject="stale-0", occurred_at=now())]
    )
    ticket = next(ticket for ticket in tickets if ticket.handler == "lineage.record")
    until(lambda: topology.recorded("stale") == 1 and topology.undone() == 0, "the reconciler's ring")
    for _ in range(10):
        bell.ring(ticket)
    topology.publish(1, "after")
    until(lambda: topology.recorded("after") == 1 and topology.undone() == 0, "one recorded batch")
    assert topology.recorded("stale") == 1
