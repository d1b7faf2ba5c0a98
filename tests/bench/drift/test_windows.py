"""A window of a year of days: 365 stored profiles x 100 features put together, from a folder; wanted: below 0.3 s.

Sums of whole months are kept, so the first question of a kind costs more than those after it; both are printed, beside
decoding every profile and adding one after the other. CPU seconds of one thread, medians of 5, and of one first.
"""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import pytest

from bellwether.contracts import Batch, Model, Reference, fact_id, month_pk
from bellwether.drift.analysis import analyse
from bellwether.drift.rebasing import merged, rebase
from bellwether.drift.rollups import Rollups
from bellwether.objects.folder import FolderObjects
from bellwether.profile import ReferenceProfile, WindowProfile, fit, window
from tests.bench.drift import frames

pytestmark = pytest.mark.bench

DAYS, COLUMNS, ROWS, REFERENCE_ROWS = 365, 100, 2_000, 50_000
DIFFERENT = 30
"""Profiles that are made; days share them, which changes nothing about the cost."""
FIRST = datetime(2025, 1, 11, tzinfo=UTC)
"""Within a month, so that neither end of the window is a whole one."""
WANTED_S = 0.3


@pytest.fixture(scope="module")
def reference() -> ReferenceProfile:
    frame = frames.table(REFERENCE_ROWS, COLUMNS, 0, 0.0)
    return fit(frame, frames.schema(frame))


def year(objects: FolderObjects, reference: ReferenceProfile) -> list[Batch]:
    made = [window(frames.table(ROWS, COLUMNS, seed + 1, 0.0), reference).to_bytes() for seed in range(DIFFERENT)]
    found = []
    for day in range(DAYS):
        time = FIRST + timedelta(days=day)
        id = fact_id(time, "batch", "m", str(day))
        objects.put(f"profiles/m/{id}.arrow", made[day % DIFFERENT])
        batch = Batch(
            id=id, pk=month_pk("m", id), model="m", state="accepted", media_type="x", raw_uri="x", digest="x",
            rows=ROWS, profile_uri=f"profiles/m/{id}.arrow", reference="r", submitted_at=time, end=time,
        )  # fmt: skip
        found.append(batch)
    return found


def cpu(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def test_a_year_of_days_is_put_together(
    tmp_path: Path, reference: ReferenceProfile, capfd: pytest.CaptureFixture[str]
) -> None:
    objects = FolderObjects(tmp_path)
    batches = year(objects, reference)
    stored = Reference(
        id="r", pk="m", model="m", reference="r", state="ready", media_type="x", raw_uri="x", digest="x",
        profile_digest=reference.digest, submitted_at=FIRST,
    )  # fmt: skip
    rollups = Rollups(objects)
    found: list[WindowProfile | None] = []

    def ask() -> None:
        found[:] = [rollups.merged(batches, stored)]

    def one_by_one() -> WindowProfile | None:
        return merged(WindowProfile.from_bytes(objects.get(str(one.profile_uri))) for one in batches)

    first, after, before = cpu(ask), median(cpu(ask) for _ in range(5)), cpu(one_by_one)
    (past,) = found
    assert past is not None
    assert past.rows == DAYS * ROWS
    newest = WindowProfile.from_bytes(objects.get(str(batches[-1].profile_uri)))
    model = Model(pk="m", name="m", task="binary", created_at=FIRST, updated_at=FIRST)

    def said() -> object:
        return analyse(*rebase(reference, past, newest), model=model, batch=batches[-1], reference_id="r", now=FIRST)

    report = median(cpu(said) for _ in range(3))
    with capfd.disabled():
        sys.stdout.write(
            f"\n{DAYS} profiles x {COLUMNS} features of {ROWS:,} rows, CPU s: {after:.3f} (wanted {WANTED_S}), "
            f"first time {first:.3f}, one by one {before:.3f}; a report on the result {report:.3f}\n"
        )
    assert after < before
