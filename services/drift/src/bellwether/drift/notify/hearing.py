"""Which channels hear of what: the owner's of everything, the second owner's of what nobody acknowledged; pure."""

from collections.abc import Iterable

from bellwether.contracts import Channel, Incident, Model, TimelineEntry


def hears(channel: Channel, model: str) -> bool:
    """Say whether a channel hears of a model."""
    return channel.models is None or model in channel.models


def second_owners(channels: Iterable[Channel], model: Model) -> list[Channel]:
    """Return the channels to which an incident of a model goes when nobody acknowledges it."""
    return [
        one
        for one in channels
        if one.enabled
        and one.hears == "escalations"
        and hears(one, model.name)
        and (one.tiers is None or model.tier in one.tiers)
    ]


def is_escalated(incident: Incident, entry: TimelineEntry) -> bool:
    """Say whether an entry concerns the second owner, too: the escalation itself, and the end of what was escalated."""
    if entry.change == "escalated":
        return True
    return entry.change == "resolved" and incident.escalated_at is not None
