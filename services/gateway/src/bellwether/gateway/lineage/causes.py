"""Likely causes as the API answers them: of a report, of a feature, or of what an incident is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bellwether.contracts import DriftPoint, Incident, IncidentAction, NodeKind, parse_node_id
from bellwether.errors import Fault, InvalidInput
from bellwether.gateway.context import Context
from bellwether.gateway.drift import read_points
from bellwether.gateway.lineage.answers import CauseOut, OutcomesOut, RootCauseOut
from bellwether.gateway.lineage.graph import links, step
from bellwether.gateway.lineage.scope import Scope
from bellwether.graph.case import BAD, Case, case_of, status_of
from bellwether.graph.causes import Cause, causes
from bellwether.graph.walk import external
from bellwether.storage.causes import POINTS, about, batch_node, doubts, first_batch, rejected


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be explained; the newest batch where nothing says otherwise."""

    report: str | None = None
    feature: str | None = None
    rejected: frozenset[str] = frozenset()
    """Nodes a person said are not it: they come last."""
    incident: str | None = None
    """What it is asked for: what was rejected there counts once."""
    since: datetime | None = None
    """Where no report is named: the first bad batch that ended after it."""


def of_incident(incident: Incident, actions: Sequence[IncidentAction]) -> Asked:
    """Return what is to be explained about an incident: its first batch, or the first bad one since it began."""
    batch = first_batch(incident)
    return Asked(
        None if batch is None else batch_node(incident.model, batch),
        about(incident),
        rejected=rejected(actions),
        incident=incident.id,
        since=incident.since if batch is None else None,
    )


def root_cause(ctx: Context, scope: Scope, asked: Asked) -> RootCauseOut:
    """Return the likely causes of a bad report."""
    points = read_points(ctx, scope.model, None, None, POINTS)
    feature = asked.feature
    if asked.since is not None:
        batch, feature = first_bad_since(points, asked.since)
        if batch is None:
            why = "the incident is about no batch, and none was bad since it began; its findings say what happened"
            return _answer(scope, None, None, "none", why, ())
    else:
        batch = _batch_of(asked.report) if asked.report is not None else points[-1].batch if points else None
    if batch is None or not any(point.batch == batch for point in points):
        why = "no batch has been analysed" if batch is None else "there is no drift report of this batch"
        return _answer(scope, asked.report, None, "unknown", why, ())
    status = status_of(next(point for point in points if point.batch == batch), feature)
    if status == "unknown":
        what = "the report" if feature is None else f"{feature} in the report"
        return _answer(scope, asked.report, None, "unknown", f"whether {what} is fine is not known", ())
    case = case_of(scope.reader, scope.model, points, batch, feature)
    if case is None:
        what = "the report" if feature is None else f"{feature} in the report"
        return _answer(scope, asked.report, None, "none", f"{what} is fine", ())
    found = causes(scope.reader, case, doubts=doubts(ctx.documents, scope.model, but=asked.incident))
    if not found.known:
        why = "nothing is known of where the batch came from: name its `run` when pushing, or add a source"
        return _answer(scope, case.report, case, "unknown", why, ())
    if not found.causes:
        return _answer(scope, case.report, case, "none", "nothing unusual is known on the way to the batch", ())
    out = sorted((_cause(scope, one, asked.rejected) for one in found.causes), key=lambda one: one.rejected)
    return _answer(scope, case.report, case, "found", "", out)


def first_bad_since(points: Sequence[DriftPoint], time: datetime) -> tuple[str | None, str | None]:
    """Return the first bad batch that ended after a time, else the first with a bad input and that input."""
    after = [one for one in points if one.end > time]
    whole = next((one.batch for one in after if one.status in BAD), None)
    if whole is not None:
        return whole, None
    inputs = (
        (one.batch, name)
        for one in after
        for name, status in zip(one.features, one.statuses, strict=True)
        if status in BAD
    )
    return next(inputs, (None, None))


def _batch_of(report: str) -> str:
    """Return the batch of a report; the node of a batch stands for its drift report."""
    parts = parse_node_id(report)
    if parts.kind == NodeKind.BATCH:
        return parts.name
    if parts.kind != NodeKind.REPORT:
        fault = Fault("?report", parts.kind, "a report or a batch", "name the node of a report")
        raise InvalidInput("Causes are looked for of a report.", [fault])
    name = parts.name.partition("/")[2]
    return name.partition("~")[2] if name.startswith(("f~", "e~")) else name


def _answer(
    scope: Scope, report: str | None, case: Case | None, status: str, reason: str, found: Sequence[CauseOut]
) -> RootCauseOut:
    sentence = {
        "found": f"Likely cause: {found[0].sentence}." if found else "",
        "none": f"No cause is looked for: {reason}." if case is None else f"No cause was found: {reason}.",
        "unknown": f"No cause can be named: {reason}.",
    }[status]
    return RootCauseOut(
        model=scope.model,
        report=report,
        batch=None if case is None else case.batch,
        onset=None if case is None else case.onset,
        status=status,
        reason=reason,
        sentence=sentence,
        causes=tuple(found),
        sources=scope.sources,
    )


def _cause(scope: Scope, one: Cause, rejected: frozenset[str]) -> CauseOut:
    ids = [one.hops[0].dst if one.hops else one.node.node]
    for hop in one.hops:
        ids.append(hop.src if hop.dst == ids[-1] else hop.dst)
    known = scope.reader.nodes(ids)
    nodes = [known.get(id) or external(id, one.hops[max(n - 1, 0)]) for n, id in enumerate(ids) if one.hops]
    evidence = [*(hop.evidence for hop in one.hops), "exact"]
    return CauseOut(
        node=one.node.node,
        kind=one.node.kind,
        label=one.node.label,
        rule=one.rule,
        sentence=one.sentence,
        score=one.score,
        strength=one.strength,
        tests=OutcomesOut(**one.tests._asdict()),
        distance=one.distance,
        error=one.error,
        count=one.count,
        doubted=one.doubted,
        path=tuple(step(n, node, said) for n, (node, said) in enumerate(zip(nodes, evidence, strict=False), 1)),
        evidence=one.evidence,
        at=one.at,
        features=one.features,
        rejected=one.node.node in rejected,
        links=links(one.node),
    )
