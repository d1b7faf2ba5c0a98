"""Incidents as the API answers them: what the drift service found joined with what people decided."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Literal

from pydantic import AwareDatetime

from bellwether.contracts import (
    INCIDENTS,
    MOST_MUTE_DAYS,
    MUTE_DAYS,
    Alert,
    Change,
    CheckDue,
    ColumnName,
    Contract,
    Family,
    Impact,
    Incident,
    IncidentAction,
    IncidentActions,
    IncidentState,
    ModelName,
    Mute,
    RuleName,
    Status,
    fact_id,
    is_fact_id,
    state_of,
)
from bellwether.errors import Conflict, Fault, InvalidInput, NotFound, PreconditionFailed
from bellwether.gateway import links
from bellwether.gateway.access import Identity
from bellwether.gateway.answers import Items, Links, Words
from bellwether.gateway.context import Context
from bellwether.gateway.endpoint import API
from bellwether.gateway.parameters import BodyTime
from bellwether.storage import causes
from bellwether.storage.collections import OPS, VIEWS
from bellwether.storage.documents import dump, parse
from bellwether.storage.port import Doc

OPEN: tuple[IncidentState, ...] = ("open", "acknowledged", "expected")
_TRIES = 5
_SIMILAR = 5


class ExpectedChange(Contract):
    """A change people know of: alerts in scope stay quiet until it ends, 14 days by default, 90 at most."""

    reason: Words
    end: BodyTime | None = None
    features: tuple[ColumnName, ...] = ()


class IncidentPatch(Contract):
    """Body of ``PATCH /incidents/{id}``: any of the things a person may decide.

    ``useful`` false says that it was noise, which also ends it. ``reject_cause`` names the node that is not the cause.
    """

    acknowledge: Literal[True] | None = None
    resolve: Literal[True] | None = None
    reopen: Literal[True] | None = None
    useful: bool | None = None
    note: Words | None = None
    expected_change: ExpectedChange | None = None
    reject_cause: Words | None = None


class SimilarOut(Contract):
    """A former incident of the same kind."""

    id: str
    title: str
    since: AwareDatetime
    resolved_at: AwareDatetime | None
    useful: bool | None


class IncidentItem(Contract):
    """An incident in the list. ``until``: when all of it was fine again, by the clock of the data; null until then."""

    id: str
    model: ModelName
    family: Family
    state: IncidentState
    status: Status
    title: str
    sentence: str
    since: AwareDatetime
    until: AwareDatetime | None
    opened_at: AwareDatetime
    reopened_at: AwareDatetime | None
    resolved_at: AwareDatetime | None
    muted_until: AwareDatetime | None
    impact: Impact
    alerts: int
    acknowledged_by: str | None
    useful: bool | None
    updated_at: AwareDatetime
    links: Links


class TimelineOut(Contract):
    """One thing that happened to an incident; ``actor`` is null for the system."""

    at: AwareDatetime
    change: Change
    text: str
    actor: str | None


class IncidentOut(IncidentItem):
    """One incident: what, since when, impact, next step, and what happened so far; ``links.causes``: why, likely."""

    findings: tuple[Alert, ...]
    next_step: str
    timeline: tuple[TimelineOut, ...]
    actions: tuple[IncidentAction, ...]
    similar: tuple[SimilarOut, ...]


class IncidentsOut(Items[IncidentItem]):
    """Incidents, newest first."""


def page(
    ctx: Context, caller: Identity, model: str | None, states: tuple[IncidentState, ...], limit: int, after: str | None
) -> IncidentsOut:
    """Return incidents of models the caller sees, in one of the states."""
    if after is not None and not is_fact_id(after):
        fault = Fault("?cursor", "something else", "next of a page", "leave it out")
        raise InvalidInput("The cursor is none of this list.", [fault])
    rows = (item for item in _items(ctx, caller, model, after) if item.state in states)
    found = list(islice(rows, limit + 1))
    shown = found[:limit]
    return IncidentsOut(items=tuple(shown), next=shown[-1].id if len(found) > limit else None)


def read(ctx: Context, caller: Identity, id: str) -> IncidentOut:
    """Return one incident; raises ``NotFound``."""
    return _present(ctx, *find(ctx, caller, id))


def find(ctx: Context, caller: Identity, id: str) -> tuple[Incident, tuple[IncidentAction, ...]]:
    """Return what was found, and what people decided about it; raises ``NotFound``."""
    return _read(ctx, caller, id), _actions(ctx, id)[0]


def change(ctx: Context, caller: Identity, id: str, body: IncidentPatch) -> IncidentOut:
    """Note what a person decided, and have the incident looked at again."""
    incident = _read(ctx, caller, id)
    now = ctx.now()
    mute = None if body.expected_change is None else _mute(incident, body.expected_change, caller, now)
    new = list(_new_actions(body, mute, caller.name, now, _like(ctx, incident, body.reject_cause)))
    if not new:
        fault = Fault("", "nothing", "at least one decision", "name what is decided, such as acknowledge")
        raise InvalidInput("The body decides nothing.", [fault])
    if mute is not None:
        ctx.documents.put(OPS, dump(mute))
    actions = _append(ctx, incident, new)
    ask_for_look(ctx, incident.model, id)
    return _present(ctx, incident, actions)


def ask_for_look(ctx: Context, model: str, why: str) -> None:
    """Have the drift service look at a model's alerts again, because a person changed what they depend on."""
    now = ctx.now()
    ctx.bus.publish([CheckDue(model=model, subject=fact_id(now, "check", model, why), occurred_at=now)])


