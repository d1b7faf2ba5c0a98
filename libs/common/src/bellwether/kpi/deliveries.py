"""Key figures of the data that arrives: when, how much, how clean, in what shape; pure."""

import math
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from statistics import median

from bellwether.contracts import DriftReport, Issue, KpiInfo, KpiInput
from bellwether.kpi.base import (
    Definition,
    Facts,
    Reading,
    arrived,
    day_of,
    end_of,
    held,
    offset_of,
    same_weekday,
    severity,
    unknown,
)
from bellwether.kpi.issues import issue_words
from bellwether.kpi.words import day, listed, number, percent, span

GONE = ("column_missing", "type_changed")
_DAYS = 28


def freshness(facts: Facts) -> Reading:
    """Read how late the next data is, and how often it was on time."""
    newest, interval = facts.newest, facts.interval
    assert newest is not None
    assert interval is not None
    assert facts.age is not None
    live = [one for one in facts.batches if one.state == "accepted" and not offset_of(one, interval)]
    lags = sorted(arrived(one) - end_of(one) for one in live)
    usual = lags[min(len(lags) - 1, math.ceil(0.9 * len(lags)))] if lags else timedelta(0)
    grace = min(max(0.1 * interval, usual), 0.9 * interval)
    late = facts.age - (interval + grace)
    recent = [one for one in live if facts.as_of - end_of(one) <= timedelta(days=_DAYS)]
    kept = sum(arrived(one) - end_of(one) <= grace for one in recent)
    if late <= timedelta(0):
        said = f"The data is up to date: the newest is {span(facts.age)} old."
        level = 0.0
    else:
        said = f"The next data is {span(late)} late; the newest is {span(facts.age)} old."
        level = severity(facts.age / interval, (interval + grace) / interval - 1e-9, (interval + grace) / interval, 2.0)
        level = max(0.5, level)
    if recent:
        said += f" It was on time {kept} of {len(recent)} times in {_DAYS} days."
    return Reading(
        max(0.0, late.total_seconds() / 3600),
        level,
        said,
        since=end_of(newest) + interval if level else None,
        inputs=(
            KpiInput(name="age of the newest data", value=facts.age.total_seconds() / 3600, unit="h"),
            KpiInput(name="expected interval", value=interval.total_seconds() / 3600, unit="h"),
            KpiInput(name="grace", value=grace.total_seconds() / 3600, unit="h"),
        ),
    )


def rows_vs_expected(facts: Facts) -> Reading:
    """Read how many rows came against the same weekday, in the scale of their own spread."""
    newest = facts.newest
    assert newest is not None
    if facts.silent and facts.age is not None:
        return Reading(0.0, 1.0, f"No rows have arrived for {span(facts.age)}.", since=end_of(newest))
    usual = [one.rows for one in same_weekday(facts.batches, newest)]
    if len(usual) < 3 or not median(usual):
        return unknown(f"{newest.rows:,} rows arrived; there are too few former batches to say whether that is usual.")
    normal = float(median(usual))
    ratio = newest.rows / normal
    z = robust_z(newest.rows, usual)
    if ratio < 0.5 or ratio > 2:
        level = 1.0
    else:
        raw = severity(ratio, 1.0, 0.8, 0.5) if ratio < 1 else severity(ratio, 1.0, 1.25, 2.0)
        level = raw if z is None or abs(z) > 3 else min(0.49, raw)
    name = day_of(newest).strftime("%A") if facts.interval and facts.interval <= timedelta(days=1) else "batch"
    return Reading(
        ratio,
        level,
        f"{newest.rows:,} rows arrived, {percent(ratio)} of a usual {name}.",
        confidence=min(1.0, len(usual) / 4),
        inputs=(
            KpiInput(name="rows", value=newest.rows),
            KpiInput(name="usual", value=normal),
            KpiInput(name="z of ln rows", value=z),
        ),
    )


def quality_violations(facts: Facts) -> Reading:
    """Read how many of 10,000 cells are wrong beyond what the reference has."""
    report = facts.report
    assert report is not None
    if not report.features or not report.rows:
        return unknown("The newest batch has no cells to judge.")
    excess = {one.feature: _excess(one.issues) for one in report.features}
    value = 10_000 * sum(excess.values()) / len(excess)
    worst = sorted((name for name, share in excess.items() if share > 0), key=lambda name: -excess[name])
    told = (report.issues, *(one.issues for one in report.features))
    statuses = {issue.status for issues in told for issue in issues}
    gone = any(issue.kind in GONE for one in report.features for issue in one.issues)
    if gone or value > 100:
        level = 1.0
    elif statuses & {"watch", "act"}:
        level = held("watch", 0.5 + 0.5 * value / 100) or 0.5
    else:
        level = min(0.49, 0.5 * value / 100)
    wrong = [issue_words(one.feature, issue) for one in report.features for issue in one.issues]
    wrong += [issue_words(None, issue) for issue in report.issues]
    said = "No cell is wrong beyond chance."
    if worst:
        said = f"{number(value)} of 10,000 cells are wrong: {listed(worst)}."
    elif wrong:  # a state of a column, or rows that repeat: nothing of it can be counted in cells
        said = f"No cell is wrong in itself. {wrong[0]}"
    return Reading(
        value,
        level,
        said,
        inputs=tuple(KpiInput(name=name, value=excess[name], unit="share") for name in worst[:10]),
        since=_since(facts, worst[0]) if worst and level >= 0.5 else None,
    )


