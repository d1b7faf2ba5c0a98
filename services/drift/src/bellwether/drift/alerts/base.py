"""What a rule sees: one status per batch or run, and whether that opens or closes an alert; pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bellwether.contracts import DriftReport, RuleName, Status
from bellwether.kpi import Facts


@dataclass(frozen=True, slots=True)
class Sighting:
    """One thing of a model at one time: ``at`` is the begin of the batch or run, ``seen_at`` when it was known.

    ``past`` is what is said of it once it is over; without, the sentence holds then as well.
    """

    status: Status
    at: datetime
    seen_at: datetime
    sentence: str
    batch: str | None = None
    version: str | None = None
    value: float | None = None
    threshold: float | None = None
    features: tuple[str, ...] = ()
    past: str = ""


Series = Sequence[Sighting]
"""Sightings of one subject, oldest first."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What rules look at: the facts, and the newest drift reports, oldest first."""

    facts: Facts
    reports: Sequence[DriftReport] = ()


@dataclass(frozen=True, slots=True)
class AlertRule:
    """One rule: ``look`` returns a series per subject; None is the model as a whole."""

    rule: RuleName
    look: Callable[[Seen], Mapping[str | None, Series]]


def told(series: Series, after: datetime | None = None) -> list[Sighting]:
    """Return the sightings that say something and came after a time: what cannot be told neither opens nor closes."""
    return [one for one in series if one.status != "unknown" and (after is None or one.seen_at > after)]


def bad_run(series: Series) -> list[Sighting]:
    """Return the unbroken run of act that ends a series, oldest first."""
    run: list[Sighting] = []
    for one in reversed(series):
        if one.status != "act":
            break
        run.append(one)
    return run[::-1]


def clear(series: Series, closes_after: int) -> bool:
    """Say whether the newest sightings, as many as it takes to close, are all fine."""
    return len(series) >= closes_after and all(one.status == "fine" for one in series[-closes_after:])
