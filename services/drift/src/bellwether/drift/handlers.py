"""What the drift service does with events."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice

from bellwether.contracts import (
    AnyEvent,
    Batch,
    BatchReceived,
    Document,
    DriftEvidence,
    DriftPoint,
    DriftReport,
    DriftReported,
    ExplanationReady,
    Model,
    PerformanceReport,
    Reference,
    Relative,
    ReportBins,
    month_pk,
    relative,
)
from bellwether.drift.analysis import analyse, beside, bins, point, too_few
from bellwether.drift.decision import ENOUGH_ROWS
from bellwether.drift.earlier import earlier
from bellwether.drift.fleet import fleet_entry
from bellwether.drift.histories import evidences, histories
from bellwether.drift.joints import Joints, wanted
from bellwether.drift.rebasing import rebase
from bellwether.drift.references import References, features_of
from bellwether.drift.rollups import Rollups
from bellwether.drift.sequential import HORIZON
from bellwether.drift.trimming import fitted
from bellwether.drift.weighing import importance_of
from bellwether.errors import Conflict, NotFound, NotReady, PreconditionFailed, Unavailable
from bellwether.objects import ObjectStore
from bellwether.profile import WindowProfile
from bellwether.storage.collections import MODELS, REPORTS, RUNS, VIEWS
from bellwether.storage.documents import dump, parse
from bellwether.storage.months import newest
from bellwether.storage.port import Create, Doc, DocumentStore, Op, Replace
from bellwether.telemetry.metrics import REPORT_DELAY_SECONDS

FLEET = "fleet"
TRENDS = "trends"
HISTORY = 120
"""Batches a trend looks back on."""
MOST_WINDOWS = 400
"""Earlier batches, the newest ones, that stand in for a reference while batches come in."""
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Drift:
    """Handlers with what they need."""

    documents: DocumentStore
    objects: ObjectStore
    references: References
    joints: Joints
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
                REPORT_DELAY_SECONDS.observe((self.now() - batch.submitted_at).total_seconds())
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
        known = importance_of(self.documents, batch, features_of(self._reference(batch)))
        if known is None or not known.shares:
            return ()  # that explanation does not know either
        new = [dump(one) for one in self._documents(model, batch)]
        old = [self.documents.get(REPORTS, pk, one["id"]) for one in new]
        replaced: list[Op] = [_put(one, there) for one, there in zip(new, old, strict=True)]
        with suppress(Conflict, PreconditionFailed):  # somebody else weighed it
            self.documents.commit(REPORTS, pk, replaced)
        return self.assess(event)

    def assess(self, event: AnyEvent) -> Iterable[AnyEvent]:
        """Derive the view of the model anew from its newest points; the last writer has seen all of them."""
        for _ in range(_TRIES):
            views = {pk: self.documents.get(VIEWS, pk, event.model) for pk in (TRENDS, FLEET)}
            model = self._model(event.model)
            if model is None:
                for pk in views:
                    self.documents.delete(VIEWS, pk, event.model)
                return ()
            with suppress(Conflict, PreconditionFailed):  # somebody wrote since: look again
                for one in self._views(model):
                    old = views[one.pk]
                    self.documents.put(
                        VIEWS, dump(one), create=old is None, if_etag=None if old is None else old["_etag"]
                    )
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
        known = importance_of(self.documents, batch, features_of(stored))
        said = partial(
            analyse,
            model=model,
            batch=batch,
            reference_id=stored.reference,
            now=self.now(),
            importance=None if known is None else known.shares,
            source=None if known is None else known.source,
            repeats=stored.repeats,
            multivariate=self.joints.measure(wanted(model), batch, stored),
        )
        report = said(reference, window)
        if (others := relative(model.compare)) is not None:
            assert model.compare is not None
            past = Rollups(self.objects).merged(self._earlier(batch, stored, others), stored)
            if past is None or past.rows < ENOUGH_ROWS:
                report = report.model_copy(update={"beside": too_few(model.compare, past)})
            else:
                other = said(*rebase(reference, past, window))
                report = other.model_copy(update={"compared": model.compare, "beside": beside(report)})
        return fitted(report, point(report, batch), bins(report, reference, window))

    def _earlier(self, batch: Batch, stored: Reference, wanted: Relative) -> Iterator[Batch]:
        """The newest of the earlier batches a comparison asks for, of those made on the same reference."""
        same = (one for one in earlier(self.documents, batch, wanted) if one.reference == stored.reference)
        return islice(same, MOST_WINDOWS)

    def _reference(self, batch: Batch) -> Reference:
        id = batch.reference or "reference"
        doc = self.documents.get(MODELS, batch.model, id)
        if doc is None:
            raise NotFound(f"reference {id!r} of model {batch.model!r} does not exist")
        reference = parse(Reference, doc)
        if reference.state != "ready" or reference.profile_uri is None:
            raise NotReady(f"reference {id!r} of model {batch.model!r} is {reference.state} and has no profile yet")
        return reference

    def _views(self, model: Model) -> Iterator[Document]:
        """Yield what is derived of the newest points; the overview first: whoever writes it has seen the newest."""
        name = model.name
        docs = newest(self.documents, REPORTS, name, prefix="p~")
        points = [parse(DriftPoint, doc) for doc in islice(docs, HISTORY)][::-1]
        report = None
        if points:
            doc = self.documents.get(REPORTS, points[-1].pk, f"d~{points[-1].batch}")
            report = None if doc is None else parse(DriftReport, doc)
        evidence = self._evidence(name, points, report) if model.sequential and report is not None else {}
        batches = newest(self.documents, RUNS, name, [("type", "eq", "batch"), ("state", "ne", "received")])
        latest = next((parse(Batch, doc) for doc in batches), None)
        yield fleet_entry(name, points, report, latest, self._performance(name), self.now(), evidence)
        if (trends := histories(points, evidence, self.now())) is not None:
            yield trends

    def _evidence(self, model: str, points: Sequence[DriftPoint], report: DriftReport) -> dict[str, DriftEvidence]:
        docs = newest(self.documents, REPORTS, model, prefix="b~")
        history = [parse(ReportBins, doc) for doc in islice(docs, HORIZON)][::-1]
        return evidences(history, points, report)

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
