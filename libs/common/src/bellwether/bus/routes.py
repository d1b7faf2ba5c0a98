"""Who reacts to what: the whole choreography in one table."""

from collections.abc import Mapping

from bellwether.contracts import (
    AnalysisRequested,
    BatchReceived,
    BatchRejected,
    BatchSubmitted,
    DriftReported,
    Event,
    ExplanationReady,
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
    ModelChanged: ("lineage.record", "drift.assess"),
    ReferenceSubmitted: ("collector.accept_reference",),
    ReferenceReady: ("lineage.record", "drift.assess"),
    BatchSubmitted: ("collector.accept_batch",),
    BatchReceived: ("drift.analyse_batch", "drift.estimate_performance", "explain.explain_batch", "lineage.record"),
    BatchRejected: ("lineage.record", "drift.assess"),
    LabelsSubmitted: ("collector.accept_labels",),
    LabelsReceived: ("drift.score_labels", "lineage.record"),
    DriftReported: ("lineage.record", "drift.assess"),
    ExplanationReady: ("lineage.record", "drift.weigh"),
    PerformanceReported: ("lineage.record", "drift.assess"),
    AnalysisRequested: ("drift.reanalyse",),
    PipelineRunObserved: ("lineage.record",),
    TrainingRunObserved: ("lineage.record",),
    ModelVersionObserved: ("lineage.record",),
    LineageReceived: ("lineage.record",),
    SourceDue: ("collector.look",),
    SourceRead: ("collector.advance",),
    PreviewRequested: ("collector.preview",),
}
"""Event to subscribers, each ``service.handler``; the service names its queue."""

SERVICES = tuple(sorted({name.partition(".")[0] for names in ROUTES.values() for name in names}))
"""Every worker service; each has a queue of its name."""
