"""What the explain service does with events."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from bellwether.contracts import (
    AnyEvent,
    BatchReceived,
    Explanation,
    ExplanationReady,
    ExplanationRequest,
    ExplanationRequested,
    LocalExplanation,
    local_pk,
    requests_pk,
)
from bellwether.errors import Conflict, NotFound, NotReady
from bellwether.explain.lookups import batch_of, model_of
from bellwether.explain.of_batch import OfBatch, Place
from bellwether.explain.of_row import OfRow
from bellwether.explain.standpoints import Question
from bellwether.storage.collections import EXPLAIN, OPS
from bellwether.storage.documents import dump, parse
from bellwether.storage.port import DocumentStore
from bellwether.telemetry.metrics import (
    EXPLAIN_FAILURES_TOTAL,
    EXPLAIN_GAP,
    EXPLAIN_SECONDS,
    EXPLAINED_ROWS_TOTAL,
    MODEL_HOSTS_BYTES,
)

E = TypeVar("E", bound=Explanation | LocalExplanation)


@dataclass(frozen=True, slots=True)
class Explain:
    """Handlers with what they need."""

    documents: DocumentStore
    of_batch: OfBatch
    of_row: OfRow
    now: Callable[[], datetime]

    def explain_batch(self, event: AnyEvent) -> Iterable[AnyEvent]:
        """Say what moved the model's answers in one accepted batch."""
        assert isinstance(event, BatchReceived)
        batch = batch_of(self.documents, event.model, event.subject)
        if batch.state != "accepted" or batch.rows_uri is None:
            raise NotReady(f"batch {batch.id!r} is {batch.state} and has no rows yet")
        place = Place(f"g~{batch.id}", batch.pk, rows=True)
        model = model_of(self.documents, event.model)
        if model is None:
            return  # it is being deleted
        doc = self.documents.get(EXPLAIN, place.pk, place.id)
        if doc is None:
            explanation = self._counted("batch", lambda: self.of_batch.explain(model, batch, place))
            with suppress(Conflict):  # this step ran before: its result stands
                self.documents.put(EXPLAIN, dump(explanation), create=True)
        yield ExplanationReady(
            model=event.model, subject=batch.id, occurred_at=self.now(), traceparent=event.traceparent
        )

    def explain_row(self, event: AnyEvent) -> Iterable[AnyEvent]:
        """Answer a question about a row, or about a batch with options of its own."""
        assert isinstance(event, ExplanationRequested)
        doc = self.documents.get(OPS, requests_pk(event.model), event.subject.partition("|")[0])
        if doc is None:
            return ()  # it expired, or its model was deleted: nobody waits any more
        asked = parse(ExplanationRequest, doc)
        if asked.row is not None or asked.row_id is not None:
            self.documents.put(EXPLAIN, dump(self._counted("row", lambda: self.of_row.answer(asked))))
            return ()
        model = model_of(self.documents, asked.model)
        if model is None or asked.batch is None:
            raise NotFound(f"model {asked.model!r} does not exist")
        batch = batch_of(self.documents, asked.model, asked.batch)
        place = Place(asked.id, local_pk(asked.model), rows=False)
        question = Question(asked.output_class, asked.perturbation)
        found = self._counted("batch", lambda: self.of_batch.explain(model, batch, place, question, asked.sample))
        self.documents.put(EXPLAIN, dump(found))
        return ()

    def _counted(self, kind: str, explain: Callable[[], E]) -> E:
        with EXPLAIN_SECONDS.labels(kind).time():
            found = explain()
        if found.reason is not None:
            EXPLAIN_FAILURES_TOTAL.labels(kind).inc()
        else:
            EXPLAINED_ROWS_TOTAL.labels(found.method).inc(found.rows if isinstance(found, Explanation) else 1)
            if found.additivity.max_abs is not None:
                EXPLAIN_GAP.observe(found.additivity.max_abs)
        MODEL_HOSTS_BYTES.set(self.of_batch.standpoints.hosts.resident_bytes())
        return found
