"""What each service takes while the demo runs and batches of 200,000 rows follow: memory and processor.

Prints, per service and its children: proportional set size (what a container is charged: shared pages once) at rest
and at most, seconds of processor in all, and cores at most over ten seconds. `docs/deploy-kubernetes.md` shows a run;
the requests and limits of `deploy/k8s` follow from it.
"""

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
import pytest

from tests.bench.pipeline.test_latency import PARQUET, ROLES, rows, seconds_of_one
from tests.e2e.topology import STOP_S, Topology

LARGE, LARGE_ROWS = 3, 200_000
SERVICES = ("gateway", "collector", "drift", "explain", "lineage", "beat", "redis")
DEMO_S = 1_800.0
SPAN = 10
"""Samples, a second apart, over which the processor's peak is taken."""


@dataclass(slots=True)
class Footprint:
    """What one service and its children took; bytes and seconds."""

    rest: int = 0
    peak: int = 0
    spent: dict[int, float] = field(default_factory=dict)
    """Seconds of processor by process, those that ended included."""
    window: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=SPAN + 1))
    cores: float = 0.0

    def look(self, pid: int) -> None:
        """Take one sample of a process and its children."""
        taken = 0
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            try:
                taken += process.memory_full_info().pss
                times = process.cpu_times()
            except psutil.NoSuchProcess:
                continue
            self.spent[process.pid] = times.user + times.system
        self.peak = max(self.peak, taken)
        self.rest = self.rest or taken
        self.window.append((time.monotonic(), sum(self.spent.values())))
        if len(self.window) > SPAN:
            (begun, before), (ended, after) = self.window[0], self.window[-1]
            self.cores = max(self.cores, (after - before) / (ended - begun))


def sample(topology: Topology, found: Mapping[str, Footprint]) -> None:
    for name, footprint in found.items():
        footprint.look(topology.pid(name))
    time.sleep(1)


def push_large(client: httpx.Client, topology: Topology, found: Mapping[str, Footprint]) -> None:
    """Push large batches of one model, each once the one before has its report."""
    assert client.post("/models", json={"name": "bench", "task": "regression", "roles": ROLES}).status_code == 201
    put = client.put("/models/bench/reference", content=rows(0, LARGE_ROWS), headers=PARQUET)
    assert put.status_code == 202, put.text
    for seed in range(1, LARGE + 1):
        seconds_of_one(client, seed, LARGE_ROWS, between=lambda: sample(topology, found))


def show(found: Mapping[str, Footprint], seconds: float) -> None:
    print(f"\nthe demo, then {LARGE} batches of {LARGE_ROWS:,} rows x 20 features: {seconds:.0f} s")
    print("service    MiB at rest  MiB at most  CPU seconds  cores at most")
    for name, one in found.items():
        mib = (one.rest / 2**20, one.peak / 2**20)
        print(f"{name:10} {mib[0]:11.0f} {mib[1]:12.0f} {sum(one.spent.values()):12.0f} {one.cores:14.2f}")


@pytest.mark.bench
def test_what_each_service_takes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = {name: Footprint() for name in SERVICES}
    topology = Topology(tmp_path / "home", verb="demo")
    try:
        topology.ready()
        begun = time.monotonic()
        while topology.states.get("demo") != "ended":
            sample(topology, found)
            assert time.monotonic() - begun < DEMO_S, topology.states
        headers = {"Authorization": f"Bearer {topology.run['key']}"}
        with httpx.Client(base_url=f"{topology.run['url']}/api/v1", headers=headers, timeout=60) as client:
            push_large(client, topology, found)
        with capsys.disabled():
            show(found, time.monotonic() - begun)
    finally:
        topology.stop(2 * STOP_S)  # explain may be in the middle of a large batch
    assert all(0 < one.rest <= one.peak for one in found.values())
