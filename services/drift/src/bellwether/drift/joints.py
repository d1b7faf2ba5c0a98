"""All inputs of a batch and of its reference together, from the rows of both."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bellwether.contracts import Batch, JointDrift, Model, Reference
from bellwether.drift.multivariate import BY_SLUG, DEFAULT, JOINT, Joint
from bellwether.drift.multivariate.base import SEED, result
from bellwether.drift.multivariate.encoding import Standard, standard
from bellwether.drift.performance.base import Floats
from bellwether.errors import NotFound
from bellwether.objects import ObjectStore

KEPT = 4
MOST_ROWS = 20_000
"""Rows of each side that are read, drawn with a fixed seed; a report says how many."""


@dataclass(slots=True)
class Joints:
    """Measures all inputs together; what the newest few references teach is kept. One worker process, no threads."""

    objects: ObjectStore
    _kept: OrderedDict[str, tuple[Standard, Floats]] = field(default_factory=OrderedDict)

    def measure(self, model: Model, batch: Batch, reference: Reference) -> tuple[JointDrift, ...]:
        """Return the usual methods and those the model asks for; nothing where the rows are gone."""
        if batch.rows_uri is None or reference.rows_uri is None:
            return ()
        try:
            encode, before = self._reference(reference.rows_uri, reference)
            now = encode(_drawn(self._rows(batch.rows_uri, encode.names)))
        except NotFound:
            return ()
        joint = Joint(encode.names, before, now)
        return tuple(result(BY_SLUG[slug], BY_SLUG[slug].measure(joint), joint.names) for slug in wanted(model))

    def _reference(self, uri: str, reference: Reference) -> tuple[Standard, Floats]:
        if uri not in self._kept:
            table = _drawn(self._rows(uri, [c.name for c in reference.columns if c.role == "feature"]))
            encode = standard(table, reference.columns)
            self._kept[uri] = (encode, encode(table))
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(uri)
        return self._kept[uri]

    def _rows(self, uri: str, columns: Iterable[str]) -> pa.Table:
        wanted = set(columns)
        with self.objects.local(uri) as path:
            there = [name for name in pq.read_schema(path).names if name in wanted]
            return pq.read_table(path, columns=there, use_threads=False)


def wanted(model: Model) -> tuple[str, ...]:
    """Return the methods for a model, in the order of the registry."""
    return tuple(method.slug for method in JOINT if method.slug in (*DEFAULT, *model.methods))


def _drawn(table: pa.Table) -> pa.Table:
    if table.num_rows <= MOST_ROWS:
        return table
    chosen = np.random.default_rng(SEED).choice(table.num_rows, MOST_ROWS, replace=False)
    return table.take(pa.array(np.sort(chosen)))
