"""CPU time and peak memory of one call; the standard library alone, so that it runs in every environment."""

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path


def report(work: Callable[[], object], repeats: int, **more: object) -> None:
    """Call ``work`` so often; print median CPU and wall seconds and the memory added at most, as one line of JSON."""
    before = _reset_peak()
    cpu, wall = [], []
    for _ in range(repeats):
        begin, start = time.perf_counter(), _cpu()
        work()
        cpu.append(_cpu() - start)
        wall.append(time.perf_counter() - begin)
    found = {"cpu_s": statistics.median(cpu), "wall_s": statistics.median(wall)}
    found["added_mb"] = (_status("VmHWM") - before) / 1024
    sys.stdout.write(json.dumps({**found, **more}) + "\n")


def _cpu() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _reset_peak() -> int:
    """Set the peak to what is resident now; KiB."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _status("VmRSS")


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))
