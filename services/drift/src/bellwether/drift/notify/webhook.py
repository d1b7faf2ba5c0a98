"""Webhook: JSON, signed so that the receiver knows whom it is from and that nobody replays it."""

import hashlib
import hmac
import json

from bellwether.contracts import Channel
from bellwether.drift.notify.address import post
from bellwether.drift.notify.base import ChannelAdapter, Failed, Message, Outgoing


def send(channel: Channel, message: Message, out: Outgoing) -> None:
    """Post the message with its id, the time and the signature in the headers."""
    if channel.url is None or channel.secret is None:
        raise Failed("the channel has no address or no secret")
    timestamp = str(int(out.now().timestamp()))
    body = json.dumps(_body(message), separators=(",", ":"), ensure_ascii=False).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Bellwether",
        "X-Bellwether-Delivery": message.delivery,
        "X-Bellwether-Timestamp": timestamp,
        "X-Bellwether-Signature": f"v1={signature(channel.secret, message.delivery, timestamp, body)}",
    }
    post(channel.url, body, headers, out)


def signature(secret: str, delivery: str, timestamp: str, body: bytes) -> str:
    """Return HMAC-SHA256, in hex, over delivery id, timestamp and body, apart by dots."""
    text = f"{delivery}.{timestamp}.".encode() + body
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


def _body(message: Message) -> dict[str, object]:
    return {
        "delivery": message.delivery,
        "change": message.change,
        "title": message.title,
        "sentence": message.sentence,
        "status": message.status,
        "model": message.model,
        "incident": message.incident,
        "keys": list(message.keys),
        "facts": dict(message.facts),
        "sections": [{"title": title, "text": text} for title, text in message.sections],
        "link": message.link,
    }


CHANNEL = ChannelAdapter("webhook", "Webhook", send)
