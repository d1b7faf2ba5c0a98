"""A model, a collector over a real store and real files, and what was pushed."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bellwether.collector.decode.job import Bounds
from bellwether.collector.handlers import Collector
from bellwether.contracts import (
    AnyEvent,
    Batch,
    BatchSubmitted,
    Labels,
    LabelsSubmitted,
    Model,
    Reference,
    ReferenceSubmitted,
    Roles,
    fact_id,
    month_pk,
)
from bellwether.objects.port import ObjectStore
from bellwether.storage.collections import COLLECTIONS, MODELS, RUNS
from bellwether.storage.documents import dump, parse
from bellwether.storage.port import DocumentStore

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MIB = 2**20
BOUNDS = Bounds(
    rows=100_000,
    columns=3_000,
    cell_bytes=65_536,
    name_bytes=200,
    json_depth=20,
    decoded_bytes=96 * MIB,
    encoding_ratio=500,
    memory_bytes=256 * MIB,
    seconds=30.0,
)
MEDIA = {
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.stream",
    "csv": "text/csv",
    "json": "application/json",
    "ndjson": "application/x-ndjson",
}


@dataclass
class World:
    """A model, what was pushed for it, and what the collector made of it."""

    folder: Path
    store: DocumentStore
    objects: ObjectStore
    collector: Collector

    def create(self, task: str = "binary", **roles: Any) -> None:
        model = Model(pk="m", name="m", task=task, roles=Roles(**roles), created_at=NOW, updated_at=NOW)
        self.store.put(MODELS, dump(model))

    def push_reference(self, body: bytes, format: str = "parquet", at: datetime = NOW, **more: Any) -> Reference:
        digest, raw = self._raw(body)
        id = f"reference~{digest[:12]}"
        said = Reference(
            id=id,
            pk="m",
            model="m",
            reference=id,
            state="received",
            media_type=MEDIA[format],
            raw_uri=raw,
            digest=digest,
            submitted_at=at,
            **more,
        )
        self.store.put(MODELS, dump(said), create=True)
        return said

    def push(self, body: bytes, format: str = "parquet", at: datetime = NOW, **more: Any) -> Batch:
        digest, raw = self._raw(body)
        id = fact_id(more.get("end") or at, "batch", "m", digest)
        said = Batch(
            id=id,
            pk=month_pk("m", id),
            model="m",
            state="received",
            media_type=MEDIA[format],
            raw_uri=raw,
            digest=digest,
            submitted_at=at,
            **more,
        )
        self.store.put(RUNS, dump(said), create=True)
        return said

    def push_labels(self, body: bytes, format: str = "csv", at: datetime = NOW, **more: Any) -> Labels:
        digest, raw = self._raw(body)
        id = fact_id(at, "labels", "m", digest)
        said = Labels(
            id=id,
            pk=month_pk("m", id),
            model="m",
            state="received",
            media_type=MEDIA[format],
            raw_uri=raw,
            digest=digest,
            submitted_at=at,
            **more,
        )
        self.store.put(RUNS, dump(said), create=True)
        return said

    def accept(self, pushed: Batch | Labels | Reference, at: datetime = NOW) -> list[AnyEvent]:
        about = {"model": "m", "subject": pushed.id, "occurred_at": at, "traceparent": "00-a-b-01"}
        match pushed:
            case Batch():
                return list(self.collector.accept_batch(BatchSubmitted(**about)))
            case Labels():
                return list(self.collector.accept_labels(LabelsSubmitted(**about)))
            case Reference():
                return list(self.collector.accept_reference(ReferenceSubmitted(**about)))

    def refer(self, body: bytes, format: str = "parquet", **more: Any) -> Reference:
        pushed = self.push_reference(body, format, **more)
        self.accept(pushed)
        return self.reference(pushed.id)

    def batch(self, pushed: Batch) -> Batch:
        return parse(Batch, self.store.get(RUNS, pushed.pk, pushed.id) or {})

    def labels(self, pushed: Labels) -> Labels:
        return parse(Labels, self.store.get(RUNS, pushed.pk, pushed.id) or {})

    def reference(self, id: str = "reference") -> Reference:
        return parse(Reference, self.store.get(MODELS, "m", id) or {})

    def everything(self) -> tuple[dict[tuple[str, str, str], str], dict[str, bytes]]:
        """All documents by address with their etag, and all objects."""
        docs = {(c.name, d["pk"], d["id"]): str(d["_etag"]) for c in COLLECTIONS for d in self.store.scan(c)}
        return docs, {key: self.objects.get(key) for key in self.objects.list()}

    def _raw(self, body: bytes) -> tuple[str, str]:
        digest = hashlib.sha256(body).hexdigest()
        key = f"raw/m/{digest}"
        self.objects.put(key, body)
        return digest, key
