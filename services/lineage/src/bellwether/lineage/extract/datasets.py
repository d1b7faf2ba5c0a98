"""What a run read and wrote."""

from datetime import datetime

from pydantic import JsonValue

from bellwether.contracts import ColumnMap, DatasetUse, RunStatus
from bellwether.graph import Teller
from bellwether.graph.datasets import canonical, dataset_id, same_dataset, version_id
from bellwether.graph.facts import default_label

MOST_COLUMNS = 500
"""Columns a node names; the whole schema is in the document of the run."""


def read(tell: Teller, run: str, use: DatasetUse, at: datetime) -> None:
    """Say that a run read a dataset: which version follows from the time, or is known by its digest."""
    dataset = _dataset(tell, use)
    tell.edge(dataset, "uses", run, at=at, evidence=use.evidence)
    if use.digest is not None:
        version = version_id(dataset, f"digest~{use.digest}")
        tell.node(version, label=_label(dataset), job=dataset, digest=use.digest, rows=use.rows, columns=_columns(use))
        tell.edge(version, "used", run, at=at, evidence=use.evidence)


def wrote(tell: Teller, run: str, producer: str, use: DatasetUse, status: RunStatus, at: datetime | None) -> None:
    """Say that a run wrote a dataset: a version of it once the run succeeded, an attempt when it did not."""
    dataset = _dataset(tell, use)
    if status in ("FAILED", "ABORTED"):
        tell.edge(run, "attempted", dataset, at=at, evidence=use.evidence)
    elif status == "SUCCEEDED":
        version = version_id(dataset, f"run~{producer}")
        tell.node(
            version,
            label=_label(dataset),
            job=dataset,
            start=at or tell.time,
            rows=use.rows,
            digest=use.digest,
            size_bytes=use.size_bytes,
            columns=_columns(use),
            profile=use.profile or None,
        )
        columns: ColumnMap = {
            target: tuple((same_dataset(source), column) for source, column in sources)
            for target, sources in use.columns.items()
        }
        tell.edge(run, "generated", version, at=at, evidence=use.evidence, columns=columns)


def _dataset(tell: Teller, use: DatasetUse) -> str:
    id = dataset_id(use.namespace, use.name)
    tell.node(id, label=_label(id), namespace=canonical(use.namespace, use.name).namespace, columns=_columns(use))
    return id


def _label(dataset: str) -> str:
    return default_label(dataset)


def _columns(use: DatasetUse) -> JsonValue:
    return [f"{name}: {kind}" for name, kind in use.schema_columns[:MOST_COLUMNS]] or None
