"""What is told, and what a channel is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bellwether.contracts import Channel, ChannelKind, Status
from bellwether.settings import Notify


class Failed(Exception):
    """A message could not be delivered; the words say why, and never hold the address or a secret."""


@dataclass(frozen=True, slots=True)
class Message:
    """What every channel tells: what, since when, impact, likely cause, next step, one link.

    ``delivery`` stays the same over repeats, so that a receiver can tell them. ``facts`` are label and text;
    ``series`` the last scores of the model, to draw a small picture of.
    """

    delivery: str
    change: str
    title: str
    sentence: str
    status: Status
    model: str | None
    incident: str | None
    facts: tuple[tuple[str, str], ...] = ()
    keys: tuple[str, ...] = ()
    link: str | None = None
    series: tuple[float | None, ...] = ()
    sections: tuple[tuple[str, str], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Outgoing:
    """How this process may reach others, and its clock."""

    settings: Notify
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class ChannelAdapter:
    """One kind of channel. ``send`` returns once the receiver took the message, and raises ``Failed`` else."""

    kind: ChannelKind
    title: str
    send: Callable[[Channel, Message, Outgoing], None]


MARKS: dict[Status, str] = {"act": "▲ Act", "watch": "◆ Watch", "fine": "● Fine", "unknown": "○ Unknown"}
"""Status as shape and word: colour alone says nothing to some readers, and nothing in plain text."""


def bars(series: tuple[float | None, ...]) -> str:
    """Return numbers as a row of bars in text; what is not known is a dot."""
    known = [value for value in series if value is not None]
    if not known:
        return ""
    top = max(known) or 1.0
    return "".join("·" if one is None else "▁▂▃▄▅▆▇█"[min(7, int(8 * max(0.0, one) / top))] for one in series)
