"""What is said about an incident, a test, a day or a week; pure."""

from collections.abc import Sequence
from datetime import datetime

from bellwether.contracts import SEVERITY, FleetEntry, Incident, Status, TimelineEntry
from bellwether.drift.notify.base import MARKS, Message
from bellwether.graph.causes import Cause
from bellwether.kpi.words import amount, day, percent

_VERB = {
    "opened": "",
    "joined": "More findings: ",
    "reopened": "Back again: ",
    "resolved": "Over: ",
    "rearmed": "Expected no longer: ",
    "reminder": "Still open: ",
    "escalated": "Nobody looked at it: ",
}
TOLD = frozenset(_VERB)
"""Entries of a timeline that are told; the others are for those who look."""
_SHOWN = 10


def of_incident(
    incident: Incident,
    entry: TimelineEntry,
    delivery: str,
    link: str | None,
    series: tuple[float | None, ...] = (),
    cause: Cause | None = None,
) -> Message:
    """Return what is said about one entry of an incident's timeline; ``cause`` is the likeliest one."""
    over = entry.change == "resolved"
    facts = [("Model", incident.model), ("Since", f"{day(incident.since)} {incident.since:%H:%M} UTC")]
    if (impact := _impact(incident)) is not None:
        facts.append(("Impact", impact))
    if cause is not None:
        facts.append(("Likely cause", f"{cause.sentence} ({cause.strength} evidence)"))
    if not over:
        facts.append(("Next step", incident.next_step))
    status: Status = "fine" if over else incident.status
    return Message(
        delivery=delivery,
        change=entry.change,
        title=f"{_VERB.get(entry.change, '')}{incident.model}: {incident.title}",
        sentence=entry.text if over or entry.change in ("reminder", "escalated") else incident.sentence,
        status=status,
        model=incident.model,
        incident=incident.id,
        facts=tuple(facts),
        keys=tuple(alert.key for alert in incident.alerts),
        link=link,
        series=series,
    )


def of_test(name: str, delivery: str, link: str | None) -> Message:
    """Return a message that shows that a channel works."""
    return Message(
        delivery=delivery,
        change="test",
        title=f"Test of the channel {name}",
        sentence="This channel works: incidents will be told here.",
        status="fine",
        model=None,
        incident=None,
        link=link,
    )


def digest(
    entries: Sequence[FleetEntry],
    incidents: Sequence[Incident],
    since: datetime,
    delivery: str,
    link: str | None,
    *,
    weekly: bool,
) -> Message | None:
    """Return the summary of a day or a week; None when nothing changed, but a week that is all fine is told."""
    new = [one for one in incidents if (one.reopened_at or one.opened_at) >= since]
    over = [one for one in incidents if one.resolved_at is not None and one.resolved_at >= since]
    still = [one for one in incidents if one.state == "open" and one not in new]
    if not (new or over) and not (weekly and entries):
        return None
    worst: Status = max((one.status for one in entries), key=SEVERITY.__getitem__, default="unknown")
    calm = not new and not still
    counts = {status: sum(one.status == status for one in entries) for status in SEVERITY}
    facts = tuple((MARKS[status], str(count)) for status, count in counts.items() if count)
    sections = [("New", new), ("Over", over), ("Still open", still)]
    period = "week" if weekly else "day"
    return Message(
        delivery=delivery,
        change="digest",
        title=f"The {period} in {len(entries)} {'model' if len(entries) == 1 else 'models'}",
        sentence="All fine." if calm and worst == "fine" else _sentence(new, over, still),
        status=worst,
        model=None,
        incident=None,
        facts=facts,
        link=link,
        sections=tuple((title, _lines(some)) for title, some in sections if some),
    )


def _sentence(new: Sequence[Incident], over: Sequence[Incident], still: Sequence[Incident]) -> str:
    return f"{len(new)} new, {len(over)} over, {len(still)} still open."


def _lines(incidents: Sequence[Incident]) -> str:
    lines = [f"{one.model}: {one.title}, since {day(one.since)}" for one in incidents[:_SHOWN]]
    if len(incidents) > _SHOWN:
        lines.append(f"and {len(incidents) - _SHOWN} more")
    return "\n".join(lines)


def _impact(incident: Incident) -> str | None:
    impact, parts = incident.impact, []
    if impact.money is not None and impact.currency is not None:
        parts.append(f"about {amount(impact.money, impact.currency)}")
    if impact.share:
        parts.append(f"{percent(impact.share)} of what drives the decisions")
    if impact.batches:
        parts.append(f"{impact.batches} {'batch' if impact.batches == 1 else 'batches'} of {impact.rows:,} rows")
    return ", ".join(parts) or None
