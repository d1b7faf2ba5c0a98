"""Keeping what sources observed: each thing under one address, in its newest state, said until that is safe."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from bellwether.collector.sources.base import stamped
from bellwether.contracts import (
    AliasSpan,
    AnyEvent,
    ModelVersionObserved,
    Observed,
    Pipeline,
    PipelineRun,
    PipelineRunObserved,
    RegisteredVersion,
    RunAddress,
    TrainingRun,
    TrainingRunObserved,
    month_pk,
    observed_subject,
)
from bellwether.errors import Conflict, PreconditionFailed, Unavailable
from bellwether.storage.collections import SOURCES
from bellwether.storage.documents import dump, parse
from bellwether.storage.months import note_month
from bellwether.storage.port import Doc, DocumentStore

_TRIES = 5
O = TypeVar("O", bound=Observed)  # noqa: E741 - the one type here


@dataclass(frozen=True, slots=True)
class Keeper:
    """Stores observed documents. ``safe_until``: what looks up to this time found was published as well."""

    documents: DocumentStore
    safe_until: datetime | None = None

    def keep(self, found: Iterable[Observed]) -> Iterable[AnyEvent]:
        """Store what is new or changed and yield its events; those of an unfinished look are said again."""
        for document in found:
            stored = self._store(self._addressed(document))
            if stored is not None:
                yield event_of(stored)

    def keep_pipelines(self, found: Iterable[Pipeline]) -> None:
        """Store definitions of pipelines."""
        for pipeline in found:
            self.documents.put(SOURCES, dump(pipeline))

    def _addressed(self, document: Observed) -> Observed:
        """Return a document under the address it had when it was first seen."""
        if not isinstance(document, PipelineRun | TrainingRun):
            return document
        address = RunAddress(
            id=document.type, pk=f"run|{document.run_id}", source=document.source, document=document.id
        )
        doc = self.documents.get(SOURCES, address.pk, address.id)
        if doc is None:
            with suppress(Conflict):
                self.documents.put(SOURCES, dump(address), create=True)
                return document
            doc = self.documents.get(SOURCES, address.pk, address.id)
        held = address if doc is None else parse(RunAddress, doc)
        if held.source != document.source:
            return document  # two sources know one run: each keeps what it saw, the first one is found by its id
        return document.model_copy(update={"id": held.document, "pk": month_pk(document.source, held.document)})

    def _store(self, document: Observed) -> Observed | None:
        """Return what is stored in the end, or None when that was stored, and said, before."""
        for _ in range(_TRIES):
            doc = self.documents.get(SOURCES, document.pk, document.id)
            merged = document if doc is None else merge(parse(type(document), doc), document)
            if doc is not None and merged.digest == doc["digest"]:
                return None if self._was_said(parse(type(document), doc)) else parse(type(document), doc)
            try:
                self._put(merged, doc)
            except (Conflict, PreconditionFailed):
                continue
            return merged
        raise Unavailable(f"{document.id!r} of {document.source} keeps changing")

    def _put(self, document: Observed, doc: Doc | None) -> None:
        if doc is None:
            note_month(self.documents, document.source, document.id)
            self.documents.put(SOURCES, dump(document), create=True)
        else:
            self.documents.put(SOURCES, dump(document), if_etag=doc["_etag"])

    def _was_said(self, held: Observed) -> bool:
        return self.safe_until is not None and held.received_at <= self.safe_until


def merge(held: O, new: O) -> O:
    """Return the newer state with what only the older one knows; pure.

    A run that ended does not run again, unless it was started anew. A deletion keeps the time it was first seen. An
    alias that moved away ends when that is seen.
    """
    if isinstance(held, RegisteredVersion) and isinstance(new, RegisteredVersion):
        spans = moved(held.aliases, new.aliases, new.received_at)
        return _restamped(new, aliases=spans, deleted_at=held.deleted_at or new.deleted_at)
    if isinstance(held, TrainingRun) and isinstance(new, TrainingRun):
        deleted = None if new.deleted_at is None else held.deleted_at or new.deleted_at
        inputs = new.model_inputs or held.model_inputs
        return _restamped(new, deleted_at=deleted, model_inputs=inputs)
    if isinstance(held, PipelineRun) and held.updated_at > new.updated_at:
        return held
    return new


def moved(held: Iterable[AliasSpan], now: Iterable[AliasSpan], seen: datetime) -> tuple[AliasSpan, ...]:
    """Return the spans of aliases after a look at ``seen``: those that point here no longer end then; pure."""
    pointing, spans = {span.alias: span for span in now}, []
    for span in held:
        if span.until is None and span.alias not in pointing:
            spans.append(span.model_copy(update={"until": seen}))
        else:
            spans.append(span)
            if span.until is None:
                pointing.pop(span.alias, None)
    spans += [span.model_copy(update={"since": max(span.since, seen)}) for span in pointing.values()]
    return tuple(sorted(spans, key=lambda span: (span.since, span.alias))[-200:])


def event_of(document: Observed) -> AnyEvent:
    """Return the event that says a document's state."""
    said = {
        "model": f"@{document.source}",
        "subject": observed_subject(document),
        "occurred_at": document.received_at,
    }
    match document:
        case PipelineRun():
            return PipelineRunObserved(**said)
        case TrainingRun():
            return TrainingRunObserved(**said)
        case RegisteredVersion():
            return ModelVersionObserved(**said)
    raise TypeError(f"no event says a {type(document).__name__}")


def _restamped(document: O, **changes: object) -> O:
    return stamped(document.model_copy(update=changes))
