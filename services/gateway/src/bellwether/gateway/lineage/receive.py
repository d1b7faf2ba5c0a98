"""OpenLineage events on their way in: bounded, checked by the keys that decide what they are, secrets removed.

The official clients retry 500, 502, 503 and 504, and raise at once on anything else; so overload is 503 here.
Source: the OpenLineage specification, version 2-0-2.
"""

import hashlib
import json
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from typing import Any, Literal
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request

from bellwether.contracts import LineageEvent, LineageReceived, fact_id, month_pk, observed_subject
from bellwether.errors import BellwetherError, Conflict, Fault, InvalidInput, TooLarge, Unavailable, Unreadable
from bellwether.gateway.access import Identity
from bellwether.gateway.context import Context
from bellwether.gateway.endpoint import API
from bellwether.gateway.jsonbody import check, read
from bellwether.gateway.lineage.answers import BatchSummary, FailedEvent, ReceivedBatchOut, ReceivedOut
from bellwether.gateway.lineage.scope import open_scope
from bellwether.gateway.media import content_type
from bellwether.gateway.parameters import Time
from bellwether.gateway.problems import Refused
from bellwether.storage.collections import SOURCES
from bellwether.storage.documents import dump

ONE_BYTES, BATCH_BYTES, BATCH_EVENTS = 2**20, 5 * 2**20, 500
"""Most bytes of one event and of a batch once unpacked, most events of a batch."""
SOURCE = "openlineage/main"
KINDS = ("START", "RUNNING", "COMPLETE", "FAIL", "ABORT", "OTHER")
_MOST_NAME, _MOST_TEXT, _MOST_DATASETS, _DEPTH = 1024, 4096, 1000, 40
_JSON = ("application/json",)
_SECRET = re.compile(r"secret|passw|pwd|token|credential|api_?key|access_?key|account_?key|connection_?string", re.I)
_IN_TEXT = re.compile(r"(?i)\b(password|pwd|accountkey|sharedaccesskey|sig|token)=[^;&\s]+")
_REMOVED = "(removed)"
_TIME: TypeAdapter[datetime] = TypeAdapter(Time)
Event = dict[str, Any]
EventKind = Literal["run", "job", "dataset"]


async def body(request: Request, limit: int) -> bytes:
    """Return a JSON body of at most ``limit`` bytes once unpacked; raises 400, 413, 415."""
    content_type(request, _JSON)
    packed = request.headers.get("content-encoding", "").strip().lower()
    raw = await read(request, limit)
    if packed in ("", "identity"):
        return raw
    if packed != "gzip":
        fault = Fault("Content-Encoding", packed[:40], "gzip", "pack the body with gzip, or not at all")
        raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The encoding of the body cannot be used.", [fault])
    try:
        unpacker = zlib.decompressobj(31)
        text = unpacker.decompress(raw, limit + 1)
    except zlib.error as error:
        raise Unreadable("The body is not gzip, though Content-Encoding says so.") from error
    if len(text) > limit:
        raise TooLarge(f"The body has more than {limit} bytes once unpacked.")
    if not unpacker.eof:
        raise Unreadable("The body ends in the middle of its gzip stream.")
    return text


def one(ctx: Context, caller: Identity, model: str | None, raw: bytes) -> ReceivedOut:
    """Store and announce one event."""
    graph = _graph(ctx, caller, model)
    event = _parsed(raw)
    if not isinstance(event, dict):
        raise _unreadable([Fault("/", type(event).__name__, "an object", "send a list to /lineage/batch")])
    document = _document(ctx, event)
    _store(ctx, document)
    ctx.bus.publish([_announcement(ctx, graph, document)])
    node = f"{API}/lineage/graph?model={graph}"
    return ReceivedOut(id=document.id, graph=graph, links={"graph": node})


def many(ctx: Context, caller: Identity, model: str | None, raw: bytes) -> ReceivedBatchOut:
    """Store and announce the events of a batch that can be used, and say which cannot."""
    graph, events = _graph(ctx, caller, model), _parsed(raw)
    if not isinstance(events, list):
        raise _unreadable([Fault("/", type(events).__name__, "a list of events", "send one event to /lineage")])
    if len(events) > BATCH_EVENTS:
        fault = Fault("/", f"{len(events)} events", f"{BATCH_EVENTS}", "send smaller batches")
        raise TooLarge("The batch holds too many events.", [fault])
    stored, failed = list[LineageEvent](), list[FailedEvent]()
    for index, event in enumerate(events):
        try:
            if not isinstance(event, dict):
                raise _unreadable([Fault("/", type(event).__name__, "an object", "send events")])
            document = _document(ctx, event)
            _store(ctx, document)
            stored.append(document)
        except BellwetherError as error:
            reason = "; ".join(f"{one.pointer}: {one.value}, wanted {one.limit}" for one in error.faults) or str(error)
            failed.append(FailedEvent(index=index, reason=reason[:1000], retriable=isinstance(error, Unavailable)))
    ctx.bus.publish([_announcement(ctx, graph, document) for document in stored])
    again = sum(one.retriable for one in failed)
    summary = BatchSummary(
        received=len(events),
        successful=len(stored),
        failed=len(failed),
        retriable=again,
        non_retriable=len(failed) - again,
    )
    status: Literal["success", "partial_success", "failure"] = (
        "success" if not failed else "partial_success" if stored else "failure"
    )
    return ReceivedBatchOut(status=status, summary=summary, failed_events=tuple(failed))


