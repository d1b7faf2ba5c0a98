"""From the contributions of a batch's rows to what is said about the batch. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from bellwether.contracts import AgainstReference, Cohort, Column, Importance, LocalChunk, OutputShift
from bellwether.explain.attribution import against_reference, normal, output_shift
from bellwether.explain.cohorts import cohorts
from bellwether.explain.columns import Floats, labels, numbers
from bellwether.explain.summary import Values, importances, magnitudes

CHUNK = 200
TOP = 5


@dataclass(frozen=True, slots=True)
class Attributed:
    """Rows with their contributions, shape (n rows, f features), standard errors and outputs, shape (n rows,)."""

    rows: pa.Table
    names: tuple[str, ...]
    values: Floats
    std_error: Floats | None
    outputs: Floats
    base_value: float

    @property
    def sizes(self) -> Floats:
        """Absolute contributions, less what noise adds to them."""
        return magnitudes(self.values, self.std_error)


@dataclass(frozen=True, slots=True)
class Whole:
    """What is said about all rows together."""

    features: tuple[Importance, ...]
    other: float
    against_reference: AgainstReference | None
    shift: OutputShift | None
    cohorts: tuple[Cohort, ...]


def whole(
    batch: Attributed,
    reference: Attributed,
    times: Floats | None,
    seconds: float,
    population: int,
    segments: Sequence[str],
) -> Whole:
    """Return importance, attribution drift, the split of the output's shift, and cohorts.

    Parameters
    ----------
    times
        Of the reference's rows; ``seconds`` is the length of the batch's window, 0 where it has none.
    population
        Rows the batch's were drawn from.
    """
    if not len(batch.values):
        return Whole((), 0.0, None, None, ())
    features, other = importances(
        batch.values,
        batch.names,
        population=population,
        values=[_values(batch.rows, name) for name in batch.names],
        std_error=batch.std_error,
        rng=np.random.default_rng(0),
    )
    sizes = reference.sizes
    usual = None if times is None else normal(sizes, times, seconds)
    found: list[Cohort] = []
    for name in segments:
        if name in batch.rows.column_names:
            text = labels(batch.rows.column(name))
            found += cohorts(name, text, batch.values, batch.names, batch.base_value)
    return Whole(
        features,
        other,
        against_reference(sizes, batch.sizes, batch.names, np.random.default_rng(0), usual),
        output_shift(reference.values, batch.values, batch.names, batch.base_value),
        tuple(found[:40]),
    )


def table(batch: Attributed, ids: pa.ChunkedArray) -> pa.Table:
    """Return every row's id, output and contributions, as float32, one column a feature."""
    made: dict[str, object] = {"id": ids, "output": pa.array(batch.outputs)}
    made |= {
        f"contribution:{name}": pa.array(batch.values[:, j].astype(np.float32)) for j, name in enumerate(batch.names)
    }
    if batch.std_error is not None:
        finite = np.where(np.isfinite(batch.std_error), batch.std_error, np.nan)
        made |= {
            f"std_error:{name}": pa.array(finite[:, j].astype(np.float32), from_pandas=True)
            for j, name in enumerate(batch.names)
        }
    return pa.table(made)


def chunks(batch: Attributed, ids: Sequence[str], pk: str, model: str, name: str, most: int) -> Iterator[LocalChunk]:
    """Yield the largest contributions of the first ``most`` rows, ``CHUNK`` rows a document."""
    top = np.argsort(-np.abs(batch.values[:most]), axis=1, kind="stable")[:, :TOP]
    for number, start in enumerate(range(0, len(top), CHUNK)):
        part = range(start, min(start + CHUNK, len(top)))
        used = np.unique(top[start : part.stop]).tolist()
        place = {j: i for i, j in enumerate(used)}
        kept = [[(place[j], float(batch.values[i, j])) for j in top[i].tolist()] for i in part]
        yield LocalChunk(
            id=f"l~{name}~{number:05}",
            pk=pk,
            model=model,
            batch=name,
            features=tuple(batch.names[j] for j in used),
            ids=tuple(ids[start : part.stop]),
            predictions=tuple(float(batch.outputs[i]) for i in part),
            base_value=batch.base_value,
            contributions=tuple(map(tuple, kept)),
            others=tuple(
                float(batch.outputs[i]) - batch.base_value - sum(c for _, c in kept[n]) for n, i in enumerate(part)
            ),
        )


def names_of(rows: pa.Table, columns: Sequence[Column]) -> pa.ChunkedArray:
    """Return what rows are called: by their id, else by their number."""
    for column in columns:
        if column.role == "id" and column.name in rows.column_names:
            found = labels(rows.column(column.name))
            return pa.chunked_array([pa.array([f"#{i}" if v is None else str(v) for i, v in enumerate(found)])])
    return pa.chunked_array([pa.array([f"#{i}" for i in range(rows.num_rows)], pa.string())])


def _values(rows: pa.Table, name: str) -> Values:
    column = rows.column(name)
    found = numbers(column)
    return Values(labels=labels(column)) if found is None else Values(numbers=found)
