"""Each key figure against closed forms, scipy, and what its lines say."""

from datetime import timedelta

import numpy as np
import pytest
from scipy import stats

from bellwether.contracts import (
    AgainstReference,
    AttributionChange,
    Explanation,
    FeatureBins,
    Importance,
    Incident,
    Issue,
    MetricValue,
    Money,
    Mute,
    SegmentPerformance,
    Status,
    fact_id,
)
from bellwether.kpi import Facts, Reading, Run, Service, compute, severity, status_of
from bellwether.kpi.decisions import (
    binned_median,
    changed_inputs,
    decision_volume,
    outcome_rate_shift,
    time_since_healthy,
)
from bellwether.kpi.deliveries import freshness, quality_violations, robust_z, rows_vs_expected, schema_changes
from bellwether.kpi.performance import (
    estimated_performance,
    money_at_risk,
    realised_performance,
    segment_gap,
    theil_sen,
)
from bellwether.kpi.pipelines import duration_vs_usual, pipeline_success, wilson_low
from bellwether.kpi.recovery import time_to_detect, time_to_repair
from bellwether.kpi.science import explanation_stability, label_coverage, overall_drift
from bellwether.kpi.service import gateway_errors, gateway_latency, queue_age
from tests.unit.kpi.world import DAY, NOW, VALUE, batch, bins, facts, model, performance, point, report

HOUR = timedelta(hours=1)


def status(reading: Reading) -> str:
    return status_of(reading.severity)


@pytest.mark.parametrize(
    ("value", "expected"), [(-1, 0.0), (0, 0.0), (5, 0.25), (10, 0.5), (15, 0.75), (20, 1.0), (99, 1.0)]
)
def test_severity_is_linear_between_its_lines(value: float, expected: float) -> None:
    assert severity(value, 0, 10, 20) == pytest.approx(expected)
    assert severity(-value, 0, -10, -20) == pytest.approx(expected)


# -- money


def money(excess: float | None, normal: float = 1000.0) -> Money:
    return Money(currency="EUR", cost=normal + (excess or 0), normal_cost=normal, excess=excess)


@pytest.mark.parametrize(("excess", "expected"), [(-500, "fine"), (99, "fine"), (101, "watch"), (251, "act")])
def test_money_is_held_against_the_normal_loss(excess: float, expected: str) -> None:
    newest = batch(0)
    reading = money_at_risk(facts(of=model(value=VALUE), estimated=[performance(newest, money=money(excess))]))
    assert (reading.value, reading.unit, status(reading)) == (excess, "EUR", expected)
    assert reading.caveat is not None


@pytest.mark.parametrize(
    ("labelled", "basis"), [(199, "estimated"), (299, "estimated"), (300, "realised"), (1000, "realised")]
)
def test_what_happened_replaces_the_estimate_at_200_labels_and_30_percent(labelled: int, basis: str) -> None:
    newest = batch(0)
    real = performance(newest, kind="realised", labelled=labelled, money=money(300))
    reading = money_at_risk(
        facts(of=model(value=VALUE), estimated=[performance(newest, money=money(10))], realised=[real])
    )
    assert reading.inputs[0].value == basis
    assert reading.value == (300 if basis == "realised" else 10)
    assert (reading.caveat is None) == (basis == "realised")


def test_of_a_small_batch_200_labels_are_needed_whatever_their_share() -> None:
    newest = batch(0, rows=250)
    real = performance(newest, kind="realised", labelled=199, money=money(300))
    given = facts(of=model(value=VALUE), estimated=[performance(newest, money=money(10))], realised=[real])
    assert money_at_risk(given).value == 10


def test_money_without_a_normal_loss_is_not_told() -> None:
    newest = batch(0)
    cash = Money(currency="EUR", cost=5.0)
    reading = money_at_risk(facts(of=model(value=VALUE), estimated=[performance(newest, money=cash)]))
    assert (reading.value, status(reading)) == (None, "unknown")


