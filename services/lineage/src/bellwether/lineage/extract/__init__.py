"""What one event adds to the graph; pure. The same event about the same documents always gives the same facts."""

from collections.abc import Sequence

from bellwether.contracts import (
    AnalysisRequested,
    AnyEvent,
    BatchReceived,
    BatchRejected,
    BatchSubmitted,
    CheckDue,
    DeliveryDue,
    Document,
    DriftReported,
    ExplanationReady,
    ExplanationRequested,
    IncidentChanged,
    LabelsReceived,
    LabelsSubmitted,
    LineageReceived,
    ModelChanged,
    ModelDeleted,
    ModelVersionObserved,
    PerformanceReported,
    PipelineRunObserved,
    PreviewRequested,
    ReferenceReady,
    ReferenceSubmitted,
    SourceDue,
    SourceRead,
    TrainingRunObserved,
)
from bellwether.graph import Teller
from bellwether.lineage.extract import batches, factory, openlineage, tracking


def graph_of(event: AnyEvent, documents: Sequence[Document] = ()) -> Teller:  # noqa: C901  # a case for each event
    """Return the nodes and edges one event stands for, by it and the documents it is about.

    A document that is gone says nothing more than the event does. An event type without a case is a type error.
    """
    match event:
        case ModelChanged():
            return batches.model(event, documents)
        case BatchSubmitted() | LabelsSubmitted() | ReferenceSubmitted() | ModelDeleted() | AnalysisRequested():
            return batches.teller(event)
        case SourceDue() | SourceRead() | PreviewRequested() | CheckDue() | DeliveryDue() | ExplanationRequested():
            return batches.teller(event)
        case ReferenceReady():
            return batches.reference(event, documents)
        case BatchReceived() | BatchRejected():
            return batches.batch(event, documents)
        case LabelsReceived():
            return batches.labels(event, documents)
        case DriftReported():
            return batches.drift(event, documents)
        case PerformanceReported():
            return batches.performance(event, documents)
        case ExplanationReady():
            return batches.explanation(event)
        case IncidentChanged():
            return batches.incident(event, documents)
        case PipelineRunObserved():
            return factory.facts(event, documents)
        case TrainingRunObserved():
            return tracking.run_facts(event, documents)
        case ModelVersionObserved():
            return tracking.version_facts(event, documents)
        case LineageReceived():
            return openlineage.facts(event, documents)


__all__ = ["graph_of"]
