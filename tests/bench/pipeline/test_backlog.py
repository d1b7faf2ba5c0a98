"""A model's history is brought in at once; how long another model's next batch then takes, over the real topology.

Prints seconds and, since those are of this machine at this moment, the share of the time the history took.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.bench.pipeline.test_latency import PARQUET, ROLES, rows, running, seconds_of_one

HISTORY, HISTORY_ROWS, ROWS = 100, 4_000, 500
OTHER = "bench"
DONE_S = 600.0


def add(client: httpx.Client, name: str, count: int) -> None:
    client.post("/models", json={"name": name, "task": "regression", "roles": ROLES}).raise_for_status()
    client.put(f"/models/{name}/reference", content=rows(0, count), headers=PARQUET).raise_for_status()


def reports(client: httpx.Client, name: str) -> int:
    answer = client.get(f"/models/{name}/drift", params={"points": 2 * HISTORY})
    return 0 if answer.status_code == 404 else len(answer.raise_for_status().json()["trend"]["points"])


@pytest.mark.bench
def test_a_history_does_not_hold_up_another_model(tmp_path: Path, say: Callable[[str], None]) -> None:
    with running(tmp_path / "home") as client:
        add(client, "history", HISTORY_ROWS)
        add(client, OTHER, HISTORY_ROWS)
        seconds_of_one(client, 1, ROWS)
        alone = seconds_of_one(client, 2, ROWS)
        bodies = [rows(n + 1, HISTORY_ROWS) for n in range(8)]
        began, first = time.perf_counter(), datetime(2025, 1, 1, tzinfo=UTC)
        for day in range(HISTORY):
            end = (first + timedelta(days=day)).isoformat()
            answer = client.post(
                "/models/history/batches", content=bodies[day % 8], params={"end": end}, headers=PARQUET
            )
            assert answer.status_code == 202, answer.text
        beside, then = seconds_of_one(client, 3, ROWS), reports(client, "history")
        while reports(client, "history") < HISTORY:
            assert time.perf_counter() - began < DONE_S, "the history is still not done"
            time.sleep(0.2)
        wall = time.perf_counter() - began
    say(f"\n{HISTORY} batches of {HISTORY_ROWS:,} rows of one model at once: all told after {wall:.1f} s")
    say(
        f"the next batch of another model, {ROWS} rows: {beside:.2f} s, {beside / wall:.1%} of that "
        f"({alone:.2f} s with nothing else to do); {then} of the history were told by then"
    )
    assert then < HISTORY, "the other batch was not told before the history was"
