"""The frame every tool gets: 70 % numbers of five shapes, 30 % text of 2 to 200 levels, 3 % missing in half of it."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from bellwether.contracts import Column

SHAPES = ("normal", "lognormal", "heavy", "counts", "inflated")


def make(folder: Path, rows: int, columns: int) -> tuple[Path, Path]:
    """Write reference and current rows as Parquet, once for each size; return both paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = folder / f"reference-{rows}-{columns}.parquet", folder / f"current-{rows}-{columns}.parquet"
    for seed, path in enumerate(paths):
        if not path.exists():
            # One row group, so that readers of whole columns see one chunk.
            pq.write_table(table(rows, columns, seed, drift=0.03 * seed), path, row_group_size=rows)
    return paths


def table(rows: int, columns: int, seed: int, drift: float) -> pa.Table:
    """Return a frame; ``drift`` moves every column a little."""
    g = np.random.default_rng(seed)
    numeric = round(0.7 * columns)
    found = {}
    for i in range(columns):
        values = _numbers(g, rows, i, drift) if i < numeric else _levels(g, rows, i - numeric, columns - numeric, drift)
        mask = g.random(rows) < 0.03 if i % 2 else None
        found[f"{'x' if i < numeric else 'c'}{i}"] = pa.array(values, mask=mask)
    return pa.table(found)


def schema(frame: pa.Table) -> list[Column]:
    """Return what our profile is told about the columns."""
    return [
        Column(
            name=name, role="feature", kind="numeric" if name.startswith("x") else "categorical", dtype=str(field.type)
        )
        for name, field in zip(frame.column_names, frame.schema, strict=True)
    ]


def _numbers(g: np.random.Generator, rows: int, i: int, drift: float) -> NDArray[np.float64]:
    match SHAPES[i % len(SHAPES)]:
        case "normal":
            return g.normal(drift, 1, rows)
        case "lognormal":
            return g.lognormal(drift, 1, rows)
        case "heavy":
            return g.standard_t(1.5, rows) * (1 + drift)
        case "counts":
            return g.poisson(8 * (1 + drift), rows).astype(np.float64)
        case _:
            return np.where(g.random(rows) < 0.3, 0.0, g.normal(drift, 1, rows))


def _levels(g: np.random.Generator, rows: int, i: int, of: int, drift: float) -> NDArray[np.str_]:
    size = round(2 * 100 ** (i / max(1, of - 1)))
    share = 1 / np.arange(1, size + 1) ** (0.5 + drift)
    return np.array([f"level {k}" for k in range(size)])[g.choice(size, rows, p=share / share.sum())]
