"""Sources in the store: what a person set, and how the collector says it went."""

import ipaddress
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from bellwether.contracts import (
    BACKFILLS_PK,
    PROGRESS_PK,
    SOURCES_PK,
    Backfill,
    BackfillIn,
    DataFactorySettings,
    MlflowSettings,
    Source,
    SourceDue,
    SourceIn,
    SourceProgress,
    fact_stamp,
    source_id,
)
from bellwether.errors import Conflict, Fault, InvalidInput, NotFound
from bellwether.gateway.context import Context
from bellwether.gateway.endpoint import API
from bellwether.gateway.source_answers import BackfillOut, SourceOut
from bellwether.storage.collections import OPS
from bellwether.storage.documents import dump, parse
from bellwether.storage.port import Doc

MOST_SOURCES = 500
MOST_BACKFILL_DAYS = 4000
_CHUNK = timedelta(days=1)


def read(ctx: Context, source: str) -> Source:
    """Return one source; raises ``NotFound``."""
    doc = ctx.documents.get(OPS, SOURCES_PK, source_id(source))
    if doc is None:
        raise NotFound(f"There is no source {source!r}. GET /api/v1/sources lists those there are.")
    return parse(Source, doc)


def all_of(ctx: Context) -> list[Source]:
    """Return every source by name; at most 500."""
    docs = ctx.documents.query(OPS, SOURCES_PK, limit=MOST_SOURCES).docs
    return [parse(Source, doc) for doc in docs]


def save(ctx: Context, body: SourceIn) -> tuple[Source, bool]:
    """Store a source; the same name again replaces its settings. Returns it, and whether it is new.

    A new one is looked at once at once, and its past is read beside it unless ``since`` says where to begin.
    """
    check(body, ctx.settings.sources.hosts)
    name, now = f"{body.settings.kind}/{body.name}", ctx.now()
    held = ctx.documents.get(OPS, SOURCES_PK, source_id(name))
    if held is None and ctx.documents.count(OPS, SOURCES_PK) >= MOST_SOURCES:
        fault = Fault("/name", f"source number {MOST_SOURCES + 1}", f"{MOST_SOURCES} sources", "delete one first")
        raise Conflict(f"There are {MOST_SOURCES} sources already.", [fault])
    created = now if held is None else parse(Source, held).created_at
    source = Source(
        id=source_id(name),
        pk=SOURCES_PK,
        source=name,
        created_at=created,
        updated_at=now,
        **body.model_dump(exclude={"name"}),
    )
    ctx.documents.put(OPS, dump(source))
    if held is None and body.since is None and body.history_days:
        backfill(ctx, source, BackfillIn(since=now - timedelta(days=body.history_days), until=now))
    look(ctx, source)
    return source, held is None


def look(ctx: Context, source: Source) -> None:
    """Ask for a look now rather than at the next beat."""
    ctx.bus.publish([SourceDue(model=f"@{source.source}", subject=source.source, occurred_at=ctx.now())])


def delete(ctx: Context, source: str) -> None:
    """Forget a source and how far it was read; what it observed stays, for it explains past batches."""
    held = read(ctx, source)
    for doc in _backfills(ctx, source):
        ctx.documents.delete(OPS, BACKFILLS_PK, doc["id"])
    ctx.documents.delete(OPS, PROGRESS_PK, held.id)
    ctx.documents.delete(OPS, SOURCES_PK, held.id)


