"""A model's own things: its references, batches, labels and reports."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from bellwether.contracts import (
    AnyEvent,
    Batch,
    Document,
    DriftPoint,
    Incident,
    Labels,
    Model,
    ModelVersion,
    NodeKind,
    PerformanceReport,
    Reference,
    RunStatus,
    fact_time,
    is_fact_id,
    node_id,
    parse_node_id,
)
from bellwether.graph import Teller

MLFLOW = "mlflow/main"
"""The tracking server that is meant where nobody names one."""
MOST_FEATURES = 50
"""Features a report names as drifted, the first in its order."""
_REGISTERED = re.compile(r"models:/(?P<name>[^@]+?)(?:/(?P<version>[^/@]+)|@(?P<alias>[^/@]+))?")
_ML_RUN = re.compile(r"[0-9a-f]{32}")
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_RUN_KINDS = {
    NodeKind.PIPELINE_RUN,
    NodeKind.ACTIVITY_RUN,
    NodeKind.COMPUTE_RUN,
    NodeKind.ML_RUN,
    NodeKind.RUN,
}
D = TypeVar("D", bound=Document)


def teller(event: AnyEvent, time: datetime | None = None) -> Teller:
    """Return a teller of what this product knows by an event."""
    return Teller(event.model, "bellwether", time or event.occurred_at, event.occurred_at)


def one_of(documents: Sequence[Document], kind: type[D]) -> D | None:
    """Return the document of a kind, if it is there."""
    return next((one for one in documents if isinstance(one, kind)), None)


def model(event: AnyEvent, documents: Sequence[Document]) -> Teller:
    """A person changed a model."""
    tell, said = teller(event), one_of(documents, Model)
    if said is None:
        tell.node(_model(event), label=event.model)
    else:
        tell.node(_model(event), label=event.model, task=said.task, owner=said.owner, mlflow=said.mlflow)
    return tell


def reference(event: AnyEvent, documents: Sequence[Document]) -> Teller:
    """A reference is in force: what reports compare with, and which columns of it are features."""
    tell, said = teller(event), one_of(documents, Reference)
    id = node_id(NodeKind.REFERENCE, _own(event), event.subject)
    if said is None:
        tell.node(id, label="reference", status="SUCCEEDED")
        return tell
    start = said.start or said.submitted_at
    tell.node(
        id,
        label="reference",
        status="SUCCEEDED",
        start=start,
        end=said.end,
        rows=said.rows,
        digest=said.digest,
        columns=[column.name for column in said.columns[:500]],
    )
    for column in said.columns:
        if column.role == "feature":
            feature = node_id(NodeKind.FEATURE, _own(event), column.name)
            tell.node(feature, label=column.name, type=column.kind)
            tell.edge(feature, "feature_of", _model(event))
    return tell


def batch(event: AnyEvent, documents: Sequence[Document]) -> Teller:
    """A batch was accepted or rejected: the run that made it, the version that scored it."""
    tell, said = teller(event), one_of(documents, Batch)
    id = _batch(event, event.subject)
    status: RunStatus = "FAILED" if event.type == "batch.rejected" else "SUCCEEDED"
    end = fact_time(event.subject) if is_fact_id(event.subject) else event.occurred_at
    if said is None:
        tell.node(id, label="batch", job=_model(event), status=status, start=end, end=end)
        return tell
    end = said.end or end
    start = said.start or end
    reasons = "; ".join(f"{one.pointer}: {one.limit}" for one in said.reasons[:3])
    tell.node(
        id,
        label=f"batch {start:%Y-%m-%d %H:%M}",
        job=_model(event),
        status=status,
        start=start,
        end=end,
        rows=said.rows,
        digest=said.digest,
        version=said.version,
        reference=said.reference,
        source=said.source,
        key=said.key,
        error=reasons or None,
        columns=[column.name for column in said.columns[:500]] or None,
    )
    if said.run is not None:
        tell.edge(run_of(said.run, said.source), "generated", id, at=end)
    if said.version is not None:
        tell.edge(_version(said, documents), "scored", id, at=end)
    if said.profile_uri is not None:
        profile = node_id(NodeKind.PROFILE, _own(event), event.subject)
        tell.node(profile, label="profile", status="SUCCEEDED", start=end, end=end, rows=said.rows)
        tell.edge(id, "profiled", profile, at=end)
    return tell


def labels(event: AnyEvent, documents: Sequence[Document]) -> Teller:
    """Labels arrived."""
    tell, said = teller(event), one_of(documents, Labels)
    id = node_id(NodeKind.LABELS, _own(event), event.subject)
    rows = None if said is None else said.rows
    time = event.occurred_at if said is None else said.submitted_at
    tell.node(id, label=f"labels {time:%Y-%m-%d %H:%M}", status="SUCCEEDED", start=time, end=time, rows=rows)
    return tell


def drift(event: AnyEvent, documents: Sequence[Document]) -> Teller:
    """A drift report: what it found, in which features, against which reference."""
    tell, point, said = teller(event), one_of(documents, DriftPoint), one_of(documents, Batch)
    id = report_id(event.model, "drift", event.subject)
    tell.edge(_batch(event, event.subject), "evaluated", id, at=_end(event))
    if point is None:
        tell.node(id, label="drift report", status="SUCCEEDED")
        return tell
    drifted = [name for name, status in zip(point.features, point.statuses, strict=True) if status in ("act", "watch")]
    score = "no index" if point.score is None else f"index {point.score:.1f} (act from {point.threshold:.1f})"
    tell.node(
        id,
        label="drift report",
        status="SUCCEEDED",
        verdict=point.status,
        start=point.end,
        end=point.end,
        score=point.score,
        threshold=point.threshold,
        n_drifted=point.n_drifted,
        n_features=point.n_features,
        drifted=[*drifted[:MOST_FEATURES]],
        rows=point.rows,
        sentence=f"Drift report: {point.status}, {score}, {point.n_drifted} of {point.n_features} inputs drift",
    )
    if said is not None and said.reference is not None:
        compared = node_id(NodeKind.REFERENCE, _own(event), said.reference)
        tell.edge(compared, "compared", id, at=point.end)
    return tell


def performance(event: AnyEvent, documents: Sequence[Document]) -> Teller:
    """A performance report: realised or estimated, and the labels it counts."""
    tell, said = teller(event), one_of(documents, PerformanceReport)
    name, _, _ = event.subject.rpartition("~")
    id, batch = report_id(event.model, "performance", name), name.partition("~")[2]
    tell.edge(_batch(event, batch), "evaluated", id, at=fact_time(batch) if is_fact_id(batch) else None)
    if said is None:
        tell.node(id, label="performance report", status="SUCCEEDED")
        return tell
    tell.node(
        id,
        label=f"performance report ({said.kind})",
        status="SUCCEEDED",
        verdict=said.status,
        start=said.end,
        end=said.end,
        sentence=said.sentence,
        metric=said.key_metric,
        labelled=said.labelled,
        rows=said.rows,
    )
    for one in said.labels:
        tell.edge(node_id(NodeKind.LABELS, _own(event), one), "labelled", id, at=said.end)
    return tell


def explanation(event: AnyEvent) -> Teller:
    """An explanation of a batch."""
    tell, time = teller(event), _end(event)
    id = report_id(event.model, "explanation", event.subject)
    tell.node(id, label="explanation", status="SUCCEEDED", start=time, end=time)
    tell.edge(_batch(event, event.subject), "evaluated", id, at=time)
    return tell


def incident(event: AnyEvent, documents: Sequence[Document]) -> Teller:
    """An incident opened or changed: which report raised it."""
    tell, said = teller(event), one_of(documents, Incident)
    id = node_id(NodeKind.INCIDENT, _own(event), event.subject.partition("|")[0])
    if said is None:
        tell.node(id, label="incident")
        return tell
    tell.node(
        id,
        label=said.title[:200],
        verdict="fine" if said.state == "resolved" else said.status,
        start=said.since,
        end=said.resolved_at,
        state=said.state,
        sentence=said.sentence[:2000],
    )
    for batch in sorted({one.first_batch for one in said.alerts if one.first_batch is not None}):
        tell.edge(report_id(event.model, "drift", batch), "raised", id, at=said.since)
    return tell


def run_of(hint: str, source: str = "") -> str:
    """Return the run a push names: a node id as it stands, an MLflow run id, a Data Factory run id, or any name."""
    try:
        if NodeKind(parse_node_id(hint).kind) in _RUN_KINDS:
            return hint
    except ValueError:
        pass
    if source.startswith("mlflow/") or _ML_RUN.fullmatch(hint):
        return node_id(NodeKind.ML_RUN, source if source.startswith("mlflow/") else MLFLOW, hint)
    if _GUID.fullmatch(hint):
        return node_id(NodeKind.PIPELINE_RUN, "adf", hint.lower())
    return node_id(NodeKind.RUN, "push", hint)


def report_id(model: str, kind: str, name: str) -> str:
    """Return the node of a report."""
    return node_id(NodeKind.REPORT, f"bellwether/{model}", f"{kind}/{name}")


def _version(said: Batch, documents: Sequence[Document]) -> str:
    """Return the registered version behind a batch's version where its model says so, else the model's own."""
    version, model = one_of(documents, ModelVersion), one_of(documents, Model)
    uri = (None if version is None else version.mlflow) or (None if model is None else model.mlflow) or ""
    found, number = _REGISTERED.fullmatch(uri), said.version or ""
    if found is None or not number.isdecimal():
        return node_id(NodeKind.MODEL_VERSION, f"bellwether/{said.model}", said.model, number)
    source = said.source if said.source.startswith("mlflow/") else MLFLOW
    return node_id(NodeKind.MODEL_VERSION, source, found["name"], number)


def _own(event: AnyEvent) -> str:
    return f"bellwether/{event.model}"


def _model(event: AnyEvent) -> str:
    return node_id(NodeKind.MODEL, "bellwether", event.model)


def _batch(event: AnyEvent, id: str) -> str:
    return node_id(NodeKind.BATCH, _own(event), id)


def _end(event: AnyEvent) -> datetime:
    return fact_time(event.subject) if is_fact_id(event.subject) else event.occurred_at
