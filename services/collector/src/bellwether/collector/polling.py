"""Looking at sources: one step of bounded length, whose cursor counts once the events before it are safe.

A look stores what it finds, notes beside the cursor how far it got, and returns the events with ``SourceRead`` as
the last one. They are entered in this order: whoever handles ``SourceRead`` knows that everything before it is safe,
and moves the cursor. Killed anywhere before, the next look begins where the last one that counted ended; what was
stored meanwhile is said again.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bellwether.collector.observing import Keeper
from bellwether.collector.sources import SOURCES, Kind, Needs, SourceFault, SourcePort
from bellwether.collector.tables import Tables
from bellwether.contracts import (
    BACKFILLS_PK,
    PROGRESS_PK,
    SOURCES_PK,
    AnyEvent,
    Backfill,
    Source,
    SourceDue,
    SourceProgress,
    SourceRead,
    Staged,
    source_id,
)
from bellwether.errors import PreconditionFailed
from bellwether.objects import ObjectStore
from bellwether.storage.collections import OPS
from bellwether.storage.documents import dump, parse
from bellwether.storage.port import Doc, DocumentStore
from bellwether.telemetry.logging import logger
from bellwether.telemetry.metrics import SOURCE_LOOKS_TOTAL

MOST_PAGES = 20
STAGED_S = 120.0
"""After so long a look that never counted is taken for lost."""
_BACKOFF_S = (2.0, 60.0)
_FAILURES = 5
_DAY = timedelta(days=1)
_LOG = logger(__name__)


@dataclass(slots=True)
class _Look:
    """What one look found so far."""

    until: datetime
    staged: Staged
    events: list[AnyEvent] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    moved: bool = False


@dataclass(slots=True)
class Watch:
    """Handlers of sources. ``clock`` counts seconds; sources stay open from look to look."""

    documents: DocumentStore
    objects: ObjectStore
    needs: Needs
    now: Callable[[], datetime]
    step_s: float = 20.0
    kinds: Mapping[str, Kind] = field(default_factory=lambda: {kind.slug: kind for kind in SOURCES})
    _open: dict[str, tuple[Source, SourcePort]] = field(default_factory=dict)

    def due(self) -> Iterator[AnyEvent]:
        """Yield an event for every source it is time to look at; for the beat."""
        now = self.now()
        for doc in self.documents.query(OPS, SOURCES_PK, limit=500).docs:
            source = parse(Source, doc)
            if source.enabled and self._is_due(source, self._progress(source)[0], now):
                yield SourceDue(model=f"@{source.source}", subject=source.source, occurred_at=now)

    def look(self, event: AnyEvent) -> Iterable[AnyEvent]:
        """Read a source from its cursor on, then a day of its past that is asked for."""
        assert isinstance(event, SourceDue)
        doc = self.documents.get(OPS, SOURCES_PK, source_id(event.subject))
        if doc is None:
            self._open.pop(event.subject, None)
            return ()
        source, now = parse(Source, doc), self.now()
        progress, held = self._progress(source)
        if not source.enabled or not self._is_due(source, progress, now):
            return ()
        try:
            progress, held = self._claim(progress, held, now)
        except PreconditionFailed:
            return ()  # another worker looks at this moment
        return self._read(source, progress, held, now)

    def advance(self, event: AnyEvent) -> Iterable[AnyEvent]:
        """Let a look count: its events are safe."""
        assert isinstance(event, SourceRead)
        name, _, token = event.subject.partition("|")
        doc = self.documents.get(OPS, PROGRESS_PK, source_id(name))
        if doc is None:
            return ()
        progress = parse(SourceProgress, doc)
        if progress.staged is None or progress.staged.token != token:
            return ()
        self._count_backfill(progress.staged)
        try:
            self.documents.put(OPS, dump(_advanced(progress)), if_etag=doc["_etag"])
        except PreconditionFailed:
            return self.advance(event)
        return ()

    # -- one look

    def _read(self, source: Source, progress: SourceProgress, held: Doc, now: datetime) -> Iterable[AnyEvent]:
        token = uuid.uuid4().hex
        look = _Look(now, Staged(token=token, until=now, cursor=progress.cursor))
        fault: SourceFault | None = None
        try:
            port = self._port(source)
            if progress.version is None or progress.condition != "ok":
                progress = progress.model_copy(update={"version": port.check()})
            self._poll(source, port, progress, look)
            self._past(source, port, progress, look)
        except SourceFault as error:
            fault = error
            self._open.pop(source.source, None)
        return self._settle(progress, held, look, fault)

    def _poll(self, source: Source, port: SourcePort, progress: SourceProgress, look: _Look) -> None:
        ends = self.needs.clock() + self.step_s
        keeper = Keeper(self.documents, progress.advanced_until)
        for number, found in enumerate(port.poll(progress.cursor, look.until), 1):
            keeper.keep_pipelines(found.pipelines)
            look.events += keeper.keep(found.documents)
            self._submit(source, port, found.tables, look)
            look.bad += found.bad
            look.moved = look.moved or found.cursor != progress.cursor
            runs = look.staged.runs + len(found.documents)
            look.staged = look.staged.model_copy(
                update={"cursor": found.cursor, "complete": found.complete, "runs": runs}
            )
            if number >= MOST_PAGES or self.needs.clock() > ends:
                return

    def _past(self, source: Source, port: SourcePort, progress: SourceProgress, look: _Look) -> None:
        """Read the newest day that is left of the oldest backfill; polling goes first."""
        asked = self._backfill(source) if look.staged.complete else None
        if asked is None:
            return
        since = max(asked.since, asked.reached - _DAY)
        day = port.backfill(since, asked.reached)
        look.events += Keeper(self.documents, progress.advanced_until).keep(day.documents)
        self._submit(source, port, day.tables, look)
        look.bad += day.bad
        runs = look.staged.runs + len(day.documents)
        look.staged = look.staged.model_copy(update={"backfill": asked.id, "reached": since, "runs": runs})
        look.moved = True

    def _submit(self, source: Source, port: SourcePort, tables: Iterable[object], look: _Look) -> None:
        made = Tables(self.documents, self.objects, look.until)
        for one in made.submit(source, port, tables):  # type: ignore[arg-type]  # logged tables
            if isinstance(one, SourceFault):
                look.bad.append(str(one))
            else:
                look.events.append(one)

    def _settle(
        self, progress: SourceProgress, held: Doc, look: _Look, fault: SourceFault | None
    ) -> Iterable[AnyEvent]:
        """Note how the look went; what it found counts at once when there is nothing to lose."""
        for line in look.bad[:20]:
            _LOG.warning("source.bad_item", source=progress.source, reason=line)
        noted = _noted(progress, look, fault)
        SOURCE_LOOKS_TOTAL.labels(progress.source, "ok" if fault is None else fault.condition).inc()
        if fault is not None:
            _LOG.warning("source.fault", source=progress.source, condition=fault.condition, error=str(fault))
        safe = not look.events
        noted = noted.model_copy(update={"staged": look.staged})
        if safe:
            self._count_backfill(look.staged)
            noted = _advanced(noted)
        try:
            self.documents.put(OPS, dump(noted), if_etag=held["_etag"])
        except PreconditionFailed:
            return ()  # another look took over: what was stored here is said by it
        if safe:
            return ()
        subject = f"{progress.source}|{look.staged.token}"
        read = SourceRead(model=f"@{progress.source}", subject=subject, occurred_at=look.until)
        return [*look.events, read]

    # -- documents

    def _is_due(self, source: Source, progress: SourceProgress, now: datetime) -> bool:
        if progress.staged is not None and (now - progress.staged.until).total_seconds() < STAGED_S:
            return False
        last = progress.last_attempt
        if last is None or source.updated_at > last:
            return True
        if progress.retry_at is not None:
            return now >= progress.retry_at
        more = progress.complete_until is None or progress.complete_until < last or self._backfill(source) is not None
        return more or now - last >= timedelta(seconds=source.poll_seconds)

    def _progress(self, source: Source) -> tuple[SourceProgress, Doc | None]:
        doc = self.documents.get(OPS, PROGRESS_PK, source.id)
        if doc is None:
            return SourceProgress(id=source.id, pk=PROGRESS_PK, source=source.source), None
        return parse(SourceProgress, doc), doc

    def _claim(self, progress: SourceProgress, held: Doc | None, now: datetime) -> tuple[SourceProgress, Doc]:
        """Say that a look begins; raises ``PreconditionFailed`` when another one did."""
        claimed = progress.model_copy(update={"last_attempt": now, "staged": None})
        if held is None:
            stored = self.documents.put(OPS, dump(claimed))
        else:
            stored = self.documents.put(OPS, dump(claimed), if_etag=held["_etag"])
        return claimed, stored

    def _port(self, source: Source) -> SourcePort:
        known = self._open.get(source.source)
        if known is None or known[0] != source:
            known = (source, self.kinds[source.settings.kind].open(source, self.needs))
            self._open[source.source] = known
        return known[1]

    def port(self, name: str) -> SourcePort:
        """Return a source by name, for those who ask it about a model; raises ``SourceFault``."""
        doc = self.documents.get(OPS, SOURCES_PK, source_id(name))
        if doc is None:
            raise SourceFault("configuration", f"there is no source {name!r}", "POST /api/v1/sources adds one")
        return self._port(parse(Source, doc))

    def _backfill(self, source: Source) -> Backfill | None:
        """Return the oldest backfill that is not done."""
        where = [("id", "prefix", f"{source.id}~")]
        docs = self.documents.query(OPS, BACKFILLS_PK, where, limit=100).docs
        waiting = [parse(Backfill, doc) for doc in docs if doc["state"] in ("waiting", "running")]
        return min(waiting, key=lambda one: (one.created_at, one.id), default=None)

    def _count_backfill(self, staged: Staged) -> None:
        if staged.backfill is None or staged.reached is None:
            return
        doc = self.documents.get(OPS, BACKFILLS_PK, staged.backfill)
        if doc is None or doc["state"] not in ("waiting", "running"):
            return
        asked = parse(Backfill, doc)
        if staged.reached >= asked.reached:
            return  # counted before
        done = staged.reached <= asked.since
        days = -(-(asked.until - staged.reached) // _DAY)
        update = {
            "reached": staged.reached,
            "days_done": min(asked.days, days),
            "runs": asked.runs + staged.runs,
            "state": "done" if done else "running",
            "completed_at": staged.until if done else None,
        }
        self.documents.put(OPS, dump(asked.model_copy(update=update)), if_etag=doc["_etag"])


def _noted(progress: SourceProgress, look: _Look, fault: SourceFault | None) -> SourceProgress:
    """Return how a source is after a look; pure."""
    bad = progress.bad_items + len(look.bad)
    if fault is None:
        said = {"condition": "ok", "last_success": look.until, "retry_at": None, "failures": 0}
        hint = look.bad[-1][:2000] if look.bad else None
        fix = "these items are skipped; see the collector's log" if look.bad else None
        return progress.model_copy(update={**said, "error": hint, "fix": fix, "bad_items": bad})
    failures = progress.failures + 1
    pause = fault.retry_s or min(_BACKOFF_S[0] * 2.0 ** min(failures, 6), _BACKOFF_S[1])
    return progress.model_copy(
        update={
            "condition": fault.condition,
            "error": str(fault)[:2000],
            "fix": fault.fix or None,
            "failures": failures,
            "retry_at": look.until + timedelta(seconds=pause),
            "bad_items": bad,
        }
    )


def _advanced(progress: SourceProgress) -> SourceProgress:
    """Return progress with the staged look counted; pure."""
    staged = progress.staged
    assert staged is not None
    complete = staged.until if staged.complete else progress.complete_until
    return progress.model_copy(
        update={
            "staged": None,
            "cursor": staged.cursor,
            "complete_until": complete,
            "advanced_until": staged.until,
            "runs": progress.runs + staged.runs,
        }
    )
