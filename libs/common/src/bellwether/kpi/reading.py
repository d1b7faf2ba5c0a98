"""Reads the facts behind the key figures of one model from the store: some lists, and a few single documents."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar

from bellwether.contracts import (
    INCIDENTS,
    Batch,
    Document,
    DriftPoint,
    DriftReport,
    Explanation,
    Incident,
    Model,
    Mute,
    PerformanceReport,
    ReportBins,
)
from bellwether.kpi.base import Facts, Service, interval_of, offset_of
from bellwether.kpi.upstream import pipeline_runs
from bellwether.storage.collections import EXPLAIN, OPS, REPORTS, RUNS, VIEWS, Collection
from bellwether.storage.documents import parse
from bellwether.storage.months import newest
from bellwether.storage.port import Doc, DocumentStore, Filter

BATCHES = 90
"""Batches a key figure looks back on: eight of one weekday, and some more."""
REPORTS_BACK = 30
"""Performance reports of one kind, and explanations looked through for the newest one of a time."""
WEEK = timedelta(days=7)
D = TypeVar("D", bound=Document)


def read_facts(
    documents: DocumentStore,
    model: Model,
    now: datetime,
    *,
    service: Service | None = None,
) -> tuple[Facts, Facts | None]:
    """Return what is known of a model now, and what was known a week of its data earlier; None before its data."""
    used: list[Filter] = [("type", "eq", "batch"), ("state", "ne", "received")]
    batches = _series(documents, RUNS, model.name, Batch, BATCHES, where=used)
    accepted = [one for one in batches if one.state == "accepted"]
    interval = interval_of(model, batches)
    facts = Facts(
        model=model,
        now=now,
        batches=batches,
        points=_series(documents, REPORTS, model.name, DriftPoint, BATCHES, prefix="p~"),
        estimated=_series(documents, REPORTS, model.name, PerformanceReport, REPORTS_BACK, prefix="e~"),
        realised=_series(documents, REPORTS, model.name, PerformanceReport, REPORTS_BACK, prefix="f~"),
        incidents=_incidents(documents, model.name),
        runs=pipeline_runs(documents, batches),
        mutes=_mutes(documents, model.name),
        service=service,
        interval=interval,
        offset=offset_of(accepted[-1] if accepted else None, interval),
    )
    return _complete(documents, facts), former(documents, facts)


def former(documents: DocumentStore, facts: Facts) -> Facts | None:
    """Return what was known a week of the data's clock earlier; None before there was anything."""
    past = at_time(documents, facts, facts.as_of - WEEK)
    return past if past.points else None


def at_time(documents: DocumentStore, facts: Facts, time: datetime) -> Facts:
    """Return what was known at an earlier time of the data's clock."""
    return _complete(documents, facts.until(time))


def _complete(documents: DocumentStore, facts: Facts) -> Facts:
    """Add the report, the bins and the explanation of the newest point."""
    if not facts.points:
        return facts
    last = facts.points[-1]
    report = _one(documents, REPORTS, last, "d~", DriftReport)
    bins = _one(documents, REPORTS, last, "b~", ReportBins)
    explained = newest(documents, EXPLAIN, facts.model.name, prefix="g~", until=last.end)
    found = (parse(Explanation, doc) for doc in islice(explained, REPORTS_BACK))
    return replace(facts, report=report, bins=bins, explanation=next((one for one in found if not one.reason), None))


def _one(documents: DocumentStore, coll: Collection, point: DriftPoint, prefix: str, kind: type[D]) -> D | None:
    doc = documents.get(coll, point.pk, prefix + point.batch)
    return None if doc is None else parse(kind, doc)


def _series(
    documents: DocumentStore,
    coll: Collection,
    model: str,
    kind: type[D],
    most: int,
    *,
    where: Sequence[Filter] = (),
    prefix: str = "",
) -> list[D]:
    docs = newest(documents, coll, model, where, prefix=prefix)
    return [parse(kind, doc) for doc in islice(docs, most)][::-1]


def _incidents(documents: DocumentStore, model: str) -> list[Incident]:
    docs: list[Doc] = documents.query(VIEWS, INCIDENTS, [("model", "eq", model)], desc=True, limit=100).docs
    return [parse(Incident, doc) for doc in docs][::-1]


def _mutes(documents: DocumentStore, model: str) -> list[Mute]:
    return [parse(Mute, doc) for doc in documents.query(OPS, f"mutes|{model}", desc=True, limit=100).docs]
