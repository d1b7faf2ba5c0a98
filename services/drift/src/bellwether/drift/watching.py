"""What the drift service does about alerts: looks at a model's facts anew, keeps incidents, says what changed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bellwether.contracts import (
    INCIDENTS,
    REMINDER_H,
    AnyEvent,
    Channel,
    CheckDue,
    DriftReport,
    Incident,
    IncidentActions,
    IncidentChanged,
    Kpi,
    KpiGauges,
    KpiSnapshot,
    KpiView,
    Model,
    Persona,
    Rule,
    fact_id,
)
from bellwether.drift.alerts import Decisions, Seen, advance
from bellwether.drift.notify.hearing import second_owners
from bellwether.errors import Conflict, PreconditionFailed, Unavailable
from bellwether.kpi import RELEVANCE, Facts, compute, top
from bellwether.kpi.base import arrived, end_of
from bellwether.kpi.gauges import gauges_of
from bellwether.kpi.reading import read_facts
from bellwether.storage.collections import ALERTS, MODELS, OPS, REPORTS, VIEWS
from bellwether.storage.documents import dump, parse
from bellwether.storage.port import Create, Doc, DocumentStore, Op, Replace

KPIS = "kpis"
DUE = "due"
"""Partition of ``alerts`` that says when a model wants a look though nothing happened: silence is a finding."""
ALL = "~all"
PERSONAS: tuple[Persona, ...] = ("business", "data_engineer", "data_scientist", "operator")
_TRIES = 20
_INCIDENTS = 60
_MOST_REPORTS = 20
_FEW_REPORTS = 3
_DAY = timedelta(days=1)
_AGAIN = timedelta(hours=1)
_SOON = timedelta(minutes=5)
_READ = timedelta(minutes=1)
"""Time in which sources are read of the runs behind a batch that just came."""


@dataclass(frozen=True, slots=True)
class Watching:
    """A handler with what it needs."""

    documents: DocumentStore
    now: Callable[[], datetime]

    def alert(self, event: AnyEvent) -> Iterable[AnyEvent]:
        """Renew a model's incidents and key figures; the same step again finds its work done and tells it again."""
        trigger = f"{event.type} {event.subject}"
        for _ in range(_TRIES):
            model = self._model(event.model)
            if model is None:
                return ()
            with suppress(Conflict, PreconditionFailed):  # somebody wrote since: look again
                return self._look(model, trigger)
        raise Unavailable(f"what is known of model {event.model!r} changed {_TRIES} times while it was looked at")

    def due(self) -> Iterator[AnyEvent]:
        """Yield a look at every model whose time has come; run by the clock, and may run twice."""
        now = self.now()
        for doc in self.documents.query(ALERTS, DUE, [("due", "le", int(now.timestamp()))], limit=500).docs:
            time = datetime.fromtimestamp(doc["due"], UTC)
            model = doc["id"]
            yield CheckDue(model=model, subject=fact_id(time, "check", model), occurred_at=now)

    def _look(self, model: Model, trigger: str) -> tuple[AnyEvent, ...]:
        now = self.now()
        view = self.documents.get(VIEWS, KPIS, model.name)
        facts, former = read_facts(self.documents, model, now)
        kpis, urgency = compute(facts, former)
        stored = self.documents.query(
            ALERTS, model.name, [("type", "eq", "incident")], desc=True, limit=_INCIDENTS
        ).docs
        known = {doc["id"]: (doc, parse(Incident, doc)) for doc in stored}
        decisions = self._decisions(facts, [one for _, one in known.values()])
        seen = Seen(facts, self._reports(facts, decisions.rules))
        changed = advance(seen, [one for _, one in known.values()], decisions, kpis, trigger=trigger)
        ops: list[Op] = [_op(one, known[one.id][0] if one.id in known else None) for one in changed]
        if ops:
            self.documents.commit(ALERTS, model.name, ops)
        mine = {one.id: one for _, one in known.values() if one.trigger == trigger} | {one.id: one for one in changed}
        for one in mine.values():
            self.documents.put(VIEWS, dump(one.model_copy(update={"pk": INCIDENTS})))
        self._gauge(gauges_of(facts, kpis))
        self._keep(model.name, kpis, urgency, now, view)
        everything = {one.id: one for _, one in known.values()} | mine
        self._set_due(facts, list(everything.values()))
        return tuple(_told(mine.values(), trigger, now))

    def _model(self, name: str) -> Model | None:
        doc = self.documents.get(MODELS, name, "model")
        return None if doc is None or doc.get("state") == "deleting" else parse(Model, doc)

    def _decisions(self, facts: Facts, incidents: Sequence[Incident]) -> Decisions:
        """Read what people decided, of the incidents that may still change."""
        recent = [one for one in incidents if one.resolved_at is None or facts.now - one.resolved_at <= 2 * _DAY]
        docs = (self.documents.get(OPS, INCIDENTS, one.id) for one in recent)
        actions = {said.id: said.actions for doc in docs if doc is not None for said in (parse(IncidentActions, doc),)}
        rules = self.documents.query(OPS, "rules", [("id", "prefix", f"{ALL}~")], limit=50).docs
        rules += self.documents.query(OPS, "rules", [("id", "prefix", f"{facts.model.name}~")], limit=50).docs
        second = self._second(facts.model) if any(one.resolved_at is None for one in incidents) else []
        return Decisions(actions, [parse(Rule, doc) for doc in rules], facts.mutes, second)

    def _second(self, model: Model) -> list[str]:
        """Read the names of the channels of the second owner; only an incident that goes on is escalated."""
        channels = [parse(Channel, doc) for doc in self.documents.query(OPS, "channels", limit=500).docs]
        return [one.name for one in second_owners(channels, model)]

    def _reports(self, facts: Facts, rules: Sequence[Rule]) -> list[DriftReport]:
        """Read as many of the newest reports as it takes to open and to close any alert."""
        asked = [n for rule in rules for n in (rule.opens_after, rule.closes_after) if n is not None]
        count = min(_MOST_REPORTS, max([_FEW_REPORTS, *asked]))
        found = []
        for point in facts.points[-count:]:
            if facts.report is not None and facts.report.batch == point.batch:
                found.append(facts.report)
            elif (doc := self.documents.get(REPORTS, point.pk, f"d~{point.batch}")) is not None:
                found.append(parse(DriftReport, doc))
        return found

    def _gauge(self, told: KpiGauges) -> None:
        """Store what gauges tell, if it changed; a read costs a tenth of a write."""
        before = self.documents.get(VIEWS, told.pk, told.id)
        if before is None or parse(KpiGauges, before) != told:
            self.documents.put(VIEWS, dump(told))

    def _keep(
        self, model: str, kpis: Sequence[Kpi], urgency: dict[str, float], now: datetime, before: Doc | None
    ) -> None:
        """Store the key figures for lists and gauges, and once a day for history."""
        view = KpiView(id=model, pk=KPIS, model=model, kpis=tuple(kpis), urgency=urgency, computed_at=now)
        if before is None:
            self.documents.put(VIEWS, dump(view), create=True)
        else:
            self.documents.put(VIEWS, dump(view), if_etag=before["_etag"])
        pk, today = f"{KPIS}|{model}", f"{now.astimezone(UTC):%Y-%m-%d}"
        if not kpis or self.documents.get(VIEWS, pk, today) is not None:
            return
        last = self.documents.query(VIEWS, pk, desc=True, limit=1).docs
        shown = parse(KpiSnapshot, last[0]).shown if last else {}
        snapshot = KpiSnapshot(
            id=today,
            pk=pk,
            model=model,
            values=tuple((one.id, one.status, one.severity, one.value) for one in kpis),
            shown={
                who: tuple(one.id for one in top(who, kpis, RELEVANCE, urgency=urgency, before=shown.get(who, ())))
                for who in PERSONAS
            },
            taken_at=now,
        )
        with suppress(Conflict):  # another step of the same day was first
            self.documents.put(VIEWS, dump(snapshot), create=True)

    def _set_due(self, facts: Facts, incidents: Sequence[Incident]) -> None:
        """Say when to look again: at a batch that does not come, a reminder, the end of a mute, a new day."""
        now = facts.now
        midnight = datetime.combine(now.astimezone(UTC).date() + _DAY, datetime.min.time(), UTC)
        times = [midnight, *_wakings(facts, incidents)]
        due = int(min(max(time, now + timedelta(seconds=1)) for time in times).timestamp()) + 1
        self.documents.put(ALERTS, {"id": facts.model.name, "pk": DUE, "type": "due", "due": due})


