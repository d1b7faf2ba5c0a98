"""Incidents and what likely caused them, as tables of a report."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import quote

from bellwether.contracts import INCIDENTS, Incident, state_of
from bellwether.gateway.context import Context
from bellwether.gateway.reports.content import LINK, Cell, Table, stamp
from bellwether.graph.causes import Cause
from bellwether.storage import causes
from bellwether.storage.collections import VIEWS
from bellwether.storage.documents import parse

_EXPLAINED = 50
"""Incidents, the newest, whose causes a report looks for."""


def cause_table(ctx: Context, model: str, batch: str) -> Table:
    """Return the likely causes of what a batch was found to be, the likeliest first."""
    columns = ("rule", "likely cause", "evidence", "at", "score", "node", LINK)
    rows = tuple(
        (one.rule, one.sentence, one.strength, stamp(one.at), one.score, one.node.node, _way(ctx, model, one))
        for one in causes.of_batch(ctx.documents, model, batch)
    )
    return Table(name="causes", title="Likely causes", columns=columns, rows=rows)


def incident_table(ctx: Context, model: str, begin: datetime, end: datetime) -> Table:
    """Return the incidents of a time, each with its likeliest cause that nobody rejected."""
    columns = (
        "id", "family", "state", "title", "since", "opened", "resolved", "batches", "rows", "share of decisions",
        "money", "currency", "decided by", "sentence", "likely cause", "evidence", LINK,
    )  # fmt: skip
    docs = ctx.documents.query(VIEWS, INCIDENTS, [("model", "eq", model)], desc=True, limit=500).docs
    found = [one for one in (parse(Incident, doc) for doc in docs) if is_of(one, begin, end)]
    rows = tuple(tuple(_row(ctx, one, explained=n < _EXPLAINED)) for n, one in enumerate(found))
    return Table(name="incidents", title="Incidents", columns=columns, rows=rows)


def is_of(one: Incident, begin: datetime, end: datetime) -> bool:
    """Say whether an incident touches a time."""
    if one.since >= end or (one.resolved_at is None and one.since < begin and one.opened_at >= end):
        return False
    return not (one.alerts and max(alert.last_at for alert in one.alerts) < begin and one.opened_at < begin)


def _row(ctx: Context, one: Incident, *, explained: bool) -> Iterator[Cell]:
    actions = causes.actions_of(ctx.documents, one.id)
    impact = one.impact
    yield from (one.id, one.family, state_of(one, actions, ctx.now()), one.title)
    yield from (stamp(one.since), stamp(one.opened_at), stamp(one.resolved_at))
    yield from (impact.batches, impact.rows, impact.share, impact.money, impact.currency)
    yield ", ".join(dict.fromkeys(action.actor for action in actions)) or None
    yield one.sentence
    named = causes.of_incident(ctx.documents, one, actions) if explained else []
    yield from (named[0].sentence, named[0].strength) if named else (None, None)
    yield f"{_base(ctx)}/incidents/{one.id}"


def _way(ctx: Context, model: str, one: Cause) -> str:
    return f"{_base(ctx)}/models/{quote(model)}/provenance?node={quote(one.node.node, safe='')}"


def _base(ctx: Context) -> str:
    return (ctx.settings.notify.public_url or "").rstrip("/")
