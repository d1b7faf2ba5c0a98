"""What an incident is called: by the finding that brought the others about; pure."""

from collections.abc import Sequence

from bellwether.contracts import RULES, SEVERITY, Alert, Family
from bellwether.kpi.words import listed

INFO = {one.rule: one for one in RULES}
_CAUSAL: tuple[Family, ...] = ("pipeline", "freshness", "quality", "drift", "outcome", "performance")
"""Families of rules by what brings about what: an incident is called by the first that is as bad as any."""


def foremost(alerts: Sequence[Alert]) -> Alert:
    """Return the finding an incident is called by."""
    return min(alerts, key=lambda one: (-SEVERITY[one.status], _CAUSAL.index(one.family), -one.last_at.timestamp()))


def called(alerts: Sequence[Alert], *, over: bool = False) -> tuple[str, str]:
    """Return title and sentence of an incident with these findings; ``over``: as of what was."""
    first = foremost(alerts)
    titles = {one.rule: INFO[one.rule].past if over else INFO[one.rule].title for one in alerts}
    subjects = dict.fromkeys(one.subject for one in alerts if one.rule == first.rule and one.subject is not None)
    title = titles[first.rule] + (f": {listed(list(subjects))}" if subjects else "")
    sentence = (first.past if over else "") or first.sentence
    others = dict.fromkeys(titles[one.rule] for one in alerts if one.rule != first.rule)
    return title, " ".join([sentence, *(f"{one}." for one in others)])


def named(alert: Alert) -> str:
    """Return what a finding is, within a sentence."""
    title = INFO[alert.rule].title.lower()
    return f"{title} ({alert.subject})" if alert.subject else title
