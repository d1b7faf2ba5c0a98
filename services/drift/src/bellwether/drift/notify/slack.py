"""Slack: Block Kit through an incoming webhook."""

import json

from bellwether.contracts import Channel
from bellwether.drift.notify.address import post
from bellwether.drift.notify.base import MARKS, ChannelAdapter, Failed, Message, Outgoing, bars

_TITLE, _TEXT, _FIELDS = 150, 3000, 10


def send(channel: Channel, message: Message, out: Outgoing) -> None:
    """Post the message as blocks."""
    if channel.url is None:
        raise Failed("the channel has no address")
    body = json.dumps(card(message), ensure_ascii=False).encode()
    post(channel.url, body, {"Content-Type": "application/json; charset=utf-8"}, out)


def card(message: Message) -> dict[str, object]:
    """Return the blocks of a message; every text is escaped and cut to what Slack takes."""
    blocks: list[dict[str, object]] = [
        {"type": "header", "text": {"type": "plain_text", "text": message.title[:_TITLE], "emoji": False}},
        _section(f"*{MARKS[message.status]}*  {_escape(message.sentence)}"),
    ]
    fields = [{"type": "mrkdwn", "text": f"*{_escape(name)}*\n{_escape(text)}"[:2000]} for name, text in message.facts]
    if fields:
        blocks.append({"type": "section", "fields": fields[:_FIELDS]})
    if picture := bars(message.series):
        blocks.append({"type": "context", "elements": [{"type": "plain_text", "text": picture, "emoji": False}]})
    blocks += [_section(f"*{_escape(title)}*\n{_escape(text)}") for title, text in message.sections]
    if message.link is not None:
        blocks.append(_section(f"<{_escape(message.link)}|Open in Bellwether>"))
    note = {"type": "plain_text", "text": f"Delivery {message.delivery}", "emoji": False}
    blocks.append({"type": "context", "elements": [note]})
    return {"text": _escape(f"{message.title}: {message.sentence}")[:_TEXT], "blocks": blocks[:50]}


def _section(text: str) -> dict[str, object]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:_TEXT]}}


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


CHANNEL = ChannelAdapter("slack", "Slack", send)
