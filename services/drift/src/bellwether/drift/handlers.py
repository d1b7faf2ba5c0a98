"""What the drift service does with events."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from bellwether.contracts import (
    AnyEvent,
    Batch,
    BatchReceived,
    DriftPoint,
    DriftReport,
    DriftReported,
    FleetEntry,
    Model,
    PerformanceReport,
    Reference,
    month_pk,
)
from bellwether.drift.analysis import analyse, bins, point
from bellwether.drift.fleet import fleet_entry
from bellwether.drift.references import References
from bellwether.drift.trimming import fitted
from bellwether.errors import Conflict, NotFound, NotReady, PreconditionFailed, Unavailable
from bellwether.objects import ObjectStore
from bellwether.profile import WindowProfile
from bellwether.storage.collections import MODELS, REPORTS, RUNS, VIEWS
from bellwether.storage.documents import dump, parse
from bellwether.storage.months import newest
from bellwether.storage.port import Create, DocumentStore

FLEET = "fleet"
HISTORY = 120
"""Batches a trend looks back on."""
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
            self._report(model, batch)
        return (
            DriftReported(model=event.model, subject=batch.id, occurred_at=self.now(), traceparent=event.traceparent),
        )

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

    def _report(self, model: Model, batch: Batch) -> None:
        stored = self._reference(batch)
        assert stored.profile_uri is not None
        assert batch.profile_uri is not None
        reference = self.references.read(stored.profile_uri, stored.profile_digest)
        window = WindowProfile.from_bytes(self.objects.get(batch.profile_uri))
        report = analyse(reference, window, model=model, batch=batch, reference_id=stored.reference, now=self.now())
        documents = fitted(report, point(report, batch), bins(report, reference, window))
        with suppress(Conflict):  # this step ran before: its result stands
            self.documents.commit(REPORTS, batch.pk, [Create(dump(one)) for one in documents])

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
