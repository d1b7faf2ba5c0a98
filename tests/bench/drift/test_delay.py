"""How soon a slow leak in one of 20 columns is seen, and how often calm batches are accused, beside other tools.

Tools with their defaults accuse calm batches too often to be beaten in delay at equal terms; they are shown.

Batches of 1,000 rows against a reference of 5,000; 15 calm ones, then 30 that move a little further each time.
``BELLWETHER_TEST_BENCH_HISTORIES`` takes another number of histories of each leak than 8.
"""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bellwether.contracts import Batch, DriftPoint, Model, ReportBins, fact_id, month_pk
from bellwether.drift.analysis import analyse, bins, point
from bellwether.drift.histories import evidences
from bellwether.profile import fit, window
from tests.bench.drift import environments, frames, leaks

pytestmark = pytest.mark.bench

HISTORIES = int(os.environ.get("BELLWETHER_TEST_BENCH_HISTORIES", "8"))
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
MODEL = Model(pk="m", name="m", task="binary", created_at=BEGIN, updated_at=BEGIN)
NEVER = leaks.LEAKING + 1
CAREFUL = "alibi-detect, 1 %"
"""The one rival that is held to a rate of false alarms, a level of 1 % over all columns of a batch."""
Flagged = dict[str, list[list[str]]]


def ours(folder: Path, listed: list[dict[str, str]]) -> tuple[Flagged, Flagged]:
    """Return the columns to be watched at the least, by batch alone and with evidence over batches."""
    alone: Flagged = {}
    carried: Flagged = {}
    for one in listed:
        reference = pq.read_table(folder / f"{one['name']}-reference.parquet")
        batches = pq.read_table(folder / f"{one['name']}-batches.parquet")
        profile = fit(reference, frames.schema(reference))
        history: list[ReportBins] = []
        points: list[DriftPoint] = []
        alone[one["name"]], carried[one["name"]] = [], []
        for k in range(batches.num_rows // leaks.ROWS):
            batch = made(k)
            seen = window(pa.Table.from_batches(batches.slice(k * leaks.ROWS, leaks.ROWS).to_batches()), profile)
            said = analyse(profile, seen, model=MODEL, batch=batch, reference_id="r", now=BEGIN)
            history.append(bins(said, profile, seen))
            points.append(point(said, batch))
            drifted = [f.feature for f in said.features if f.status in {"watch", "act"}]
            slow = [name for name, evidence in evidences(history, points, said).items() if evidence.alarm]
            alone[one["name"]].append(drifted)
            carried[one["name"]].append(sorted({*drifted, *slow}))
    return alone, carried


def made(k: int) -> Batch:
    at = BEGIN + timedelta(days=k)
    batch_id = fact_id(at, "batch", "m")
    return Batch(
        id=batch_id, pk=month_pk("m", batch_id), model="m", state="accepted", media_type="x", raw_uri="x", digest="x",
        submitted_at=at, start=at, end=at + timedelta(days=1),
    )  # fmt: skip


def theirs(peer: str, folder: Path, *arguments: str) -> Flagged:
    found: Flagged = json.loads(environments.run(peer, f"{peer}_delay.py", str(folder), str(leaks.ROWS), *arguments))
    return found


def delay(flagged: list[list[str]], column: str) -> int:
    """Batches of the leak up to and with the first that accuses its column; ``NEVER`` when none does."""
    late = flagged[leaks.CALM :]
    return next((step for step, names in enumerate(late, start=1) if column in names), NEVER)


def test_a_slow_leak_is_seen_as_soon_as_by_the_best_with_fewer_false_alarms(say: Callable[[str], None]) -> None:
    folder = leaks.make(environments.HOME / "frames", HISTORIES)
    listed = json.loads((folder / "histories.json").read_text(encoding="utf-8"))
    alone, carried = ours(folder, listed)
    tools = {
        "ours": alone,
        "ours, sequential": carried,
        "Evidently, any column": theirs("evidently", folder),
        "NannyML": theirs("nannyml", folder),
        "alibi-detect": theirs("alibi", folder),
        CAREFUL: theirs("alibi", folder, "0.01"),
    }
    say(
        f"\n{HISTORIES} histories of each leak: batches until its column is accused, mean (worst; > {leaks.LEAKING}: "
        f"never), and calm batches that accuse any column\n"
    )
    say(f"| {'tool':22} | {' | '.join(leaks.LEAKS)} | false |\n|{'-' * 24}|{'---:|' * (len(leaks.LEAKS) + 1)}")
    false, mean = {}, {}
    for tool, found in tools.items():
        calm = [names for flagged in found.values() for names in flagged[: leaks.CALM]]
        false[tool] = sum(bool(names) for names in calm) / len(calm)
        cells = []
        for leak in leaks.LEAKS:
            delays = [delay(found[one["name"]], one["column"]) for one in listed if one["leak"] == leak]
            mean[tool, leak] = float(np.mean(delays))
            cells.append(f"{np.mean(delays):.1f} ({max(delays)})")
        say(f"| {tool:22} | {' | '.join(cells)} | {false[tool]:.1%} of {len(calm)} |")
    for leak in leaks.LEAKS:
        assert mean["ours, sequential", leak] <= mean[CAREFUL, leak], leak
    assert false["ours, sequential"] <= min(false[tool] for tool in tools if not tool.startswith("ours"))