def test_a_model_without_costs_is_no_candidate_and_never_zero() -> None:
    given = facts(estimated=[performance(batch(0), money=money(10))])
    assert "money_at_risk" not in {one.id for one in compute(given)[0]}


# -- performance


@pytest.mark.parametrize(("value", "said"), [(0.9, "fine"), (0.88, "watch"), (0.86, "act")])
def test_performance_keeps_the_status_it_was_judged_with(value: float, said: str) -> None:
    series = [performance(batch(ago), value, said) for ago in (2, 1, 0)]  # type: ignore[arg-type]  # a status
    reading = estimated_performance(facts(estimated=series))
    assert (reading.value, status(reading)) == (value, said)
    assert "0.87 to 0.93" in reading.sentence
    assert (reading.since is None) == (said == "fine")


def test_what_is_normal_stays_within_what_a_metric_can_be() -> None:
    def said(metric: str, normal: float, act: float) -> str:
        value = MetricValue(metric=metric, value=normal, normal=normal, watch=act, act=act, status="fine")
        real = performance(batch(3), kind="realised", labelled=400, key_metric=metric, metrics=(value,))
        return realised_performance(facts(realised=[real])).sentence

    assert "(normally 0 to 19)" in said("mae", 9, 19)
    assert "(normally 0.7 to 1)" in said("roc_auc", 0.9, 0.7)
    assert "(normally -4 to 4)" in said("bias", 0, 4)


def test_an_estimate_names_the_real_answers_beside() -> None:
    real = performance(batch(3), 0.85, "act", kind="realised", labelled=400)
    reading = estimated_performance(facts(estimated=[performance(batch(0))], realised=[real]))
    assert "Real answers so far: 400, they say 0.85" in reading.sentence
    assert realised_performance(facts(realised=[real])).severity == 1.0


def test_performance_that_is_not_known_is_not_fine() -> None:
    reading = estimated_performance(facts(estimated=[performance(batch(0), None, "unknown")]))
    assert (reading.value, status(reading)) == (None, "unknown")


def test_the_slope_is_theil_sen() -> None:
    values = [0.9, 0.91, 0.85, 0.88, 0.8, 0.79]
    assert theil_sen(values) == pytest.approx(stats.theilslopes(values)[0])
    assert theil_sen([1.0, None, 3.0, 4.0]) == pytest.approx(stats.theilslopes([1, 3, 4], [0, 2, 3])[0])
    assert theil_sen([1.0, 2.0]) is None


def test_the_segment_gap_is_of_the_worst_against_the_best_with_rows_enough() -> None:
    parts = [("N", 0.9, 400), ("S", 0.82, 400), ("E", 0.1, 99)]
    segments = tuple(
        SegmentPerformance(column="region", value=name, rows=rows, metric=MetricValue(metric="roc_auc", value=value))
        for name, value, rows in parts
    )
    reading = segment_gap(facts(realised=[performance(batch(0), kind="realised", labelled=900, segments=segments)]))
    assert reading.value == pytest.approx(0.08)
    assert (status(reading), "8 points worse for region S" in reading.sentence) == ("watch", True)


# -- decisions


def test_changed_inputs_are_weighed_by_importance_not_counted() -> None:
    newest = batch(0)
    little = changed_inputs(facts(report=report(newest, bad=["region"])))
    much = changed_inputs(facts(report=report(newest, bad=["income"])))
    known = report(newest, bad=["income"])
    decision = known.features[0].model_copy(update={"feature": "approved", "role": "prediction", "importance": None})
    both = changed_inputs(facts(report=known.model_copy(update={"features": (*known.features, decision)})))
    assert both.sentence == much.sentence, "a decision is no input"
    assert little.value == pytest.approx(0.1)
    assert much.value == pytest.approx(0.6)
    assert (status(little), status(much)) == ("fine", "act")
    assert "60 % of what drives these decisions" in much.sentence