def checked_end(start: datetime, end: datetime | None, pointer: str) -> datetime:
    """Return when an expected change ends; raises ``InvalidInput`` outside of 90 days."""
    end = end or start + timedelta(days=MUTE_DAYS)
    if not start < end <= start + timedelta(days=MOST_MUTE_DAYS):
        limit = f"after its begin, at most {MOST_MUTE_DAYS} days later"
        fault = Fault(pointer, end.isoformat(), limit, f"leave it out for {MUTE_DAYS} days, or name an earlier end")
        raise InvalidInput("An expected change needs an end that is not far away.", [fault])
    return end


def useful(actions: tuple[IncidentAction, ...]) -> bool | None:
    """Return the last word on whether an incident was worth telling."""
    last = next((one for one in reversed(actions) if one.action in ("useful", "noise")), None)
    return None if last is None else last.action == "useful"


def _items(ctx: Context, caller: Identity, model: str | None, after: str | None) -> Iterator[IncidentItem]:
    where = [] if model is None else [("model", "eq", model)]
    while True:
        found = ctx.documents.query(VIEWS, INCIDENTS, where, desc=True, limit=100, after=after)
        for doc in found.docs:
            if caller.sees(doc["model"]):
                yield _item(parse(Incident, doc), _actions(ctx, doc["id"])[0], ctx.now())
        if (after := found.cursor) is None:
            return


def _read(ctx: Context, caller: Identity, id: str) -> Incident:
    doc = ctx.documents.get(VIEWS, INCIDENTS, id) if is_fact_id(id) else None
    if doc is None or not caller.sees(doc["model"]):
        raise NotFound(f"There is no such incident. GET {API}/incidents lists those there are.")
    return parse(Incident, doc)


def _actions(ctx: Context, id: str) -> tuple[tuple[IncidentAction, ...], Doc | None]:
    doc = ctx.documents.get(OPS, INCIDENTS, id)
    return (() if doc is None else parse(IncidentActions, doc).actions), doc


def _append(ctx: Context, incident: Incident, new: list[IncidentAction]) -> tuple[IncidentAction, ...]:
    for _ in range(_TRIES):
        before, doc = _actions(ctx, incident.id)
        actions = (*before, *new)
        stored = dump(IncidentActions(id=incident.id, pk=INCIDENTS, model=incident.model, actions=actions))
        try:
            if doc is None:
                ctx.documents.put(OPS, stored, create=True)
            else:
                ctx.documents.put(OPS, stored, if_etag=doc["_etag"])
        except (Conflict, PreconditionFailed):
            continue
        return actions
    raise Conflict("This incident is being changed by somebody else. Look at it and decide again.")


def _like(ctx: Context, incident: Incident, node: str | None) -> tuple[str, str] | None:
    """Return the rule and job of a cause that is rejected, None where it is none that was named."""
    if node is None:
        return None
    named = causes.of_incident(ctx.documents, incident)
    return next((one.like for one in named if one.node.node == node), None)


