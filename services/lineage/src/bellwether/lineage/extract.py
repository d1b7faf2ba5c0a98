"""What one event adds to the graph; pure. The same event always gives the same facts."""

from bellwether.contracts import (
    AnalysisRequested,
    AnyEvent,
    BatchReceived,
    BatchRejected,
    BatchSubmitted,
    CheckDue,
    DeliveryDue,
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
    node_id,
)
from bellwether.graph import Teller


def graph_of(event: AnyEvent) -> Teller:  # noqa: C901  # one case for each event
    """Return the nodes and edges one event stands for; an event type without a case is a type error."""
    tell = Teller(event.model, "bellwether", event.occurred_at, event.occurred_at)
    own = f"bellwether/{event.model}"
    batch = node_id("batch", own, event.subject)
    match event:
        case ModelChanged():
            tell.node(node_id("model", "bellwether", event.model))
        case BatchSubmitted() | LabelsSubmitted() | ReferenceSubmitted() | ModelDeleted() | AnalysisRequested():
            pass
        case SourceDue() | SourceRead() | PreviewRequested():
            pass
        case CheckDue() | IncidentChanged() | DeliveryDue():
            pass
        case PipelineRunObserved() | TrainingRunObserved() | ModelVersionObserved() | LineageReceived():
            pass
        case ExplanationRequested():
            pass
        case ReferenceReady():
            tell.node(node_id("reference", own, event.subject), status="SUCCEEDED")
        case BatchReceived():
            tell.node(batch, status="SUCCEEDED")
        case BatchRejected():
            tell.node(batch, status="FAILED")
        case LabelsReceived():
            tell.node(node_id("labels", own, event.subject), status="SUCCEEDED")
        case DriftReported():
            tell.edge(batch, "evaluated", node_id("report", own, f"drift/{event.subject}"))
        case PerformanceReported():
            name, _, _ = event.subject.rpartition("~")
            tell.edge(
                node_id("batch", own, name.partition("~")[2]),
                "evaluated",
                node_id("report", own, f"performance/{name}"),
            )
        case ExplanationReady():
            tell.edge(batch, "evaluated", node_id("report", own, f"explanation/{event.subject}"))
    return tell
