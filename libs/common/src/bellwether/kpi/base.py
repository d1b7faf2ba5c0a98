"""What a key figure is, and the facts it is computed from; pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from bellwether.contracts import (
    Batch,
    DriftPoint,
    DriftReport,
    Explanation,
    FeatureBins,
    Incident,
    KpiInfo,
    KpiInput,
    Model,
    Mute,
    PerformanceReport,
    ReportBins,
    Status,
    fact_time,
)

LEAST_GAPS = 3
"""Gaps between batches from which an interval can be learnt."""
HISTORY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Run:
    """One observed run of a pipeline that feeds the model; ``ended_at`` is None while it runs.

    ``known_at`` is when its source told us how it stands, later than its end for history that is read afterwards.
    """

    pipeline: str
    run: str
    status: str
    started_at: datetime
    ended_at: datetime | None = None
    activity: str | None = None
    error: str | None = None
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """How the product itself does: requests of five minutes with errors and p95 in seconds, age of the oldest work."""

    requests: int | None = None
    errors: int | None = None
    p95_s: float | None = None
    oldest_s: float | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Stored documents about one model, series oldest first; ``report`` and ``bins`` are of the newest point.

    ``offset`` is how far the clock of the data runs behind: 0 for data of today, years for history that is replayed.
    """

    model: Model
    now: datetime
    batches: Sequence[Batch] = ()
    points: Sequence[DriftPoint] = ()
    report: DriftReport | None = None
    bins: ReportBins | None = None
    estimated: Sequence[PerformanceReport] = ()
    realised: Sequence[PerformanceReport] = ()
    explanation: Explanation | None = None
    incidents: Sequence[Incident] = ()
    runs: Sequence[Run] = ()
    mutes: Sequence[Mute] = ()
    service: Service | None = None
    offset: timedelta = timedelta(0)
    interval: timedelta | None = None

    @property
    def as_of(self) -> datetime:
        """Return this moment on the clock of the data."""
        return self.now - self.offset

    @property
    def newest(self) -> Batch | None:
        """Return the newest batch that could be used."""
        return next((one for one in reversed(self.batches) if one.state == "accepted"), None)

    @property
    def age(self) -> timedelta | None:
        """Return the time since the end of the newest batch that could be used."""
        return None if self.newest is None else self.as_of - end_of(self.newest)

    @property
    def silent(self) -> bool:
        """Say whether no batch came for more than two expected intervals."""
        return self.age is not None and self.interval is not None and self.age > 2 * self.interval

    def bins_of(self, name: str) -> FeatureBins | None:
        """Return the counts of one column in the newest batch."""
        return None if self.bins is None else next((one for one in self.bins.features if one.feature == name), None)

    def until(self, time: datetime) -> "Facts":
        """Return what was known of the data at an earlier time of its clock; single documents are left out."""
        return replace(
            self,
            now=time + self.offset,
            batches=[one for one in self.batches if end_of(one) <= time],
            points=[one for one in self.points if one.end <= time],
            estimated=[one for one in self.estimated if one.end <= time],
            realised=[one for one in self.realised if one.end <= time],
            incidents=[one for one in self.incidents if one.opened_at <= time + self.offset],
            runs=[one for one in self.runs if one.started_at <= time],
            report=None,
            bins=None,
            explanation=None,
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """What a key figure says now; ``severity`` None: it cannot be told."""

    value: float | None
    severity: float | None
    sentence: str
    confidence: float = 1.0
    since: datetime | None = None
    unit: str | None = None
    inputs: tuple[KpiInput, ...] = ()
    caveat: str | None = None


Need = Callable[[Facts], bool]


@dataclass(frozen=True, slots=True)
class Definition:
    """One key figure: what it is, and the pure function that reads it from the facts.

    ``links`` names the parts of the model's API that show what is behind it.
    """

    info: KpiInfo
    measure: Callable[[Facts], Reading]
    links: tuple[str, ...] = ()
    features: Callable[[Facts], tuple[str, ...]] = field(default=lambda _: ())


def unknown(sentence: str, **more: object) -> Reading:
    """Return a reading that tells that nothing can be told."""
    return replace(Reading(None, None, sentence), **more)  # type: ignore[arg-type]  # fields of a reading


def severity(value: float, healthy: float, watch: float, act: float) -> float:
    """Return 0 at ``healthy``, 0.5 at ``watch``, 1 at ``act``, linear between and kept in [0, 1].

    ``act`` may lie on either side of ``healthy``; a value on the other side of it is as good as healthy.
    """
    sign = 1.0 if act >= healthy else -1.0
    x, a, b = sign * (value - healthy), sign * (watch - healthy), sign * (act - healthy)
    if x <= 0:
        return 0.0
    if x < a:
        return 0.5 * x / a
    return 1.0 if x >= b else 0.5 + 0.5 * (x - a) / (b - a)


def held(status: Status, raw: float) -> float | None:
    """Return a severity that agrees with a status that was decided with more evidence than the value alone."""
    match status:
        case "act":
            return 1.0
        case "watch":
            return min(0.99, max(0.5, raw))
        case "fine":
            return min(0.49, raw)
    return None


def status_of(severity: float | None) -> Status:
    """Return the status a severity stands for."""
    if severity is None:
        return "unknown"
    return "act" if severity >= 1 else "watch" if severity >= 0.5 else "fine"


def end_of(batch: Batch) -> datetime:
    """Return the end of a batch's window."""
    return batch.end or fact_time(batch.id)


def arrived(batch: Batch) -> datetime:
    """Return when a batch was pushed."""
    return batch.submitted_at


def interval_of(model: Model, batches: Sequence[Batch]) -> timedelta | None:
    """Return the time from one batch to the next: as declared, else the median gap, None below three gaps."""
    if model.expected_interval_s is not None:
        return timedelta(seconds=model.expected_interval_s)
    ends = sorted({end_of(one) for one in batches if one.state == "accepted"})
    gaps = [later - earlier for earlier, later in pairwise(ends)]
    return typical(gaps) if len(gaps) >= LEAST_GAPS else None


def typical(spans: Iterable[timedelta]) -> timedelta:
    """Return the median of spans of time; raises ``StatisticsError`` without any."""
    return timedelta(seconds=median(one.total_seconds() for one in spans))


def offset_of(newest: Batch | None, interval: timedelta | None) -> timedelta:
    """Return how far the clock of the data runs behind: data older than two intervals at arrival is history."""
    if newest is None:
        return timedelta(0)
    late = arrived(newest) - end_of(newest)
    return late if late > 2 * (interval or HISTORY) else timedelta(0)


def day_of(batch: Batch) -> datetime:
    """Return the day a batch is about: that it begins on, for one of a whole day ends with the next."""
    return batch.start or end_of(batch)


def same_weekday(batches: Sequence[Batch], of: Batch, most: int = 8, least: int = 4) -> list[Batch]:
    """Return former batches of the weekday of ``of``, the newest ``most``; any day where they are few."""
    former = [one for one in batches if one.state == "accepted" and end_of(one) < end_of(of)]
    alike = [one for one in former if day_of(one).weekday() == day_of(of).weekday()]
    return (alike if len(alike) >= least else former)[-most:]


NEEDS: Mapping[str, Need] = {
    "batches": lambda facts: facts.newest is not None,
    "schedule": lambda facts: facts.interval is not None,
    "drift": lambda facts: facts.report is not None,
    "predictions": lambda facts: facts.report is not None and facts.report.prediction is not None,
    "importance": lambda facts: bool(importances(facts)),
    "performance": lambda facts: any(one.method != "none" for one in facts.estimated[-8:]),
    "labels": lambda facts: any(one.labelled for one in facts.realised),
    "value_matrix": lambda facts: has_costs(facts.model),
    "scores_or_labels": lambda facts: bool(facts.realised) or any(one.method != "none" for one in facts.estimated),
    "explanation": lambda facts: facts.explanation is not None and facts.explanation.reason is None,
    "segments": lambda facts: bool(facts.model.roles.segments),
    "pipelines": lambda facts: bool(facts.runs),
    "service": lambda facts: facts.service is not None and facts.service.requests is not None,
    "queue": lambda facts: facts.service is not None and facts.service.oldest_s is not None,
}
"""What data a key figure may ask for; one whose needs are not met is no candidate."""


def has_costs(model: Model) -> bool:
    """Say whether a person named what a wrong decision of this model costs."""
    value = model.value
    if value is None:
        return False
    if model.task == "regression":
        return value.per_unit is not None
    return value.false_positive is not None or value.false_negative is not None


def importances(facts: Facts) -> dict[str, float]:
    """Return each input's share of the importance, sum 1: of the newest explanation, else as the report has it."""
    found: dict[str, float] = {}
    if facts.explanation is not None and facts.explanation.reason is None:
        found = {one.feature: max(0.0, one.importance) for one in facts.explanation.features}
    elif facts.report is not None:
        found = {one.feature: max(0.0, one.importance) for one in facts.report.features if one.importance is not None}
    total = sum(found.values())
    return {name: one / total for name, one in found.items()} if total > 0 else {}


def drifted(facts: Facts) -> tuple[str, ...]:
    """Return the inputs past their act line in the newest batch, the most important first."""
    if facts.report is None:
        return ()
    weight = importances(facts)
    names = [one.feature for one in facts.report.features if one.status == "act" and one.role == "feature"]
    return tuple(sorted(names, key=lambda name: (-weight.get(name, 0.0), name)))
