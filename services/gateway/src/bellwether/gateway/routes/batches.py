"""Rows pushed: batches and labels."""

from typing import Annotated

from fastapi import Path, Query, Request

from bellwether.errors import Conflict, Fault, InvalidInput
from bellwether.gateway import batches, links, models, pushes
from bellwether.gateway.access import FOLLOW, PUSH, READ
from bellwether.gateway.answers import Accepted, BatchesOut, BatchOut, LabelsOut
from bellwether.gateway.context import Ctx, TheModel
from bellwether.gateway.endpoint import Endpoint
from bellwether.gateway.parameters import BatchId, Cursor, IdempotencyKey, Limit, Time, Wait, Word
from bellwether.gateway.pushes import Submission
from bellwether.gateway.spool import receive_rows
from bellwether.gateway.waiting import until
from bellwether.telemetry.logging import logger
from bellwether.telemetry.tracing import describe

_LOG = logger(__name__)
Key = Annotated[Word | None, Query(description="your name for this push; the same key is the same push")]
Start = Annotated[Time | None, Query(description="begin of the window the rows are from")]
End = Annotated[Time | None, Query(description="end of the window the rows are from; now, without one")]
Version = Annotated[Word | None, Query(description="version of the model that made the predictions")]
Run = Annotated[Word | None, Query(description="run of the pipeline that delivered the rows")]


async def list_batches(model: TheModel, ctx: Ctx, limit: Limit = 50, cursor: Cursor = None) -> BatchesOut:
    """Batches, newest first."""
    items, after = await ctx.threads.run(batches.page, ctx, model.name, limit, cursor)
    return BatchesOut(items=tuple(items), next=after)


async def push_batch(
    request: Request,
    model: TheModel,
    ctx: Ctx,
    start: Start = None,
    end: End = None,
    version: Version = None,
    key: Key = None,
    run: Run = None,
    idempotency_key: IdempotencyKey = None,
) -> Accepted:
    """Push one batch of rows with their predictions.

    The same rows, or the same `key`, are the same batch: pushing again changes nothing and gives the same answer.
    An `Idempotency-Key` serves as the key when there is none. `Content-Encoding` may be gzip or zstd.
    """
    if start is not None and end is not None and start > end:
        fault = Fault("?start", start.isoformat(), f"at most {end.isoformat()}", "exchange start and end")
        raise InvalidInput("The window ends before it starts.", [fault])
    if not await ctx.threads.run(models.has_reference, ctx, model.name):
        fix = f"PUT rows of a good time to {links.model(model.name, 'reference')} first"
        fault = Fault("{model}", "no reference", "a reference", fix)
        raise Conflict(f"Model {model.name!r} has no reference, so a batch has nothing to be compared with.", [fault])
    said = Submission(model.name, "batch", key or idempotency_key, start, end, version, run)
    async with receive_rows(request, ctx) as rows:
        batch = await ctx.threads.run(pushes.submit_batch, ctx, said, rows)
    _told("batch.pushed", model.name, batch.id)
    return Accepted(id=batch.id, state=batch.state, links={"self": links.model(model.name, "batches", batch.id)})


async def get_batch(
    model: TheModel, batch: Annotated[BatchId, Path(description="id of the batch")], ctx: Ctx, wait: Wait = 0.0
) -> BatchOut:
    """A batch and what became of it. `wait` answers once it is `analysed` or `rejected`, or when the time is over."""

    async def look() -> BatchOut:
        return await ctx.threads.run(batches.read, ctx, model.name, batch)

    return await until(ctx, wait, look, lambda found: found.state in ("analysed", "rejected"))


async def push_labels(
    request: Request, model: TheModel, ctx: Ctx, key: Key = None, idempotency_key: IdempotencyKey = None
) -> Accepted:
    """Push labels that arrived: rows of id and label, and time where there is one."""
    said = Submission(model.name, "labels", key or idempotency_key)
    async with receive_rows(request, ctx) as rows:
        labels = await ctx.threads.run(pushes.submit_labels, ctx, said, rows)
    _told("labels.pushed", model.name, labels.id)
    return Accepted(id=labels.id, state=labels.state, links={"self": links.model(model.name, "labels", labels.id)})


async def get_labels(
    model: TheModel, labels: Annotated[BatchId, Path(description="id of the set of labels")], ctx: Ctx
) -> LabelsOut:
    """A set of labels and what became of it."""
    return await ctx.threads.run(batches.read_labels, ctx, model.name, labels)


def _told(what: str, model: str, subject: str) -> None:
    """Name what was pushed in the log and in the trace, which goes on in the workers."""
    ids = {"model": model, "subject": subject} | ({"batch": subject} if what == "batch.pushed" else {})
    describe(**ids)
    _LOG.info(what, **ids)


_PUSH_FAILS = (400, 404, 408, 409, 413, 415)
ENDPOINTS = (
    Endpoint("GET", "/models/{model}/batches", list_batches, READ, fails=(404,)),
    Endpoint("POST", "/models/{model}/batches", push_batch, PUSH, 202, _PUSH_FAILS, rows=True),
    Endpoint("GET", "/models/{model}/batches/{batch}", get_batch, FOLLOW, fails=(404,)),
    Endpoint("POST", "/models/{model}/labels", push_labels, PUSH, 202, _PUSH_FAILS, rows=True),
    Endpoint("GET", "/models/{model}/labels/{labels}", get_labels, FOLLOW, fails=(404,)),
)