def faults(event: Event) -> list[Fault]:
    """Return all that is wrong with an event: what it must hold by its kind."""
    return [*_time_faults(event), *_kind_faults(event)]


def kind_of(event: Event) -> EventKind:
    """Return the kind of an event, by the keys it has."""
    return "run" if "run" in event else "job" if "job" in event else "dataset"


def redacted(value: Any, name: str = "") -> Any:
    """Return a value without secrets, long texts cut."""
    if isinstance(value, dict):
        return {key[:_MOST_NAME]: redacted(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [redacted(one, name) for one in value]
    if name and _SECRET.search(name) and isinstance(value, str | int | float):
        return _REMOVED
    if isinstance(value, str):
        text = _IN_TEXT.sub(lambda found: f"{found[1]}={_REMOVED}", value)
        return text if len(text) <= _MOST_TEXT else f"{text[:_MOST_TEXT]}... (cut)"
    return value


def _graph(ctx: Context, caller: Identity, model: str | None) -> str:
    """Return the graph events belong to: the model named, the only one of a limited key, else that of the source."""
    if model is None and caller.models is not None:
        if len(caller.models) != 1:
            fault = Fault("?model", "nothing", "one of the models of the key", "name the model of the events")
            raise InvalidInput("A key limited to several models has to say which one the events are about.", [fault])
        (model,) = caller.models
    return f"@{SOURCE}" if model is None else open_scope(ctx, caller, model).model


def _parsed(raw: bytes) -> Any:
    check(raw, _DEPTH)
    return json.loads(raw)


def _document(ctx: Context, event: Event) -> LineageEvent:
    if wrong := faults(event):
        raise _unreadable(wrong)
    time = _TIME.validate_python(event["eventTime"])
    said = redacted(event)
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    id = fact_id(time, "lineage-event", digest)
    return LineageEvent(
        id=id,
        pk=month_pk(SOURCE, id),
        source=SOURCE,
        digest=digest[:16],
        updated_at=time,
        received_at=ctx.now(),
        kind=kind_of(event),
        event=said,
    )


def _store(ctx: Context, document: LineageEvent) -> None:
    with suppress(Conflict):  # received before
        ctx.documents.put(SOURCES, dump(document), create=True)


def _announcement(ctx: Context, graph: str, document: LineageEvent) -> LineageReceived:
    return LineageReceived(model=graph, subject=observed_subject(document), occurred_at=ctx.now())


def _time_faults(event: Event) -> Iterator[Fault]:
    given = event.get("eventTime")
    try:
        _TIME.validate_python(given if isinstance(given, str) else "")
    except ValidationError:
        given = str(event.get("eventTime", "nothing"))[:60]
        yield Fault("/eventTime", given, "a time with its zone, 1900 to 2200", "write 2026-01-31T23:00:00Z")


def _kind_faults(event: Event) -> Iterator[Fault]:
    match kind_of(event):
        case "run":
            yield from _run_faults(event)
            yield from _name_faults(event.get("job"), "/job")
        case "job":
            yield from _name_faults(event.get("job"), "/job")
        case "dataset":
            yield from _name_faults(event.get("dataset"), "/dataset")
            return
    for side in ("inputs", "outputs"):
        yield from _dataset_faults(event.get(side), f"/{side}")


def _run_faults(event: Event) -> Iterator[Fault]:
    run = event.get("run")
    given = run.get("runId") if isinstance(run, dict) else None
    try:
        UUID(given if isinstance(given, str) else "")
    except ValueError:
        yield Fault("/run/runId", str(given)[:60], "a UUID", "give every run one, the same in all its events")
    if "eventType" in event and event["eventType"] not in KINDS:
        yield Fault("/eventType", str(event["eventType"])[:60], ", ".join(KINDS), "use one of these, or leave it out")


def _name_faults(one: Any, pointer: str) -> Iterator[Fault]:
    if not isinstance(one, dict):
        given = "nothing" if one is None else type(one).__name__
        yield Fault(pointer, given, "an object with namespace and name", "name it")
        return
    for name in ("namespace", "name"):
        value = one.get(name)
        if not isinstance(value, str) or not value.strip() or len(value) > _MOST_NAME:
            given = "nothing" if value is None else str(value)[:60]
            yield Fault(f"{pointer}/{name}", given, f"1 to {_MOST_NAME} letters", "name it as its producer does")


def _dataset_faults(many: Any, pointer: str) -> Iterator[Fault]:
    if many is None:
        return
    if not isinstance(many, list):
        yield Fault(pointer, type(many).__name__, "a list of datasets", "send a list")
        return
    if len(many) > _MOST_DATASETS:
        yield Fault(pointer, f"{len(many)} datasets", f"{_MOST_DATASETS}", "split the event")
        return
    for n, one in enumerate(many):
        yield from _name_faults(one, f"{pointer}/{n}")


def _unreadable(wrong: Sequence[Fault]) -> Unreadable:
    names = ", ".join(one.pointer for one in wrong[:5])
    return Unreadable(f"This is no OpenLineage event: {names}.", list(wrong[:20]))
