"""Likely causes of what an incident is about, from the store: who tells of it and who shows it name the same ones."""

from collections import Counter
from collections.abc import Sequence
from itertools import islice

from bellwether.contracts import (
    INCIDENTS,
    Alert,
    DriftPoint,
    Incident,
    IncidentAction,
    IncidentActions,
    NodeKind,
    node_id,
)
from bellwether.graph.case import case_of
from bellwether.graph.causes import Cause, Doubts, causes
from bellwether.storage.collections import OPS, REPORTS
from bellwether.storage.documents import parse
from bellwether.storage.lineage import GraphReader, observed_graphs
from bellwether.storage.months import newest
from bellwether.storage.port import DocumentStore

POINTS = 400
"""Batches that are looked through for the first bad one."""
_INCIDENTS = 500


def of_incident(documents: DocumentStore, incident: Incident, actions: Sequence[IncidentAction] = ()) -> list[Cause]:
    """Return the likely causes of an incident, the likeliest first; none that was rejected for it."""
    batch = first_batch(incident)
    found = () if batch is None else of_batch(documents, incident.model, batch, incident.id, about(incident))
    return [one for one in found if one.node.node not in rejected(actions)]


def of_batch(
    documents: DocumentStore, model: str, batch: str, incident: str | None = None, feature: str | None = None
) -> tuple[Cause, ...]:
    """Return the likely causes of what a batch, or one input of it, was found to be; none where it is fine.

    ``incident`` is what it is asked for.
    """
    docs = newest(documents, REPORTS, model, prefix="p~")
    points = [parse(DriftPoint, doc) for doc in islice(docs, POINTS)][::-1]
    reader = GraphReader(documents, (model, *observed_graphs(documents)))
    case = case_of(reader, model, points, batch, feature)
    return () if case is None else causes(reader, case, doubts=doubts(documents, model, but=incident)).causes


def is_known(documents: DocumentStore, incident: Incident) -> bool:
    """Say whether the graph holds the report an incident began with, so that its causes can be looked for."""
    batch = first_batch(incident)
    if batch is None:
        return True
    report = node_id(NodeKind.REPORT, f"bellwether/{incident.model}", f"drift/{batch}")
    return bool(GraphReader(documents, (incident.model,)).nodes([report]))


def first_batch(incident: Incident) -> str | None:
    """Return the batch an incident began with; None where it is about none, such as a pipeline that failed."""
    first = _first_alert(incident)
    return None if first is None else first.first_batch


def about(incident: Incident) -> str | None:
    """Return the input an incident began with, None where it began with a batch as a whole.

    An input may be broken in a batch that is fine all in all: a model that hardly uses it.
    """
    first = _first_alert(incident)
    return None if first is None or first.family != "quality" else first.subject


def _first_alert(incident: Incident) -> Alert | None:
    """Return the earliest alert that is about a batch."""
    begun = (one for one in incident.alerts if one.first_batch is not None)
    return min(begun, key=lambda one: one.since, default=None)


def batch_node(model: str, batch: str) -> str:
    """Return the node of a batch."""
    return node_id(NodeKind.BATCH, f"bellwether/{model}", batch)


def actions_of(documents: DocumentStore, incident: str) -> tuple[IncidentAction, ...]:
    """Return what people decided about an incident."""
    doc = documents.get(OPS, INCIDENTS, incident)
    return () if doc is None else parse(IncidentActions, doc).actions


def rejected(actions: Sequence[IncidentAction]) -> frozenset[str]:
    """Return the nodes that people said are not the cause."""
    return frozenset(one.node for one in actions if one.action == "reject_cause" and one.node is not None)


def doubts(documents: DocumentStore, model: str, but: str | None = None) -> Doubts:
    """Return in how many incidents of a model a cause of a rule and a job was rejected, ``but`` one of them."""
    docs = documents.query(OPS, INCIDENTS, [("model", "eq", model)], desc=True, limit=_INCIDENTS).docs
    found = Counter[tuple[str, str]]()
    for decided in (parse(IncidentActions, doc) for doc in docs if doc["id"] != but):
        said = {(one.rule, one.job) for one in decided.actions if one.action == "reject_cause"}
        found.update((rule, job) for rule, job in said if rule is not None and job is not None)
    return found
