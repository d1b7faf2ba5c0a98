"""Which key figures a reader sees first: computed, never listed by hand; pure."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from bellwether.contracts import Kpi, KpiRank, Persona

LEAST_RELEVANCE = 0.25
"""A key figure below it is never a card of the persona."""
SECOND_OF_FAMILY = 0.55
MOST_OF_FAMILY = 2
STAY = 0.08
"""Bonus of what was shown last time: measured, noise alone then exchanges a card in eight days."""
FLOOR = 0.35
"""What is healthy keeps this much weight: a reader must also see what is fine."""
TOP = 5


def top(
    persona: Persona,
    kpis: Sequence[Kpi],
    relevance: Mapping[str, Mapping[Persona, float]],
    *,
    urgency: Mapping[str, float] | None = None,
    pins: Collection[str] = (),
    before: Collection[str] = (),
    count: int = TOP,
    stay: float = STAY,
) -> list[Kpi]:
    """Return the persona's cards with the factors of their rank: pins first, what is fine last, each by score.

    Parameters
    ----------
    urgency
        Rise of severity in seven days, by id; a fall counts as none.
    pins, before
        Ids the reader pinned, and those shown last time.
    """
    waiting = []
    for kpi in kpis:
        weight = relevance[kpi.id][persona]
        if weight >= LEAST_RELEVANCE:
            rank = _rank(kpi, weight, (urgency or {}).get(kpi.id, 0.0), stay if kpi.id in before else 0.0)
            waiting.append(kpi.model_copy(update={"rank": rank}))
    chosen = [_pinned(kpi) for kpi in waiting if kpi.id in pins][:count]
    names = {(kpi.model, kpi.id) for kpi in chosen}
    waiting = [kpi for kpi in waiting if (kpi.model, kpi.id) not in names]
    families = Counter(kpi.family for kpi in chosen)
    while len(chosen) < count:
        allowed = [kpi for kpi in waiting if families[kpi.family] < MOST_OF_FAMILY]
        if not allowed:
            break
        best = max(allowed, key=lambda kpi: _score(kpi) * _discount(families[kpi.family]))
        waiting.remove(best)
        chosen.append(_discounted(best, _discount(families[best.family])))
        families[best.family] += 1
    return sorted(chosen, key=lambda kpi: (kpi.id not in pins, kpi.status == "fine", -_score(kpi)))


def _rank(kpi: Kpi, relevance: float, trend: float, kept: float) -> KpiRank:
    """Weigh one key figure. What cannot be told counts as a watch at full confidence: loss of sight is news."""
    level, confidence = (0.5, 1.0) if kpi.severity is None else (kpi.severity, kpi.confidence)
    floor = FLOOR + (1 - FLOOR) * level
    urgency = 1 + 0.5 * max(0.0, trend)
    return KpiRank(
        score=relevance * floor * urgency * confidence + kept,
        relevance=relevance,
        floor=floor,
        urgency=urgency,
        confidence=confidence,
        kept=kept,
        discount=1.0,
    )


def _score(kpi: Kpi) -> float:
    return 0.0 if kpi.rank is None else kpi.rank.score


def _discount(already: int) -> float:
    return SECOND_OF_FAMILY if already else 1.0


def _pinned(kpi: Kpi) -> Kpi:
    return kpi.model_copy(update={"rank": kpi.rank and kpi.rank.model_copy(update={"pinned": True})})


def _discounted(kpi: Kpi, discount: float) -> Kpi:
    return kpi.model_copy(update={"rank": kpi.rank and kpi.rank.model_copy(update={"discount": discount})})
