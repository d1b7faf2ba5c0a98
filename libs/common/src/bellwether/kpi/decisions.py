"""Key figures of what the model decides, and on what; pure."""

import math
from collections.abc import Sequence
from datetime import timedelta
from statistics import median

from bellwether.contracts import FeatureBins, KpiInfo, KpiInput
from bellwether.kpi.base import (
    Definition,
    Facts,
    Reading,
    day_of,
    drifted,
    end_of,
    held,
    importances,
    same_weekday,
    severity,
    unknown,
)
from bellwether.kpi.words import listed, number, percent, span

_POSITIVE = ("1", "true", "yes")


def changed_inputs(facts: Facts) -> Reading:
    """Read how much of what drives the decisions comes from inputs past their act line."""
    assert facts.report is not None
    weight, names = importances(facts), drifted(facts)
    share = sum(weight.get(name, 0.0) for name in names)
    judged = [one for one in facts.report.features if one.status != "unknown"]
    if not judged:
        return unknown("There are too few rows to say which inputs changed.")
    if names:
        said = (
            f"{percent(share)} of what drives these decisions comes from inputs that no longer look like training "
            f"data: {listed(names)}."
        )
    else:
        said = "No input that drives these decisions differs from training data more than usual."
    local = facts.explanation is not None and facts.explanation.batch == facts.report.batch
    return Reading(
        share,
        severity(share, 0.0, 0.2, 0.4),
        said,
        confidence=0.9 if local else 0.7,
        inputs=tuple(KpiInput(name=name, value=weight.get(name, 0.0), unit="share") for name in names[:10]),
    )


def outcome_rate_shift(facts: Facts) -> Reading:
    """Read how the share of positive decisions, or the median of a regression, moved against the reference."""
    name = facts.model.roles.prediction
    bins = facts.bins_of(name)
    if bins is None or not sum(bins.current) or not sum(bins.reference):
        return unknown("There are no decisions to compare with those of the reference.")
    if facts.model.task == "regression":
        return _median_shift(facts, bins)
    return _rate_shift(facts, bins)


def decision_volume(facts: Facts) -> Reading:
    """Read how many decisions were made, against the same weekday."""
    newest = facts.newest
    assert newest is not None
    if facts.silent and facts.age is not None:
        said = f"No decisions have come for {span(facts.age)}."
        return Reading(-1.0, 1.0, said, since=end_of(newest), inputs=(KpiInput(name="rows", value=0),))
    usual = [one.rows for one in same_weekday(facts.batches, newest)]
    if len(usual) < 3:
        return unknown(f"{newest.rows:,} decisions; there are too few former batches to say whether that is usual.")
    normal = median(usual)
    change = newest.rows / normal - 1 if normal else 0.0
    what = f"{percent(abs(change))} {'more' if change > 0 else 'fewer'} than" if abs(change) >= 0.01 else "as on"
    unit = day_of(newest).strftime("%A") if facts.interval and facts.interval <= timedelta(days=1) else "batch"
    return Reading(
        change,
        severity(abs(change), 0.0, 0.2, 0.5) if newest.rows else 1.0,
        f"{newest.rows:,} decisions, {what} a usual {unit}.",
        confidence=min(1.0, len(usual) / 4),
        inputs=(KpiInput(name="rows", value=newest.rows), KpiInput(name="usual", value=float(normal))),
    )


def time_since_healthy(facts: Facts) -> Reading:
    """Read how long ago a batch was used whose drift is not past its act line."""
    assert facts.interval is not None
    sick = {point.batch for point in facts.points if point.status == "act"}
    analysed = {point.batch for point in facts.points}
    good = [one for one in facts.batches if one.state == "accepted" and one.id in analysed and one.id not in sick]
    if not good:
        return Reading(None, 1.0 if facts.points else None, "No run so far was healthy from end to end.")
    ago = facts.as_of - end_of(good[-1])
    after = [one for one in facts.batches if end_of(one) > end_of(good[-1])]
    bad = sum(one.state == "rejected" or one.id in sick for one in after)
    said = f"The last fully healthy run was {span(ago)} ago."
    if bad:
        said += f" {bad} {'run' if bad == 1 else 'runs'} since then had a problem."
    return Reading(
        ago.total_seconds() / 3600,
        severity(ago / facts.interval, 1.0, 1.5, 2.0) if ago > facts.interval else 0.0,
        said,
        since=end_of(good[-1]),
        inputs=(
            KpiInput(name="runs with a problem since", value=bad),
            KpiInput(name="expected interval", value=facts.interval.total_seconds() / 3600, unit="h"),
        ),
    )


def _rate_shift(facts: Facts, bins: FeatureBins) -> Reading:
    place = _positive_from(bins)
    if place is None:
        return unknown("The decisions do not say which of them is the positive one.")
    n, m = sum(bins.reference), sum(bins.current)
    before, after = sum(bins.reference[place]) / n, sum(bins.current[place]) / m
    error = math.sqrt(after * (1 - after) / m + before * (1 - before) / n)
    shift = after - before
    size, watch, act = abs(shift), max(0.02, 2 * error), max(0.05, 3 * error)
    level = _as_far_as_it_moved(facts, severity(size, 0.0, watch, act))
    beyond = ", beyond ordinary change" if size >= watch and _moved(facts) else ", within ordinary change"
    way = "up" if shift > 0 else "down"
    return Reading(
        shift,
        level,
        f"Positive decisions went {way} from {percent(before)} to {percent(after)}{beyond}.",
        confidence=min(1.0, m / 200),
        inputs=(
            KpiInput(name="reference", value=before, unit="share"),
            KpiInput(name="now", value=after, unit="share"),
            KpiInput(name="standard error", value=error, unit="share"),
        ),
    )


