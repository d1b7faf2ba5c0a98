"""Alerts: rules from facts to findings, and findings to incidents; pure."""

from bellwether.drift.alerts.base import Seen
from bellwether.drift.alerts.incidents import Decisions, advance
from bellwether.drift.alerts.rules import ALERT_RULES

__all__ = ["ALERT_RULES", "Decisions", "Seen", "advance"]
