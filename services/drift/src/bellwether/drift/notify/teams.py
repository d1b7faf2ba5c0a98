"""Teams: an Adaptive Card through the webhook of a workflow."""

import json

from bellwether.contracts import Channel
from bellwether.drift.notify.address import post
from bellwether.drift.notify.base import MARKS, ChannelAdapter, Failed, Message, Outgoing, bars

_COLOURS = {"act": "Attention", "watch": "Warning", "fine": "Good", "unknown": "Default"}


def send(channel: Channel, message: Message, out: Outgoing) -> None:
    """Post the message as a card."""
    if channel.url is None:
        raise Failed("the channel has no address")
    body = json.dumps(card(message), ensure_ascii=False).encode()
    post(channel.url, body, {"Content-Type": "application/json; charset=utf-8"}, out)


def card(message: Message) -> dict[str, object]:
    """Return the card of a message, in the envelope a workflow expects."""
    content: dict[str, object] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": list(_blocks(message)),
    }
    if message.link is not None:
        content["actions"] = [{"type": "Action.OpenUrl", "title": "Open in Bellwether", "url": message.link}]
    return {
        "type": "message",
        "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": content}],
    }


def _blocks(message: Message) -> list[dict[str, object]]:
    colour = _COLOURS[message.status]
    found: list[dict[str, object]] = [
        _text(message.title, size="Large", weight="Bolder"),
        _text(MARKS[message.status], color=colour, weight="Bolder", spacing="None"),
        _text(message.sentence),
    ]
    if message.facts:
        facts = [{"title": plain(name), "value": plain(text)} for name, text in message.facts]
        found.append({"type": "FactSet", "facts": facts})
    if picture := bars(message.series):
        found.append(_text(picture, fontType="Monospace"))
    for title, text in message.sections:
        found += [_text(title, weight="Bolder"), _text(text, spacing="None")]
    found.append(_text(f"Delivery {message.delivery}", isSubtle=True, size="Small"))
    return found


def _text(text: str, **more: object) -> dict[str, object]:
    return {"type": "TextBlock", "text": plain(text), "wrap": True, **more}


def plain(text: str) -> str:
    """Return text that the card's Markdown shows as it is."""
    for mark in "\\`*_[]()#":
        text = text.replace(mark, f"\\{mark}")
    return text


CHANNEL = ChannelAdapter("teams", "Microsoft Teams", send)