def schema_changes(facts: Facts) -> Reading:
    """Read which columns came, went or changed their type."""
    report, newest = facts.report, facts.newest
    assert report is not None
    removed = list(_gone(report, "column_missing"))
    retyped = list(_gone(report, "type_changed"))
    added = _added(facts)
    changes = len(removed) + len(retyped) + len(added)
    level = 1.0 if removed or retyped else 0.3 if added else 0.0
    said = "The columns are those of the reference."
    since = None
    if retyped or removed:
        name, detail = (retyped or removed)[0]
        since = _since(facts, name)
        first = next(
            (one for one in facts.batches if since is not None and (one.start or end_of(one)) == since), newest
        )
        run = f", first in run {first.run}" if first is not None and first.run else ""
        what = f"{name} changed its type ({detail})" if retyped and detail else f"{name} changed its type"
        what = what if retyped else f"{name} is gone"
        said = f"{what} on {day(since)}{run}." if since is not None else f"{what}{run}."
        if removed and added:
            said += f" {listed(added)} came at the same time: a new name?"
    elif added:
        said = f"New columns that no model uses came: {listed(added)}."
    return Reading(
        float(changes),
        level,
        said,
        since=since,
        inputs=(
            KpiInput(name="removed", value=len(removed)),
            KpiInput(name="retyped", value=len(retyped)),
            KpiInput(name="added", value=len(added)),
        ),
    )


def robust_z(rows: int, usual: Sequence[int]) -> float | None:
    """Return (ln rows - median of ln usual) / (1.4826 MAD); None where nothing varies or a count is 0."""
    if rows <= 0 or min(usual, default=0) <= 0:
        return None
    logs = [math.log(one) for one in usual]
    middle = median(logs)
    spread = 1.4826 * median(abs(one - middle) for one in logs)
    return None if spread == 0 else (math.log(rows) - middle) / spread


def _excess(issues: Sequence[Issue]) -> float:
    """Return the share of a column's cells that are wrong beyond the reference's share, in [0, 1]."""
    if any(issue.kind in GONE for issue in issues):
        return 1.0
    return min(1.0, sum(max(0.0, (one.current or 0.0) - (one.reference or 0.0)) for one in issues))


def _gone(report: DriftReport, kind: str) -> Iterator[tuple[str, str]]:
    for one in report.features:
        for issue in one.issues:
            if issue.kind == kind:
                yield one.feature, issue.detail


def _added(facts: Facts) -> list[str]:
    """Return the columns the newest batch has and the one before it has not; none without one before."""
    used = [one for one in facts.batches if one.state == "accepted"]
    if len(used) < 2:
        return []
    return sorted(set(used[-1].extra_columns) - set(used[-2].extra_columns))


def _since(facts: Facts, feature: str) -> datetime | None:
    """Return the begin of the first batch of the unbroken run in which a feature is past its act line."""
    first = None
    for point in reversed(facts.points):
        status = dict(zip(point.features, point.statuses, strict=True)).get(feature)
        if status != "act":
            break
        first = point.start or point.end
    return first


KPIS = (
    Definition(
        KpiInfo(
            id="freshness",
            family="freshness",
            title="Freshness",
            unit="h",
            direction="lower",
            formula="lateness = now - (end of the newest batch + expected interval + grace); grace = max(10 % of the "
            "interval, usual delay of arrival); on-time share over 28 days",
            lines="watch lateness above 0, act when the newest data is older than 2 intervals",
            needs=("batches", "schedule"),
            relevance={"business": 0.4, "data_engineer": 1.0, "data_scientist": 0.4, "operator": 0.7},
        ),
        freshness,
        ("batches",),
    ),
    Definition(
        KpiInfo(
            id="rows_vs_expected",
            family="volume",
            title="Rows against expected",
            unit="ratio",
            direction="one",
            formula="rows / median of the last 8 of the same weekday; z = (ln rows - median of ln rows) / (1.4826 MAD)",
            lines="watch below 0.8 or above 1.25 and |z| > 3; act below 0.5, above 2, or no rows",
            needs=("batches",),
            relevance={"business": 0.2, "data_engineer": 0.95, "data_scientist": 0.4, "operator": 0.4},
        ),
        rows_vs_expected,
        ("batches",),
    ),
    Definition(
        KpiInfo(
            id="quality_violations",
            family="quality",
            title="Quality violations",
            unit="of 10,000 cells",
            direction="lower",
            formula="10,000 x mean over inputs of (excess missing + out of range + unseen categories, or 1 where the "
            "column is gone)",
            lines="watch when any rise is beyond luck, act above 1 % of cells or an input is gone",
            needs=("batches", "drift"),
            relevance={"business": 0.3, "data_engineer": 1.0, "data_scientist": 0.8, "operator": 0.3},
        ),
        quality_violations,
        ("quality", "features"),
    ),
    Definition(
        KpiInfo(
            id="schema_changes",
            family="quality",
            title="Schema changes",
            unit="columns",
            direction="lower",
            formula="columns removed + retyped against the reference + added since the batch before",
            lines="act when an input of the model was removed or retyped",
            needs=("batches", "drift"),
            relevance={"business": 0.1, "data_engineer": 0.95, "data_scientist": 0.6, "operator": 0.4},
        ),
        schema_changes,
        ("quality", "batches"),
    ),
)
