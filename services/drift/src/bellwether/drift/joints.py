"""All inputs of a batch and of its reference together, from the rows of both."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bellwether.contracts import Batch, JointDrift, Model, Reference
from bellwether.drift.multivariate import BY_SLUG, DEFAULT, JOINT, Joint
from bellwether.drift.multivariate.base import SEED, result
from bellwether.drift.multivariate.encoding import Standard, standard
from bellwether.drift.performance.base import Floats
from bellwether.drift.segments import Segment, kept
from bellwether.errors import NotFound
from bellwether.objects import ObjectStore

KEPT = 4
MOST_ROWS = 20_000
"""Rows of each side that are read, drawn with a fixed seed; a report says how many."""


class _Known(NamedTuple):
    """A reference: how its inputs become numbers, its rows as such, and what methods learnt of them."""

    encode: Standard
    rows: Floats
    learnt: dict[str, Any]


@dataclass(slots=True)
class Joints:
    """Measures all inputs together; what the newest few references teach is kept. One worker process, no threads."""

    objects: ObjectStore
    _kept: OrderedDict[tuple[str, Segment | None], _Known] = field(default_factory=OrderedDict)

    def measure(
        self, slugs: Sequence[str], batch: Batch, reference: Reference, segment: Segment | None = None
    ) -> tuple[JointDrift, ...]:
        """Return what these methods say, of the rows of a segment if there is one; nothing where the rows are gone."""
        if not slugs or batch.rows_uri is None or reference.rows_uri is None:
            return ()
        try:
            known = self._reference(reference.rows_uri, reference, segment)
            names = known.encode.names
            now = known.encode(_drawn(self._rows(batch.rows_uri, names, segment)))
        except NotFound:
            return ()
        joint = Joint(names, known.rows, now, known.learnt)
        return tuple(result(BY_SLUG[slug], BY_SLUG[slug].measure(joint), joint.names) for slug in slugs)

    def _reference(self, uri: str, reference: Reference, segment: Segment | None) -> _Known:
        key = (uri, segment)
        if key not in self._kept:
            table = _drawn(self._rows(uri, [c.name for c in reference.columns if c.role == "feature"], segment))
            encode = standard(table, reference.columns)
            self._kept[key] = _Known(encode, encode(table), {})
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]

    def _rows(self, uri: str, columns: Iterable[str], segment: Segment | None) -> pa.Table:
        wanted = {*columns, *(segment[:1] if segment else ())}
        with self.objects.local(uri) as path:
            there = [name for name in pq.read_schema(path).names if name in wanted]
            table = pq.read_table(path, columns=there, use_threads=False)
        return table if segment is None else kept(table, segment, uri)


def wanted(model: Model) -> tuple[str, ...]:
    """Return the methods for a model, in the order of the registry."""
    return tuple(method.slug for method in JOINT if method.slug in (*DEFAULT, *model.methods))


def _drawn(table: pa.Table) -> pa.Table:
    if table.num_rows <= MOST_ROWS:
        return table
    chosen = np.random.default_rng(SEED).choice(table.num_rows, MOST_ROWS, replace=False)
    return table.take(pa.array(np.sort(chosen)))