def _moved(facts: Facts) -> bool:
    """Say whether the answers differ from the reference more than usual; so, too, as long as that is not known."""
    report = facts.report
    return report is None or report.prediction is None or report.prediction.status != "fine"


def _as_far_as_it_moved(facts: Facts, level: float | None) -> float | None:
    """Return a severity, below watch where answers moved no more than usual: rates and medians have seasons too."""
    return level if level is None or _moved(facts) else held("fine", level)


def _positive_from(bins: FeatureBins) -> slice | None:
    """Return which bins are positive decisions: of two labels the one that says so, of numbers those above 0."""
    if bins.labels:
        names = [name for name in bins.labels if name != "other"]
        chosen = next((name for name in names if name.casefold() in _POSITIVE or name == "1.0"), None)
        chosen = chosen or (sorted(names)[-1] if len(names) == 2 else None)
        if chosen is None:
            return None
        place = bins.labels.index(chosen)
        return slice(place, place + 1)
    above = next((place for place, edge in enumerate(bins.edges) if 0 <= edge < 1), None)
    return None if above is None else slice(above + 1, None)


def _median_shift(facts: Facts, bins: FeatureBins) -> Reading:
    before, after = binned_median(bins, bins.reference), binned_median(bins, bins.current)
    if before is None or after is None or before == 0:
        return unknown("The median of the answers cannot be told from what is stored.")
    shift = after / before - 1 if before > 0 else (after - before) / abs(before)
    way = "up" if after > before else "down"
    m = sum(bins.current)
    return Reading(
        shift,
        _as_far_as_it_moved(facts, severity(abs(shift), 0.0, 0.05, 0.15)),
        f"The median answer went {way} from {number(before)} to {number(after)}.",
        confidence=min(1.0, m / 200),
        unit="share of the median",
        inputs=(KpiInput(name="reference median", value=before), KpiInput(name="median now", value=after)),
    )


def binned_median(bins: FeatureBins, counted: Sequence[int]) -> float | None:
    """Return the median of counts by numeric bins, linear inside its bin; None without numbers."""
    total = sum(counted)
    if not total or not bins.edges or bins.low is None or bins.high is None:
        return None
    edges = [min(bins.low, bins.edges[0]), *bins.edges, max(bins.high, bins.edges[-1])]
    passed = 0
    for place, count in enumerate(counted):
        if count and passed + count >= total / 2:
            share = (total / 2 - passed) / count
            return edges[place] + share * (edges[place + 1] - edges[place])
        passed += count
    return None


KPIS = (
    Definition(
        KpiInfo(
            id="changed_inputs",
            family="drift",
            title="Decisions resting on changed inputs",
            unit="share",
            direction="lower",
            formula="importance of the inputs past their act line / importance of all inputs",
            lines="watch 20 %, act 40 %",
            needs=("drift", "importance"),
            relevance={"business": 0.8, "data_engineer": 0.3, "data_scientist": 0.9, "operator": 0.2},
        ),
        changed_inputs,
        ("features", "drift"),
        drifted,
    ),
    Definition(
        KpiInfo(
            id="outcome_rate_shift",
            family="outcome",
            title="Shift of the decisions",
            unit="share",
            direction="zero",
            formula="share of positive decisions now - on the reference, SE = sqrt(r(1 - r)/N of both); regression: "
            "change of the median",
            lines="watch max(2 pp, 2 SE), act max(5 pp, 3 SE); regression: watch 5 %, act 15 %; only where the "
            "distribution moved",
            needs=("predictions",),
            relevance={"business": 0.9, "data_engineer": 0.2, "data_scientist": 0.7, "operator": 0.1},
        ),
        outcome_rate_shift,
        ("drift",),
    ),
    Definition(
        KpiInfo(
            id="time_since_healthy",
            family="freshness",
            title="Time since the last healthy run",
            unit="h",
            direction="lower",
            formula="now - end of the newest batch that was accepted, analysed and not past its act line",
            lines="watch 1.5, act 2 expected intervals",
            needs=("batches", "schedule", "drift"),
            relevance={"business": 0.7, "data_engineer": 0.8, "data_scientist": 0.4, "operator": 0.9},
        ),
        time_since_healthy,
        ("batches", "drift"),
    ),
    Definition(
        KpiInfo(
            id="decision_volume",
            family="volume",
            title="Decision volume",
            unit="share",
            direction="zero",
            formula="rows of the batch / median of the last 8 of the same weekday - 1",
            lines="watch 20 %, act 50 % either way, or no rows",
            needs=("batches",),
            relevance={"business": 0.8, "data_engineer": 0.7, "data_scientist": 0.3, "operator": 0.6},
        ),
        decision_volume,
        ("batches",),
    ),
)