def _new_actions(
    body: IncidentPatch, mute: Mute | None, actor: str, now: datetime, like: tuple[str, str] | None
) -> Iterator[IncidentAction]:
    if body.note is not None:
        yield IncidentAction(at=now, actor=actor, action="note", note=body.note)
    if body.reject_cause is not None:
        rule, job = (None, None) if like is None else like
        yield IncidentAction(at=now, actor=actor, action="reject_cause", node=body.reject_cause, rule=rule, job=job)
    if body.acknowledge:
        yield IncidentAction(at=now, actor=actor, action="acknowledge")
    if mute is not None:
        yield IncidentAction(at=now, actor=actor, action="expect", note=mute.reason, until=mute.end)
    if body.useful is not None:
        yield IncidentAction(at=now, actor=actor, action="useful" if body.useful else "noise")
    if body.resolve:
        yield IncidentAction(at=now, actor=actor, action="resolve")
    if body.reopen:
        yield IncidentAction(at=now, actor=actor, action="reopen")


def _mute(incident: Incident, said: ExpectedChange, caller: Identity, now: datetime) -> Mute:
    """Return the expected change: of the features named, else of those the incident is about."""
    subjects = {alert.subject for alert in incident.alerts if alert.subject is not None and alert.cleared_at is None}
    rules: set[RuleName] = {alert.rule for alert in incident.alerts}
    return Mute(
        id=fact_id(now, "mute", incident.id, said.reason),
        pk=f"mutes|{incident.model}",
        model=incident.model,
        start=now,
        end=checked_end(now, said.end, "/expected_change/end"),
        reason=said.reason,
        features=said.features or tuple(sorted(subjects)),
        rules=tuple(sorted(rules)),
        incident=incident.id,
        created_at=now,
        created_by=caller.name,
    )


def _item(incident: Incident, actions: tuple[IncidentAction, ...], now: datetime) -> IncidentItem:
    return IncidentItem(**_common(incident, actions, now))


def _common(incident: Incident, actions: tuple[IncidentAction, ...], now: datetime) -> dict[str, object]:
    state = state_of(incident, actions, now)
    own = {"state", "until", "alerts", "links", "acknowledged_by", "useful", "resolved_at"}
    said = {name: getattr(incident, name) for name in IncidentItem.model_fields if name not in own}
    ended = next((one for one in reversed(actions) if one.action in ("resolve", "noise")), None)
    by_hand = ended.at if ended is not None and state in ("resolved", "noise") else None
    who = next((one.actor for one in reversed(actions) if one.action == "acknowledge"), None)
    return {
        **said,
        "state": state,
        "resolved_at": incident.resolved_at or by_hand,
        "until": _until(incident.alerts),
        "alerts": len(incident.alerts),
        "acknowledged_by": who,
        "useful": useful(actions),
        "links": {
            "self": f"{API}/incidents/{incident.id}",
            "model": links.model(incident.model),
            "causes": f"{API}/lineage/root-cause?model={incident.model}&incident={incident.id}",
        },
    }


def _until(alerts: tuple[Alert, ...]) -> datetime | None:
    ends = [one.until for one in alerts]
    known = [one for one in ends if one is not None]
    return max(known) if len(known) == len(ends) else None


def _present(ctx: Context, incident: Incident, actions: tuple[IncidentAction, ...]) -> IncidentOut:
    return IncidentOut(
        **_common(incident, actions, ctx.now()),
        findings=incident.alerts,
        next_step=incident.next_step,
        timeline=tuple(TimelineOut(**one.model_dump(exclude={"trigger"})) for one in incident.timeline),
        actions=actions,
        similar=tuple(islice(_similar(ctx, incident), _SIMILAR)),
    )


def _similar(ctx: Context, incident: Incident) -> Iterator[SimilarOut]:
    where = [("model", "eq", incident.model)]
    for doc in ctx.documents.query(VIEWS, INCIDENTS, where, desc=True, limit=100, after=incident.id).docs:
        other = parse(Incident, doc)
        if other.group == incident.group:
            actions = _actions(ctx, other.id)[0]
            yield SimilarOut(
                id=other.id,
                title=other.title,
                since=other.since,
                resolved_at=other.resolved_at,
                useful=useful(actions),
            )
