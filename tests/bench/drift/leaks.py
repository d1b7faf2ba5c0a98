"""Histories in which one column leaks: a reference, calm batches, then batches that move a little further each time."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.bench.drift import frames

REFERENCE, ROWS, CALM, LEAKING, COLUMNS = 5_000, 1_000, 15, 30, 20
NORMAL, LEVELS = "x0", "c17"
_SEED = 7_000

Moved = Callable[[np.random.Generator, int], pa.Array]


def _shifted(g: np.random.Generator, step: int) -> pa.Array:
    return pa.array(g.normal(0.02 * step, 1, ROWS))


def _spread(g: np.random.Generator, step: int) -> pa.Array:
    return pa.array(g.normal(0, 1 + 0.02 * step, ROWS))


def _tilted(g: np.random.Generator, step: int) -> pa.Array:
    """Levels as the frame has them, but for one more row in a hundred a batch that gets the fifth level."""
    calm = frames.table(ROWS, COLUMNS, int(g.integers(2**31)), drift=0.0)[LEVELS].to_numpy(zero_copy_only=False)
    return pa.array(np.where(g.random(ROWS) < 0.01 * step, "level 4", calm))


LEAKS: dict[str, tuple[str, Moved]] = {
    "mean, 0.02 standard deviations a batch": (NORMAL, _shifted),
    "spread, 2 % a batch": (NORMAL, _spread),
    "one level of a category, 1 % of the rows a batch": (LEVELS, _tilted),
}


def make(folder: Path, histories: int) -> Path:
    """Write ``histories`` of each leak once; return the folder, in which ``histories.json`` lists them."""
    folder = folder / f"leaks-{histories}"
    index = folder / "histories.json"
    if index.exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    listed = []
    for place, (leak, (column, moved)) in enumerate(LEAKS.items()):
        for run in range(histories):
            seed = _SEED + 10_000 * place + 100 * run
            name = f"{place}-{run}"
            g = np.random.default_rng(seed)
            batches = [frames.table(ROWS, COLUMNS, seed + 1 + k, drift=0.0) for k in range(CALM + LEAKING)]
            at = batches[0].column_names.index(column)
            for step in range(1, LEAKING + 1):
                k = CALM + step - 1
                batches[k] = batches[k].set_column(at, column, moved(g, step))
            pq.write_table(frames.table(REFERENCE, COLUMNS, seed, drift=0.0), folder / f"{name}-reference.parquet")
            pq.write_table(pa.concat_tables(batches), folder / f"{name}-batches.parquet")
            listed.append({"name": name, "leak": leak, "column": column})
    index.write_text(json.dumps(listed), encoding="utf-8")
    return folder
