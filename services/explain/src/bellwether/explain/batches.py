"""The rows of one batch as an explainer takes them. Pure."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from bellwether.contracts import Batch, Column
from bellwether.explain.columns import Floats, encode, numbers

MAX_ROWS = 20_000
MAX_CELLS = 20_000_000


@dataclass(frozen=True, slots=True)
class Sample:
    """Features in column order, one block of finite columns each, and the model's answer per row."""

    names: tuple[str, ...]
    blocks: tuple[Floats, ...]
    output: Floats


def answer(columns: tuple[Column, ...]) -> Column | None:
    """Return the column that says most about the model's answer: the score, else the prediction."""
    for role in ("score", "prediction"):
        for column in columns:
            if column.role == role:
                return column
    return None


def choose(n: int, columns: int, seed: int) -> np.ndarray | None:
    """Return which rows to explain, sorted; None: all of them."""
    most = min(MAX_ROWS, max(1, MAX_CELLS // max(1, columns)))
    if n <= most:
        return None
    return np.sort(np.random.default_rng(seed).choice(n, most, replace=False))


def sample(batch: Batch, table: pa.Table, seed: int = 0) -> Sample | str:
    """Return the rows to explain, or the reason why there are none."""
    column = answer(batch.columns)
    if column is None or column.name not in table.column_names:
        return "the batch has no column with the model's answer"
    features = [c for c in batch.columns if c.role == "feature" and c.kind != "text"]
    features = [c for c in features if c.name in table.column_names]
    rows = choose(table.num_rows, len(features), seed)
    table = table if rows is None else table.take(rows)
    output = numbers(table.column(column.name))
    if output is None:
        return f"the model's answer {column.name!r} is a category and no score was pushed"
    known = np.isfinite(output)
    if not known.all():
        table, output = table.filter(pa.array(known)), output[known]
    blocks = tuple(encode(table.column(c.name), c) for c in features)
    return Sample(tuple(c.name for c in features), blocks, output)
