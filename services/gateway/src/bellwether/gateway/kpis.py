"""Key figures as the API answers them: computed on read, the five a persona needs first, and why these."""

from collections.abc import Collection
from datetime import datetime

from pydantic import AwareDatetime

from bellwether.contracts import Contract, Kpi, KpiSnapshot, KpiView, Model, ModelName, Persona
from bellwether.errors import Fault, InvalidInput
from bellwether.gateway import links
from bellwether.gateway.access import Identity
from bellwether.gateway.context import Context
from bellwether.gateway.endpoint import API
from bellwether.gateway.fleet import read_all
from bellwether.kpi import RELEVANCE, Service, compute, top
from bellwether.kpi.rank import LEAST_RELEVANCE
from bellwether.kpi.reading import read_facts
from bellwether.storage.collections import VIEWS
from bellwether.storage.documents import parse

VIEW = "kpis"
"""Partition of ``views`` that holds the key figures of every model as they were last."""


class KpisOut(Contract):
    """Key figures of one model, the first ones for a persona, first to last, and all others it may want.

    ``before`` are the ids shown on the last day a snapshot was taken; they have a small bonus, so that cards stay.
    """

    model: ModelName
    persona: Persona
    items: tuple[Kpi, ...]
    others: tuple[Kpi, ...]
    before: tuple[str, ...]
    computed_at: AwareDatetime


class FleetKpisOut(Contract):
    """Key figures of all models the caller sees, as they were when something last happened to each model."""

    persona: Persona
    models: int
    items: tuple[Kpi, ...]
    computed_at: AwareDatetime | None


class KpiDay(Contract):
    """One key figure on one day."""

    day: str
    status: str
    severity: float | None
    value: float | None


class KpiHistoryOut(Contract):
    """One key figure day by day, oldest first, from the daily snapshots."""

    model: ModelName
    kpi: str
    days: tuple[KpiDay, ...]


def of_model(ctx: Context, model: Model, persona: Persona, count: int, pins: Collection[str]) -> KpisOut:
    """Return the first cards of a persona, computed now, and the others."""
    unknown = sorted(set(pins) - set(RELEVANCE))
    if unknown:
        fault = Fault("?pins", unknown[0], ", ".join(RELEVANCE), "pin key figures by their id")
        raise InvalidInput("There is no such key figure to pin.", [fault])
    now = ctx.now()
    facts, former = read_facts(ctx.documents, model, now, service=service_of(ctx))
    kpis, urgency = compute(facts, former)
    before = shown_before(ctx, model.name, persona, now)
    linked = [_linked(kpi) for kpi in kpis]
    cards = top(persona, linked, RELEVANCE, urgency=urgency, pins=pins, before=before, count=count)
    shown = {kpi.id for kpi in cards}
    rest = [kpi for kpi in linked if kpi.id not in shown and RELEVANCE[kpi.id][persona] >= LEAST_RELEVANCE]
    rest.sort(key=lambda kpi: (-(0.5 if kpi.severity is None else kpi.severity), kpi.id))
    return KpisOut(
        model=model.name,
        persona=persona,
        items=tuple(cards),
        others=tuple(rest),
        before=before,
        computed_at=now,
    )


def of_fleet(ctx: Context, caller: Identity, persona: Persona, count: int) -> FleetKpisOut:
    """Return the first cards of a persona over all models, from the views the drift service keeps."""
    views = [parse(KpiView, doc) for name, doc in read_all(ctx.documents, VIEWS, VIEW).items() if caller.sees(name)]
    cards = [_linked(kpi) for view in views for kpi in view.kpis]
    return FleetKpisOut(
        persona=persona,
        models=len(views),
        items=tuple(top(persona, cards, RELEVANCE, count=count)),
        computed_at=min((view.computed_at for view in views), default=None),
    )


def history(ctx: Context, model: str, kpi: str, days: int) -> KpiHistoryOut:
    """Return one key figure day by day."""
    if kpi not in RELEVANCE:
        fault = Fault("{kpi}", "no key figure", ", ".join(RELEVANCE), "name one of these")
        raise InvalidInput("There is no such key figure.", [fault])
    found = []
    for doc in ctx.documents.query(VIEWS, f"{VIEW}|{model}", desc=True, limit=days).docs:
        shot = parse(KpiSnapshot, doc)
        found += [
            KpiDay(day=shot.id, status=status, severity=severity, value=value)
            for id, status, severity, value in shot.values
            if id == kpi
        ]
    return KpiHistoryOut(model=model, kpi=kpi, days=tuple(found[::-1]))


def shown_before(ctx: Context, model: str, persona: Persona, now: datetime) -> tuple[str, ...]:
    """Return what a persona was shown on the last day before today that has a snapshot."""
    today = f"{now:%Y-%m-%d}"
    docs = ctx.documents.query(VIEWS, f"{VIEW}|{model}", desc=True, limit=1, after=today).docs
    return parse(KpiSnapshot, docs[0]).shown.get(persona, ()) if docs else ()


def service_of(ctx: Context) -> Service:
    """Return how this gateway and the queues do at this moment."""
    recent = ctx.recent.read()
    return Service(
        requests=recent.requests, errors=recent.errors, p95_s=recent.p95_s, oldest_s=ctx.ledger.oldest_seconds()
    )


def _linked(kpi: Kpi) -> Kpi:
    """Return a record with the paths of what is behind it."""
    found = {
        part: f"{API}/incidents?model={kpi.model}" if part == "incidents" else links.model(kpi.model, part)
        for part in kpi.links
    }
    return kpi.model_copy(update={"links": {"model": links.model(kpi.model), **found}})
