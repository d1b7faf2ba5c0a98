"""Handlers that tell people: one piece of work per channel, so that one that is away delays no other."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import perf_counter

from bellwether.contracts import (
    INCIDENTS,
    AnyEvent,
    Attempt,
    Channel,
    Delivery,
    DeliveryDue,
    FleetEntry,
    Incident,
    IncidentChanged,
    Model,
    Rule,
    TimelineEntry,
    fact_id,
)
from bellwether.drift.notify import CHANNELS, Failed, Message, Outgoing
from bellwether.drift.notify.hearing import hears, is_escalated, second_owners
from bellwether.drift.notify.messages import TOLD, digest, of_incident, of_test
from bellwether.errors import NotReady, Unavailable
from bellwether.settings import Notify
from bellwether.storage import causes
from bellwether.storage.collections import ALERTS, MODELS, OPS, VIEWS
from bellwether.storage.documents import dump, parse
from bellwether.storage.port import DocumentStore
from bellwether.telemetry.logging import logger

DIGEST_HOUR = 6
"""Hour of the day, in UTC, from which digests of the day before are sent."""
CAUSE_WAITS = timedelta(seconds=20)
"""How long a message waits for the graph to know the batch, so that it can name the likely cause."""
_NOBODY = "digest"
_LOG = logger(__name__)
_SEND = {one.kind: one.send for one in CHANNELS}


@dataclass(frozen=True, slots=True)
class Notifying:
    """Handlers with what they need."""

    documents: DocumentStore
    settings: Notify
    now: Callable[[], datetime]

    def notify(self, event: AnyEvent) -> Iterable[AnyEvent]:
        """Say who is to be told of an entry in an incident's timeline."""
        assert isinstance(event, IncidentChanged)
        found = self._entry(event.model, event.subject)
        if found is None:
            return
        incident, entry = found
        if entry.change not in TOLD or self._muted(incident, entry):
            return
        for channel in self._told(incident, entry):
            yield DeliveryDue(model=event.model, subject=f"{event.subject}|{channel.id}", occurred_at=self.now())

    def deliver(self, event: AnyEvent) -> Iterable[AnyEvent]:
        """Send one message to one channel, at least once; what fails is tried again with growing pauses, then given up.

        The delivery's id follows from what it is about: a repeat of this step, or of a try that ended unknown, carries
        the same one, and one that was delivered is not sent again.
        """
        assert isinstance(event, DeliveryDue)
        what, _, id = event.subject.rpartition("|")
        doc = self.documents.get(OPS, "channels", id)
        channel = None if doc is None else parse(Channel, doc)
        if channel is None or not channel.enabled:
            return ()
        made = self._message(event, what, channel)
        if made is None:
            return ()
        time, message = made
        stored = self.documents.get(ALERTS, f"deliveries|{channel.id}", message.delivery)
        delivery = _new(channel, message, time) if stored is None else parse(Delivery, stored)
        if delivery.state == "waiting":
            self._try(channel, message, delivery)
        return ()

    def due(self) -> Iterator[AnyEvent]:
        """Yield the digests whose time has come; run by the clock, and may run twice."""
        now = self.now().astimezone(UTC)
        if now.hour < DIGEST_HOUR:
            return
        for channel in self._all_channels():
            if channel.digest == "daily" or (channel.digest == "weekly" and now.weekday() == 0):
                subject = f"digest~{channel.digest}~{now:%Y-%m-%d}"
                id = _delivery_id(_day(subject), subject, channel)
                if self.documents.get(ALERTS, f"deliveries|{channel.id}", id) is None:
                    yield DeliveryDue(model=_NOBODY, subject=f"{subject}|{channel.id}", occurred_at=now)

    def _try(self, channel: Channel, message: Message, delivery: Delivery) -> None:
        begin, at, error = perf_counter(), self.now(), None
        try:
            _SEND[channel.kind](channel, message, Outgoing(self.settings, self.now))
        except Failed as failure:
            error = str(failure)
        attempt = Attempt(at=at, seconds=round(perf_counter() - begin, 3), error=error)
        attempts = (*delivery.attempts, attempt)
        over = len(attempts) >= self.settings.tries
        state = "delivered" if error is None else "failed" if over else "waiting"
        done = {"state": state, "attempts": attempts, "delivered_at": at if error is None else None}
        self.documents.put(ALERTS, dump(delivery.model_copy(update=done)))
        _LOG.info("delivery", channel=channel.id, kind=channel.kind, state=state, tries=len(attempts), error=error)
        if state == "waiting":
            raise Unavailable(f"delivery {delivery.id!r} failed {len(attempts)} times: {error}")

    def _message(self, event: DeliveryDue, what: str, channel: Channel) -> tuple[datetime, Message] | None:
        """Return the time a message is of, and what it says; None when there is nothing to say."""
        if what.startswith("test~"):
            delivery = what.removeprefix("test~")
            return event.occurred_at, of_test(channel.name, delivery, self._link(""))
        if what.startswith("digest~"):
            return self._digest(what, channel)
        found = self._entry(event.model, what)
        if found is None:
            return None
        incident, entry = found
        if self.now() - entry.at < CAUSE_WAITS and not causes.is_known(self.documents, incident):
            raise NotReady(f"the graph does not know yet what incident {incident.id!r} is about")
        doc = self.documents.get(VIEWS, "fleet", incident.model)
        series = () if doc is None else parse(FleetEntry, doc).spark
        id = _delivery_id(entry.at, what, channel)
        named = causes.of_incident(self.documents, incident, causes.actions_of(self.documents, incident.id))
        link = self._link(f"incidents/{incident.id}")
        return entry.at, of_incident(incident, entry, id, link, series, next(iter(named), None))

    def _digest(self, what: str, channel: Channel) -> tuple[datetime, Message] | None:
        time = _day(what)
        weekly = "~weekly~" in what
        since = time - timedelta(days=7 if weekly else 1)
        id = _delivery_id(time, what, channel)
        entries = [parse(FleetEntry, doc) for doc in self._all("fleet") if hears(channel, str(doc["model"]))]
        incidents = [parse(Incident, doc) for doc in self._all(INCIDENTS) if hears(channel, str(doc["model"]))]
        message = digest(entries, incidents, since, id, self._link(""), weekly=weekly)
        if message is None:
            silent = Delivery(
                id=id, pk=f"deliveries|{channel.id}", channel=channel.id, kind=channel.kind, model=None,
                change="digest", title="Nothing changed", state="silent", created_at=time,
            )  # fmt: skip
            self.documents.put(ALERTS, dump(silent))
            return None
        return time, message

    def _entry(self, model: str, subject: str) -> tuple[Incident, TimelineEntry] | None:
        id, _, number = subject.partition("|")
        doc = self.documents.get(ALERTS, model, id)
        if doc is None:
            return None  # the model was deleted
        incident = parse(Incident, doc)
        return (incident, incident.timeline[int(number)]) if int(number) < len(incident.timeline) else None

    def _muted(self, incident: Incident, entry: TimelineEntry) -> bool:
        """Say whether an expected change covered the incident when it happened: quiet, except for the end of it."""
        states = {"muted": True, "rearmed": False, "opened": False, "reopened": False}
        number = incident.timeline.index(entry)
        # Opened into an expected change: both entries are of one look.
        same = [one for one in incident.timeline if one.trigger == entry.trigger]
        if entry.change in ("opened", "joined", "reopened") and any(one.change == "muted" for one in same):
            return True
        before = [states[one.change] for one in incident.timeline[:number] if one.change in states]
        return bool(before and before[-1]) and entry.change in ("joined", "reminder")

    def _told(self, incident: Incident, entry: TimelineEntry) -> list[Channel]:
        """Return the channels that hear of an entry: an escalation is for the second owner alone."""
        told = [] if entry.change == "escalated" else self._channels(incident)
        doc = self.documents.get(MODELS, incident.model, "model")
        if doc is not None and is_escalated(incident, entry):
            told += second_owners(self._all_channels(), parse(Model, doc))
        return told

    def _channels(self, incident: Incident) -> list[Channel]:
        """Return the channels that hear of everything about an incident's model, where its rules name no others."""
        docs = self.documents.query(OPS, "rules", limit=500).docs
        rules = [parse(Rule, doc) for doc in docs]
        named: list[tuple[str, ...]] = []
        for alert in incident.alerts:
            layers = [one for one in rules if one.rule == alert.rule and one.model in (None, incident.model)]
            layers.sort(key=lambda one: one.model is not None)
            channels = [one.channels for one in layers if one.channels is not None]
            named += channels[-1:]
        allowed = set[str]().union(*named) if named else None
        return [
            one
            for one in self._all_channels()
            if one.hears == "everything" and hears(one, incident.model) and (allowed is None or one.id in allowed)
        ]

    def _all_channels(self) -> list[Channel]:
        docs = self.documents.query(OPS, "channels", limit=500).docs
        return [one for one in (parse(Channel, doc) for doc in docs) if one.enabled]

    def _all(self, pk: str) -> Iterator[dict[str, object]]:
        after = None
        while True:
            page = self.documents.query(VIEWS, pk, desc=True, limit=500, after=after)
            yield from page.docs
            if (after := page.cursor) is None:
                return

    def _link(self, path: str) -> str | None:
        url = self.settings.public_url
        return None if url is None else f"{url.rstrip('/')}/{path}"


def _new(channel: Channel, message: Message, time: datetime) -> Delivery:
    return Delivery(
        id=message.delivery,
        pk=f"deliveries|{channel.id}",
        channel=channel.id,
        kind=channel.kind,
        model=message.model,
        incident=message.incident,
        change=message.change,
        title=message.title,
        state="waiting",
        created_at=time,
    )


def _delivery_id(time: datetime, what: str, channel: Channel) -> str:
    return fact_id(time, "delivery", what, channel.id)


def _day(digest_subject: str) -> datetime:
    date = datetime.fromisoformat(digest_subject.rpartition("~")[2])
    return date.replace(hour=DIGEST_HOUR, tzinfo=UTC)
