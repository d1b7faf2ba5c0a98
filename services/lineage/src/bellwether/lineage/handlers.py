"""What the lineage service does with events."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bellwether.contracts import (
    AnyEvent,
    Batch,
    BatchReceived,
    BatchRejected,
    Document,
    DriftPoint,
    DriftReported,
    Incident,
    IncidentChanged,
    Labels,
    LabelsReceived,
    LineageEvent,
    LineageReceived,
    Model,
    ModelChanged,
    ModelVersion,
    ModelVersionObserved,
    ObservedEvent,
    PerformanceReport,
    PerformanceReported,
    PipelineRun,
    PipelineRunObserved,
    Reference,
    ReferenceReady,
    RegisteredVersion,
    TrainingRun,
    TrainingRunObserved,
    month_pk,
    observed_address,
)
from bellwether.errors import ContractError
from bellwether.lineage.extract import graph_of
from bellwether.storage.collections import ALERTS, MODELS, REPORTS, RUNS, SOURCES, Collection
from bellwether.storage.documents import parse
from bellwether.storage.lineage import GraphWriter
from bellwether.storage.port import DocumentStore

_OBSERVED: Mapping[type[ObservedEvent], type[Document]] = {
    PipelineRunObserved: PipelineRun,
    TrainingRunObserved: TrainingRun,
    ModelVersionObserved: RegisteredVersion,
    LineageReceived: LineageEvent,
}
Address = tuple[type[Document], Collection, str, str]


@dataclass(frozen=True, slots=True)
class Lineage:
    """Handlers with what they need."""

    documents: DocumentStore
    graphs: GraphWriter

    def record(self, event: AnyEvent) -> Iterable[AnyEvent]:
        """Merge what the event says into the graph; saying it again changes nothing, and nothing follows from it."""
        told = graph_of(event, tuple(self._about(event)))
        self.graphs.write(event.model, told.nodes, told.edges)
        return ()

    def _about(self, event: AnyEvent) -> Iterator[Document]:
        """Yield the documents an event is about, as they are now; those that are gone are left out."""
        for kind, coll, pk, id in _addresses(event):
            doc = self.documents.get(coll, pk, id)
            if doc is not None:
                found = parse(kind, doc)
                yield found
                if isinstance(found, Batch) and found.version is not None:
                    yield from self._version(event.model, found.version)

    def _version(self, model: str, version: str) -> Iterator[Document]:
        for kind, id in ((ModelVersion, f"version~{version}"), (Model, "model")):
            doc = self.documents.get(MODELS, model, id)
            if doc is not None:
                yield parse(kind, doc)


def _addresses(event: AnyEvent) -> Iterator[Address]:
    """Yield where the documents lie that an event is about."""
    model, subject = event.model, event.subject
    match event:
        case ModelChanged():
            yield Model, MODELS, model, "model"
        case ReferenceReady():
            yield Reference, MODELS, model, subject
        case BatchReceived() | BatchRejected():
            yield Batch, RUNS, month_pk(model, subject), subject
        case LabelsReceived():
            yield Labels, RUNS, month_pk(model, subject), subject
        case DriftReported():
            yield DriftPoint, REPORTS, month_pk(model, subject), f"p~{subject}"
            yield Batch, RUNS, month_pk(model, subject), subject
        case PerformanceReported():
            name = subject.rpartition("~")[0]
            yield PerformanceReport, REPORTS, month_pk(model, name.partition("~")[2]), name
        case IncidentChanged():
            yield Incident, ALERTS, model, subject.partition("|")[0]
        case ObservedEvent():
            yield _OBSERVED[type(event)], SOURCES, *_observed(subject)
        case _:
            return


def _observed(subject: str) -> tuple[str, str]:
    try:
        return observed_address(subject)
    except ValueError as error:
        raise ContractError(f"subject {subject[:200]!r} names no document: source|id|digest is wanted") from error
