"""Pushing rows: the same push is the same thing, however often it arrives, and whatever failed in between.

The order decides: the month is noted, then the push is remembered (which fixes the id), then the rows are stored,
then the document is created, then it is announced. A push that broke off anywhere is completed by its repetition.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime

from bellwether.contracts import (
    AnyEvent,
    Batch,
    BatchSubmitted,
    Document,
    Labels,
    LabelsSubmitted,
    ModelName,
    fact_id,
    month_pk,
)
from bellwether.errors import Conflict, Fault
from bellwether.gateway.context import Context
from bellwether.gateway.spool import Rows
from bellwether.storage.collections import OPS, RUNS
from bellwether.storage.documents import dump, parse
from bellwether.storage.months import note_month
from bellwether.storage.port import Doc

_REMEMBER_S = 400 * 86_400


class Push(Document):
    """What a key, or rows without one, became. Container ``ops``, pk ``push|<model>``."""

    type: Literal["push"] = "push"
    model: ModelName
    subject: str
    digest: str
    start: AwareDatetime | None = None
    end: AwareDatetime | None = None
    submitted_at: AwareDatetime
    ttl: int = _REMEMBER_S


@dataclass(frozen=True, slots=True)
class Submission:
    """What the caller says about the rows."""

    model: str
    kind: Literal["batch", "labels"]
    key: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    version: str | None = None
    run: str | None = None


def submit_batch(ctx: Context, said: Submission, rows: Rows) -> Batch:
    """Store and announce a batch; returns the one there is when it was pushed before."""
    push = _remember(ctx, said, rows)
    batch = Batch(
        id=push.subject,
        pk=month_pk(said.model, push.subject),
        model=said.model,
        state="received",
        key=said.key,
        version=said.version,
        run=said.run,
        media_type=rows.media_type,
        encoding=rows.encoding,
        raw_uri=store(ctx, said.model, rows),
        digest=rows.digest,
        start=said.start,
        end=said.end,
        submitted_at=push.submitted_at,
    )
    stored = _create(ctx, batch)
    return parse(Batch, _announce(ctx, stored, lambda: BatchSubmitted(**_about(ctx, said.model, batch.id))))


def submit_labels(ctx: Context, said: Submission, rows: Rows) -> Labels:
    """Store and announce a set of labels; returns the one there is when it was pushed before."""
    push = _remember(ctx, said, rows)
    labels = Labels(
        id=push.subject,
        pk=month_pk(said.model, push.subject),
        model=said.model,
        state="received",
        key=said.key,
        media_type=rows.media_type,
        encoding=rows.encoding,
        raw_uri=store(ctx, said.model, rows),
        digest=rows.digest,
        submitted_at=push.submitted_at,
    )
    stored = _create(ctx, labels)
    return parse(Labels, _announce(ctx, stored, lambda: LabelsSubmitted(**_about(ctx, said.model, labels.id))))


def store(ctx: Context, model: str, rows: Rows) -> str:
    """Keep a body as it was pushed; returns its key in object storage.

    One that is there is written again: its time says how long it is kept.
    """
    key = f"raw/{model}/{rows.digest}"
    ctx.objects.put(key, rows.path)
    return key


def _remember(ctx: Context, said: Submission, rows: Rows) -> Push:
    """Return what this push is, now or since an earlier time; raises ``Conflict`` for a key of other content."""
    natural = ("key", said.key) if said.key is not None else ("rows", rows.digest, str(said.start), str(said.end))
    name = hashlib.sha256("\x1f".join((said.kind, *natural)).encode()).hexdigest()
    submitted = ctx.now()
    push = Push(
        id=name[:40],
        pk=f"push|{said.model}",
        model=said.model,
        subject=fact_id(said.end or submitted, said.kind, said.model, said.key or rows.digest),
        digest=rows.digest,
        start=said.start,
        end=said.end,
        submitted_at=submitted,
    )
    doc = ctx.documents.get(OPS, push.pk, push.id)
    if doc is None:
        note_month(ctx.documents, said.model, push.subject)
        try:
            ctx.documents.put(OPS, dump(push), create=True)
        except Conflict:
            doc = ctx.documents.get(OPS, push.pk, push.id)
    known = push if doc is None else parse(Push, doc)
    if (known.digest, known.start, known.end) != (rows.digest, said.start, said.end):
        raise Conflict(
            f"The key of this push stands for another {said.kind} already, {known.subject!r}.",
            [Fault("?key", "a key in use", "other rows, start or end", "push with another key")],
        )
    return known


def _create(ctx: Context, document: Batch | Labels) -> Doc:
    try:
        return ctx.documents.put(RUNS, dump(document), create=True)
    except Conflict:
        return ctx.documents.get(RUNS, document.pk, document.id) or dump(document)


def _announce(ctx: Context, doc: Doc, event: Callable[[], AnyEvent]) -> Doc:
    """Publish while nobody has handled it: harmless when it is under way, and it heals a push that broke off."""
    if doc["state"] == "received":
        ctx.bus.publish([event()])
    return doc


def _about(ctx: Context, model: str, subject: str) -> dict[str, object]:
    return {"model": model, "subject": subject, "occurred_at": ctx.now()}
