"""What traces cost a batch of 20 features and 500 rows, from the push to everything that is made of it.

Processes take turns, each with another setting; the smallest of their processor times are compared.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.capacity.traced import COUNTED
from tests.otlp import receiving

ROUNDS = 3
ROOT = Path(__file__).parents[3]


def seconds(folder: Path, *more: str) -> float:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.bench.capacity.traced", str(folder), *more],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    return float(ran.stdout.splitlines()[-1])


@pytest.mark.bench
def test_what_traces_cost_a_batch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with receiving() as receiver:
        settings = {"no traces": (), "one in ten": (receiver.url, "0.1"), "all": (receiver.url, "1")}
        found: dict[str, list[float]] = {name: [] for name in settings}
        for turn in range(ROUNDS):
            for name, more in settings.items():
                found[name].append(seconds(tmp_path / f"{turn}-{name}", *more))
        spans = len(receiver.spans)
    least = {name: min(spent) for name, spent in found.items()}
    with capsys.disabled():
        print(f"\nprocessor seconds of a batch, the least of {ROUNDS} processes of {COUNTED} batches; {spans} spans")
        for name, spent in least.items():
            print(f"  {name:10} {spent:.4f}   {spent / least['no traces']:.3f}")
    assert spans > ROUNDS * COUNTED * 14, "a request and thirteen steps each"
