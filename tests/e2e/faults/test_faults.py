"""The real topology while its processes are killed and its stores refuse: nothing lost, nothing twice.

``make test`` injects some hundred faults; ``make bench-faults`` goes on until ten thousand.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from redis import Redis
from redis.exceptions import RedisError

from bellwether.bus.routes import SERVICES
from bellwether.settings import Settings
from bellwether.storage.collections import EXPLAIN, LINEAGE, REPORTS, RUNS, VIEWS, WORK
from bellwether.storage.factory import open_engine
from bellwether.storage.months import newest

MODEL = "faulty"
DEADLINE_S = 420.0
ROWS = 260


class System:
    """The topology as a child process, and what a client and a saboteur do to it."""

    def __init__(self, home: Path, rate: float) -> None:
        self.home = home
        environ = {name: value for name, value in os.environ.items() if not name.startswith("BELLWETHER_")}
        environ |= {"BELLWETHER_HOME": str(home), "BELLWETHER_TEST_FAULT_RATE": str(rate)}
        script = Path(__file__).with_name("topology.py")
        with (home / "topology.log").open("wb") as log:
            self.process = subprocess.Popen([sys.executable, str(script)], env=environ, stdout=log, stderr=log)
        self.random = random.Random(1)
        self.documents = open_engine(Settings(home=home))
        self.client = httpx.Client(timeout=30)
        self.until(lambda: len(self.run().get("processes", ())) >= 7, "every process started")
        self.until(self.all_ready, "every process ready")

    def run(self) -> dict[str, Any]:
        with suppress(FileNotFoundError, json.JSONDecodeError):
            answer: dict[str, Any] = json.loads((self.home / "run.json").read_text())
            return answer
        return {}

    def all_ready(self) -> bool:
        processes = self.run().get("processes", ())
        assert self.process.poll() is None, (self.home / "topology.log").read_text()[-3000:]
        return len(processes) >= 7 and all(process["state"] == "ready" for process in processes)

    def until(self, true: Callable[[], bool], what: str, deadline_s: float = DEADLINE_S) -> None:
        end = time.monotonic() + deadline_s
        while not true():
            assert self.process.poll() is None, f"the topology ended: {(self.home / 'topology.log').read_text()}"
            assert time.monotonic() < end, f"not within {deadline_s} s: {what}"
            time.sleep(0.1)

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Ask as a patient client does: again, with the same words, until there is an answer."""
        end = time.monotonic() + DEADLINE_S
        while True:
            run = self.run()
            try:
                headers = {"Authorization": f"Bearer {run['key']}", **options.get("headers", {})}
                answer = self.client.request(method, f"{run['url']}/api/v1{path}", **{**options, "headers": headers})
                if answer.status_code < 500 and answer.status_code != 429:
                    return answer
            except (httpx.TransportError, KeyError):
                pass
            assert time.monotonic() < end, f"no answer to {method} {path} within {DEADLINE_S} s"
            time.sleep(0.2)

    def rows(self, seed: int, count: int) -> str:
        draw = random.Random(seed)
        lines = ["id,x,colour,prediction"]
        lines += [
            f"{seed}-{n},{draw.gauss(0, 1):.6f},{draw.choice('rgb')},{draw.gauss(5, 2):.4f}" for n in range(count)
        ]
        return "\n".join(lines) + "\n"

    def push(self, number: int) -> str:
        day = f"{datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=number):%Y-%m-%dT%H:%M:%SZ}"
        answer = self.ask(
            "POST",
            f"/models/{MODEL}/batches",
            params={"end": day, "key": f"batch-{number}"},
            content=self.rows(number, ROWS),
            headers={"Content-Type": "text/csv"},
        )
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def sabotage(self) -> None:
        """Do one bad thing from outside."""
        with (self.home / "faults").open("a") as file:
            match self.random.randrange(8):
                case 0 | 1:
                    file.write("kill gateway\n")
                    self.kill("gateway")
                case 2 | 3:
                    name = self.random.choice(SERVICES)
                    file.write(f"kill parent {name}\n")
                    self.kill(name)
                case 4 | 5:
                    file.write("flush the queue\n")
                    self.redis(lambda client: client.flushall())
                case 6:
                    file.write("half-open redis\n")
                    self.freeze("redis", 1.0)
                case _:
                    file.write("kill redis\n")
                    self.kill("redis")

    def kill(self, name: str) -> None:
        with suppress(psutil.NoSuchProcess):
            psutil.Process(self.pid(name)).kill()

    def freeze(self, name: str, seconds: float) -> None:
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(self.pid(name))
            process.send_signal(signal.SIGSTOP)
            time.sleep(seconds)
            process.send_signal(signal.SIGCONT)

    def pid(self, name: str) -> int:
        return next((int(p["pid"]) for p in self.run()["processes"] if p["name"] == name), -1)

    def redis(self, act: Callable[[Redis], object]) -> None:
        folder = self.home / "redis"
        port = next(line.split()[1] for line in (folder / "redis.conf").read_text().splitlines() if "port" in line)
        with suppress(RedisError):
            act(Redis(port=int(port), password=(folder / "password").read_text().strip(), socket_timeout=5))

    def undone(self) -> int:
        return sum(self.documents.count(WORK, f"{service}|{n}") for service in SERVICES for n in range(4))

    def faults(self) -> int:
        path = self.home / "faults"
        return path.read_text().count("\n") if path.exists() else 0

    def stop(self) -> None:
        self.client.close()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout=10)


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    system = System(tmp_path, rate=0.03)
    yield system
    system.stop()


