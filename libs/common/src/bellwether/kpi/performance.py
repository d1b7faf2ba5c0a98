"""Key figures of how well decisions are made, and what wrong ones cost; pure."""

import math
from collections.abc import Sequence
from datetime import datetime
from statistics import median

from bellwether.contracts import KpiInfo, KpiInput, MetricValue, PerformanceReport
from bellwether.contracts.catalogue import METRICS
from bellwether.contracts.methods import MetricInfo
from bellwether.kpi.base import Definition, Facts, Reading, drifted, held, importances, severity, unknown
from bellwether.kpi.words import amount, day, number, percent, period, within

ENOUGH_LABELS, ENOUGH_COVERAGE = 200, 0.3
"""Labels, and their share of the rows, from which what happened replaces what was estimated."""
_ASSUMES = "The estimate assumes the meaning of the score has not changed; if the world changed, only labels tell."
_SEGMENT_ROWS = 100
_WINDOWS = 8


def money_at_risk(facts: Facts) -> Reading:
    """Read what wrong decisions of the newest batch cost above normal: realised where labels suffice, else expected."""
    found = _money_report(facts)
    if found is None or found.money is None:
        return unknown("What wrong decisions cost cannot be told: the newest batch has no scores and too few labels.")
    money, real = found.money, found.kind == "realised"
    inputs = (
        KpiInput(name="basis", value=found.kind),
        KpiInput(name="cost", value=money.cost, unit=money.currency),
        KpiInput(name="normal cost", value=money.normal_cost, unit=money.currency),
        KpiInput(name="labels", value=found.labelled),
    )
    caveat = None if real else _ASSUMES
    if money.excess is None or money.normal_cost is None:
        said = f"Wrong decisions cost {amount(money.cost, money.currency)}; the reference cannot say what is normal."
        return unknown(said, unit=money.currency, inputs=inputs, caveat=caveat)
    share = money.excess / money.normal_cost if money.normal_cost > 0 else math.copysign(1.0, money.excess or -1.0)
    more = "more" if money.excess >= 0 else "less"
    begin = "Wrong decisions cost about" if real else "About"
    end = "" if real else " is at risk from wrong decisions"
    sentence = f"{begin} {amount(money.excess, money.currency)} {more} than on a normal {period(facts.interval)}{end}."
    if money.excess > 0 and (names := drifted(facts)):
        weight = importances(facts).get(names[0])
        drives = f", which drives {percent(weight)} of the decisions" if weight else ""
        sentence += f" {names[0]} has changed most{drives}."
    return Reading(
        money.excess,
        severity(share, 0.0, 0.1, 0.25),
        sentence,
        confidence=1.0 if real else 0.9,
        since=found.start or found.end,
        unit=money.currency,
        inputs=inputs,
        caveat=caveat,
    )


def estimated_performance(facts: Facts) -> Reading:
    """Read the key metric of the newest batch as estimated without labels."""
    report = facts.estimated[-1]
    key = _key(report)
    if key is None or key[1].value is None:
        return unknown(report.sentence, caveat=report.caveat)
    info, value = key
    assert value.value is not None
    said = f"We estimate {within(info.title)} at {number(value.value)}{_band(value)}."
    if facts.realised:
        real = facts.realised[-1]
        known = next((one for one in real.metrics if one.metric == value.metric and one.value is not None), None)
        if known is not None and known.value is not None:
            said += f" Real answers so far: {real.labelled}, they say {number(known.value)}."
    slope = theil_sen([_value_of(one, value.metric) for one in facts.estimated[-_WINDOWS:]])
    inputs = (
        KpiInput(name="metric", value=info.title),
        KpiInput(name="normal", value=value.normal, unit=info.unit),
        KpiInput(name="watch", value=value.watch, unit=info.unit),
        KpiInput(name="act", value=value.act, unit=info.unit),
        KpiInput(name="slope per batch", value=slope, unit=info.unit),
        KpiInput(name="rows", value=report.rows),
    )
    sure = min(1.0, report.rows / 200) * (1.0 if value.normal is not None else 0.5)
    if value.normal is None:
        said = f"{said[:-1]}; the reference is too small to say what is normal."
    return Reading(
        value.value,
        _metric_severity(value),
        said,
        confidence=sure,
        since=_bad_since(facts.estimated),
        unit=info.unit,
        inputs=inputs,
        caveat=report.caveat,
    )


def realised_performance(facts: Facts) -> Reading:
    """Read the key metric of the newest batch whose labels have come."""
    report = next((one for one in reversed(facts.realised) if one.labelled), facts.realised[-1])
    key = _key(report)
    if key is None or key[1].value is None:
        return unknown(report.sentence)
    info, value = key
    assert value.value is not None
    about = day(report.start or report.end)
    said = f"{info.title} is {number(value.value)} on {report.labelled:,} real answers of {about}{_band(value)}."
    return Reading(
        value.value,
        _metric_severity(value),
        said,
        confidence=min(1.0, report.labelled / ENOUGH_LABELS),
        since=_bad_since(facts.realised),
        unit=info.unit,
        inputs=(
            KpiInput(name="metric", value=info.title),
            KpiInput(name="labelled", value=report.labelled),
            KpiInput(name="rows", value=report.rows),
            KpiInput(name="normal", value=value.normal, unit=info.unit),
        ),
    )