def test_importances_come_from_the_explanation_where_there_is_one() -> None:
    newest = batch(0)
    parts = tuple(Importance(feature=n, importance=i, share=i) for n, i in (("income", 1.0), ("age", 1.0)))
    explained = Explanation(
        id="g~1", pk="m", model="m", batch=newest.id, method="tree", rows=10, features=parts, created_at=NOW
    )
    reading = changed_inputs(facts(report=report(newest, bad=["income"]), explanation=explained))
    assert (reading.value, reading.confidence) == (0.5, 0.9)


def outcome(reference: tuple[int, int], current: tuple[int, int], answers: Status = "act") -> Reading:
    counted = FeatureBins(
        feature="prediction", kind="boolean", labels=("false", "true"), reference=reference, current=current
    )
    known = report(batch(0))
    assert known.prediction is not None
    known = known.model_copy(update={"prediction": known.prediction.model_copy(update={"status": answers})})
    return outcome_rate_shift(facts(bins=bins(batch(0), counted), report=known))


@pytest.mark.parametrize(
    ("current", "expected"), [((800, 200), "fine"), ((770, 230), "watch"), ((740, 260), "act"), ((75, 25), "fine")]
)
def test_the_outcome_shift_needs_size_and_evidence(current: tuple[int, int], expected: str) -> None:
    reading = outcome((8000, 2000), current)
    assert status(reading) == expected
    rate = current[1] / sum(current)
    error = np.sqrt(rate * (1 - rate) / sum(current) + 0.2 * 0.8 / 10_000)
    assert reading.value == pytest.approx(rate - 0.2)
    assert reading.inputs[2].value == pytest.approx(error)


def test_a_shift_the_reference_has_itself_from_day_to_day_is_ordinary() -> None:
    reading = outcome((8000, 2000), (740, 260), "fine")
    assert (status(reading), "within ordinary change" in reading.sentence) == ("fine", True)
    assert status(outcome((8000, 2000), (740, 260), "unknown")) == "act"


def test_numbers_above_zero_are_the_positive_decisions() -> None:
    counted = FeatureBins(
        feature="prediction", kind="numeric", edges=(0.0,), low=0.0, high=1.0, reference=(80, 20), current=(50, 50)
    )
    assert outcome_rate_shift(facts(bins=bins(batch(0), counted))).value == pytest.approx(0.3)


def test_the_median_of_bins_is_near_that_of_the_values() -> None:
    values = np.random.default_rng(1).gamma(3, 10, 20_000)
    edges = np.quantile(values, np.linspace(0.05, 0.95, 19))
    counts = np.histogram(values, [-np.inf, *edges, np.inf])[0]
    counted = FeatureBins(
        feature="y", kind="numeric", edges=tuple(edges), low=float(values.min()), high=float(values.max()),
        reference=tuple(int(n) for n in counts), current=tuple(int(n) for n in counts),
    )  # fmt: skip
    assert binned_median(counted, counted.current) == pytest.approx(np.median(values), rel=0.01)
    reading = outcome_rate_shift(
        facts(of=model(task="regression"), bins=bins(batch(0), counted.model_copy(update={"feature": "prediction"})))
    )
    assert reading.value == pytest.approx(0.0)
    assert reading.unit == "share of the median", "no difference of two shares"


@pytest.mark.parametrize(("rows", "expected"), [(1000, "fine"), (1190, "fine"), (750, "watch"), (499, "act")])
def test_volume_is_held_against_the_same_weekday(rows: int, expected: str) -> None:
    weekday = (NOW - DAY).weekday()
    days = [batch(ago, 1000 if (NOW - DAY - ago * DAY).weekday() == weekday else 5000) for ago in range(1, 60)][::-1]
    reading = decision_volume(facts([*days, batch(0, rows)]))
    assert reading.value == pytest.approx(rows / 1000 - 1)
    assert (status(reading), "usual Sunday" in reading.sentence) == (expected, True)


def silent() -> Facts:
    return facts(now=NOW + 3 * DAY)


def test_silence_is_no_decisions_no_rows_and_no_freshness() -> None:
    for read in (decision_volume, rows_vs_expected, freshness, time_since_healthy):
        assert status(read(silent())) == "act", read.__name__
    assert decision_volume(silent()).value == -1