def test_some_hundred_faults_lose_and_double_nothing(system: System) -> None:
    check(system, faults=200)


@pytest.mark.faults
def test_ten_thousand_faults_lose_and_double_nothing(system: System) -> None:
    check(system, faults=10_000)


def check(system: System, faults: int) -> None:
    roles = {"prediction": "prediction", "id": "id"}
    made = system.ask("POST", "/models", json={"name": MODEL, "task": "regression", "roles": roles})
    assert made.status_code in (201, 409), made.text
    put = system.ask(
        "PUT",
        f"/models/{MODEL}/reference",
        content=system.rows(-1, 5 * ROWS),
        headers={"Content-Type": "text/csv"},
    )
    assert put.status_code == 202, put.text
    pushed: list[str] = []
    while system.faults() < faults:
        batch = system.push(len(pushed))
        assert batch not in pushed
        pushed.append(batch)
        if len(pushed) % 5 == 0:
            assert system.push(len(pushed) - 3) == pushed[-3], "the same push twice is the same batch"
        if len(pushed) % 20 == 0:
            system.sabotage()
        # The faults are in the work, not in the pushes: wait for it, unless there are enough already.
        system.until(lambda: system.undone() < 60 or system.faults() >= faults, "some of the work done")
    (system.home / "calm").touch()
    batches = len(pushed)
    documents = system.documents
    system.until(lambda: system.undone() == 0, "all work done")
    assert documents.query(WORK, "dead").docs == []
    found = Counter(
        (coll.name, doc["id"].partition("~")[0], doc["batch"])
        for coll in (REPORTS, EXPLAIN)
        for doc in newest(documents, coll, MODEL)
        if "batch" in doc
    )
    for batch in pushed:
        for container, kind in (("reports", "d"), ("reports", "p"), ("explain", "g")):
            assert found[container, kind, batch] == 1, (container, kind, batch)
    states = {doc["id"]: doc["state"] for doc in newest(documents, RUNS, MODEL) if doc["type"] == "batch"}
    assert states == dict.fromkeys(pushed, "accepted")
    nodes, after = Counter[str](), None
    while True:
        page = documents.query(LINEAGE, MODEL, [("type", "eq", "node")], limit=100, after=after)
        nodes.update(doc["kind"] for doc in page.docs)
        if (after := page.cursor) is None:
            break
    assert nodes["batch"] == batches
    view = documents.get(VIEWS, "fleet", MODEL)
    assert view is not None
    assert view["batches"] == batches
    assert system.faults() >= faults