def segment_gap(facts: Facts) -> Reading:
    """Read how far the best and the worst segment are apart in the key metric."""
    report = next((one for one in reversed(facts.realised) if one.segments), None)
    parts = () if report is None else report.segments
    known = [one for one in parts if one.rows >= _SEGMENT_ROWS and one.metric.value is not None]
    columns = {one.column for one in known}
    gaps = []
    for column in sorted(columns):
        inside = [one for one in known if one.column == column]
        if len(inside) >= 2:
            higher = _info(inside[0].metric.metric).better == "higher"
            ordered = sorted(inside, key=lambda one: one.metric.value or 0.0, reverse=higher)
            gaps.append((abs((ordered[0].metric.value or 0.0) - (ordered[-1].metric.value or 0.0)), ordered[-1]))
    if not gaps:
        return unknown(f"No two segments have {_SEGMENT_ROWS} labelled rows each yet.")
    gap, worst = max(gaps, key=lambda one: one[0])
    return Reading(
        gap,
        severity(gap, 0.0, 0.05, 0.1),
        f"The model is {number(100 * gap)} points worse for {worst.column} {worst.value}.",
        confidence=min(1.0, worst.rows / 400),
        inputs=(KpiInput(name="rows of the worst segment", value=worst.rows),),
    )


def counts(report: PerformanceReport | None) -> bool:
    """Say whether a realised report has labels enough to replace the estimate."""
    if report is None or not report.rows:
        return False
    return report.labelled >= ENOUGH_LABELS and report.labelled / report.rows >= ENOUGH_COVERAGE


def theil_sen(values: Sequence[float | None]) -> float | None:
    """Return the median slope per step over all pairs of known values; None below three.

    Source: Theil (1950), Sen (1968).
    """
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if len(known) < 3:
        return None
    pairs = ((a, b) for n, a in enumerate(known) for b in known[n + 1 :])
    return median((b[1] - a[1]) / (b[0] - a[0]) for a, b in pairs)


def _money_report(facts: Facts) -> PerformanceReport | None:
    """Return whose money counts: realised of the newest batch, its estimate, else the newest realised one."""
    newest = facts.newest
    real = [one for one in facts.realised if one.money is not None and counts(one)]
    same = next((one for one in real if newest is not None and one.batch == newest.id), None)
    guess = facts.estimated[-1] if facts.estimated and facts.estimated[-1].money is not None else None
    return same or guess or (real[-1] if real else None)


def _info(slug: str) -> MetricInfo:
    return next(one for one in METRICS if one.slug == slug)


def _key(report: PerformanceReport) -> tuple[MetricInfo, MetricValue] | None:
    value = next((one for one in report.metrics if one.metric == report.key_metric), None)
    return None if value is None else (_info(value.metric), value)


def _value_of(report: PerformanceReport, slug: str) -> float | None:
    return next((one.value for one in report.metrics if one.metric == slug), None)


def _band(value: MetricValue) -> str:
    if value.normal is None or value.act is None:
        return ""
    half = abs(value.act - value.normal)
    low, high = value.normal - half, value.normal + half
    # Errors and losses begin at 0, shares end at 1; a bias may lie on either side.
    match _info(value.metric).better:
        case "lower":
            low = max(0.0, low)
        case "higher":
            high = min(1.0, high)
    return f" (normally {number(low)} to {number(high)})"


def _metric_severity(value: MetricValue) -> float | None:
    if value.value is None or value.status == "unknown":
        return None
    if value.normal is None or value.watch is None or value.act is None or value.act == value.normal:
        return held(value.status, 0.5)
    return held(value.status, severity(value.value, value.normal, value.watch, value.act))


def _bad_since(reports: Sequence[PerformanceReport]) -> datetime | None:
    since = None
    for one in reversed(reports):
        if one.status not in ("watch", "act"):
            break
        since = one.start or one.end
    return since


KPIS = (
    Definition(
        KpiInfo(
            id="money_at_risk",
            family="value",
            title="Money at risk",
            unit="currency",
            direction="lower",
            formula="sum of c_FP (1 - p) over positive and c_FN p over negative decisions of the batch, minus rows x "
            "mean loss on the reference; regression: cost per unit x expected |error|; realised loss once labels >= "
            "200 and coverage >= 30 %",
            lines="watch 10 %, act 25 % of the normal loss",
            needs=("value_matrix", "scores_or_labels"),
            relevance={"business": 1.0, "data_engineer": 0.2, "data_scientist": 0.5, "operator": 0.2},
        ),
        money_at_risk,
        ("performance",),
        drifted,
    ),
    Definition(
        KpiInfo(
            id="estimated_performance",
            family="performance",
            title="Estimated performance",
            unit="of the metric",
            direction="higher",
            formula="key metric from calibrated scores or a model of the loss; band = mean of reference chunks +- 3 "
            "SD; slope = Theil-Sen over 8 batches",
            lines="watch 2 SD, act 3 SD of reference chunks on the worse side of their mean",
            needs=("performance",),
            relevance={"business": 0.9, "data_engineer": 0.2, "data_scientist": 1.0, "operator": 0.3},
        ),
        estimated_performance,
        ("performance",),
    ),
    Definition(
        KpiInfo(
            id="realised_performance",
            family="performance",
            title="Realised performance",
            unit="of the metric",
            direction="higher",
            formula="key metric on the rows whose label has come, of the newest batch that has labels",
            lines="watch 2 SD, act 3 SD of reference chunks on the worse side of their mean, and outside the interval",
            needs=("labels",),
            relevance={"business": 0.9, "data_engineer": 0.2, "data_scientist": 1.0, "operator": 0.3},
        ),
        realised_performance,
        ("performance",),
    ),
    Definition(
        KpiInfo(
            id="segment_gap",
            family="fairness",
            title="Gap between segments",
            unit="of the metric",
            direction="lower",
            formula="largest - smallest key metric over the values of a segment column with at least 100 labelled rows",
            lines="watch 5 pp, act 10 pp",
            needs=("segments", "labels"),
            relevance={"business": 0.8, "data_engineer": 0.1, "data_scientist": 0.8, "operator": 0.1},
        ),
        segment_gap,
        ("performance",),
    ),
)
