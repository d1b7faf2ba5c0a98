"""What the drift service does with events."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from bellwether.contracts import (
    AnyEvent,
    Batch,
    BatchReceived,
    Document,
    DriftPoint,
    DriftReport,
    DriftReported,
    Explanation,
    ExplanationReady,
    FleetEntry,
    Model,
    PerformanceReport,
    Reference,
    fact_time,
    month_pk,
)
from bellwether.drift.analysis import analyse, bins, point
from bellwether.drift.fleet import fleet_entry
from bellwether.drift.importance import Known, learnt
from bellwether.drift.references import References
from bellwether.drift.trimming import fitted
from bellwether.errors import Conflict, NotFound, NotReady, PreconditionFailed, Unavailable
from bellwether.objects import ObjectStore
from bellwether.profile import WindowProfile
from bellwether.storage.collections import EXPLAIN, MODELS, REPORTS, RUNS, VIEWS
from bellwether.storage.documents import dump, parse
from bellwether.storage.months import newest
from bellwether.storage.port import Create, Doc, DocumentStore, Op, Replace

FLEET = "fleet"
HISTORY = 120
"""Batches a trend looks back on."""
EXPLANATIONS = 20
"""Explanations, newest first, that are asked how much each feature matters."""
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Drift:
    """Handlers with what they need."""

    documents: DocumentStore
    objects: ObjectStore
    references: References
    now: Callable[[], datetime]

    def analyse_batch(self, event: AnyEvent) -> Iterable[AnyEvent]:
        """Compare one accepted batch with its reference; report, point and bins appear together or not at all."""
        assert isinstance(event, BatchReceived)
        pk = month_pk(event.model, event.subject)
        doc = self.documents.get(RUNS, pk, event.subject)
        model = self._model(event.model)
        if model is None:
            return ()  # deleted in the meantime
        if doc is None:
            raise NotFound(f"batch {event.subject!r} of model {event.model!r} does not exist")
        batch = parse(Batch, doc)
        if batch.state == "rejected":
            return ()
        if batch.state == "received" or batch.profile_uri is None:
            raise NotReady(f"batch {batch.id!r} is {batch.state} and has no profile yet")
        if self.documents.get(REPORTS, pk, f"d~{batch.id}") is None:
            operations = [Create(dump(one)) for one in self._documents(model, batch)]
            with suppress(Conflict):  # this step ran before: its result stands
                self.documents.commit(REPORTS, batch.pk, operations)
        return (
            DriftReported(model=event.model, subject=batch.id, occurred_at=self.now(), traceparent=event.traceparent),
        )

    def weigh(self, event: AnyEvent) -> Iterable[AnyEvent]:
        """Say again what a report said while nobody knew how much the features matter, now that an explanation does.

        A report that was weighed stays as it is. Only the weights change: values, lines and evidence do not.
        """
        assert isinstance(event, ExplanationReady)
        pk, id = month_pk(event.model, event.subject), event.subject
        stored, doc = self.documents.get(RUNS, pk, id), self.documents.get(REPORTS, pk, f"d~{id}")
        model = self._model(event.model)
        if stored is None or model is None or stored.get("state") != "accepted":
            return ()
        batch = parse(Batch, stored)
        if doc is None:
            raise NotReady(f"batch {id!r} of model {event.model!r} has no drift report yet")
        if parse(DriftReport, doc).overall.method != "uniform":
            return ()
        new = [dump(one) for one in self._documents(model, batch)]
        if parse(DriftReport, new[0]).overall.method == "uniform":
            return ()
        old = [self.documents.get(REPORTS, pk, one["id"]) for one in new]
        replaced: list[Op] = [_put(one, there) for one, there in zip(new, old, strict=True)]
        with suppress(Conflict, PreconditionFailed):  # somebody else weighed it
            self.documents.commit(REPORTS, pk, replaced)
        return self.assess(event)

    def assess(self, event: AnyEvent) -> Iterable[AnyEvent]:
        """Derive the view of the model anew from its newest points; the last writer has seen all of them."""
        for _ in range(_TRIES):
            view = self.documents.get(VIEWS, FLEET, event.model)
            if self._model(event.model) is None:
                self.documents.delete(VIEWS, FLEET, event.model)
                return ()
            entry = dump(self._entry(event.model))
            with suppress(Conflict, PreconditionFailed):  # somebody wrote since: look again
                if view is None:
                    self.documents.put(VIEWS, entry, create=True)
                else:
                    self.documents.put(VIEWS, entry, if_etag=view["_etag"])
                return ()
        raise Unavailable(f"the view of model {event.model!r} changed {_TRIES} times while it was derived")

    def _model(self, name: str) -> Model | None:
        doc = self.documents.get(MODELS, name, "model")
        return None if doc is None or doc.get("state") == "deleting" else parse(Model, doc)

    def _documents(self, model: Model, batch: Batch) -> Sequence[Document]:
        """Return report, point and bins of a batch."""
        stored = self._reference(batch)
        assert stored.profile_uri is not None
        assert batch.profile_uri is not None
        reference = self.references.read(stored.profile_uri, stored.profile_digest)
        window = WindowProfile.from_bytes(self.objects.get(batch.profile_uri))
        known = self._importance(batch, [column.name for column in stored.columns if column.role == "feature"])
        report = analyse(
            reference,
            window,
            model=model,
            batch=batch,
            reference_id=stored.reference,
            now=self.now(),
            importance=None if known is None else known.shares,
            source=None if known is None else known.source,
        )
        return fitted(report, point(report, batch), bins(report, reference, window))

    def _importance(self, batch: Batch, names: Sequence[str]) -> Known | None:
        """How much each feature matters, from explanations up to this batch, else from those after it."""
        until = fact_time(batch.id)
        before = newest(self.documents, EXPLAIN, batch.model, prefix="g~", until=until)
        return self._learnt(before, names, batch) or self._learnt(
            newest(self.documents, EXPLAIN, batch.model, prefix="g~", since=until), names, batch
        )

    def _learnt(self, docs: Iterator[Doc], names: Sequence[str], batch: Batch) -> Known | None:
        explanations = [parse(Explanation, doc) for doc in islice(docs, EXPLANATIONS)]
        return learnt(explanations, names, batch.version)

    def _reference(self, batch: Batch) -> Reference:
        id = batch.reference or "reference"
        doc = self.documents.get(MODELS, batch.model, id)
        if doc is None:
            raise NotFound(f"reference {id!r} of model {batch.model!r} does not exist")
        reference = parse(Reference, doc)
        if reference.state != "ready" or reference.profile_uri is None:
            raise NotReady(f"reference {id!r} of model {batch.model!r} is {reference.state} and has no profile yet")
        return reference

    def _entry(self, model: str) -> FleetEntry:
        docs = newest(self.documents, REPORTS, model, prefix="p~")
        points = [parse(DriftPoint, doc) for doc in islice(docs, HISTORY)][::-1]
        report = None
        if points:
            doc = self.documents.get(REPORTS, points[-1].pk, f"d~{points[-1].batch}")
            report = None if doc is None else parse(DriftReport, doc)
        batches = newest(self.documents, RUNS, model, [("type", "eq", "batch"), ("state", "ne", "received")])
        latest = next((parse(Batch, doc) for doc in batches), None)
        return fleet_entry(model, points, report, latest, self._performance(model), self.now())

    def _performance(self, model: str) -> PerformanceReport | None:
        """The newest report that says something: from labels, else estimated, else the newest there is."""
        found = [
            parse(PerformanceReport, doc)
            for prefix in ("f~", "e~")
            for doc in islice(newest(self.documents, REPORTS, model, prefix=prefix), 1)
        ]
        return next((report for report in found if report.status != "unknown"), found[0] if found else None)


def _put(new: Doc, old: Doc | None) -> Op:
    return Create(new) if old is None else Replace(new, old["_etag"])
