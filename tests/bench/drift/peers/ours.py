"""Bellwether: reference profile ready, Arrow in; or cold, the reference fitted inside the timing."""
# Runs as a script, mostly in an environment our checks do not see.
# mypy: ignore-errors

import sys
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from timing import report

sys.path.insert(0, str(Path(__file__).parents[4]))

from bellwether.contracts import Batch, Model, fact_id, month_pk
from bellwether.drift.analysis import analyse
from bellwether.profile import ReferenceProfile, fit, window
from tests.bench.drift.frames import schema

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def main(reference: str, current: str, repeats: int, mode: str, kernel: str, threads: int) -> None:
    """Time one way of working."""
    texts = [name for name in pq.read_schema(reference).names if name.startswith("c")]
    before, now = (pq.read_table(path, read_dictionary=texts, use_threads=False) for path in (reference, current))
    columns = schema(before)
    model = Model(pk="m", name="m", task="binary", created_at=NOW, updated_at=NOW)
    id = fact_id(NOW, "batch", "m")
    batch = Batch(
        id=id, pk=month_pk("m", id), model="m", state="accepted", media_type="x", raw_uri="x", digest="x",
        submitted_at=NOW, end=NOW,
    )  # fmt: skip
    ready = fit(before, columns, kernel=kernel)
    ready.digest  # noqa: B018 (made once, kept)

    def score(profile: ReferenceProfile, rows: pa.Table = now) -> None:
        seen = window(rows, profile, threads, kernel=kernel)
        analyse(profile, seen, model=model, batch=batch, reference_id="r", now=NOW)

    score(ready, now.slice(0, 500))
    if mode == "cold":
        report(lambda: score(fit(before, columns, kernel=kernel)), repeats)
    else:
        report(lambda: score(ready), repeats)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5], int(sys.argv[6]))
