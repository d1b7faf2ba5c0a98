"""What the drift service does about performance: estimate when a batch arrives, measure when labels do."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bellwether.contracts import (
    AnyEvent,
    Batch,
    BatchReceived,
    Labels,
    LabelsReceived,
    Model,
    PerformanceReport,
    PerformanceReported,
    Reference,
    month_pk,
)
from bellwether.drift.performance.fitted import Fitted, fit
from bellwether.drift.performance.report import estimated, realised
from bellwether.drift.performance.tables import texts
from bellwether.errors import Conflict, NotFound, NotReady, PreconditionFailed, Unavailable
from bellwether.objects import ObjectStore
from bellwether.storage.collections import MODELS, REPORTS, RUNS
from bellwether.storage.documents import dump, parse
from bellwether.storage.months import newest
from bellwether.storage.port import Create, DocumentStore, Filter, Replace

LOOK_BACK = 400
"""Batches, newest first, in which rows of a set of labels are looked for."""
EARLY_SETS = 60
"""Sets of labels, newest first, that may have come before their batch."""
_TRIES = 20
_KEPT = 8


@dataclass(frozen=True, slots=True)
class Scoring:
    """Handlers with what they need; what a reference teaches is kept in memory, the newest few."""

    documents: DocumentStore
    objects: ObjectStore
    now: Callable[[], datetime]
    _fitted: dict[tuple[str, str, str], Fitted] = field(default_factory=dict)

    def estimate_performance(self, event: AnyEvent) -> Iterable[AnyEvent]:
        """Estimate an accepted batch's performance once, and count labels that came before it."""
        assert isinstance(event, BatchReceived)
        batch, model = self._batch(event.model, event.subject), self._model(event.model)
        fitted = self._fit(model, batch)
        report = estimated(self._rows(batch), batch, model, fitted, self.now())
        with suppress(Conflict):  # this step ran before: its estimate stands
            self.documents.put(REPORTS, dump(report), create=True)
        yield self._reported(report)
        if fitted.roles.id is not None:
            ids = self._ids(batch, fitted.roles.id)
            early = {labels.id for labels in self._sets(model.name) if self._touching(labels, ids)}
            if early:
                yield self._reported(self._score(model, batch, fitted, early))

    def score_labels(self, event: AnyEvent) -> Iterable[AnyEvent]:
        """Measure every batch the labels touch, and only those, anew."""
        assert isinstance(event, LabelsReceived)
        stored = self.documents.get(RUNS, month_pk(event.model, event.subject), event.subject)
        if stored is None:
            raise NotFound(f"labels {event.subject!r} of model {event.model!r} do not exist")
        labels, model = parse(Labels, stored), self._model(event.model)
        if labels.rows_uri is None:
            raise NotReady(f"labels {labels.id!r} are {labels.state} and have no rows yet")
        table = self._label_table(labels)
        left = table.num_rows
        for batch in self._batches(model.name):
            if left <= 0:
                return
            fitted = self._fit(model, batch)
            if fitted.roles.id is None:
                continue
            try:
                found = _touching(table, self._ids(batch, fitted.roles.id))
            except NotFound:  # its rows are kept no longer: what was measured of it stands
                continue
            if found:
                left -= found
                yield self._reported(self._score(model, batch, fitted, {labels.id}))

    def _score(self, model: Model, batch: Batch, fitted: Fitted, new: set[str]) -> PerformanceReport:
        """Derive the realised report from all sets that touch the batch; whoever writes later has seen more."""
        id = f"f~{batch.id}"
        for _ in range(_TRIES):
            doc = self.documents.get(REPORTS, batch.pk, id)
            before = parse(PerformanceReport, doc) if doc is not None else None
            if before is not None and new <= set(before.labels):
                return before
            sets = sorted(new | set(before.labels if before is not None else ()))
            table = self._rows(batch)
            try:
                labels = self._latest(model, sets, table.column(fitted.roles.id))
            except NotFound:
                if before is None:
                    raise
                return before  # without labels that are kept no longer it would say less than it does
            report = realised(table, labels, sets, batch, model, fitted, self.now())
            op = Create(dump(report)) if doc is None else Replace(dump(report), doc["_etag"])
            with suppress(Conflict, PreconditionFailed):
                self.documents.commit(REPORTS, batch.pk, [op])
                return report
        raise Unavailable(f"performance of batch {batch.id!r} changed {_TRIES} times while it was measured")

    def _latest(self, model: Model, sets: list[str], ids: pa.ChunkedArray) -> pa.ChunkedArray:
        """Labels in the order of ``ids``, null where none came; of several for one id the newest set's counts."""
        numbers = model.task == "regression"
        found = pa.nulls(len(ids), pa.float64() if numbers else pa.string())
        keys = texts(ids).combine_chunks()
        for name in sets:  # ids of sets sort by time
            doc = self.documents.get(RUNS, month_pk(model.name, name), name)
            if doc is None:
                continue
            table = self._label_table(parse(Labels, doc))
            label = table.column("label")
            label = (pc.cast(label, pa.float64()) if numbers else texts(label)).combine_chunks()
            # Of one id twice in one set the last row counts: looked up from the end.
            place = pc.index_in(keys, value_set=texts(table.column("id")).combine_chunks()[::-1])
            found = pc.coalesce(label[::-1].take(place), found)
        return pa.chunked_array([found])

    def _reported(self, report: PerformanceReport) -> PerformanceReported:
        return PerformanceReported(
            model=report.model,
            subject=f"{report.id}~{len(report.labels)}",
            occurred_at=report.created_at,
        )

    def _fit(self, model: Model, batch: Batch) -> Fitted:
        """What the batch's reference teaches; learnt once for each reference and each change of the model."""
        assert batch.reference is not None
        key = (model.name, batch.reference, model.updated_at.isoformat())
        if key not in self._fitted:
            doc = self.documents.get(MODELS, model.name, f"reference~{batch.reference.removeprefix('reference~')}")
            if doc is None:
                raise NotFound(f"reference {batch.reference!r} of model {model.name!r} does not exist")
            reference = parse(Reference, doc)
            if reference.rows_uri is None:
                raise NotReady(f"reference {reference.id!r} is {reference.state} and has no rows yet")
            while len(self._fitted) >= _KEPT:
                self._fitted.pop(next(iter(self._fitted)))
            with self.objects.local(reference.rows_uri) as path:
                self._fitted[key] = fit(pq.read_table(path), reference.columns, model)
        return self._fitted[key]

    def _model(self, name: str) -> Model:
        doc = self.documents.get(MODELS, name, "model")
        if doc is None:
            raise NotFound(f"model {name!r} does not exist")
        return parse(Model, doc)

    def _batch(self, model: str, id: str) -> Batch:
        doc = self.documents.get(RUNS, month_pk(model, id), id)
        if doc is None:
            raise NotFound(f"batch {id!r} of model {model!r} does not exist")
        return parse(Batch, doc)

    def _rows(self, batch: Batch, columns: list[str] | None = None) -> pa.Table:
        if batch.rows_uri is None:
            raise NotReady(f"batch {batch.id!r} is {batch.state} and has no rows yet")
        with self.objects.local(batch.rows_uri) as path:
            return pq.read_table(path, columns=columns)

    def _ids(self, batch: Batch, id: str) -> pa.ChunkedArray:
        return self._rows(batch, [id]).column(id)

    def _label_table(self, labels: Labels) -> pa.Table:
        if labels.rows_uri is None:
            return pa.table({"id": pa.array([], pa.string()), "label": pa.nulls(0)})
        with self.objects.local(labels.rows_uri) as path:
            return pq.read_table(path)

    def _touching(self, labels: Labels, ids: pa.ChunkedArray) -> int:
        try:
            return _touching(self._label_table(labels), ids)
        except NotFound:  # kept no longer
            return 0

    def _batches(self, model: str) -> Iterator[Batch]:
        for doc in islice(newest(self.documents, RUNS, model, _accepted("batch")), LOOK_BACK):
            yield parse(Batch, doc)

    def _sets(self, model: str) -> Iterator[Labels]:
        for doc in islice(newest(self.documents, RUNS, model, _accepted("labels")), EARLY_SETS):
            yield parse(Labels, doc)


def _accepted(kind: str) -> list[Filter]:
    return [("type", "eq", kind), ("state", "eq", "accepted")]


def _touching(labels: pa.Table, ids: pa.ChunkedArray) -> int:
    """How many of a batch's ids have a label in the table."""
    wanted = texts(labels.column("id")).combine_chunks()
    return int(pc.sum(pc.is_in(texts(ids), value_set=wanted)).as_py() or 0)
