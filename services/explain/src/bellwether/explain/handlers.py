"""What the explain service does with events."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import pyarrow.parquet as pq

from bellwether.contracts import AnyEvent, Batch, BatchReceived, Explanation, ExplanationReady, month_pk
from bellwether.errors import Conflict, NotFound, NotReady
from bellwether.explain.batches import Sample, answer, sample
from bellwether.explain.explainers import fit
from bellwether.explain.summary import importances
from bellwether.objects import ObjectStore
from bellwether.storage.collections import EXPLAIN, RUNS
from bellwether.storage.documents import dump, parse
from bellwether.storage.port import DocumentStore


@dataclass(frozen=True, slots=True)
class Explain:
    """Handlers with what they need."""

    documents: DocumentStore
    objects: ObjectStore
    now: Callable[[], datetime]

    def explain_batch(self, event: AnyEvent) -> Iterable[AnyEvent]:
        """Say what moved the model's answers in one accepted batch."""
        assert isinstance(event, BatchReceived)
        pk = month_pk(event.model, event.subject)
        stored = self.documents.get(RUNS, pk, event.subject)
        if stored is None:
            raise NotFound(f"batch {event.subject!r} of model {event.model!r} does not exist")
        batch = parse(Batch, stored)
        if batch.state != "accepted" or batch.rows_uri is None:
            raise NotReady(f"batch {batch.id!r} is {batch.state} and has no rows yet")
        explanation = self._explanation(batch)
        with suppress(Conflict):  # this step ran before: its result stands
            self.documents.put(EXPLAIN, dump(explanation), create=True)
        yield ExplanationReady(
            model=event.model,
            subject=batch.id,
            occurred_at=explanation.created_at,
            traceparent=event.traceparent,
        )

    def _explanation(self, batch: Batch) -> Explanation:
        drawn = self._sample(batch)
        found = drawn if isinstance(drawn, str) else fit(drawn.blocks, drawn.output)
        said = Explanation(
            id=f"g~{batch.id}",
            pk=batch.pk,
            model=batch.model,
            batch=batch.id,
            method="linear_surrogate",
            rows=0 if isinstance(drawn, str) else len(drawn.output),
            features=(),
            created_at=self.now(),
        )
        if isinstance(drawn, str) or isinstance(found, str):
            return said.model_copy(update={"reason": found})
        features, other = importances(found.contributions, drawn.names)
        return said.model_copy(update={"fidelity": found.fidelity, "features": features, "other": other})

    def _sample(self, batch: Batch) -> Sample | str:
        assert batch.rows_uri is not None
        output = answer(batch.columns)
        wanted = {c.name for c in batch.columns if c.role == "feature" and c.kind != "text"}
        wanted |= {output.name} if output else set()
        with self.objects.local(batch.rows_uri) as path:
            names = [name for name in pq.read_schema(path).names if name in wanted]
            return sample(batch, pq.read_table(path, columns=names))
