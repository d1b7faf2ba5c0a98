"""Who reacts to what: the whole choreography in one table."""

from collections.abc import Mapping

from bellwether.contracts import (
    AnalysisRequested,
    BatchReceived,
    BatchRejected,
    BatchSubmitted,
    CheckDue,
    DeliveryDue,
    DriftReported,
    Event,
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

ROUTES: Mapping[type[Event], tuple[str, ...]] = {
    ModelDeleted: ("drift.forget", "explain.forget", "lineage.forget", "collector.forget"),
    ModelChanged: ("lineage.record", "drift.assess", "drift.alert"),
    ReferenceSubmitted: ("collector.accept_reference",),
    ReferenceReady: ("lineage.record", "drift.assess"),
    BatchSubmitted: ("collector.accept_batch",),
    BatchReceived: ("drift.analyse_batch", "drift.estimate_performance", "explain.explain_batch", "lineage.record"),
    BatchRejected: ("lineage.record", "drift.assess", "drift.alert"),
    LabelsSubmitted: ("collector.accept_labels",),
    LabelsReceived: ("drift.score_labels", "lineage.record"),
    DriftReported: ("lineage.record", "drift.assess", "drift.alert"),
    ExplanationReady: ("lineage.record", "drift.weigh"),
    PerformanceReported: ("lineage.record", "drift.assess", "drift.alert"),
    AnalysisRequested: ("drift.reanalyse",),
    PipelineRunObserved: ("lineage.record",),
    TrainingRunObserved: ("lineage.record",),
    ModelVersionObserved: ("lineage.record",),
    LineageReceived: ("lineage.record",),
    SourceDue: ("collector.look",),
    SourceRead: ("collector.advance",),
    PreviewRequested: ("collector.preview",),
    ExplanationRequested: ("explain.explain_row",),
    CheckDue: ("drift.alert",),
    IncidentChanged: ("lineage.record", "drift.notify"),
    DeliveryDue: ("drift.deliver",),
}
"""Event to subscribers, each ``service.handler``; the service names its queue."""

SERVICES = tuple(sorted({name.partition(".")[0] for names in ROUTES.values() for name in names}))
"""Every worker service; each has a queue of its name."""

QUEUES: Mapping[str, str] = {"explain.explain_batch": "explain.batches"}
"""Handlers that do not wait in their service's queue. Workers empty a service's queues in the order of their names, so
whoever waits for an explanation of one row waits for one batch at most."""


BACKLOGS = frozenset(
    {
        "collector.accept_batch",
        "collector.accept_labels",
        "drift.alert",
        "drift.analyse_batch",
        "drift.assess",
        "drift.estimate_performance",
        "drift.score_labels",
        "drift.weigh",
        "explain.explain_batch",
        "lineage.record",
    }
)
"""Handlers with a second queue: for the work of a model that has brought its share (``shares.py``)."""


def queue_of(handler: str, *, backlog: bool = False) -> str:
    """Return the queue a handler's work waits in; ``backlog``: the one behind that of other models."""
    queue = QUEUES.get(handler, handler.partition(".")[0])
    return f"{queue}.backlog" if backlog else queue


QUEUED: Mapping[str, tuple[str, ...]] = {
    service: tuple(
        sorted(
            {service}
            | {queue_of(name) for name in QUEUES if name.startswith(f"{service}.")}
            | {queue_of(name, backlog=True) for name in BACKLOGS if name.startswith(f"{service}.")}
        )
    )
    for service in SERVICES
}
"""Every queue a service's workers empty, the most urgent first."""
