"""The one fenced write that ends a step, and the events a settled document stands for."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from bellwether.contracts import (
    AnyEvent,
    Batch,
    BatchReceived,
    BatchRejected,
    Labels,
    LabelsReceived,
    Reason,
    Reference,
    ReferenceReady,
)
from bellwether.errors import BellwetherError, Conflict, Fault, PreconditionFailed, TooLarge, Unavailable
from bellwether.storage.collections import MODELS, RUNS, Collection
from bellwether.storage.documents import dump, parse
from bellwether.storage.port import Create, Doc, DocumentStore, Op, Replace

MAX_EXTRA = 500
"""Extra columns a batch lists."""
IN_FORCE = "reference"
"""Id of the reference in force."""
_TRIES = 5

Pushed = TypeVar("Pushed", Batch, Labels, Reference)


def reasons(faults: Iterable[Fault]) -> tuple[Reason, ...]:
    """Return faults as they are stored."""
    return tuple(Reason(pointer=f.pointer, value=f.value, limit=f.limit, fix=f.fix) for f in faults)


def rejected(pushed: Pushed, error: BellwetherError, now: datetime, reference: str | None = None) -> Pushed:
    """Return a document that says why it cannot be used."""
    faults: Sequence[Fault] = error.faults or [
        Fault("/body", str(error), "usable rows", "mend the rows and push again")
    ]
    update = {"state": "rejected", "reasons": reasons(faults), "completed_at": now}
    if isinstance(pushed, Batch):
        update["reference"] = reference
    return pushed.model_copy(update=update)


def settle(documents: DocumentStore, done: Pushed, doc: Doc) -> Pushed:
    """Write a batch or labels if nobody did meanwhile; returns what is stored in the end."""
    try:
        return _put(documents, done, doc)
    except TooLarge as error:
        return _put(documents, _too_wide(done, error), doc)


def _put(documents: DocumentStore, done: Pushed, doc: Doc) -> Pushed:
    try:
        documents.put(RUNS, dump(done), if_etag=doc["_etag"])
    except PreconditionFailed:
        return _settled_by_another(documents, RUNS, done)
    return done


def settle_reference(documents: DocumentStore, done: Reference, doc: Doc, pushed_at: datetime) -> Reference:
    """Write a reference, and what is in force if this one was pushed later, in one step."""
    for _ in range(_TRIES):
        ops: list[Op] = []
        if done != parse(Reference, doc):
            ops.append(Replace(dump(done), doc["_etag"]))
        if done.state == "ready":
            ops += _take_force(documents, done, pushed_at)
        try:
            if ops:
                documents.commit(MODELS, done.pk, ops)
        except TooLarge as error:
            done = _too_wide(done, error)
        except (Conflict, PreconditionFailed):
            stored = documents.get(MODELS, done.pk, done.id)
            if stored is None or stored["state"] != "received":
                return _settled_by_another(documents, MODELS, done)
        else:
            return done
    raise Unavailable(f"what is in force for model {done.model!r} keeps changing")


def _take_force(documents: DocumentStore, ready: Reference, pushed_at: datetime) -> list[Op]:
    in_force = ready.model_copy(update={"id": IN_FORCE, "submitted_at": pushed_at})
    doc = documents.get(MODELS, ready.pk, IN_FORCE)
    if doc is None:
        return [Create(dump(in_force))]
    held = parse(Reference, doc)
    if held.reference == ready.reference or held.submitted_at >= pushed_at:
        return []
    return [Replace(dump(in_force), doc["_etag"])]


def events_of(settled: Batch | Labels | Reference, traceparent: str | None) -> Iterable[AnyEvent]:
    """Yield what follows from a settled document: the same each time it is asked."""
    said = {
        "model": settled.model,
        "subject": settled.id,
        "occurred_at": settled.completed_at or settled.submitted_at,
        "traceparent": traceparent,
    }
    match settled:
        case Batch(state="accepted"):
            yield BatchReceived(**said)
        case Batch(state="rejected"):
            yield BatchRejected(**said)
        case Labels(state="accepted"):
            yield LabelsReceived(**said)
        case Reference(state="ready"):
            yield ReferenceReady(**said)
        case _:
            return


def _settled_by_another(documents: DocumentStore, coll: Collection, done: Pushed) -> Pushed:
    """Return what another run stored; raises ``Unavailable`` when something else changed the document."""
    doc = documents.get(coll, done.pk, done.id)
    if doc is None or doc["state"] == "received":
        raise Unavailable(f"{done.id!r} changed while it was handled")
    return parse(type(done), doc)


def _too_wide(done: Pushed, error: TooLarge) -> Pushed:
    """Return the document rejected and without its columns: their names alone pass what the store takes."""
    fault = Fault("/columns", str(error), "names that fit one document together", "shorten the names, or push fewer")
    bare = done.model_copy(update={"columns": ()} if "columns" in type(done).model_fields else {})
    return rejected(bare, TooLarge(str(error), [fault]), done.completed_at or done.submitted_at)
