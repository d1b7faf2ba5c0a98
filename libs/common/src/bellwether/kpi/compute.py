"""From facts to records; pure."""

from collections.abc import Sequence
from datetime import datetime

from bellwether.contracts import Kpi, Mute
from bellwether.kpi.base import NEEDS, Definition, Facts, Reading, status_of
from bellwether.kpi.registry import KPIS


def compute(facts: Facts, former: Facts | None = None) -> tuple[list[Kpi], dict[str, float]]:
    """Return every key figure whose needs are met, and by id how much its severity rose since ``former``."""
    kpis, rises = [], {}
    for definition in KPIS:
        if not candidate(definition, facts):
            continue
        now = definition.measure(facts)
        before = definition.measure(former) if former is not None and candidate(definition, former) else None
        kpis.append(_record(definition, facts, now, before))
        if before is not None and before.severity is not None and now.severity is not None:
            rises[definition.info.id] = now.severity - before.severity
    return kpis, rises


def candidate(definition: Definition, facts: Facts) -> bool:
    """Say whether all data a key figure needs is there."""
    return all(NEEDS[need](facts) for need in definition.info.needs)


def _record(definition: Definition, facts: Facts, now: Reading, before: Reading | None) -> Kpi:
    info = definition.info
    was = None if before is None else before.value
    return Kpi(
        id=info.id,
        model=facts.model.name,
        family=info.family,
        title=info.title,
        value=now.value,
        unit=now.unit or info.unit,
        direction=info.direction,
        status=status_of(now.severity),
        severity=now.severity,
        delta=None if was is None or now.value is None else now.value - was,
        since=now.since,
        sentence=now.sentence,
        caveat=now.caveat,
        confidence=now.confidence,
        formula=f"{info.formula}. Lines: {info.lines}.",
        inputs=now.inputs,
        links=dict.fromkeys(definition.links, ""),
        muted_until=muted_until(facts.mutes, info.id, definition.features(facts), facts.now),
    )


def muted_until(mutes: Sequence[Mute], kpi: str, features: Sequence[str], now: datetime) -> datetime | None:
    """Return when the expected changes end that cover a key figure, or all the features it is about."""
    ends = [
        one.end
        for one in mutes
        if one.start <= now < one.end
        and (
            not (one.kpis or one.features or one.rules)
            or kpi in one.kpis
            or (features and one.features and set(features) <= set(one.features))
        )
    ]
    return max(ends, default=None)
