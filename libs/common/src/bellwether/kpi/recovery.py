"""Key figures of how fast bad data is noticed and mended; pure."""

from datetime import datetime, timedelta

from bellwether.contracts import Incident, KpiInfo, KpiInput
from bellwether.kpi.base import Definition, Facts, Reading, severity, typical
from bellwether.kpi.words import span

FAMILIES = ("quality", "freshness", "drift", "outcome", "pipeline")
"""Families of incidents that are about data reaching a model."""


def time_to_detect(facts: Facts) -> Reading:
    """Read how long bad data reached the model before it was noticed, as the median of 30 days."""
    assert facts.interval is not None
    found = _recent(facts, facts.now)
    if not found:
        return Reading(0.0, 0.0, "No bad data reached the model in 30 days.")
    detect = typical(_detect(one) for one in found)
    down = sum((_detect(one) + _repair(one, facts.now) for one in found), timedelta(0))
    repair = typical(_repair(one, facts.now) for one in found)
    said = (
        f"Bad data reached the model for {span(down)} in 30 days; we noticed after {span(detect)} and "
        f"{'fixed it' if all(one.resolved_at for one in found) else 'it has lasted'} "
        f"{'after ' if all(one.resolved_at for one in found) else ''}{span(repair)} (medians)."
    )
    return Reading(
        detect.total_seconds() / 3600,
        severity(detect / facts.interval, 0.0, 1.0, 2.0),
        said,
        confidence=min(1.0, 0.5 + len(found) / 6),
        inputs=(
            KpiInput(name="incidents", value=len(found)),
            KpiInput(name="data downtime", value=down.total_seconds() / 3600, unit="h"),
        ),
    )


def time_to_repair(facts: Facts) -> Reading:
    """Read how long it took to mend what was noticed, as the median of 30 days."""
    assert facts.interval is not None
    found = _recent(facts, facts.now)
    if not found:
        return Reading(0.0, 0.0, "Nothing had to be mended in 30 days.")
    repair = typical(_repair(one, facts.now) for one in found)
    former = _recent(facts, facts.now - timedelta(days=30))
    before = typical(_repair(one, facts.now) for one in former) if former else None
    open_ones = sum(one.resolved_at is None for one in found)
    said = f"Incidents of 30 days took {span(repair)} (median)"
    said += f", {span(before)} in the 30 days before" if before is not None else ""
    said += f"; {open_ones} {'is' if open_ones == 1 else 'are'} still open." if open_ones else "."
    return Reading(
        repair.total_seconds() / 3600,
        severity(repair / facts.interval, 0.0, 1.0, 3.0),
        said,
        confidence=min(1.0, 0.5 + len(found) / 6),
        inputs=(
            KpiInput(name="incidents", value=len(found)),
            KpiInput(name="still open", value=open_ones),
            KpiInput(
                name="median of the 30 days before",
                value=None if before is None else before.total_seconds() / 3600,
                unit="h",
            ),
        ),
    )


def _recent(facts: Facts, end: datetime) -> list[Incident]:
    begin = end - timedelta(days=30)
    return [one for one in facts.incidents if one.family in FAMILIES and begin < one.opened_at <= end]


def _detect(one: Incident) -> timedelta:
    return max(timedelta(0), one.opened_at - one.seen_at)


def _repair(one: Incident, now: datetime) -> timedelta:
    return max(timedelta(0), (one.resolved_at or now) - one.opened_at)


KPIS = (
    Definition(
        KpiInfo(
            id="time_to_detect",
            family="recovery",
            title="Time to detect",
            unit="h",
            direction="lower",
            formula="median over incidents of 30 days of (opened - arrival of the first bad batch); downtime = sum of "
            "time to detect and to repair",
            lines="watch 1, act 2 expected intervals",
            needs=("batches", "schedule"),
            relevance={"business": 0.2, "data_engineer": 0.8, "data_scientist": 0.3, "operator": 0.9},
        ),
        time_to_detect,
        ("incidents",),
    ),
    Definition(
        KpiInfo(
            id="time_to_repair",
            family="recovery",
            title="Time to repair",
            unit="h",
            direction="lower",
            formula="median over incidents of 30 days of (resolved, or now - opened), against the 30 days before",
            lines="watch 1, act 3 expected intervals",
            needs=("batches", "schedule"),
            relevance={"business": 0.3, "data_engineer": 0.8, "data_scientist": 0.3, "operator": 1.0},
        ),
        time_to_repair,
        ("incidents",),
    ),
)
