"""From a question about a row to its answer, through gateway and queue: a tree model, an open worker.

The topology is that of ``make demo`` with a few days of data; the model is the demo's pipeline with boosted trees.
Every question is about another row, so that no stored answer helps. Wanted: p95 below 100 ms on two idle cores. The
processor time that all processes together spend on an answer stands beside: it does not depend on who else works.
"""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from statistics import median, quantiles

import httpx
import pytest

from tests.e2e.topology import Topology

pytestmark = pytest.mark.bench

ASKED, WARM = 200, 20
ROW = {
    "carrier": "UA",
    "origin": "EWR",
    "dest": "ORD",
    "departure_minute": 900,
    "arrival_minute": 1000,
    "distance": 719,
    "wind_speed": 10,
    "visib": 10,
}


@pytest.fixture(scope="module")
def topology(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Topology]:
    topology = Topology(tmp_path_factory.mktemp("explain") / "home", {"BELLWETHER_DEMO_DAYS": "2"}, "demo")
    try:
        topology.ready()
        yield topology
    finally:
        topology.stop()


@pytest.fixture
def client(topology: Topology) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {topology.run['key']}"}
    with httpx.Client(base_url=f"{topology.run['url']}/api/v1", headers=headers, timeout=90) as client:
        yield client


def processor_seconds(root: int) -> float:
    """Return what a process and all below it have spent so far."""
    parents, spent = {}, {}
    for one in Path("/proc").iterdir():
        if one.name.isdigit():
            with suppress(OSError):
                fields = (one / "stat").read_text().rpartition(")")[2].split()
                parents[int(one.name)] = int(fields[1])
                spent[int(one.name)] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    ours = {root}
    while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(spent.get(pid, 0.0) for pid in ours)


def row_of(n: int) -> dict[str, object]:
    """Return a row nobody asked about before."""
    return {**ROW, "wind_speed": 1 + n / 100, "departure_minute": 400 + n}


def seconds_of_one(client: httpx.Client, n: int, path: str, **more: object) -> float:
    """Ask about one row and wait for the answer."""
    began = time.perf_counter()
    answer = client.post(f"/models/flight-delay/{path}", params={"wait": 30}, json={"row": row_of(n), **more})
    spent = time.perf_counter() - began
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "done", answer.text
    return spent


def await_idle(client: httpx.Client) -> None:
    """Ask until answers come at once: the worker opens the model, and is done with the batches of the demo."""
    deadline, number, at_once = time.monotonic() + 500, 10_000, 0
    while at_once < 5:
        assert time.monotonic() < deadline, "the worker is never idle"
        number += 1
        began = time.perf_counter()
        answer = client.post("/models/flight-delay/explanations", params={"wait": 30}, json={"row": row_of(number)})
        done = answer.status_code == 200 and time.perf_counter() - began < 1
        at_once = at_once + 1 if done else 0


def test_an_interactive_answer(topology: Topology, client: httpx.Client, capsys: pytest.CaptureFixture[str]) -> None:
    await_idle(client)
    for path, more in (("explanations", {}), ("what-if", {"changes": {"wind_speed": 40}})):
        for n in range(WARM):
            seconds_of_one(client, n, path, **more)
        before = processor_seconds(topology.process.pid)
        times = [seconds_of_one(client, n, path, **more) for n in range(WARM, WARM + ASKED)]
        spent = (processor_seconds(topology.process.pid) - before) / ASKED
        p95 = quantiles(times, n=20)[-1]
        with capsys.disabled():
            print(
                f"\n{path}: p50 {median(times) * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms of {ASKED} (wanted below 100);"
                f" {spent * 1000:.0f} ms of processor an answer in all processes, load {os.getloadavg()[0]:.1f}"
            )
        assert p95 < 0.1, path