@pytest.mark.parametrize(("sick", "expected"), [(0, "fine"), (1, "watch"), (2, "act")])
def test_time_since_the_last_healthy_run_counts_sick_batches(sick: int, expected: str) -> None:
    days = [batch(ago) for ago in range(30)][::-1]
    points = [point(one, "act" if n >= 30 - sick else "fine") for n, one in enumerate(days)]
    reading = time_since_healthy(facts(days, points=points, now=NOW + 12 * HOUR))
    assert reading.value == pytest.approx(18 + 24 * sick)
    assert status(reading) == expected


def test_replayed_history_is_judged_on_its_own_clock() -> None:
    old = NOW.replace(year=2013)
    days = [batch(ago, now=old, submitted_at=NOW - timedelta(minutes=30 - ago)) for ago in range(30)][::-1]
    given = facts(days, now=NOW)
    assert given.age == given.now - days[-1].submitted_at
    assert [status(read(given)) for read in (freshness, time_since_healthy, decision_volume)] == ["fine"] * 3
    assert status(freshness(facts(days, now=NOW + 3 * DAY))) == "act"


# -- deliveries


def test_freshness_knows_the_usual_delay_and_counts_what_was_on_time() -> None:
    days = [batch(ago, arrival=timedelta(hours=20 if ago == 5 else 6)) for ago in range(30)][::-1]
    on_time = freshness(facts(days, now=NOW.replace(hour=0) + DAY + 5 * HOUR))
    assert (on_time.value, on_time.severity) == (0.0, 0.0)
    late = freshness(facts(days, now=NOW.replace(hour=0) + DAY + 10 * HOUR))
    assert late.value == pytest.approx(4)
    assert status(late) == "watch"
    assert "26 of 27 times" in late.sentence


@pytest.mark.parametrize(("rows", "expected"), [(1000, "fine"), (790, "watch"), (2100, "act"), (490, "act")])
def test_rows_need_size_and_a_large_z(rows: int, expected: str) -> None:
    days = [batch(ago, 1000 + 10 * (ago % 5)) for ago in range(1, 60)][::-1]
    reading = rows_vs_expected(facts([*days, batch(0, rows)]))
    assert status(reading) == expected


