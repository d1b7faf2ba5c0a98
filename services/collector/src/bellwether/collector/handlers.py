"""What the collector does with events: whatever was pushed becomes accepted, or rejected with every reason.

Objects are written first, under keys that name what they were made with; then one fenced write of the document makes
them true. A run that comes second finds the document settled, and says again what it stands for.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from bellwether.collector.decode.decoder import Decodes
from bellwether.collector.decode.table import Decoded
from bellwether.collector.labels import candidates, label_rows
from bellwether.collector.normalise import Window, expected, normalise
from bellwether.collector.objects import Profiles, fact_key, put_rows, reference_key
from bellwether.collector.repeats import repeats
from bellwether.collector.schema import guess
from bellwether.collector.settled import MAX_EXTRA, events_of, reasons, rejected, settle, settle_reference
from bellwether.contracts import (
    ROW_FORMATS,
    AnyEvent,
    Batch,
    BatchSubmitted,
    Labels,
    LabelsSubmitted,
    Model,
    Reference,
    ReferenceSubmitted,
    month_pk,
)
from bellwether.errors import Fault, InvalidInput, NotReady, TooLarge, Unreadable
from bellwether.objects import ObjectStore
from bellwether.profile import fit, window
from bellwether.storage.collections import MODELS, RUNS, Collection
from bellwether.storage.documents import parse
from bellwether.storage.port import Doc, DocumentStore

REFUSED = (Unreadable, InvalidInput, TooLarge)
"""What says that the body is at fault."""


@dataclass(frozen=True, slots=True)
class Collector:
    """Handlers with what they need. ``threads`` of one pass over rows."""

    documents: DocumentStore
    objects: ObjectStore
    decoder: Decodes
    profiles: Profiles
    now: Callable[[], datetime]
    threads: int = 1

    def accept_reference(self, event: AnyEvent) -> Iterable[AnyEvent]:
        """Decide what the columns mean, profile the rows, and put the reference in force if it is the newest."""
        assert isinstance(event, ReferenceSubmitted)
        found = self._find(MODELS, event.model, event)
        if found is None:
            return
        model, doc = found
        reference = parse(Reference, doc)
        if reference.state == "received":
            reference = self._reference(reference, model)
            pushed_at = reference.submitted_at
        else:
            pushed_at = event.occurred_at  # pushed once more: it takes force again
        reference = settle_reference(self.documents, reference, doc, pushed_at)
        yield from events_of(reference, event.traceparent)

    def accept_batch(self, event: AnyEvent) -> Iterable[AnyEvent]:
        """Hold a batch against the reference, keep its rows and their profile."""
        assert isinstance(event, BatchSubmitted)
        found = self._find(RUNS, month_pk(event.model, event.subject), event)
        if found is None:
            return
        model, doc = found
        batch = parse(Batch, doc)
        if batch.state == "received":
            batch = settle(self.documents, self._batch(batch, model), doc)
        yield from events_of(batch, event.traceparent)

    def accept_labels(self, event: AnyEvent) -> Iterable[AnyEvent]:
        """Keep labels as rows of id, label and time."""
        assert isinstance(event, LabelsSubmitted)
        found = self._find(RUNS, month_pk(event.model, event.subject), event)
        if found is None:
            return
        model, doc = found
        labels = parse(Labels, doc)
        if labels.state == "received":
            labels = settle(self.documents, self._labels(labels, model), doc)
        yield from events_of(labels, event.traceparent)

    def _reference(self, pushed: Reference, model: Model) -> Reference:
        try:
            decoded = self._decoded(pushed, None)
            schema = guess(decoded, model.roles, model.task, model.kinds)
            rows = normalise(decoded, schema.columns)
        except REFUSED as error:
            return rejected(pushed, error, self.now())
        profile = fit(rows.table, schema.columns)
        rows_key = reference_key(pushed.model, pushed.digest, profile.digest, ".parquet")
        profile_key = reference_key(pushed.model, pushed.digest, profile.digest, ".arrow")
        put_rows(self.objects, rows_key, rows.table)
        self.objects.put(profile_key, profile.to_bytes())
        return pushed.model_copy(
            update={
                "state": "ready",
                "reasons": reasons(schema.left_out),
                "rows": rows.table.num_rows,
                "start": rows.start,
                "end": rows.end,
                "columns": schema.columns,
                "repeats": repeats(rows.table, schema.columns),
                "rows_uri": rows_key,
                "profile_uri": profile_key,
                "profile_digest": profile.digest,
                "completed_at": self.now(),
            }
        )

    def _batch(self, pushed: Batch, model: Model) -> Batch:
        reference = self._in_force(pushed)
        try:
            if reference is None:
                raise _no_reference(pushed.model)
            wanted = expected(reference.columns, model.roles, model.task)
            decoded = self._decoded(pushed, [column.name for column in wanted])
            rows = normalise(decoded, wanted, Window(pushed.start, pushed.end))
        except REFUSED as error:
            return rejected(pushed, error, self.now(), None if reference is None else reference.reference)
        assert reference.profile_uri is not None
        assert reference.profile_digest is not None
        profile = window(rows.table, self.profiles.load(reference.profile_uri), self.threads)
        rows_key = fact_key("rows", pushed.model, pushed.id, reference.profile_digest, ".parquet")
        profile_key = fact_key("profiles", pushed.model, pushed.id, reference.profile_digest, ".arrow")
        put_rows(self.objects, rows_key, rows.table)
        self.objects.put(profile_key, profile.to_bytes())
        return pushed.model_copy(
            update={
                "state": "accepted",
                "rows": rows.table.num_rows,
                "start": pushed.start or rows.start,
                "end": pushed.end or rows.end,
                "columns": rows.columns,
                "extra_columns": rows.extra[:MAX_EXTRA],
                "duplicate_ids": rows.duplicate_ids,
                "repeats": repeats(rows.table, rows.columns),
                "rows_uri": rows_key,
                "profile_uri": profile_key,
                "reference": reference.reference,
                "completed_at": self.now(),
            }
        )

    def _labels(self, pushed: Labels, model: Model) -> Labels:
        reference = self._in_force(pushed)
        try:
            decoded = self._decoded(pushed, candidates(model.roles))
            rows = label_rows(decoded, model.roles, model.task, reference.columns if reference else ())
        except REFUSED as error:
            return rejected(pushed, error, self.now())
        made_with = reference.profile_digest if reference and reference.profile_digest else "none"
        key = fact_key("rows", pushed.model, pushed.id, made_with, ".parquet")
        put_rows(self.objects, key, rows)
        update = {"state": "accepted", "rows": rows.num_rows, "rows_uri": key, "completed_at": self.now()}
        return pushed.model_copy(update=update)

    def _in_force(self, pushed: Batch | Labels) -> Reference | None:
        """Return the reference in force; raises ``NotReady`` while one pushed before is still being made."""
        where = [("id", "prefix", "reference~"), ("state", "eq", "received")]
        found = self.documents.query(MODELS, pushed.model, where, limit=100).docs
        waiting = [parse(Reference, doc) for doc in found]
        before = [reference.id for reference in waiting if reference.submitted_at <= pushed.submitted_at]
        doc = self.documents.get(MODELS, pushed.model, "reference")
        if before or (waiting and doc is None):
            names = ", ".join(before or [reference.id for reference in waiting])
            raise NotReady(f"model {pushed.model!r}: {names} is still being profiled")
        return None if doc is None else parse(Reference, doc)

    def _decoded(self, pushed: Batch | Labels | Reference, columns: Iterable[str] | None) -> Decoded:
        with self.objects.local(pushed.raw_uri) as path:
            return self.decoder.decode(path, ROW_FORMATS[pushed.media_type], pushed.encoding, columns)

    def _find(self, coll: Collection, pk: str, event: AnyEvent) -> tuple[Model, Doc] | None:
        """Return the model and what was pushed for it; None for a model that is deleted, or about to be.

        Raises ``NotReady`` where one is missing: a reader may see it later than the event about it.
        """
        model = self.documents.get(MODELS, event.model, "model")
        doc = self.documents.get(coll, pk, event.subject)
        if model is not None and model.get("state") == "deleting":
            return None
        if model is None and doc is None:
            return None
        if model is None or doc is None:
            missing = f"model {event.model!r}" if model is None else f"{event.subject!r} of {pk!r}"
            raise NotReady(f"{missing} is not there yet")
        return parse(Model, model), doc


def _no_reference(model: str) -> InvalidInput:
    fault = Fault(
        "/reference", "none", "a reference to compare with", f"PUT /api/v1/models/{model}/reference, then push"
    )
    return InvalidInput(f"model {model!r} has no reference", [fault])
