"""From what rules see to incidents: opened, joined, told once, muted, reminded of, closed, reopened; pure."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bellwether.contracts import (
    ESCALATION_H,
    REMINDER_H,
    REOPENED_WITHIN_H,
    RULES,
    Alert,
    Batch,
    Change,
    Impact,
    Incident,
    IncidentAction,
    Kpi,
    Mute,
    Rule,
    RuleInfo,
    TimelineEntry,
    current_actions,
    fact_id,
    fact_time,
    state_of,
)
from bellwether.drift.alerts.base import Seen, Series, bad_run, clear, told
from bellwether.drift.alerts.impact import impact_of, touched, worse
from bellwether.drift.alerts.rules import ALERT_RULES
from bellwether.drift.alerts.words import INFO, called, foremost, named
from bellwether.kpi.words import listed, span

_FRESH = timedelta(hours=REOPENED_WITHIN_H)
_REMINDER = timedelta(hours=REMINDER_H)
_DAY = timedelta(days=1)
_USUAL_TIER = 2


@dataclass(frozen=True, slots=True)
class Decisions:
    """What people decided: about incidents, by id; rules, general ones first; expected changes."""

    actions: Mapping[str, tuple[IncidentAction, ...]] = field(default_factory=dict)
    rules: Sequence[Rule] = ()
    mutes: Sequence[Mute] = ()
    second: Sequence[str] = ()
    """Names of the channels that hear what nobody acknowledged."""

    def of(self, incident: Incident) -> tuple[IncidentAction, ...]:
        """Return what was decided about one incident."""
        return self.actions.get(incident.id, ())


@dataclass(frozen=True, slots=True)
class _Signal:
    """One subject as one rule sees it, with the rule as it is in force."""

    info: RuleInfo
    subject: str | None
    series: Series


def advance(
    seen: Seen,
    incidents: Sequence[Incident],
    decisions: Decisions,
    kpis: Sequence[Kpi] = (),
    *,
    trigger: str,
) -> list[Incident]:
    """Return the incidents that are new or changed, from those known so far and what is seen now.

    ``trigger`` names the step, so that a repeat of it can tell what it did already. What began and ended between two
    looks is no incident.
    """
    model, now = seen.facts.model.name, seen.facts.now
    apart = seen.facts.interval or _DAY
    patience = timedelta(hours=ESCALATION_H[seen.facts.model.tier or _USUAL_TIER])
    book = _Book(
        model, now, trigger, decisions, seen.facts.batches, apart, patience, {one.id: one for one in incidents}
    )
    for incident in incidents:
        book.heed_people(incident)
    for signal in _signals(seen, decisions.rules):
        book.heed(signal)
    book.settle(impact_of(kpis))
    before = {one.id: one for one in incidents}
    return [one for one in book.incidents.values() if one != before.get(one.id)]


def in_force(rules: Sequence[Rule]) -> dict[str, RuleInfo]:
    """Return the rules that are on, with what people changed about them; later layers win."""
    found: dict[str, RuleInfo] = {}
    for info in RULES:
        enabled, opens, closes = True, info.opens_after, info.closes_after
        for rule in rules:
            if rule.rule == info.rule:
                enabled = enabled if rule.enabled is None else rule.enabled
                opens, closes = rule.opens_after or opens, rule.closes_after or closes
        if enabled:
            found[info.rule] = info.model_copy(update={"opens_after": opens, "closes_after": closes})
    return found


def muted_until(alert: Alert, mutes: Sequence[Mute], now: datetime) -> datetime | None:
    """Return when the expected changes end that cover an alert."""
    ends = [one.end for one in mutes if one.start <= now < one.end and _covers(one, alert)]
    return max(ends, default=None)


def alert_key(rule: str, model: str, version: str | None, subject: str | None, since: datetime) -> str:
    """Return what receivers tell repeats of one finding by: 16 hex digits."""
    parts = (rule, model, version or "", subject or "", since.isoformat())
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


@dataclass(slots=True)
class _Book:
    """The incidents of one model while they are looked through; findings less than ``apart`` apart began together.

    What nobody acknowledged for longer than ``patience`` goes to the second owner.
    """

    model: str
    now: datetime
    trigger: str
    decisions: Decisions
    batches: Sequence[Batch]
    apart: timedelta
    patience: timedelta
    incidents: dict[str, Incident]

    def heed_people(self, incident: Incident) -> None:
        """Close or reopen what a person closed or reopened."""
        actions = current_actions(incident, self.decisions.of(incident))
        last = next((one for one in reversed(actions) if one.action in ("resolve", "noise", "reopen")), None)
        if last is None:
            return
        if last.action == "reopen" and incident.state == "resolved" and last.at >= (incident.resolved_at or last.at):
            self._put(
                incident, "reopened", "Reopened.", last.actor, state="open", reopened_at=last.at, resolved_at=None
            )
        elif last.action != "reopen" and incident.state != "resolved":
            text = "Called noise." if last.action == "noise" else "Resolved by hand."
            self._close(incident, text, last.at, last.actor)

    def heed(self, signal: _Signal) -> None:
        """Open, renew or clear the alert of one subject."""
        family = signal.info.family
        mine = [one for one in self.incidents.values() if any(alert.family == family for alert in one.alerts)]
        newest = max(mine, key=_begin, default=None)
        by_hand = newest is not None and newest.state == "resolved" and newest.resolved_by != _ITSELF
        series = told(signal.series, newest.resolved_at if newest is not None and by_hand else None)
        run = bad_run(series)
        live = newest if newest is not None and newest.state != "resolved" else None
        alert = None if live is None else _active(live, signal)
        if live is not None and alert is not None:
            self._renew(live, alert, signal, series)
        elif len(run) >= signal.info.opens_after:
            found = _alert(self.model, signal, run)
            self._raise(found, live or self._beside(found), newest, signal.info)

    def _beside(self, alert: Alert) -> Incident | None:
        """Return what another family tells of since the same batch or run: one cause, one incident."""
        live = [one for one in self.incidents.values() if one.state != "resolved"]
        near = [one for one in live if abs(one.since - alert.since) < self.apart]
        return min(near, key=lambda one: (abs(one.since - alert.since), one.id), default=None)

    def settle(self, impact: Impact) -> None:
        """Close what is over, mute and wake what expected changes cover, remind of what nobody looked at."""
        for incident in list(self.incidents.values()):
            if incident.state == "resolved":
                continue
            active = [one for one in incident.alerts if one.cleared_at is None]
            if not active:
                self._close(incident, "Everything is fine again.", self.now)
                continue
            self._mute(incident, active)
            self._remind(self.incidents[incident.id])
            self._escalate(self.incidents[incident.id])
            self._describe(self.incidents[incident.id], active, impact)

    def _renew(self, incident: Incident, alert: Alert, signal: _Signal, series: Series) -> None:
        run = bad_run(series)
        changes: dict[str, object] = {}
        known = sum(one.seen_at > alert.last_at for one in series if one.status == "act")
        new = run and (run[-1].batch, run[-1].sentence) != (alert.last_batch, alert.sentence)
        if new and run[-1].seen_at >= alert.last_at:
            last = run[-1]
            changes = {
                "last_at": last.seen_at, "last_batch": last.batch, "batches": alert.batches + known,
                "sentence": last.sentence, "past": last.past, "value": last.value,
                "features": last.features or alert.features,
            }  # fmt: skip
        elif clear(series, signal.info.closes_after) and series[-1].seen_at >= alert.last_at:
            words = alert.past or alert.sentence
            changes = {
                "cleared_at": self.now, "status": "fine", "until": _fine_since(series), "sentence": words,
                "batches": alert.batches + known,
            }  # fmt: skip
        if not changes:
            return
        renewed = alert.model_copy(update=changes)
        alerts = tuple(renewed if one.key == alert.key else one for one in incident.alerts)
        if "cleared_at" in changes:
            self._put(incident, "cleared", f"Fine again: {named(renewed)}.", alerts=alerts)
        else:
            self._change(incident, alerts=alerts)

    def _raise(self, alert: Alert, live: Incident | None, newest: Incident | None, info: RuleInfo) -> None:
        if live is not None:
            self._put(live, "joined", f"Joined: {alert.sentence}", alerts=(*live.alerts, alert))
        elif newest is not None and self._goes_on(newest, alert):
            self._put(
                newest, "reopened", f"Reopened: {alert.sentence}", alerts=(*newest.alerts, alert), state="open",
                status="act", reopened_at=self.now, resolved_at=None, resolved_by=None, reminded_at=None,
                escalated_at=None,
            )  # fmt: skip
        else:
            made = self._opened(alert, info)
            self.incidents[made.id] = made

    def _goes_on(self, incident: Incident, alert: Alert) -> bool:
        """Say whether an incident is over too short to be another one: by the clock, and by the time of its data."""
        if incident.resolved_at is None or self.now - incident.resolved_at > _FRESH:
            return False
        return alert.since - max(_last_bad(one) for one in incident.alerts) <= _FRESH + self.apart

    def _opened(self, alert: Alert, info: RuleInfo) -> Incident:
        group = f"{self.model}|{info.family}"
        entry = TimelineEntry(at=self.now, change="opened", text=alert.sentence, trigger=self.trigger)
        return Incident(
            id=fact_id(alert.since, "incident", self.model, group, alert.key),
            pk=self.model,
            model=self.model,
            group=group,
            family=info.family,
            state="open",
            status="act",
            title=info.title,
            sentence=alert.sentence,
            since=alert.since,
            seen_at=alert.seen_at,
            opened_at=self.now,
            alerts=(alert,),
            next_step=info.next_step,
            timeline=(entry,),
            updated_at=self.now,
            trigger=self.trigger,
        )

    def _mute(self, incident: Incident, active: Sequence[Alert]) -> None:
        ends = [muted_until(alert, self.decisions.mutes, self.now) for alert in active]
        end = None if None in ends else min(one for one in ends if one is not None)
        if end is not None and incident.state != "expected":
            text = f"Quiet until {end:%d %b %Y}: the change is expected."
            self._put(incident, "muted", text, state="expected", muted_until=end)
        elif end is not None and incident.muted_until != end:
            self._change(incident, muted_until=end)
        elif end is None and incident.state == "expected":
            self._put(incident, "rearmed", "The expected change ended, and it is still there.", state="open",
                      muted_until=None, reminded_at=None)  # fmt: skip

    def _remind(self, incident: Incident) -> None:
        actions = self.decisions.of(incident)
        last = max(filter(None, (incident.reminded_at, incident.reopened_at, incident.opened_at)))
        if state_of(incident, actions, self.now) == "open" and self.now - last >= _REMINDER:
            age = span(self.now - (incident.reopened_at or incident.opened_at))
            self._put(incident, "reminder", f"Open for {age}, and nobody looked at it.", reminded_at=self.now)

    def _escalate(self, incident: Incident) -> None:
        """Tell the second owner, once, of what nobody acknowledged for too long."""
        second, begin = self.decisions.second, _begin(incident)
        if not second or incident.escalated_at is not None or self.now - begin < self.patience:
            return
        if state_of(incident, self.decisions.of(incident), self.now) == "open":
            text = f"Open for {span(self.now - begin)}, and nobody looked at it: told to {listed(second)}."
            self._put(incident, "escalated", text, escalated_at=self.now)

    def _describe(self, incident: Incident, active: Sequence[Alert], impact: Impact) -> None:
        """Renew the words and numbers a reader sees first."""
        worst = foremost(active)
        title, sentence = called(active)
        since = min(one.since for one in incident.alerts)
        changes = {"title": title, "sentence": sentence, "status": worst.status, "since": since}
        more = {"family": worst.family, "next_step": INFO[worst.rule].next_step}
        self._change(incident, **changes, **more, impact=touched(worse(incident.impact, impact), self.batches, since))

    def _close(self, incident: Incident, text: str, at: datetime, actor: str | None = None) -> None:
        """Close by itself, or as a person did; from then on it is spoken of in the past."""
        title, sentence = called(incident.alerts, over=True)
        ends = [one.until for one in incident.alerts if one.until is not None]
        until = max(ends) if len(ends) == len(incident.alerts) else None
        since = min(one.since for one in incident.alerts)
        self._put(
            incident, "resolved", text, actor, state="resolved", resolved_at=at, resolved_by=actor or _ITSELF,
            title=title, sentence=sentence, status=incident.status if actor else "fine",
            impact=touched(incident.impact, self.batches, since, until),
        )  # fmt: skip

    def _put(self, incident: Incident, change: Change, text: str, actor: str | None = None, **more: object) -> None:
        entry = TimelineEntry(at=self.now, change=change, text=text, actor=actor, trigger=self.trigger)
        self._change(incident, timeline=(*incident.timeline, entry), **more)

    def _change(self, incident: Incident, **more: object) -> None:
        if any(getattr(incident, name) != value for name, value in more.items()):
            stamp = {"updated_at": self.now, "trigger": self.trigger}
            self.incidents[incident.id] = incident.model_copy(update={**more, **stamp})


_ITSELF = "itself"


def _signals(seen: Seen, rules: Sequence[Rule]) -> Iterator[_Signal]:
    on = in_force(rules)
    for rule in ALERT_RULES:
        if rule.rule in on:
            for subject, series in rule.look(seen).items():
                yield _Signal(on[rule.rule], subject, series)


def _alert(model: str, signal: _Signal, run: Series) -> Alert:
    first, last = run[0], run[-1]
    return Alert(
        key=alert_key(signal.info.rule, model, last.version, signal.subject, first.at),
        rule=signal.info.rule,
        family=signal.info.family,
        subject=signal.subject,
        features=last.features,
        version=last.version,
        status="act",
        since=first.at,
        seen_at=first.seen_at,
        first_batch=first.batch,
        last_batch=last.batch,
        last_at=last.seen_at,
        batches=len(run),
        value=last.value,
        threshold=last.threshold,
        sentence=last.sentence,
        past=last.past,
    )


def _active(incident: Incident, signal: _Signal) -> Alert | None:
    for one in incident.alerts:
        if one.rule == signal.info.rule and one.subject == signal.subject and one.cleared_at is None:
            return one
    return None


def _last_bad(alert: Alert) -> datetime:
    """Return the time of the last thing that was bad, by the clock of the data."""
    return alert.last_at if alert.last_batch is None else fact_time(alert.last_batch)


def _begin(incident: Incident) -> datetime:
    return incident.reopened_at or incident.opened_at


def _covers(mute: Mute, alert: Alert) -> bool:
    """Say whether an expected change covers an alert: its rule, and all features it is about."""
    if mute.kpis and not mute.rules and not mute.features:
        return False
    rule = not mute.rules or alert.rule in mute.rules
    about = set(alert.features) or ({alert.subject} if alert.subject else set())
    feature = not mute.features or (bool(about) and about <= set(mute.features))
    return rule and feature


def _fine_since(series: Series) -> datetime:
    """Return when the fine sightings began that end a series."""
    last = max((place for place, one in enumerate(series) if one.status != "fine"), default=-1)
    return series[last + 1].at
