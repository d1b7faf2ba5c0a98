"""Explanations: what the explain service found, and questions to it. Reads, arranges and asks; explains nothing."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from bellwether.contracts import (
    PROGRESS_OF,
    Cell,
    Decision,
    Explanation,
    ExplanationProgress,
    ExplanationRequest,
    ExplanationRequested,
    LocalChunk,
    LocalExplanation,
    Model,
    fact_stamp,
    is_fact_id,
    local_pk,
    month_pk,
    requests_pk,
)
from bellwether.errors import Conflict, Fault, InvalidInput, NotFound
from bellwether.gateway import links, merging, models
from bellwether.gateway.context import Context
from bellwether.gateway.explanation_answers import (
    ContributionOut,
    Difference,
    ExplanationIn,
    ExplanationItem,
    ExplanationOut,
    GlobalOut,
    LocalItem,
    LocalOut,
    LocalsOut,
    State,
    WhatIf,
    WhatIfIn,
)
from bellwether.storage.collections import EXPLAIN, OPS
from bellwether.storage.documents import dump, parse
from bellwether.storage.months import newest

GLOBAL, CHUNK = "g~", "l~"
MOST_BATCHES = 400
"""Batches of one window that are merged."""
_LOOK_BACK = 8
_MOVES_S = 600
"""Seconds after which a question to a model named by an alias is a new one: aliases move."""

S = TypeVar("S")


def ask(ctx: Context, model: Model, body: ExplanationIn | WhatIfIn) -> ExplanationOut:
    """Store a question and have it answered; the same question to the same model is asked once.

    One that failed is asked again.
    """
    asked = _request(ctx, model, body)
    if asked.batch is not None and asked.row_id is None:
        _check_batch(ctx, model.name, asked.batch)
    again = False
    try:
        ctx.documents.put(OPS, dump(asked), create=True)
    except Conflict:
        found = _answer(ctx, asked)
        if found is not None and found.reason is None:
            return present(ctx, asked, found)
        again = found is not None
        if again:
            ctx.documents.put(OPS, dump(asked))
    subject = f"{asked.id}|{fact_stamp(ctx.now())}" if again else asked.id
    ctx.bus.publish([ExplanationRequested(model=model.name, subject=subject, occurred_at=ctx.now())])
    return present(ctx, asked, None)


def read(ctx: Context, model: str, id: str) -> ExplanationOut:
    """Return a question with its answer, if there is one; raises ``NotFound``."""
    doc = ctx.documents.get(OPS, requests_pk(model), id)
    if doc is None:
        raise NotFound(f"Model {model!r} was asked nothing of this id, or too long ago.")
    asked = parse(ExplanationRequest, doc)
    return present(ctx, asked, _answer(ctx, asked))


def present(ctx: Context, asked: ExplanationRequest, found: Explanation | LocalExplanation | None) -> ExplanationOut:
    """Return a question and its answer as the API has them. An answer older than the question is of a former try."""
    if found is not None and found.created_at < asked.asked_at and found.reason is not None:
        found = None
    state: State = "waiting" if found is None else "done" if found.reason is None else "failed"
    progress = None if found is not None else _progress(ctx, local_pk(asked.model), asked.id)
    local = found if isinstance(found, LocalExplanation) and state == "done" else None
    return ExplanationOut.model_validate(
        {
            "id": asked.id,
            "model": asked.model,
            "state": state,
            "reason": None if found is None else found.reason,
            "errors": found.reasons if isinstance(found, LocalExplanation) else (),
            "done": 0 if progress is None else progress.done,
            "total": None if progress is None else progress.total,
            "asked_at": asked.asked_at,
            "local": None if local is None or local.after is not None else _local(local),
            "what_if": None if local is None or local.after is None else _what_if(local),
            "global": _global(found) if isinstance(found, Explanation) and state == "done" else None,
            "links": {"self": links.model(asked.model, "explanations", asked.id), "model": links.model(asked.model)},
        }
    )


def page(ctx: Context, model: str, limit: int, before: str | None) -> tuple[list[ExplanationItem], str | None]:
    """Return explanations of batches, newest first, and the cursor of the next page."""
    docs = newest(ctx.documents, EXPLAIN, model, prefix=GLOBAL, before=before)
    found = [parse(Explanation, doc) for doc in islice(docs, limit + 1)]
    shown = found[:limit]
    return [_item(one) for one in shown], shown[-1].batch if len(found) > limit else None


def of_batch(ctx: Context, model: str, batch: str) -> GlobalOut | None:
    """Return the explanation of a batch; None while there is none."""
    doc = ctx.documents.get(EXPLAIN, month_pk(model, batch), GLOBAL + batch) if is_fact_id(batch) else None
    return None if doc is None else _global(parse(Explanation, doc))


def of_window(ctx: Context, model: str, since: datetime | None, until: datetime | None) -> GlobalOut:
    """Return the newest explanation, or, of a window, all that answer the question the newest one answers, merged."""
    docs = newest(ctx.documents, EXPLAIN, model, prefix=GLOBAL, since=since, until=until)
    windowed = since is not None or until is not None
    found = [parse(Explanation, doc) for doc in islice(docs, MOST_BATCHES if windowed else 1)]
    if not found:
        where = "in this window" if windowed else "yet"
        raise NotFound(f"No batch of model {model!r} is explained {where}.")
    first = next((one for one in found if one.reason is None), found[0])
    if not windowed or first.reason is not None:
        return _global(first)
    why = {one.batch: merging.comparable(first, one) for one in found}
    return _merged([one for one in found if why[one.batch] is None], [reason for reason in why.values() if reason])


def local(ctx: Context, model: Model, row: str, batch: str | None, output_class: str | None) -> LocalOut:
    """Return the explanation of a prediction: all of it where somebody asked, else what its batch's sample kept."""
    asked = _request(ctx, model, ExplanationIn(id=row, batch=batch, output_class=output_class))
    found = _answer(ctx, asked)
    if isinstance(found, LocalExplanation) and found.reason is None:
        return _local(found)
    for one in _explained(ctx, model.name, batch):
        for chunk in _chunks(ctx, one):
            if row in chunk.ids:
                return _kept(one, chunk, chunk.ids.index(row))
    asking = f'POST {{"id": "<prediction>"}} to {links.model(model.name, "explanations")}'
    raise NotFound(f"This prediction of model {model.name!r} is not explained. {asking} to have it explained.")