def _wakings(facts: Facts, incidents: Sequence[Incident]) -> Iterator[datetime]:
    now = facts.now
    if facts.newest is not None and facts.interval is not None:
        late = end_of(facts.newest) + 2 * facts.interval + facts.offset
        # Once silent, its length is told anew from time to time.
        yield late if late > now else now + max(_AGAIN, facts.interval / 4)
    delivered = facts.newest is not None and facts.newest.run is not None
    if facts.runs or delivered:  # of a run that fails nobody tells the models behind it
        # What sources say of the newest delivery is mostly read after it, at times of all that are looked at.
        if facts.newest is not None and (soon := arrived(facts.newest) + _READ) > now:
            yield soon
        every = (facts.interval or _DAY) / 48
        yield now + min(_AGAIN, max(_SOON, every))
    for one in incidents:
        if one.state == "open":
            last = max(filter(None, (one.reminded_at, one.reopened_at, one.opened_at)))
            yield max(last + timedelta(hours=REMINDER_H), now + _AGAIN)
        if one.state == "expected" and one.muted_until is not None:
            yield one.muted_until


def _op(incident: Incident, before: Doc | None) -> Op:
    return Create(dump(incident)) if before is None else Replace(dump(incident), before["_etag"])


def _told(incidents: Iterable[Incident], trigger: str, now: datetime) -> Iterator[AnyEvent]:
    """Yield an event for each entry of a timeline this step made, also when it is repeated."""
    for one in incidents:
        for number, entry in enumerate(one.timeline):
            if entry.trigger == trigger:
                yield IncidentChanged(model=one.model, subject=f"{one.id}|{number}", occurred_at=now)
