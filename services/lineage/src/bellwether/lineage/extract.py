"""What one event adds to the graph; pure. The same event always gives the same facts."""

import hashlib

from bellwether.contracts import (
    AnalysisRequested,
    AnyEvent,
    BatchReceived,
    BatchRejected,
    BatchSubmitted,
    DriftReported,
    Edge,
    ExplanationReady,
    LabelsReceived,
    LabelsSubmitted,
    ModelChanged,
    ModelDeleted,
    Node,
    NodeKind,
    PerformanceReported,
    ReferenceReady,
    ReferenceSubmitted,
    node_id,
)

Facts = tuple[list[Node], list[Edge]]


def graph_of(event: AnyEvent) -> Facts:
    """Return the nodes and edges one event stands for; an event type without a case is a type error."""
    model = _node(event, NodeKind.MODEL, event.model, event.model)
    match event:
        case ModelChanged():
            return [model], []
        case BatchSubmitted() | LabelsSubmitted() | ReferenceSubmitted() | ModelDeleted() | AnalysisRequested():
            return [], []
        case ReferenceReady():
            return _below(event, model, _node(event, NodeKind.REFERENCE, event.subject, "reference"))
        case BatchReceived():
            return _below(event, model, _batch(event, "batch"))
        case BatchRejected():
            return _below(event, model, _batch(event, "rejected batch"))
        case LabelsReceived():
            return _below(event, model, _node(event, NodeKind.LABELS, event.subject, "labels"))
        case DriftReported():
            report = _node(event, NodeKind.REPORT, f"d~{event.subject}", "drift report")
            return _below(event, _batch(event, "batch"), report)
        case PerformanceReported():
            name, _, _ = event.subject.rpartition("~")
            report = _node(event, NodeKind.REPORT, name, "performance report")
            batch = _node(event, NodeKind.BATCH, name.partition("~")[2], "batch")
            return _below(event, batch, report)
        case ExplanationReady():
            explanation = _node(event, NodeKind.EXPLANATION, f"g~{event.subject}", "explanation")
            return _below(event, _batch(event, "batch"), explanation)


def _batch(event: AnyEvent, label: str) -> Node:
    return _node(event, NodeKind.BATCH, event.subject, label)


def _node(event: AnyEvent, kind: NodeKind, name: str, label: str) -> Node:
    node = node_id(kind.value, event.model, name) if kind is not NodeKind.MODEL else node_id(kind.value, name)
    return Node(id=f"n~{_short(node)}", pk=event.model, node=node, kind=kind, label=label, time=event.occurred_at)


def _below(event: AnyEvent, upper: Node, lower: Node) -> Facts:
    edge = Edge(
        id=f"e~{_short(upper.node)}~{_short(lower.node)}",
        pk=event.model,
        source=upper.node,
        target=lower.node,
    )
    return [upper, lower], [edge]


def _short(node: str) -> str:
    return hashlib.sha256(node.encode()).hexdigest()[:32]
