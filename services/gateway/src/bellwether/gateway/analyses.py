"""Re-analyses as the API takes and answers them. What they find is written by a worker; here it is only read."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from bellwether.contracts import (
    ANALYSES,
    METHODS,
    MOST_DAYS,
    MOST_METHODS,
    PROGRESS,
    AnalysisPoint,
    AnalysisProgress,
    AnalysisRequest,
    AnalysisRequested,
    Contract,
    DriftPoint,
    JointDrift,
    MethodName,
    MethodScores,
    Model,
    ModelName,
    Reference,
    Status,
    Thresholds,
    analysis_pk,
    fact_id,
    fact_stamp,
    fact_time,
    is_fact_id,
    relative,
)
from bellwether.errors import Conflict, Fault, InvalidInput, NotFound, PreconditionFailed
from bellwether.gateway import links
from bellwether.gateway.access import Identity
from bellwether.gateway.answers import Items, Links
from bellwether.gateway.batches import POINT
from bellwether.gateway.context import Context
from bellwether.gateway.endpoint import API
from bellwether.gateway.models import method_faults, threshold_faults
from bellwether.gateway.parameters import BodyTime, Word
from bellwether.storage.collections import MODELS, OPS, REPORTS
from bellwether.storage.documents import dump, parse
from bellwether.storage.months import newest
from bellwether.storage.port import Doc

State = Literal["running", "done", "cancelled", "failed"]
Segment = Annotated[str, StringConstraints(min_length=3, max_length=400, pattern=r"^[^:]+:.+$")]
_TRIES = 5


class AnalysisIn(Contract):
    """Body of ``POST /analyses``: batches that end from ``from`` to ``to``, both inclusive.

    ``reference``: the id of a reference of the model, ``previous`` (each batch against the one before it),
    ``trailing:<days>`` (against those of the days before it), ``weekday:<weeks>`` (against the same day of the weeks
    before), ``season:<years>`` (against the same month of the years before); else the reference each batch was compared
    with when it came. ``thresholds`` stand in for the model's, ``thresholds.headline`` for the usual methods.
    ``segment`` is ``column:value``. ``methods`` of the catalogue are measured beside the usual ones, and their values
    kept; those over all inputs together read rows, so they need a stored reference.
    """

    model: ModelName
    from_: Annotated[BodyTime, Field(alias="from")]
    to: BodyTime
    reference: Word | None = None
    thresholds: Thresholds | None = None
    segment: Segment | None = None
    methods: Annotated[tuple[MethodName, ...], Field(max_length=MOST_METHODS)] = ()


class AnalysisSummary(Contract):
    """How many batches came out how; ``changed``: with another status than their live report has."""

    statuses: dict[Status, int]
    changed: int


class AnalysisOut(Contract):
    """A re-analysis: what was asked, and ``done`` of ``total`` batches; ``total`` is null before it begins."""

    id: str
    model: ModelName
    from_: Annotated[AwareDatetime, Field(alias="from")]
    to: AwareDatetime
    reference: str | None
    thresholds: Thresholds | None
    segment: str | None
    methods: tuple[str, ...]
    state: State
    reason: str | None
    done: int
    total: int | None
    summary: AnalysisSummary
    requested_at: AwareDatetime
    updated_at: AwareDatetime
    links: Links


class AnalysesOut(Items[AnalysisOut]):
    """Analyses, those of the newest batches first."""


class Live(Contract):
    """What the report made when the batch came says."""

    score: float | None
    threshold: float
    status: Status


class Recomputed(Contract):
    """One batch looked at again, beside ``live``, null without a live report.

    ``features``: name, status and score; ``methods``: those asked for, in the order of ``features``; ``multivariate``:
    those of them that look at all inputs together.
    """

    batch: str
    start: AwareDatetime | None
    end: AwareDatetime
    rows: int
    reference: str
    reference_rows: int
    status: Status
    reason: str | None
    score: float | None
    threshold: float | None
    n_features: int
    n_drifted: int
    sentence: str
    features: tuple[tuple[str, Status, float | None], ...]
    methods: tuple[MethodScores, ...]
    multivariate: tuple[JointDrift, ...]
    live: Live | None


class AnalysisPointsOut(Contract):
    """The recomputed series, oldest first: of an analysis that is running, as far as it is."""

    id: str
    state: State
    points: tuple[Recomputed, ...]


def start(ctx: Context, caller: Identity, body: AnalysisIn) -> AnalysisOut:
    """Store what is asked and have it begun; the same content is the same analysis, and goes on if it had stopped."""
    model = _model(ctx, caller, body.model)
    _check(ctx, model, body)
    asked = _request(ctx, body)
    for _ in range(_TRIES):
        try:
            ctx.documents.put(OPS, dump(asked), create=True)
            doc, found = None, asked
        except Conflict:
            doc = ctx.documents.get(OPS, ANALYSES, asked.id)
            if doc is None:
                continue
            found = parse(AnalysisRequest, doc)
        progress = _progress(ctx, found)
        stopped = found.cancelled_at is not None or (progress is not None and progress.state == "failed")
        if doc is not None and found.cancelled_at is not None:
            found = found.model_copy(update={"cancelled_at": None})
            try:
                ctx.documents.put(OPS, dump(found), if_etag=doc["_etag"])
            except PreconditionFailed:
                continue
        if progress is None or (stopped and progress.state != "done"):
            _publish(ctx, found, again=stopped)
        return _present(found, progress, going_on=stopped)
    raise Conflict("This analysis is being changed by somebody else. Look at it and ask again.")


def read(ctx: Context, caller: Identity, id: str) -> AnalysisOut:
    """Return one analysis; raises ``NotFound``."""
    found, _ = _read(ctx, caller, id)
    return _present(found, _progress(ctx, found))


def cancel(ctx: Context, caller: Identity, id: str) -> AnalysisOut:
    """Have an analysis end before its next step; what it found stays. One that has ended stays as it is."""
    for _ in range(_TRIES):
        found, doc = _read(ctx, caller, id)
        progress = _progress(ctx, found)
        if found.cancelled_at is not None or (progress is not None and progress.state != "running"):
            return _present(found, progress)
        cancelled = found.model_copy(update={"cancelled_at": ctx.now()})
        try:
            ctx.documents.put(OPS, dump(cancelled), if_etag=doc["_etag"])
        except PreconditionFailed:
            continue
        return _present(cancelled, progress)
    raise Conflict("This analysis is being changed by somebody else. Look at it and ask again.")


def page(
    ctx: Context, caller: Identity, model: str | None, limit: int, after: str | None
) -> tuple[list[AnalysisOut], str | None]:
    """Return analyses the caller may see, and the cursor of the next page."""
    if after is not None and not is_fact_id(after):
        raise InvalidInput(
            "The cursor is none.", [Fault("?cursor", "something else", "next of a page", "leave it out")]
        )
    found = list(islice(_requests(ctx, caller, model, after), limit + 1))
    shown = found[:limit]
    items = [_present(one, _progress(ctx, one)) for one in shown]
    return items, shown[-1].id if len(found) > limit else None


def points(ctx: Context, caller: Identity, id: str, limit: int) -> AnalysisPointsOut:
    """Return the newest recomputed points, oldest first, each beside the live one."""
    asked, _ = _read(ctx, caller, id)
    found = list(islice(_points(ctx, asked), limit))[::-1]
    live: dict[str, DriftPoint] = {}
    if found:
        since, until = fact_time(found[0].batch), fact_time(found[-1].batch)
        docs = newest(ctx.documents, REPORTS, asked.model, prefix=POINT, since=since, until=until)
        live = {one.batch: one for one in (parse(DriftPoint, doc) for doc in docs)}
    state = _present(asked, _progress(ctx, asked)).state
    return AnalysisPointsOut(id=id, state=state, points=tuple(_recomputed(one, live.get(one.batch)) for one in found))


def _model(ctx: Context, caller: Identity, name: str) -> Model:
    doc = ctx.documents.get(MODELS, name, "model") if caller.sees(name) else None
    if doc is None or doc.get("state") == "deleting":
        raise NotFound(f"There is no model {name!r}. GET /api/v1/models lists those there are.")
    return parse(Model, doc)


def _check(ctx: Context, model: Model, body: AnalysisIn) -> None:
    """Raise ``InvalidInput`` with all that is wrong, so that no worker finds it later."""
    faults = []
    if body.from_ > body.to:
        faults.append(Fault("/from", body.from_.isoformat(), f"at most {body.to.isoformat()}", "exchange from and to"))
    earlier = body.reference is None or relative(body.reference) is not None
    doc = ctx.documents.get(MODELS, model.name, "reference" if earlier else f"{body.reference}")
    stored = parse(Reference, doc) if doc is not None and doc.get("type") == "reference" else None
    if stored is None or stored.state != "ready":
        allowed = (
            f"the id of a ready reference of the model, previous, trailing:<1 to {MOST_DAYS} days>, "
            "weekday:<1 to 99 weeks>, season:<1 to 9 years>"
        )
        value = "no such reference" if body.reference else "a model without a reference"
        faults.append(Fault("/reference", value, allowed, f"GET {links.model(model.name, 'reference')} tells the id"))
    elif body.segment is not None:
        names = {column.name for column in stored.columns}
        if body.segment.partition(":")[0] not in names:
            allowed = ", ".join(sorted(names)[:20])
            faults.append(Fault("/segment", "no column of the reference", allowed, "name one of its columns"))
    faults += threshold_faults(body.thresholds) + method_faults(body.methods)
    if body.reference is not None and relative(body.reference) is not None:
        faults += _row_faults(body.methods)
    if faults:
        raise InvalidInput("The analysis cannot be done as asked.", faults)


def _row_faults(named: Sequence[str]) -> list[Fault]:
    """Return which methods cannot be held against earlier batches: of those only profiles are put together."""
    allowed = "methods of one column"
    joint = {method.slug for method in METHODS if not method.kinds}
    return [
        Fault(f"/methods/{place}", slug, allowed, "leave it out, or compare with a stored reference")
        for place, slug in enumerate(named)
        if slug in joint
    ]


def _request(ctx: Context, body: AnalysisIn) -> AnalysisRequest:
    asked = body.model_dump_json(by_alias=True)
    digest = hashlib.sha256(asked.encode()).hexdigest()
    return AnalysisRequest(
        id=fact_id(body.to, "analysis", body.model, digest),
        pk=ANALYSES,
        model=body.model,
        since=body.from_,
        until=body.to,
        reference=body.reference,
        thresholds=body.thresholds,
        segment=body.segment,
        methods=body.methods,
        requested_at=ctx.now(),
    )


def _publish(ctx: Context, asked: AnalysisRequest, *, again: bool) -> None:
    """Begin, or go on: then under a name of its own, as the former event may just be coming to its end."""
    now = ctx.now()
    subject = f"{asked.id}|{fact_stamp(now)}" if again else asked.id
    ctx.bus.publish([AnalysisRequested(model=asked.model, subject=subject, occurred_at=now)])


def _read(ctx: Context, caller: Identity, id: str) -> tuple[AnalysisRequest, Doc]:
    doc = ctx.documents.get(OPS, ANALYSES, id) if is_fact_id(id) else None
    if doc is None or not caller.sees(doc["model"]):
        raise NotFound(f"There is no such analysis. GET {API}/analyses lists those there are.")
    return parse(AnalysisRequest, doc), doc


def _requests(ctx: Context, caller: Identity, model: str | None, after: str | None) -> Iterator[AnalysisRequest]:
    where = [] if model is None else [("model", "eq", model)]
    while True:
        found = ctx.documents.query(OPS, ANALYSES, where, desc=True, limit=100, after=after)
        yield from (parse(AnalysisRequest, doc) for doc in found.docs if caller.sees(doc["model"]))
        if (after := found.cursor) is None:
            return


def _progress(ctx: Context, asked: AnalysisRequest) -> AnalysisProgress | None:
    doc = ctx.documents.get(REPORTS, analysis_pk(asked.model, asked.id), PROGRESS)
    return None if doc is None else parse(AnalysisProgress, doc)


def _points(ctx: Context, asked: AnalysisRequest) -> Iterator[AnalysisPoint]:
    pk, after = analysis_pk(asked.model, asked.id), None
    while True:
        found = ctx.documents.query(REPORTS, pk, [("id", "prefix", POINT)], desc=True, limit=100, after=after)
        yield from (parse(AnalysisPoint, doc) for doc in found.docs)
        if (after := found.cursor) is None:
            return


def _recomputed(one: AnalysisPoint, live: DriftPoint | None) -> Recomputed:
    own = {"features", "live"}
    said = {name: getattr(one, name) for name in Recomputed.model_fields if name not in own}
    return Recomputed(
        **said,
        features=tuple(zip(one.features, one.statuses, one.scores, strict=True)),
        live=None if live is None else Live(score=live.score, threshold=live.threshold, status=live.status),
    )


def _present(asked: AnalysisRequest, progress: AnalysisProgress | None, *, going_on: bool = False) -> AnalysisOut:
    """``done`` wins over a cancellation that came too late; ``going_on``: a failure is being tried again."""
    state: State = "running" if progress is None else progress.state
    if going_on and state == "failed":
        state = "running"
    if asked.cancelled_at is not None and state != "done":
        state = "cancelled"
    at = f"{API}/analyses/{asked.id}"
    changed: list[datetime] = [asked.requested_at, *([progress.updated_at] if progress else [])]
    changed += [asked.cancelled_at] if asked.cancelled_at else []
    return AnalysisOut.model_validate(
        {
            "id": asked.id,
            "model": asked.model,
            "from": asked.since,
            "to": asked.until,
            "reference": asked.reference,
            "thresholds": asked.thresholds,
            "segment": asked.segment,
            "methods": asked.methods,
            "state": state,
            "reason": progress.reason if progress is not None and state == "failed" else None,
            "done": 0 if progress is None else progress.done,
            "total": None if progress is None else progress.total,
            "summary": {
                "statuses": {} if progress is None else progress.statuses,
                "changed": 0 if progress is None else progress.changed,
            },
            "requested_at": asked.requested_at,
            "updated_at": max(changed),
            "links": {"self": at, "points": f"{at}/points", "model": links.model(asked.model)},
        }
    )