def locals_of(ctx: Context, model: str, batch: str | None, limit: int, after: str | None) -> LocalsOut:
    """Return the explained rows that are kept of a batch, of the newest one without a name."""
    one = next(_explained(ctx, model, batch), None)
    if one is None:
        raise NotFound(f"Model {model!r} has no explanation of this batch.")
    start = _number(after)
    chunks = list(_chunks(ctx, one))
    rows = [(chunk, i) for chunk in chunks for i in range(len(chunk.ids))]
    items = tuple(_local_item(one, chunk, i) for chunk, i in rows[start : start + limit])
    rest = str(start + limit) if start + limit < len(rows) else None
    return LocalsOut(items=items, next=rest, batch=one.batch, base_value=one.base_value)


def is_settled(found: ExplanationOut) -> bool:
    """Say whether waiting longer changes nothing."""
    return found.state != "waiting"


def _request(ctx: Context, model: Model, body: ExplanationIn | WhatIfIn) -> ExplanationRequest:
    """The question as stored; its id is made of all that the answer depends on."""
    said = body.model_dump()
    uri = model.mlflow or ""
    moves = int(ctx.now().timestamp() // _MOVES_S) if "@" in uri else 0
    version = models.current_version(models.versions(ctx, model.name))
    reference = models.reference(ctx, model.name)
    made_of = [said, uri, moves, version, None if reference is None else reference.id, model.words and _words(model)]
    digest = hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()
    return ExplanationRequest(
        id=f"e~{digest[:40]}",
        pk=requests_pk(model.name),
        model=model.name,
        row=body.row,
        row_id=body.id,
        batch=body.batch,
        sample=said.get("sample"),
        changes=said.get("changes"),
        perturbation=said.get("perturbation"),
        output_class=body.output_class,
        asked_at=ctx.now(),
    )


def _words(model: Model) -> dict[str, Any]:
    return {name: words.model_dump() for name, words in model.words.items()}


def _check_batch(ctx: Context, model: str, batch: str) -> None:
    if of_batch(ctx, model, batch) is None:
        fault = Fault("/batch", "no explained batch", "the id of one", f"GET {links.model(model, 'explanations')}")
        raise InvalidInput(f"Model {model!r} has no explained batch of this id.", [fault])


def _answer(ctx: Context, asked: ExplanationRequest) -> Explanation | LocalExplanation | None:
    doc = ctx.documents.get(EXPLAIN, local_pk(asked.model), asked.id)
    if doc is None:
        return None
    return parse(Explanation, doc) if doc["type"] == "explanation" else parse(LocalExplanation, doc)


def _progress(ctx: Context, pk: str, id: str) -> ExplanationProgress | None:
    doc = ctx.documents.get(EXPLAIN, pk, PROGRESS_OF + id)
    return None if doc is None else parse(ExplanationProgress, doc)


def _explained(ctx: Context, model: str, batch: str | None) -> Iterator[Explanation]:
    """Explanations of one batch, or of the newest ones."""
    if batch is not None:
        doc = ctx.documents.get(EXPLAIN, month_pk(model, batch), GLOBAL + batch) if is_fact_id(batch) else None
        if doc is not None:
            yield parse(Explanation, doc)
        return
    for doc in islice(newest(ctx.documents, EXPLAIN, model, prefix=GLOBAL), _LOOK_BACK):
        yield parse(Explanation, doc)


def _chunks(ctx: Context, one: Explanation) -> Iterator[LocalChunk]:
    after = None
    while True:
        where = [("id", "prefix", f"{CHUNK}{one.batch}~")]
        found = ctx.documents.query(EXPLAIN, one.pk, where, limit=20, after=after)
        yield from (parse(LocalChunk, doc) for doc in found.docs)
        if (after := found.cursor) is None:
            return


def _number(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not cursor.isdecimal() or not cursor.isascii() or len(cursor) > 9:
        fault = Fault("?cursor", "something else", "next of a page", "leave it out")
        raise InvalidInput("The cursor is none.", [fault])
    return int(cursor)


def _said(found: Any, shape: type[S], own: set[str]) -> dict[str, Any]:
    """What an answer takes over from a document as it is."""
    fields: dict[str, Any] = shape.model_fields  # type: ignore[attr-defined]  # every shape is a contract
    return {name: getattr(found, name) for name in fields if name not in own}


def _global(one: Explanation) -> GlobalOut:
    own = {"batches", "left_out", "left_out_reason", "links"}
    return GlobalOut(**_said(one, GlobalOut, own), batches=(one.batch,), links=_global_links(one))


def _merged(found: list[Explanation], left_out: list[str]) -> GlobalOut:
    """All of ``found``, newest first, as one."""
    newest_one = _global(found[0])
    if len(found) == 1 and not left_out:
        return newest_one
    features, other = merging.importances(found)
    return newest_one.model_copy(
        update={
            "batch": found[0].batch if len(found) == 1 else None,
            "batches": tuple(one.batch for one in found),
            "left_out": len(left_out),
            "left_out_reason": "; ".join(dict.fromkeys(left_out)) or None,
            "rows": sum(one.rows for one in found),
            "rows_total": sum(one.rows_total for one in found),
            "features": features,
            "other": other,
            "against_reference": merging.against_reference(found, features),
            "shift": merging.shift(found),
            "cohorts": found[0].cohorts if len(found) == 1 else (),
            "classes": merging.classes(found),
            "additivity": merging.additivity(found),
            "exact": all(one.exact for one in found),
            "evaluations": sum(one.evaluations for one in found),
            "cpu_seconds": sum(one.cpu_seconds or 0.0 for one in found),
            "warnings": tuple(dict.fromkeys(warning for one in found for warning in one.warnings)),
        }
    )


def _item(one: Explanation) -> ExplanationItem:
    seen = one.against_reference
    return ExplanationItem(
        **_said(one, ExplanationItem, {"top", "status", "tv", "links"}),
        top=tuple(feature.feature for feature in one.features[:3]),
        status="unknown" if seen is None else seen.status,
        tv=None if seen is None else seen.tv,
        links=_global_links(one),
    )


def _global_links(one: Explanation) -> dict[str, str]:
    of_batch = links.of_batch(one.model, one.batch)
    at = links.model(one.model, "explanations", one.id) if one.id.startswith("e~") else of_batch["explanations"]
    return {"self": at, "batch": of_batch["self"], "locals": links.locals_of(one.model, one.batch)}


def _local(found: LocalExplanation) -> LocalOut:
    decision = found.decision
    assert decision is not None
    own = {"prediction", "answer", "contributions", "other", "reasons", "complete", "links", "base_value"}
    return LocalOut(
        **_said(found, LocalOut, own),
        base_value=decision.base_value,
        prediction=decision.prediction,
        answer=decision.answer,
        contributions=tuple(ContributionOut(**part.model_dump()) for part in decision.contributions),
        other=decision.other,
        reasons=decision.reasons,
        complete=True,
        links={"self": links.model(found.model, "explanations", found.id), "model": links.model(found.model)},
    )


def _kept(one: Explanation, chunk: LocalChunk, i: int) -> LocalOut:
    own = {"row_id", "prediction", "answer", "contributions", "other", "reasons", "complete", "links", "base_value"}
    return LocalOut(
        **_said(one, LocalOut, own),
        base_value=chunk.base_value,
        row_id=chunk.ids[i],
        prediction=chunk.predictions[i],
        answer=None,
        contributions=tuple(
            ContributionOut(feature=chunk.features[j], value=None, contribution=part, std_error=None)
            for j, part in chunk.contributions[i]
        ),
        other=chunk.others[i],
        reasons=(),
        complete=False,
        links=_row_links(one, chunk.ids[i]),
    )


def _local_item(one: Explanation, chunk: LocalChunk, i: int) -> LocalItem:
    return LocalItem(
        row_id=chunk.ids[i],
        prediction=chunk.predictions[i],
        contributions=tuple((chunk.features[j], part) for j, part in chunk.contributions[i]),
        other=chunk.others[i],
        links=_row_links(one, chunk.ids[i]),
    )


def _row_links(one: Explanation, row: str) -> dict[str, str]:
    return {"self": links.local(one.model, one.batch, row), "batch": links.of_batch(one.model, one.batch)["self"]}


def _what_if(found: LocalExplanation) -> WhatIf:
    before, after = found.decision, found.after
    assert before is not None
    assert after is not None
    own = {"before", "after", "change", "differences", "other", "base_value"}
    return WhatIf(
        **_said(found, WhatIf, own),
        base_value=before.base_value,
        before=before,
        after=after,
        change=after.prediction - before.prediction,
        differences=_differences(before, after),
        other=after.other - before.other,
    )


def _differences(before: Decision, after: Decision) -> tuple[Difference, ...]:
    """Every listed feature, the largest difference first."""
    then: dict[str, tuple[Cell, float]] = {p.feature: (p.value, p.contribution) for p in before.contributions}
    now: dict[str, tuple[Cell, float]] = {p.feature: (p.value, p.contribution) for p in after.contributions}
    none: tuple[Cell, float] = (None, 0.0)
    found = [
        Difference(
            feature=name,
            before=then.get(name, none)[0],
            after=now.get(name, none)[0],
            change=now.get(name, none)[1] - then.get(name, none)[1],
        )
        for name in {**then, **now}
    ]
    return tuple(sorted(found, key=lambda one: -abs(one.change)))
