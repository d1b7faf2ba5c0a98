"""Ways to tell people: every channel is one function behind one port."""

from bellwether.drift.notify import email, slack, teams, webhook
from bellwether.drift.notify.base import ChannelAdapter, Failed, Message, Outgoing

CHANNELS: tuple[ChannelAdapter, ...] = (webhook.CHANNEL, email.CHANNEL, slack.CHANNEL, teams.CHANNEL)
"""Every kind of channel; a new one is a module and its line here."""

__all__ = ["CHANNELS", "ChannelAdapter", "Failed", "Message", "Outgoing"]