def backfill(ctx: Context, source: Source, body: BackfillIn) -> Backfill:
    """Ask for a part of the past; the same part again is the same backfill."""
    until = body.until or ctx.now()
    if body.since >= until:
        fault = Fault("/since", body.since.isoformat(), f"before {until.isoformat()}", "exchange since and until")
        raise InvalidInput("The part of the past ends before it begins.", [fault])
    days = -(-(until - body.since) // _CHUNK)
    if days > MOST_BACKFILL_DAYS:
        fault = Fault("/since", f"{days} days", f"{MOST_BACKFILL_DAYS} days", "ask for a shorter part")
        raise InvalidInput("The part of the past is too long.", [fault])
    asked = Backfill(
        id=f"{source.id}~{fact_stamp(body.since)}~{fact_stamp(until)}",
        pk=BACKFILLS_PK,
        source=source.source,
        since=body.since,
        until=until,
        reached=until,
        days=days,
        created_at=ctx.now(),
    )
    with suppress(Conflict):
        ctx.documents.put(OPS, dump(asked), create=True)
    return asked


def show(ctx: Context, source: Source) -> SourceOut:
    """Return a source as the API answers it."""
    doc = ctx.documents.get(OPS, PROGRESS_PK, source.id)
    progress = None if doc is None else parse(SourceProgress, doc)
    found = [parse(Backfill, doc) for doc in _backfills(ctx, source.source)]
    return present(source, progress, found, ctx.now())


def present(source: Source, progress: SourceProgress | None, backfills: Iterable[Backfill], now: datetime) -> SourceOut:
    """Return a source with how it went; without progress nobody has looked yet."""
    went = progress or SourceProgress(id=source.id, pk=PROGRESS_PK, source=source.source)
    kind, _, name = source.source.partition("/")
    lag = None if went.complete_until is None else max(0.0, (now - went.complete_until).total_seconds())
    said = {field: getattr(source, field) for field in SourceOut.model_fields if hasattr(source, field)}
    how = ("condition", "error", "fix", "last_attempt", "last_success", "version", "runs", "bad_items")
    self = f"{API}/sources/{source.source}"
    return SourceOut(
        **said,
        **{field: getattr(went, field) for field in how},
        kind=kind,
        name=name,
        lag_s=lag,
        backfills=tuple(_present(one) for one in sorted(backfills, key=lambda one: one.created_at, reverse=True)),
        links={"self": self, "pipelines": f"{API}/pipelines?source={source.source}"},
    )


def check(body: SourceIn, hosts: tuple[str, ...]) -> None:
    """Raise ``InvalidInput`` unless the addresses are ones the collector may call."""
    faults: list[Fault] = []
    match body.settings:
        case MlflowSettings(url="databricks"):
            pass
        case MlflowSettings(url=url):
            faults = _address("/settings/url", url, hosts)
        case DataFactorySettings(endpoint=url):
            faults = _address("/settings/endpoint", url, hosts)
            if not faults and urlsplit(url).scheme != "https" and not _is_loopback(urlsplit(url).hostname or ""):
                faults = [Fault("/settings/endpoint", "http", "https", "a token is sent there: give an https address")]
    if faults:
        raise InvalidInput("The source has an address that cannot be used.", faults)


def _address(pointer: str, url: str, hosts: tuple[str, ...]) -> list[Fault]:
    split = urlsplit(url)
    host = split.hostname
    if split.scheme not in ("http", "https") or not host:
        return [Fault(pointer, url[:80], "an http or https address", "give the address of the server")]
    if split.username or split.password:
        fix = "put the secret into the environment of the collector and name it in token"
        return [Fault(pointer, "user and password", "an address without them", fix)]
    if _is_link_local(host) or (hosts and host not in hosts and not _is_loopback(host)):
        allowed = ", ".join(hosts) or "any host but link-local addresses"
        fix = "ask whoever runs this server to add it to BELLWETHER_SOURCES__HOSTS"
        return [Fault(pointer, host, allowed, fix)]
    return []


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_link_local(host: str) -> bool:
    """Say whether a host is where clouds keep the credentials of a machine."""
    try:
        return ipaddress.ip_address(host).is_link_local
    except ValueError:
        return host == "metadata.google.internal"


def _backfills(ctx: Context, source: str) -> list[Doc]:
    where = [("id", "prefix", f"{source_id(source)}~")]
    return ctx.documents.query(OPS, BACKFILLS_PK, where, limit=100).docs


def _present(one: Backfill) -> BackfillOut:
    said = {field: getattr(one, field) for field in BackfillOut.model_fields if hasattr(one, field)}
    return BackfillOut(**said, progress=min(1.0, one.days_done / one.days) if one.days else 1.0)