def test_a_noisy_feed_does_not_cry_wolf() -> None:
    days = [batch(ago, (600, 1000, 1500)[ago // 7 % 3]) for ago in range(1, 60)][::-1]
    assert status(rows_vs_expected(facts([*days, batch(0, 700)]))) == "fine"


def test_the_robust_z_is_scipys() -> None:
    usual = [100, 120, 90, 105, 111, 98, 130, 95]
    logs = np.log(usual)
    expected = (np.log(70) - np.median(logs)) / stats.median_abs_deviation(logs, scale="normal")
    assert robust_z(70, usual) == pytest.approx(expected, rel=1e-4)
    assert robust_z(70, [5] * 8) is None
    assert robust_z(0, usual) is None


def issue(
    kind: str, reference: float | None = None, current: float | None = None, said: str = "act", detail: str = ""
) -> Issue:
    told = {"kind": kind, "status": said, "reference": reference, "current": current, "detail": detail}
    return Issue.model_validate(told)


@pytest.mark.parametrize(
    ("issues", "value", "expected"),
    [
        ({}, 0.0, "fine"),
        ({"age": (issue("missing", 0.01, 0.022, "watch"),)}, 40.0, "watch"),
        ({"age": (issue("missing", 0.0, 0.15),)}, 500.0, "act"),
        ({"age": (issue("column_missing"),)}, 10_000 / 3, "act"),
    ],
)
def test_violations_are_counted_beyond_the_reference(
    issues: dict[str, tuple[Issue, ...]], value: float, expected: str
) -> None:
    reading = quality_violations(facts(report=report(batch(0), issues=issues)))
    assert reading.value == pytest.approx(value)
    assert status(reading) == expected


def test_a_violation_that_is_no_cell_is_named() -> None:
    constant = {"age": (issue("constant", said="watch", detail="always 10"),)}
    reading = quality_violations(facts(report=report(batch(0), issues=constant)))
    told = "No cell is wrong in itself. age has the same value in all rows (always 10)."
    assert (status(reading), reading.sentence) == ("watch", told)


def test_a_retyped_input_names_its_first_run() -> None:
    days = [batch(ago, run="load-31" if ago == 1 else None) for ago in range(30)][::-1]
    points = [point(one, bad=["income"] if n >= 28 else []) for n, one in enumerate(days)]
    gone = {"income": (Issue(kind="type_changed", status="act", detail="double to string"),)}
    reading = schema_changes(facts(days, points=points, report=report(days[-1], bad=["income"], issues=gone)))
    assert status(reading) == "act"
    assert "income changed its type (double to string) on 28 Feb 2026, first in run load-31." in reading.sentence


def test_new_columns_are_told_and_fine() -> None:
    days = [batch(1), batch(0, extra_columns=("utm",))]
    reading = schema_changes(facts(days, report=report(days[-1])))
    assert (reading.value, status(reading), "utm" in reading.sentence) == (1.0, "fine", True)


# -- pipelines


def runs(states: str, minutes: float = 10) -> list[Run]:
    word = {"s": "succeeded", "f": "failed", "c": "cancelled"}
    return [
        Run("load", str(n), word[state], NOW + n * HOUR, NOW + n * HOUR + timedelta(minutes=minutes),
            "Copy" if state == "f" else None, "disk full" if state == "f" else None)
        for n, state in enumerate(states)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("states", "value", "expected"),
    [("s" * 30, 1.0, "fine"), ("f" + "s" * 29, 29 / 30, "watch"), ("ffs" + "s" * 27, 28 / 30, "act"),
     ("s" * 98 + "ff", 28 / 30, "act"), ("sssc", 1.0, "fine"), ("s" * 40 + "f", 29 / 30, "watch")],
)  # fmt: skip
def test_pipeline_success_is_of_the_last_thirty_that_ended(states: str, value: float, expected: str) -> None:
    reading = pipeline_success(facts(runs=runs(states)))
    assert reading.value == pytest.approx(value)
    assert status(reading) == expected
    assert ("Copy: disk full" in reading.sentence) == ("f" in states[-30:])


@pytest.mark.parametrize(("ok", "n"), [(0, 5), (5, 5), (28, 30), (1, 2)])
def test_the_lower_bound_is_wilsons(ok: int, n: int) -> None:
    expected = stats.binomtest(ok, n).proportion_ci(method="wilson").low
    assert wilson_low(ok, n) == pytest.approx(expected)


@pytest.mark.parametrize(("minutes", "expected"), [(10, "fine"), (16, "watch"), (31, "act"), (3, "fine")])
def test_duration_is_held_against_the_runs_before(minutes: float, expected: str) -> None:
    last = Run("load", "x", "succeeded", NOW + 99 * HOUR, NOW + 99 * HOUR + timedelta(minutes=minutes))
    reading = duration_vs_usual(facts(runs=[*runs("s" * 14), last]))
    assert reading.value == pytest.approx(minutes / 10)
    assert status(reading) == expected
    assert reading.sentence.startswith("load took its usual time.") == (minutes == 10)


# -- recovery


def incident(opened: timedelta, found: timedelta, mended: timedelta | None) -> Incident:
    at = NOW - opened
    return Incident(
        id=fact_id(at, "incident", "m", str(at)), pk="m", model="m", group="m|drift", family="drift", status="act",
        state="open" if mended is None else "resolved", title="x", sentence="x", since=at, seen_at=at - found,
        opened_at=at, resolved_at=None if mended is None else at + mended, alerts=(), next_step="x", updated_at=at,
    )  # fmt: skip


def test_recovery_is_the_median_of_thirty_days() -> None:
    known = [
        incident(20 * DAY, 1 * DAY, 2 * DAY), incident(10 * DAY, 3 * DAY, 4 * DAY), incident(5 * DAY, 2 * DAY, None),
        incident(45 * DAY, 9 * DAY, 1 * DAY),
    ]  # fmt: skip
    detect, repair = time_to_detect(facts(incidents=known)), time_to_repair(facts(incidents=known))
    assert (detect.value, status(detect)) == (48, "act")
    assert detect.inputs[1].value == (1 + 3 + 2 + 2 + 4 + 5) * 24
    assert (repair.value, status(repair)) == (96, "act")
    assert "1 day in the 30 days before" in repair.sentence.replace("24 hours", "1 day")


def test_nothing_to_recover_from_is_fine() -> None:
    assert [status(read(facts())) for read in (time_to_detect, time_to_repair)] == ["fine", "fine"]


# -- drift, labels, explanation, service


def test_overall_drift_is_held_against_the_models_own_lines() -> None:
    days = [batch(ago) for ago in range(30)][::-1]
    points = [point(one, "act" if n >= 27 else "fine") for n, one in enumerate(days)]
    reading = overall_drift(facts(days, points=points, report=report(days[-1], bad=["income"])))
    assert (reading.value, status(reading), reading.since) == (60.0, "act", days[27].start)


@pytest.mark.parametrize(("ago", "expected"), [(3, "fine"), (5, "watch"), (8, "act")])
def test_labels_are_late_against_their_usual_delay(ago: int, expected: str) -> None:
    days = [batch(n) for n in range(30)][::-1]
    real = [
        performance(batch(n), kind="realised", labelled=900, created_at=batch(n - 3).submitted_at)
        for n in range(25, max(ago, 3) - 1, -1)
    ]
    reading = label_coverage(facts(days, realised=real))
    assert reading.value == pytest.approx(0.9)
    assert status(reading) == expected


@pytest.mark.parametrize(("ndcg", "expected"), [(0.99, "fine"), (0.89, "watch"), (0.79, "act")])
def test_explanations_are_stable_by_their_ranking(ndcg: float, expected: str) -> None:
    moved = (AttributionChange(feature="income", share=0.5, reference_share=0.2),)
    against = AgainstReference(status="fine", ndcg=ndcg, rows=500, features=moved)
    explained = Explanation(
        id="g~1", pk="m", model="m", batch="b", method="tree", rows=10, features=(), against_reference=against,
        created_at=NOW,
    )  # fmt: skip
    reading = explanation_stability(facts(explanation=explained))
    assert (status(reading), "income went from 20 % to 50 %" in reading.sentence) == (expected, True)


def test_the_service_itself_is_judged() -> None:
    busy = facts(service=Service(requests=1000, errors=15, p95_s=0.6, oldest_s=301.0))
    assert [status(read(busy)) for read in (gateway_errors, gateway_latency, queue_age)] == ["act", "watch", "act"]
    calm = facts(service=Service(requests=0, errors=0, p95_s=None, oldest_s=0.0))
    assert [status(read(calm)) for read in (gateway_errors, gateway_latency, queue_age)] == [
        "unknown",
        "unknown",
        "fine",
    ]


def test_an_expected_change_marks_the_key_figures_it_covers_and_changes_no_value() -> None:
    newest = batch(0)
    given = facts(report=report(newest, bad=["income"]))
    mute = Mute(
        id="x", pk="mutes|m", model="m", start=NOW - DAY, end=NOW + DAY, reason="x", features=("income",),
        rules=("drift",), created_at=NOW, created_by="me",
    )  # fmt: skip
    quiet = Facts(**{name: getattr(given, name) for name in Facts.__dataclass_fields__} | {"mutes": [mute]})
    loud = {one.id: one for one in compute(given)[0]}
    for one in compute(quiet)[0]:
        covered = one.id in ("overall_drift", "changed_inputs")
        assert (one.muted_until == mute.end) == covered
        assert (one.status, one.value) == (loud[one.id].status, loud[one.id].value)
