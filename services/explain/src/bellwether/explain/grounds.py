"""What rows are explained against: the reference, and some of its rows that stand for an absent feature."""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from bellwether.contracts import Background, Column, Reference
from bellwether.errors import NotReady
from bellwether.explain.columns import Floats, numbers, plain
from bellwether.objects import ObjectStore
from bellwether.settings import Explain
from bellwether.storage.collections import MODELS
from bellwether.storage.documents import parse
from bellwether.storage.port import DocumentStore

SEED = 0
_READ_ROWS = 65_536
_MOST_CELLS = 20_000_000
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Ground:
    """A reference: its ``columns``, ``background`` rows, and ``rows`` to compare attributions with, at ``times``.

    ``times``, seconds since 1970 and shape (n rows,), is None where the reference has no column of times.
    """

    reference: str
    columns: tuple[Column, ...]
    background: pa.Table
    about: Background
    rows: pa.Table
    times: Floats | None


@dataclass(slots=True)
class Grounds:
    """References as they lie in the stores; those used last are kept."""

    documents: DocumentStore
    objects: ObjectStore
    settings: Explain
    keep: int = 8
    _known: OrderedDict[str, Ground] = field(default_factory=OrderedDict)

    def of(self, model: str, reference: str | None) -> Ground:
        """Return the ground of a reference, or of the one in force; raises ``NotReady`` while there is none."""
        doc = self.documents.get(MODELS, model, reference or "reference")
        if doc is None or doc.get("state") != "ready":
            raise NotReady(f"model {model!r} has no reference in force")
        found = parse(Reference, doc)
        key = f"{model}\x00{found.reference}"
        if key not in self._known:
            self._known[key] = self._read(found)
        self._known.move_to_end(key)
        while len(self._known) > self.keep:
            self._known.popitem(last=False)
        return self._known[key]

    def _read(self, found: Reference) -> Ground:
        assert found.rows_uri is not None
        names = [column.name for column in found.columns if column.role in ("feature", "segment", "id")]
        with self.objects.local(found.rows_uri) as path:
            output = _output(path, found.columns)
            times = _times(path, found.columns)
            total = pq.read_metadata(path).num_rows
            most = fitting(len(names))
            background = stratified(output, total, min(most, self.settings.background), SEED)
            compared = evenly(total, min(most, self.settings.reference_rows), SEED)
            rows = take(path, names, np.union1d(background, compared))
        place = np.union1d(background, compared)
        known = plain(rows)
        about = Background(
            digest=_digest(found.digest, background), rows=max(1, len(background)), source="reference", seed=SEED
        )
        return Ground(
            found.reference,
            found.columns,
            known.take(np.searchsorted(place, background)),
            about,
            known.take(np.searchsorted(place, compared)),
            None if times is None else times[compared],
        )


def stratified(output: Floats | None, total: int, most: int, seed: int) -> Rows:
    """Return which rows to take, sorted: equally many of each decile of the output, all where they fit."""
    if total <= most:
        return np.arange(total)
    if output is None or not np.isfinite(output).any():
        return evenly(total, most, seed)
    rng = np.random.default_rng(seed)
    order = np.argsort(np.where(np.isfinite(output), output, np.nanmedian(output)), kind="stable")
    parts = np.array_split(order, 10)
    counts = [most // 10 + (i < most % 10) for i in range(10)]
    return np.sort(
        np.concatenate([rng.choice(p, min(n, len(p)), replace=False) for p, n in zip(parts, counts, strict=True)])
    )


def evenly(total: int, most: int, seed: int) -> Rows:
    """Return which rows to take, sorted: each as likely as any other, all where they fit."""
    if total <= most:
        return np.arange(total)
    return np.sort(np.random.default_rng(seed).choice(total, most, replace=False))


def fitting(columns: int) -> int:
    """Return how many rows of so many columns, or contributions, are held in memory at once."""
    return max(1, _MOST_CELLS // max(1, columns))


def take(path: Path, names: Sequence[str], rows: Rows) -> pa.Table:
    """Read some rows, given sorted, of a Parquet file in bounded memory."""
    file = pq.ParquetFile(path)
    schema = file.schema_arrow  # made anew, of all columns, each time it is asked for
    known = set(schema.names)
    there = [name for name in names if name in known]
    parts, start = [], 0
    for part in file.iter_batches(batch_size=min(_READ_ROWS, fitting(len(there))), columns=there):
        low, high = np.searchsorted(rows, [start, start + part.num_rows])
        if high > low:
            parts.append(pa.Table.from_batches([part]).take(rows[low:high] - start))
        start += part.num_rows
    empty = pa.schema([schema.field(name) for name in there]).empty_table()
    return pa.concat_tables(parts) if parts else empty


def _output(path: Path, columns: Sequence[Column]) -> Floats | None:
    for role in ("score", "prediction"):
        for column in columns:
            if column.role == role and column.name in pq.read_schema(path).names:
                found = numbers(pq.read_table(path, columns=[column.name]).column(0))
                if found is not None:
                    return found
    return None


def _times(path: Path, columns: Sequence[Column]) -> Floats | None:
    for column in columns:
        if column.role == "time" and column.name in pq.read_schema(path).names:
            return numbers(pq.read_table(path, columns=[column.name]).column(0))
    return None


def _digest(reference: str, rows: Rows) -> str:
    return hashlib.sha256(reference.encode() + np.ascontiguousarray(rows).tobytes()).hexdigest()[:32]
