"""Key figures of drift, labels and explanations; pure."""

from datetime import timedelta

from bellwether.contracts import KpiInfo, KpiInput, PerformanceReport
from bellwether.kpi.base import Definition, Facts, Reading, arrived, drifted, end_of, held, severity, typical, unknown
from bellwether.kpi.words import number, percent, span

_SHARE = 0.3
_DAYS = 28


def overall_drift(facts: Facts) -> Reading:
    """Read the drift index of the newest batch against the model's own lines."""
    assert facts.report is not None
    overall = facts.report.overall
    if overall.score is None or overall.status == "unknown":
        return unknown(overall.sentence)
    raw = severity(overall.score, 0.0, overall.watch, overall.threshold)
    since = None
    for point in reversed(facts.points):
        if point.status not in ("watch", "act"):
            break
        since = point.start or point.end
    return Reading(
        overall.score,
        held(overall.status, raw),
        overall.sentence,
        since=since,
        inputs=(
            KpiInput(name="watch", value=overall.watch),
            KpiInput(name="act", value=overall.threshold),
            KpiInput(name="features past their line", value=overall.n_drifted),
            KpiInput(name="features", value=overall.n_features),
            KpiInput(name="p", value=overall.p_value),
        ),
    )


def label_coverage(facts: Facts) -> Reading:
    """Read how many rows have a label, and how late labels are against what is usual."""
    newest = facts.newest
    assert newest is not None
    recent = [one for one in facts.realised if facts.as_of - one.end <= timedelta(days=_DAYS)]
    covered = [one for one in facts.realised if one.rows and one.labelled / one.rows >= _SHARE]
    if not covered:
        return unknown(f"No batch has labels of {percent(_SHARE)} of its rows yet.")
    lag = facts.as_of - covered[-1].end
    waits = [wait for one in covered if (wait := _wait(facts, one)) is not None]
    usual = max(typical(waits), facts.interval or timedelta(days=1)) if waits else None
    rows = sum(one.rows for one in recent)
    share = sum(one.labelled for one in recent) / rows if rows else 0.0
    said = f"{percent(share)} of the rows of {len(recent)} batches have a label; the newest labels are {span(lag)} old"
    said += f", usually they come after {span(usual)}." if usual is not None else "."
    if usual is None:
        return unknown(said)
    return Reading(
        share,
        severity(lag / usual, 1.0, 1.5, 2.0) if lag > usual else 0.0,
        said,
        confidence=min(1.0, len(waits) / 5),
        inputs=(
            KpiInput(name="age of the newest labels", value=lag.total_seconds() / 3600, unit="h"),
            KpiInput(name="usual delay", value=usual.total_seconds() / 3600, unit="h"),
            KpiInput(name="labelled rows", value=sum(one.labelled for one in recent)),
        ),
    )


def explanation_stability(facts: Facts) -> Reading:
    """Read how alike the ranking of importance is to that on the reference."""
    assert facts.explanation is not None
    against = facts.explanation.against_reference
    if against is None or against.ndcg is None:
        return unknown("The attributions of the newest batch cannot be compared with those of the reference yet.")
    moved = max(against.features, key=lambda one: abs(one.share - one.reference_share), default=None)
    said = f"The ranking of importance agrees with the reference at {number(against.ndcg)} of 1."
    if moved is not None and abs(moved.share - moved.reference_share) >= 0.02:
        said += f" {moved.feature} went from {percent(moved.reference_share)} to {percent(moved.share)}."
    return Reading(
        against.ndcg,
        severity(against.ndcg, 1.0, 0.9, 0.8),
        said,
        confidence=min(1.0, against.rows / 200) if against.rows else 0.5,
        inputs=(
            KpiInput(name="total variation of the shares", value=against.tv),
            KpiInput(name="p", value=against.p_value),
        ),
    )


def _wait(facts: Facts, report: PerformanceReport) -> timedelta | None:
    """Return how far the data had gone on when the labels of a batch were counted last."""
    there = [end_of(one) for one in facts.batches if arrived(one) <= report.created_at]
    return max(timedelta(0), max(there) - report.end) if there else None


KPIS = (
    Definition(
        KpiInfo(
            id="overall_drift",
            family="drift",
            title="Overall drift",
            unit="of 100",
            direction="lower",
            formula="importance-weighted drift index of the newest batch",
            lines="the watch and act lines of the model, with evidence beyond luck",
            needs=("drift",),
            relevance={"business": 0.4, "data_engineer": 0.4, "data_scientist": 1.0, "operator": 0.3},
        ),
        overall_drift,
        ("drift", "features"),
        drifted,
    ),
    Definition(
        KpiInfo(
            id="label_coverage",
            family="labels",
            title="Label coverage",
            unit="share",
            direction="higher",
            formula="labelled rows / rows over 28 days; delay = age of the newest batch with 30 % of its labels",
            lines="watch 1.5, act 2 times the usual delay",
            needs=("batches", "labels"),
            relevance={"business": 0.3, "data_engineer": 0.7, "data_scientist": 0.9, "operator": 0.1},
        ),
        label_coverage,
        ("performance",),
    ),
    Definition(
        KpiInfo(
            id="explanation_stability",
            family="explanation",
            title="Stability of the explanation",
            unit="of 1",
            direction="higher",
            formula="NDCG of the importance ranking now against that on the reference",
            lines="watch 0.9, act 0.8",
            needs=("explanation",),
            relevance={"business": 0.5, "data_engineer": 0.1, "data_scientist": 0.9, "operator": 0.1},
        ),
        explanation_stability,
        ("explanations",),
    ),
)
