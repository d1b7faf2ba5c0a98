"""What the stores know of a model: which URI is asked, where a prediction lies."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bellwether.contracts import Batch, Model, ModelVersion, is_fact_id, month_pk
from bellwether.errors import NotFound
from bellwether.explain.columns import plain
from bellwether.objects import ObjectStore
from bellwether.storage.collections import MODELS, RUNS
from bellwether.storage.documents import parse
from bellwether.storage.months import newest
from bellwether.storage.port import DocumentStore

MOST_BATCHES = 400
"""Batches, counted from the newest, that are searched for a prediction."""


def model_of(documents: DocumentStore, name: str) -> Model | None:
    """Return the definition of a model; None where there is none, or it is being deleted."""
    doc = documents.get(MODELS, name, "model")
    return None if doc is None or doc.get("state") == "deleting" else parse(Model, doc)


def uri_of(documents: DocumentStore, model: Model, version: str | None) -> tuple[str | None, str | None]:
    """Return the MLflow URI of a version, of the newest one for None; and a warning where it is another's."""
    if version is not None:
        doc = documents.get(MODELS, model.name, f"version~{version}")
        found = None if doc is None else parse(ModelVersion, doc)
        if found is not None and found.mlflow is not None:
            return found.mlflow, None
        if model.mlflow is None:
            return None, None
        return model.mlflow, f"version {version!r} has no MLflow URI of its own: the model's was asked"
    docs = documents.query(MODELS, model.name, [("id", "prefix", "version~")], limit=1000).docs
    versions = sorted((parse(ModelVersion, doc) for doc in docs), key=lambda one: (one.created_at, one.version))
    return next((one.mlflow for one in reversed(versions) if one.mlflow is not None), model.mlflow), None


def batch_of(documents: DocumentStore, model: str, id: str) -> Batch:
    """Return a batch; raises ``NotFound``."""
    doc = documents.get(RUNS, month_pk(model, id), id) if is_fact_id(id) else None
    if doc is None or doc.get("type") != "batch":
        raise NotFound(f"batch {id!r} of model {model!r} does not exist")
    return parse(Batch, doc)


def row_of(
    documents: DocumentStore, objects: ObjectStore, model: Model, id: str, batch: str | None
) -> tuple[Batch, pa.Table] | None:
    """Return the row of a prediction and the batch it is in, the newest where several have it; None for none.

    Raises ``NotFound`` for a ``batch`` that is not there, or whose rows are kept no longer.
    """
    for one in _batches(documents, model.name, batch):
        if one.rows_uri is None:
            continue
        try:
            with objects.local(one.rows_uri) as path:
                found = _row(path, one, id, numbered=batch is not None)
        except NotFound:
            if batch is not None:
                raise NotFound(f"the rows of batch {batch!r} are kept no longer: ask about a newer one") from None
            continue
        if found is not None:
            return one, found
    return None


def _row(path: Path, batch: Batch, id: str, *, numbered: bool) -> pa.Table | None:
    """Return the row with an id; ``#7`` is the eighth row where rows have no ids and ``numbered`` allows it."""
    column = next((c.name for c in batch.columns if c.role == "id"), None)
    if column is None:
        number = int(id[1:]) if numbered and id.startswith("#") and id[1:].isdecimal() else -1
        return plain(pq.read_table(path).slice(number, 1)) if 0 <= number < pq.read_metadata(path).num_rows else None
    start = 0
    with pq.ParquetFile(path) as file:
        for part in file.iter_batches(batch_size=65_536, columns=[column]):
            place = pc.index(pc.cast(part.column(0), pa.string()), id).as_py()
            if place >= 0:
                return plain(pq.read_table(path).slice(start + place, 1))
            start += part.num_rows
    return None


def _batches(documents: DocumentStore, model: str, batch: str | None) -> Iterator[Batch]:
    if batch is not None:
        yield batch_of(documents, model, batch)
        return
    where = [("type", "eq", "batch"), ("state", "eq", "accepted")]
    for doc in islice(newest(documents, RUNS, model, where), MOST_BATCHES):
        yield parse(Batch, doc)
