"""Reads how much the features of a batch matter: from explanations up to it, else from those after it."""

from collections.abc import Iterator, Sequence
from itertools import islice

from bellwether.contracts import Batch, Explanation, fact_time
from bellwether.drift.importance import Known, learnt
from bellwether.storage.collections import EXPLAIN
from bellwether.storage.documents import parse
from bellwether.storage.months import newest
from bellwether.storage.port import Doc, DocumentStore

EXPLANATIONS = 20
"""Explanations, newest first, that are asked how much each feature matters."""


def importance_of(documents: DocumentStore, batch: Batch, names: Sequence[str]) -> Known | None:
    """Return the importances that weigh this batch's verdict; None while the explain service knows none."""
    until = fact_time(batch.id)
    before = newest(documents, EXPLAIN, batch.model, prefix="g~", until=until)
    return _learnt(before, names, batch) or _learnt(
        newest(documents, EXPLAIN, batch.model, prefix="g~", since=until), names, batch
    )


def _learnt(docs: Iterator[Doc], names: Sequence[str], batch: Batch) -> Known | None:
    explanations = [parse(Explanation, doc) for doc in islice(docs, EXPLANATIONS)]
    return learnt(explanations, names, batch.version)
