"""Profiles of a Spark data frame, made where its rows lie: one Arrow function per partition, no shuffle.

Nothing here imports Spark: the frame brings it. The executors need this package and pyarrow, nothing of our services.
"""

from collections.abc import Iterable, Iterator
from functools import reduce
from itertools import islice
from operator import add
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from bellwether.profile.fitting import window
from bellwether.profile.pieces import pick, settle, settles, undecided
from bellwether.profile.profiles import ReferenceProfile, WindowProfile

BATCHES = 64
"""Arrow batches (10,000 rows each, by Spark's default) counted at once."""

Batches = Iterator[pa.RecordBatch]


class Frame(Protocol):
    """What is asked of ``pyspark.sql.DataFrame``, classic or Connect."""

    def mapInArrow(self, func: Any, schema: str) -> Any:  # noqa: N802 - Spark's name
        """Run a function over the Arrow batches of each partition."""


def window_on_spark(frame: Frame, reference: ReferenceProfile) -> WindowProfile:
    """Return the profile of a data frame; equal to that of one pass over its rows.

    One job counts; a second one, over a few per cent of the rows as a rule, picks the values that decide exact
    distances, where the reference holds its values. The frame is read twice: cache it if it is costly to make.
    Raises ``ValueError`` when the frame has no rows.
    """
    bare = reference.to_bytes(values=False)
    counted = frame.mapInArrow(_counting(bare), "profile binary").collect()
    if not counted:
        raise ValueError("the data frame has no rows: there is nothing to profile")
    whole = reduce(add, (WindowProfile.from_bytes(bytes(row["profile"])) for row in counted))
    if not settles(reference):
        return whole
    flagged = undecided(reference, whole)
    if not flagged:
        return settle(reference, whole, [])
    found = frame.mapInArrow(_picking(bare, flagged), "name string, vals binary").collect()
    return settle(reference, whole, ({row["name"]: np.frombuffer(row["vals"], np.float64)} for row in found))


def _counting(reference: bytes) -> Any:
    def count(batches: Batches) -> Batches:
        profile = ReferenceProfile.from_bytes(reference, values=False)
        total: WindowProfile | None = None
        for piece in _tables(batches):
            found = window(piece, profile)
            total = found if total is None else total + found
        if total is not None:
            yield pa.record_batch({"profile": pa.array([total.to_bytes()], pa.binary())})

    return count


def _picking(reference: bytes, flagged: Any) -> Any:
    def picked(batches: Batches) -> Batches:
        profile = ReferenceProfile.from_bytes(reference, values=False)
        for piece in _tables(batches):
            found = pick(piece, profile, flagged)
            values = pa.array([one.tobytes() for one in found.values()], pa.binary())
            yield pa.record_batch({"name": pa.array(list(found), pa.string()), "vals": values})

    return picked


def _tables(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    source = iter(batches)
    while some := list(islice(source, BATCHES)):
        yield pa.Table.from_batches(some)
