"""Tables of predictions a run logged become batches, exactly like pushed ones."""

import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bellwether.collector.sources.base import LoggedTable, SourceFault, SourcePort
from bellwether.contracts import AnyEvent, Batch, BatchSubmitted, Model, Source, fact_id, month_pk, node_id
from bellwether.errors import Conflict
from bellwether.objects import ObjectStore
from bellwether.storage.collections import MODELS, RUNS
from bellwether.storage.documents import dump, parse
from bellwether.storage.months import note_month
from bellwether.storage.port import DocumentStore

MEDIA = {".parquet": "application/vnd.apache.parquet", ".csv": "text/csv", ".json": "application/json"}


@dataclass(frozen=True, slots=True)
class Tables:
    """Makes batches of logged tables, of models that are watched."""

    documents: DocumentStore
    objects: ObjectStore
    now: datetime

    def submit(
        self, source: Source, port: SourcePort, tables: Iterable[LoggedTable]
    ) -> Iterator[AnyEvent | SourceFault]:
        """Yield an event for each batch, and what is wrong with a table that cannot be one; one stops no other."""
        for table in tables:
            for model in self._models(source, table):
                try:
                    event = self._submit(source, port, table, model)
                except SourceFault as fault:
                    if fault.condition not in ("invalid", "configuration"):
                        raise
                    yield SourceFault("invalid", f"run {table.run_id}: {fault}", fault.fix)
                else:
                    if event is not None:
                        yield event

    def _models(self, source: Source, table: LoggedTable) -> Iterator[str]:
        """Yield the models whose batch a table is: named by the run, or bound to its experiment."""
        for one in source.bindings:
            name, bound = one.model, table.experiment in one.experiments
            if (table.model == name or (bound and table.model is None)) and self._is_watched(name):
                yield name

    def _is_watched(self, name: str) -> bool:
        doc = self.documents.get(MODELS, name, "model")
        return doc is not None and parse(Model, doc).state == "active"

    def _submit(self, source: Source, port: SourcePort, table: LoggedTable, model: str) -> AnyEvent | None:
        key = f"{source.source}:{table.run_id}:{table.path}"
        id = fact_id(table.end, "batch", model, key)
        event = BatchSubmitted(model=model, subject=id, occurred_at=self.now)
        doc = self.documents.get(RUNS, month_pk(model, id), id)
        if doc is not None:
            return event if doc["state"] == "received" else None
        with tempfile.TemporaryDirectory(prefix="bellwether-") as folder:
            media, rows = rows_of(port.fetch(table, Path(folder)))
            digest = hashlib.sha256(rows.read_bytes()).hexdigest()
            raw = f"raw/{model}/{digest}"
            if not self.objects.exists(raw):
                self.objects.put(raw, rows)
        batch = Batch(
            id=id,
            pk=month_pk(model, id),
            model=model,
            state="received",
            source=source.source,
            key=key,
            version=table.version,
            run=node_id("ml_run", source.source, table.run_id),
            media_type=media,
            raw_uri=raw,
            digest=digest,
            start=table.start,
            end=table.end,
            submitted_at=self.now,
        )
        note_month(self.documents, model, id)
        with suppress(Conflict):
            self.documents.put(RUNS, dump(batch), create=True)
        return event


def rows_of(path: Path) -> tuple[str, Path]:
    """Return media type and file of a logged table; MLflow's own JSON, columns beside data, is written out as rows.

    Raises ``SourceFault`` when it is no table.
    """
    media = MEDIA.get(path.suffix.lower())
    if media is None:
        names = ", ".join(MEDIA)
        raise SourceFault("invalid", f"{path.name} ends with none of {names}", "log the table with one of these")
    if path.suffix.lower() != ".json":
        return media, path
    try:
        said = json.loads(path.read_bytes())
    except ValueError as error:
        raise SourceFault("invalid", f"{path.name} is no JSON: {error}", "log it with mlflow.log_table") from error
    if isinstance(said, list):
        return media, path
    columns, data = (said.get("columns"), said.get("data")) if isinstance(said, dict) else (None, None)
    if not isinstance(columns, list) or not isinstance(data, list):
        raise SourceFault("invalid", f"{path.name} holds no columns and data", "log it with mlflow.log_table")
    out = path.with_suffix(".ndjson")
    with out.open("w") as file:
        for row in data:
            if not isinstance(row, list) or len(row) != len(columns):
                raise SourceFault("invalid", f"{path.name}: a row has other columns", "log it with mlflow.log_table")
            file.write(json.dumps(dict(zip(columns, row, strict=True)), separators=(",", ":")) + "\n")
    return "application/x-ndjson", out
