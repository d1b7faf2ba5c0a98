"""From facts to incidents: when they open, join, close, come back, are quiet, and are told once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, get_args

import pytest

from bellwether.contracts import (
    RULES,
    Batch,
    DriftPoint,
    Incident,
    IncidentAction,
    Issue,
    Kpi,
    Mute,
    Reason,
    Rule,
    RuleName,
    Status,
    Tier,
)
from bellwether.drift.alerts import ALERT_RULES, Decisions, Seen, advance
from bellwether.kpi import INFOS, Facts, Run
from tests.unit.kpi.world import DAY, NOW, batch, facts, performance, point, report

HOUR = timedelta(hours=1)


def days(count: int = 12, now: datetime = NOW) -> list[Batch]:
    return [batch(ago, now=now) for ago in range(count)][::-1]


def seen(states: str, now: datetime = NOW, **more: Any) -> Seen:
    """A day per letter, the last one today: f fine, w watch, a act, u unknown; income is what moves."""
    word: dict[str, Status] = {"f": "fine", "w": "watch", "a": "act", "u": "unknown"}
    given = days(len(states), now)
    points = [_point(one, word[state]) for one, state in zip(given, states, strict=True)]
    known = facts(given, now=now, points=points, **more)
    reports = [report(one, ["income"] if state == "a" else []) for one, state in zip(given, states, strict=True)]
    return Seen(known, reports[-3:])


def _point(one: Batch, status: Status) -> DriftPoint:
    return point(one, status, 60.0 if status == "act" else 10.0, ["income"] if status == "act" else [])


def look(
    at: Seen, before: Sequence[Incident] = (), decisions: Decisions | None = None, trigger: str = "t"
) -> list[Incident]:
    return advance(at, before, decisions or Decisions(), trigger=trigger)


def follow(states: str, start: int = 5, decisions: Decisions | None = None) -> list[Incident]:
    """Look after every day, as it happens; returns all incidents at the end."""
    known: dict[str, Incident] = {}
    for n in range(start, len(states) + 1):
        now = NOW - (len(states) - n) * DAY
        for one in look(seen(states[:n], now), list(known.values()), decisions, f"day {n}"):
            known[one.id] = one
    return list(known.values())


def changes(incident: Incident) -> list[str]:
    return [entry.change for entry in incident.timeline if entry.change != "reminder"]


def test_every_rule_of_the_contract_is_computed_and_no_other() -> None:
    assert [one.rule for one in ALERT_RULES] == [one.rule for one in RULES]
    assert {one.rule for one in RULES} == set(get_args(RuleName))


@pytest.mark.parametrize("states", ["ffffffffff", "fffffffffa", "fffffafffa", "ffffffwwww", "ffffffuuuu", "ffffafafaf"])
def test_one_bad_batch_is_no_incident(states: str) -> None:
    assert follow(states) == []


def test_two_in_a_row_open_one_incident_that_says_since_when() -> None:
    (incident,) = follow("fffffffaa")
    assert (incident.family, incident.state, incident.status) == ("drift", "open", "act")
    assert incident.since == days(9)[7].start
    assert incident.seen_at == days(9)[7].submitted_at
    (alert,) = incident.alerts
    assert (alert.rule, alert.batches, alert.features) == ("drift", 2, ("income",))
    assert incident.title == "The data has drifted"
    assert incident.impact.batches == 2
    assert changes(incident) == ["opened"]


def test_what_cannot_be_told_neither_opens_nor_breaks_a_run() -> None:
    (incident,) = follow("ffffffaua")
    assert incident.alerts[0].batches == 2


def test_repeats_are_told_once_and_counted() -> None:
    (incident,) = follow("ffffaaaaaaaa")
    assert changes(incident) == ["opened"]
    assert len(incident.alerts) == 1
    assert incident.alerts[0].batches == 8


@pytest.mark.parametrize(
    ("after", "state"), [("f", "open"), ("ff", "open"), ("ffaff", "open"), ("www", "open"), ("fff", "resolved")]
)
def test_it_closes_after_three_fine_batches_in_a_row(after: str, state: str) -> None:
    (incident,) = follow(f"fffffaaa{after}")
    assert incident.state == state
    if state == "resolved":
        assert incident.resolved_by == "itself"
        assert changes(incident) == ["opened", "cleared", "resolved"]


def test_back_within_a_day_it_is_the_same_incident_and_later_another() -> None:
    (incident,) = follow("fffffaaafff")
    later = seen("ffffaaafffaa", incident.resolved_at + 12 * HOUR if incident.resolved_at else NOW)
    (again,) = look(later, [incident])
    assert (again.id, again.state, changes(again)[-1]) == (incident.id, "open", "reopened")
    much = seen("aaafffffffaa", incident.resolved_at + 5 * DAY if incident.resolved_at else NOW)
    (other,) = look(much, [incident])
    assert other.id != incident.id


def test_the_same_facts_change_nothing() -> None:
    at = seen("fffffaaaa")
    (incident,) = look(at)
    assert look(at, [incident], trigger="another") == []


def test_the_id_of_an_incident_and_the_key_of_an_alert_follow_from_the_facts() -> None:
    (one,), (two,) = look(seen("fffffaa"), trigger="x"), look(seen("fffffaa"), trigger="y")
    assert (one.id, one.alerts[0].key) == (two.id, two.alerts[0].key)
    (other,) = look(seen("ffffaaa"))
    assert other.alerts[0].key != one.alerts[0].key


# -- at once


def gone(kind: str = "column_missing") -> dict[str, tuple[Issue, ...]]:
    return {"income": (Issue.model_validate({"kind": kind, "status": "act"}),)}


def test_a_removed_input_opens_at_once_and_closes_when_it_is_back() -> None:
    given = days()
    (incident,) = look(Seen(facts(given), [report(given[-1], issues=gone())]))
    assert (incident.family, incident.title) == ("quality", "An input is gone: income")
    tomorrow = days(13, NOW + DAY)
    back = Seen(facts(tomorrow, now=NOW + DAY), [report(tomorrow[-2], issues=gone()), report(tomorrow[-1])])
    (closed,) = look(back, [incident])
    assert closed.state == "resolved"


def test_findings_of_one_family_join_one_incident() -> None:
    given = days()
    first = Seen(facts(given), [report(given[-1], issues=gone())])
    (incident,) = look(first)
    both = {**gone(), "age": (Issue(kind="type_changed", status="act", detail="double to string"),)}
    (joined,) = look(Seen(facts(given), [report(given[-1], issues=both)]), [incident])
    assert joined.id == incident.id
    assert changes(joined) == ["opened", "joined"]
    assert joined.title == "An input is gone: income and age"


def test_what_began_together_is_one_incident_called_by_what_comes_first() -> None:
    given = days()
    failed = Run("load", "1", "failed", _begin(given[-2]) + HOUR / 2, NOW - DAY, "Copy", "disk full")
    (incident,) = look(Seen(facts(given[:-1], now=NOW - DAY, runs=[failed])))
    assert incident.title == "A pipeline failed: load"
    bad = replace(seen("ffffffffffaa"), facts=replace(seen("ffffffffffaa").facts, runs=[failed]))
    (joined,) = look(bad, [incident])
    assert (joined.id, changes(joined)) == (incident.id, ["opened", "joined"])
    assert (joined.title, joined.family) == ("A pipeline failed: load", "pipeline")
    assert joined.sentence == "load failed at Copy: disk full. The data has drifted."
    again = Run("load", "2", "succeeded", NOW, NOW)
    (left,) = look(replace(bad, facts=replace(bad.facts, runs=[failed, again])), [joined])
    assert (left.id, left.title, left.family) == (incident.id, "The data has drifted", "drift")
    assert left.since == _begin(given[-2])


def test_what_began_on_another_day_is_another_incident() -> None:
    given = days()
    failed = Run("load", "1", "failed", _begin(given[-4]), NOW - 3 * DAY, "Copy", "disk full")
    bad = replace(seen("ffffffffffaa"), facts=replace(seen("ffffffffffaa").facts, runs=[failed]))
    assert sorted(one.family for one in look(bad)) == ["drift", "pipeline"]


def test_history_that_is_replayed_within_a_day_does_not_reopen_what_was_over_for_weeks() -> None:
    (first,) = follow("fffffaaafff")
    assert first.resolved_at is not None
    states = "fffffaaafff" + "f" * 10 + "aa"
    (other,) = look(seen(states, NOW + 12 * DAY), [first.model_copy(update={"resolved_at": NOW + 12 * DAY - HOUR})])
    assert other.id != first.id


def _begin(one: Batch) -> datetime:
    assert one.start is not None
    return one.start


def test_a_rejected_batch_opens_at_once() -> None:
    reason = Reason(pointer="/income", value="text", limit="numbers", fix="send numbers")
    given = [*days()[:-1], batch(0, state="rejected", reasons=(reason,))]
    (incident,) = look(Seen(facts(given)))
    assert "/income is text" in incident.sentence


def test_silence_opens_after_two_intervals_and_ends_with_the_next_batch() -> None:
    assert look(Seen(facts(days(), now=NOW + DAY))) == []
    (incident,) = look(Seen(facts(days(), now=NOW + 2 * DAY)))
    assert (incident.family, incident.title) == ("freshness", "No data arrives")
    assert "54 hours" in incident.sentence or "2 days" in incident.sentence
    later = days(13, NOW + 3 * DAY)
    (closed,) = look(Seen(facts(later, now=NOW + 3 * DAY)), [incident])
    assert closed.state == "resolved"


def test_replayed_history_is_not_silent() -> None:
    old = NOW.replace(year=2013)
    given = [batch(ago, now=old, submitted_at=NOW - timedelta(minutes=ago)) for ago in range(12)][::-1]
    assert look(Seen(facts(given, now=NOW + HOUR))) == []
    assert len(look(Seen(facts(given, now=NOW + 3 * DAY)))) == 1


def test_a_failed_pipeline_opens_at_once_and_names_activity_and_error() -> None:
    run = Run("load", "1", "failed", NOW - HOUR, NOW, "Copy", "disk full")
    (incident,) = look(Seen(facts(days(), runs=[run])))
    assert (incident.title, incident.sentence) == ("A pipeline failed: load", "load failed at Copy: disk full.")
    again = Run("load", "2", "succeeded", NOW, NOW + HOUR)
    (closed,) = look(Seen(facts(days(), now=NOW + HOUR, runs=[run, again])), [incident])
    assert closed.state == "resolved"


def test_a_run_read_as_history_counts_from_when_it_was_read() -> None:
    """Else bad data of thirteen years ago would have reached the model for thirteen years."""
    ended = NOW.replace(year=2013)
    run = Run("load", "1", "failed", ended - HOUR, ended, "Copy", "disk full", known_at=NOW)
    (incident,) = look(Seen(facts(days(), runs=[run])))
    assert (incident.since, incident.seen_at) == (ended - HOUR, NOW)


def test_performance_by_labels_wins_over_the_estimate() -> None:
    given = days()
    bad = [performance(one, 0.8, "act") for one in given]
    assert look(Seen(facts(given, estimated=bad)))[0].family == "performance"
    good = [performance(one, 0.9, "fine", kind="realised", labelled=900) for one in given]
    assert look(Seen(facts(given, estimated=bad, realised=good))) == []
    few = [performance(one, 0.9, "fine", kind="realised", labelled=10) for one in given]
    assert len(look(Seen(facts(given, estimated=bad, realised=few)))) == 1


# -- people


def act(action: str, at: datetime) -> IncidentAction:
    return IncidentAction.model_validate({"at": at, "actor": "ann", "action": action})


def test_what_a_person_closed_stays_closed_until_it_is_bad_again() -> None:
    (incident,) = look(seen("fffffaaaa"))
    said = Decisions({incident.id: (act("resolve", NOW + HOUR),)})
    (closed,) = look(seen("fffffaaaa", NOW + 2 * HOUR), [incident], said)
    assert (closed.state, closed.resolved_by, closed.timeline[-1].actor) == ("resolved", "ann", "ann")
    assert look(seen("fffffaaaa", NOW + 3 * HOUR), [closed], said) == []
    assert look(seen("fffffaaaaa", NOW + DAY), [closed], said) == []
    found = look(seen("fffffaaaaaa", NOW + 2 * DAY), [closed], said)
    assert len(found) == 1
    assert found[0].id != incident.id


def test_a_person_may_reopen() -> None:
    (incident,) = look(seen("fffffaaaa"))
    at = NOW + HOUR
    (closed,) = look(seen("fffffaaaa", at), [incident], Decisions({incident.id: (act("resolve", at),)}))
    both = Decisions({incident.id: (act("resolve", at), act("reopen", at + HOUR))})
    (again,) = look(seen("fffffaaaa", at + HOUR), [closed], both)
    assert (again.state, again.resolved_at) == ("open", None)


def rule(**more: Any) -> Rule:
    given = {"id": "x", "pk": "rules", "rule": "drift", "updated_at": NOW, "updated_by": "ann"}
    return Rule.model_validate(given | more)


def test_rules_are_followed_as_people_set_them() -> None:
    assert look(seen("fffffaa"), decisions=Decisions(rules=[rule(enabled=False)])) == []
    assert look(seen("fffffaa"), decisions=Decisions(rules=[rule(opens_after=3)])) == []
    assert len(look(seen("ffffaaa"), decisions=Decisions(rules=[rule(opens_after=3)]))) == 1
    layers = [rule(enabled=False), rule(enabled=True, model="m")]
    assert len(look(seen("fffffaa"), decisions=Decisions(rules=layers))) == 1


def mute(until: datetime, **scope: Any) -> Mute:
    given = {
        "id": "x", "pk": "mutes|m", "model": "m", "start": NOW - DAY, "end": until, "reason": "tariff",
        "created_at": NOW, "created_by": "ann",
    }  # fmt: skip
    return Mute.model_validate(given | scope)


@pytest.mark.parametrize(
    ("scope", "quiet"),
    [
        ({}, True),
        ({"features": ("income",)}, True),
        ({"features": ("income", "age"), "rules": ("drift",)}, True),
        ({"features": ("age",)}, False),
        ({"rules": ("no_data",)}, False),
        ({"kpis": ("overall_drift",)}, False),
    ],
)
def test_an_expected_change_makes_quiet_what_it_covers(scope: dict[str, Any], quiet: bool) -> None:
    (incident,) = look(seen("fffffaa"), decisions=Decisions(mutes=[mute(NOW + DAY, **scope)]))
    assert incident.state == ("expected" if quiet else "open")
    assert changes(incident) == (["opened", "muted"] if quiet else ["opened"])
    assert incident.status == "act"


def test_an_expected_change_that_ends_wakes_the_incident() -> None:
    said = Decisions(mutes=[mute(NOW + DAY)])
    (incident,) = look(seen("fffffaa"), decisions=said)
    (awake,) = look(seen("fffffaaaa", NOW + 2 * DAY), [incident], said)
    assert (awake.state, awake.muted_until) == ("open", None)
    assert changes(awake) == ["opened", "muted", "rearmed"]


def test_a_reminder_a_day_until_somebody_looks() -> None:
    (incident,) = look(seen("fffffaa"))
    assert look(seen("fffffaa", NOW + 5 * HOUR), [incident]) == []
    (once,) = look(seen("fffffaaa", NOW + DAY), [incident])
    assert once.timeline[-1].change == "reminder"
    (twice,) = look(seen("fffffaaaa", NOW + 2 * DAY), [once])
    assert [entry.change for entry in twice.timeline].count("reminder") == 2
    said = Decisions({incident.id: (act("acknowledge", NOW + HOUR),)})
    (known,) = look(seen("fffffaaa", NOW + DAY), [incident], said)
    assert known.timeline[-1].change == "opened"


@pytest.mark.parametrize(("tier", "days_open"), [(1, 1), (None, 2), (2, 2), (3, 3)])
def test_what_nobody_acknowledges_goes_to_the_second_owner_once(tier: Tier | None, days_open: int) -> None:
    def later(days: int) -> Seen:
        at = seen("fffffaa" + "a" * days, NOW + days * DAY)
        return replace(at, facts=replace(at.facts, model=at.facts.model.model_copy(update={"tier": tier})))

    said = Decisions(second=("night shift",))
    (incident,) = look(later(0), decisions=said)
    known = [incident]
    told: list[tuple[int, str]] = []
    for day in range(1, 5):
        known = look(later(day), known, said)
        told += [(day, one.text) for one in known[0].timeline if one.change == "escalated"][len(told) :]
    ((day, text),) = told
    assert day == days_open
    assert text.endswith("and nobody looked at it: told to night shift.")
    looked = Decisions({incident.id: (act("acknowledge", NOW + HOUR),)}, second=("night shift",))
    assert "escalated" not in {one.change for found in look(later(4), [incident], looked) for one in found.timeline}
    assert "escalated" not in {one.change for found in look(later(4), [incident]) for one in found.timeline}


def test_what_was_escalated_and_comes_back_may_be_escalated_again() -> None:
    said = Decisions(second=("night shift",))
    (incident,) = look(seen("fffffaaaa", NOW + 2 * DAY), look(seen("fffffaa"), decisions=said), said)
    assert incident.escalated_at is not None
    (closed,) = look(seen("fffffaaaafff", NOW + 5 * DAY), [incident], said)
    back = closed.model_copy(update={"resolved_at": NOW + 7 * DAY - HOUR})
    (again,) = look(seen("fffffaaaafffaa", NOW + 7 * DAY), [back], said)
    assert (again.state, again.escalated_at) == ("open", None)


def test_what_is_over_is_told_in_the_past_and_says_until_when() -> None:
    (incident,) = follow("fffffaaafff")
    assert (incident.state, incident.title) == ("resolved", "The data had drifted")
    assert incident.sentence == "The data had clearly changed, mostly income: the drift index was 60.0 of 100."
    (alert,) = incident.alerts
    assert alert.sentence == incident.sentence
    assert alert.until == days(11)[8].start, "the first batch that was fine"
    (open_,) = follow("fffffaaaff")
    assert open_.alerts[0].until is None


def test_what_it_touched_ends_where_all_was_fine_again_however_late_it_is_looked_at() -> None:
    (incident,) = look(seen("fffffaa"))
    (closed,) = look(seen("fffffaaaaafffff", NOW + 8 * DAY), [incident])
    assert closed.state == "resolved"
    (alert,) = closed.alerts
    assert (alert.until, alert.batches) == (NOW.replace(hour=0) + 3 * DAY, 5)
    assert (closed.impact.batches, closed.impact.rows) == (5, 5000)


def test_what_it_touched_is_told_as_it_was_at_worst() -> None:
    def figures(share: float, lost: float | None) -> list[Kpi]:
        values = {"changed_inputs": (share, "share"), "money_at_risk": (lost, "EUR")}
        return [
            Kpi(
                id=info.id, model="m", family=info.family, title=info.title, value=values[info.id][0],
                unit=values[info.id][1], direction=info.direction, status="fine", severity=0.0, sentence="x.",
                confidence=1.0, formula=info.formula,
            )
            for info in INFOS
            if info.id in values
        ]  # fmt: skip

    (incident,) = advance(seen("fffffaa"), [], Decisions(), figures(0.4, 900.0), trigger="1")
    (milder,) = advance(seen("fffffaaa", NOW + DAY), [incident], Decisions(), figures(0.1, None), trigger="2")
    (closed,) = advance(seen("fffffaaafff", NOW + 4 * DAY), [milder], Decisions(), figures(0.0, -50.0), trigger="3")
    assert closed.state == "resolved"
    assert (closed.impact.share, closed.impact.money, closed.impact.currency) == (0.4, 900.0, "EUR")


def test_what_a_person_closes_is_told_in_the_past_as_well() -> None:
    (incident,) = look(seen("fffffaa"))
    (closed,) = look(seen("fffffaa", NOW + HOUR), [incident], Decisions({incident.id: (act("resolve", NOW + HOUR),)}))
    assert (closed.title, closed.status) == ("The data had drifted", "act")
    assert closed.sentence.startswith("The data had clearly changed")


def test_every_rule_has_words_for_what_is_over() -> None:
    assert [one.rule for one in RULES if not one.past or one.past.endswith(".")] == []
    given = days()
    wrong = {"income": (Issue(kind="above_max", status="act", current=0.6, reference=0.001),)}
    reports = [report(one, issues=wrong) for one in given[-2:]]
    (incident,) = look(Seen(facts(given), reports))
    assert (
        incident.sentence
        == "60 % of the values of income are above the range of the reference; of the reference 0.1 % were."
    )
    assert incident.alerts[0].past.startswith("60 % of the values of income were above the range")


def test_the_incident_itself_says_what_was_touched() -> None:
    known: Facts = seen("ffffaaaa").facts
    (incident,) = look(Seen(known))
    assert (incident.impact.batches, incident.impact.rows) == (4, 4000)


def test_rows_sent_twice_are_told_of_the_batch_and_not_of_an_input() -> None:
    given = days()
    twice = (Issue(kind="repeated_rows", status="act", reference=0.0, current=0.13),)
    reports = [report(one).model_copy(update={"issues": twice}) for one in given[-2:]]
    (incident,) = look(Seen(facts(given), reports))
    assert (incident.family, incident.alerts[0].subject) == ("quality", None)
    assert incident.sentence == "13 % of the rows repeat others: they may have been sent twice."
    calm = [report(one) for one in given[-2:]]
    assert look(Seen(facts(given), calm)) == []
