"""The promises of the ranking: what enters, what stays, what noise does, and the order in known situations."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

import pytest

from bellwether.contracts import Kpi, Persona
from bellwether.kpi import INFOS, RELEVANCE, status_of, top
from bellwether.kpi.rank import LEAST_RELEVANCE, STAY

PERSONAS: tuple[Persona, ...] = get_args(Persona)
CALM = ["outcome_rate_shift", "estimated_performance", "decision_volume", "changed_inputs", "time_since_healthy"]
HAVE = {
    "batches", "schedule", "predictions", "drift", "importance", "performance", "scores_or_labels", "pipelines",
    "service", "queue",
}  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """Severity now, its rise in seven days, and how sure it is."""

    severity: float | None = 0.0
    trend: float = 0.0
    confidence: float = 1.0


UNIT_CHANGE = {
    "estimated_performance": Seen(0.8, 0.5), "money_at_risk": Seen(1, 0.6), "changed_inputs": Seen(1, 0.7),
    "overall_drift": Seen(1, 0.7), "pipeline_success": Seen(0.6, 0.2), "schema_changes": Seen(1, 1),
    "quality_violations": Seen(0.7, 0.4), "outcome_rate_shift": Seen(0.6, 0.3), "time_since_healthy": Seen(0.5, 0.2),
}  # fmt: skip
STOPPED = {
    "queue_age": Seen(1, 1), "freshness": Seen(1, 1), "time_since_healthy": Seen(1, 1),
    "decision_volume": Seen(0.9, 0.9), "rows_vs_expected": Seen(1, 1), "estimated_performance": Seen(0, 0, 0.2),
}  # fmt: skip


def kpis(seen: Mapping[str, Seen], have: set[str]) -> list[Kpi]:
    found = []
    for info in INFOS:
        if set(info.needs) <= have:
            one = seen.get(info.id, Seen())
            found.append(
                Kpi(
                    id=info.id, model="m", family=info.family, title=info.title, value=1.0, unit=info.unit,
                    direction=info.direction, status=status_of(one.severity), severity=one.severity, sentence="x.",
                    confidence=one.confidence, formula=info.formula,
                )
            )  # fmt: skip
    return found


def cards(
    persona: Persona, seen: Mapping[str, Seen], have: set[str] = HAVE, *, pins: Sequence[str] = (),
    before: Sequence[str] = (), stay: float = STAY,
) -> list[Kpi]:  # fmt: skip
    trends = {name: one.trend for name, one in seen.items()}
    return top(persona, kpis(seen, have), RELEVANCE, urgency=trends, pins=pins, before=before, stay=stay)


def ids(found: Sequence[Kpi]) -> list[str]:
    return [one.id for one in found]


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize("seen", [{}, UNIT_CHANGE, STOPPED])
def test_every_persona_gets_five_of_which_two_at_most_are_alike(persona: Persona, seen: Mapping[str, Seen]) -> None:
    found = cards(persona, seen, HAVE | {"value_matrix", "labels"})
    assert len(found) == 5
    assert max(Counter(one.family for one in found).values()) <= 2
    assert all(RELEVANCE[one.id][persona] >= LEAST_RELEVANCE for one in found)


SITUATIONS: list[tuple[Persona, Mapping[str, Seen], str]] = [
    ("business", {}, " ".join(CALM)),
    ("business", UNIT_CHANGE,
     "money_at_risk changed_inputs estimated_performance outcome_rate_shift time_since_healthy"),
    ("business", STOPPED, "decision_volume time_since_healthy freshness outcome_rate_shift changed_inputs"),
    ("data_engineer", {}, "pipeline_success freshness quality_violations rows_vs_expected time_to_detect"),
    ("data_engineer", UNIT_CHANGE,
     "schema_changes quality_violations pipeline_success time_since_healthy overall_drift"),
    ("data_engineer", STOPPED, "freshness rows_vs_expected time_since_healthy decision_volume queue_age"),
    ("data_scientist", {},
     "estimated_performance overall_drift changed_inputs quality_violations outcome_rate_shift"),
    ("data_scientist", UNIT_CHANGE,
     "overall_drift changed_inputs estimated_performance schema_changes money_at_risk"),
    ("data_scientist", STOPPED, "time_since_healthy rows_vs_expected freshness overall_drift quality_violations"),
    ("operator", {}, "time_to_repair gateway_errors time_since_healthy pipeline_success decision_volume"),
    ("operator", UNIT_CHANGE, "time_since_healthy pipeline_success schema_changes overall_drift time_to_repair"),
    ("operator", STOPPED, "queue_age time_since_healthy freshness decision_volume time_to_repair"),
]  # fmt: skip


@pytest.mark.parametrize(("persona", "seen", "expected"), SITUATIONS)
def test_known_situations_show_what_matters(persona: Persona, seen: Mapping[str, Seen], expected: str) -> None:
    have = HAVE | {"value_matrix"} if seen is UNIT_CHANGE else HAVE
    found = ids(cards(persona, seen, have))
    assert found[0] == expected.split()[0]
    assert set(found) == set(expected.split())


def test_an_act_enters_at_once_and_first_in_spite_of_the_bonus_for_staying() -> None:
    found = cards("business", {"money_at_risk": Seen(1, 1)}, HAVE | {"value_matrix"}, before=CALM)
    assert (found[0].id, found[0].status) == ("money_at_risk", "act")
    assert found[0].rank is not None
    assert found[0].rank.score == pytest.approx(1.5)


def test_what_cannot_be_told_rises_and_is_not_fine() -> None:
    found = cards("business", {"estimated_performance": Seen(None)})
    assert (found[0].id, found[0].status) == ("estimated_performance", "unknown")


def test_pins_come_first() -> None:
    found = cards("operator", STOPPED, pins=["gateway_errors"])
    assert found[0].id == "gateway_errors"
    assert found[0].rank is not None
    assert found[0].rank.pinned


def test_every_factor_of_the_rank_is_told() -> None:
    for one in cards("business", UNIT_CHANGE, HAVE | {"value_matrix"}, before=CALM):
        assert one.rank is not None
        said = one.rank
        assert said.score == pytest.approx(said.relevance * said.floor * said.urgency * said.confidence + said.kept)
        assert (said.kept == STAY) == (one.id in CALM)


def exchanges_a_day(stay: float, seed: int, days: int = 60) -> float:
    noise = random.Random(seed)
    before: list[str] = []
    exchanged = 0
    for _ in range(days):
        seen = {info.id: Seen(min(1.0, max(0.0, 0.1 + noise.gauss(0, 0.12)))) for info in INFOS}
        now = ids(cards("business", seen, HAVE | {"value_matrix"}, before=before, stay=stay))
        exchanged += len(set(now) - set(before)) if before else 0
        before = now
    return exchanged / (days - 1)


def test_noise_alone_exchanges_at_most_a_card_a_week() -> None:
    kept = sum(exchanges_a_day(STAY, seed) for seed in range(20)) / 20
    without = sum(exchanges_a_day(0.0, seed) for seed in range(5)) / 5
    assert kept <= 1 / 7
    assert without > 3 * kept
