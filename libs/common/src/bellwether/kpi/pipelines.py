"""Key figures of the pipelines that deliver the data; pure."""

import math
from collections.abc import Iterator
from statistics import median

from bellwether.contracts import KpiInfo, KpiInput
from bellwether.kpi.base import Definition, Facts, Reading, Run, severity, unknown
from bellwether.kpi.words import number

_RUNS, _USUAL_RUNS = 30, 14
_ERROR = 80
"""Characters of an error that are shown."""


def pipeline_success(facts: Facts) -> Reading:
    """Read how many of the newest runs succeeded, of the pipeline that did worst."""
    worst = min(_pipelines(facts), key=_success, default=None)
    if worst is None:
        return unknown("No run of a pipeline has ended yet.")
    ok, n = sum(run.status == "succeeded" for run in worst), len(worst)
    share = ok / n
    twice = n >= 2 and all(run.status == "failed" for run in worst[-2:])
    failed = next((run for run in reversed(worst) if run.status == "failed"), None)
    said = f"{ok} of {n} runs of {worst[0].pipeline} succeeded"
    if failed is not None:
        what = (
            ": ".join(part for part in (failed.activity, (failed.error or "")[:_ERROR]) if part) or "of unknown cause"
        )
        said += f"; the last failure was {what}"
    low = wilson_low(ok, n)
    return Reading(
        share,
        1.0 if twice else severity(share, 1.0, 0.98, 0.95),
        f"{said}.",
        confidence=min(1.0, n / 10),
        since=failed.started_at if failed is not None and worst[-1].status == "failed" else None,
        inputs=(
            KpiInput(name="pipeline", value=worst[0].pipeline),
            KpiInput(name="succeeded", value=ok),
            KpiInput(name="runs", value=n),
            KpiInput(name="Wilson lower bound", value=low, unit="share"),
        ),
    )


def duration_vs_usual(facts: Facts) -> Reading:
    """Read how long the newest run took against the usual time, of the pipeline that differs most."""
    found = []
    for runs in _pipelines(facts):
        times = [_minutes(run) for run in runs if run.status == "succeeded" and run.ended_at is not None]
        if len(times) >= 4 and (usual := median(times[-_USUAL_RUNS - 1 : -1])) > 0:
            found.append((times[-1] / usual, runs[0].pipeline, times[-1], usual))
    if not found:
        return unknown("There are too few finished runs to say how long they usually take.")
    ratio, name, minutes, usual = max(found)
    return Reading(
        ratio,
        severity(ratio, 1.0, 1.5, 3.0),
        f"{name} took {'its usual time' if abs(ratio - 1) < 0.05 else f'{number(ratio)} times its usual time'}.",
        inputs=(
            KpiInput(name="pipeline", value=name),
            KpiInput(name="minutes", value=minutes, unit="min"),
            KpiInput(name="usual", value=usual, unit="min"),
        ),
    )


def wilson_low(successes: int, n: int, z: float = 1.959963984540054) -> float:
    """Return the lower bound of the 95 % Wilson interval of a share, in [0, 1].

    Source: Wilson (1927), JASA 22.
    """
    p = successes / n
    middle = p + z * z / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, (middle - half) / (1 + z * z / n))


def _pipelines(facts: Facts) -> Iterator[list[Run]]:
    """Yield the newest finished runs of each pipeline, oldest first; cancelled ones are left out."""
    for name in sorted({run.pipeline for run in facts.runs}):
        ended = [run for run in facts.runs if run.pipeline == name and run.status in ("succeeded", "failed")]
        if ended:
            yield sorted(ended, key=lambda run: run.started_at)[-_RUNS:]


def _success(runs: list[Run]) -> tuple[bool, float]:
    twice = len(runs) >= 2 and all(run.status == "failed" for run in runs[-2:])
    return not twice, sum(run.status == "succeeded" for run in runs) / len(runs)


def _minutes(run: Run) -> float:
    return ((run.ended_at or run.started_at) - run.started_at).total_seconds() / 60


KPIS = (
    Definition(
        KpiInfo(
            id="pipeline_success",
            family="pipeline",
            title="Pipeline success",
            unit="share",
            direction="higher",
            formula="succeeded / (succeeded + failed) over the last 30 runs of the worst pipeline, cancelled left out; "
            "with the Wilson lower bound",
            lines="watch below 98 %, act below 95 % or when the last two failed",
            needs=("pipelines",),
            relevance={"business": 0.2, "data_engineer": 1.0, "data_scientist": 0.3, "operator": 0.8},
        ),
        pipeline_success,
        ("batches",),
    ),
    Definition(
        KpiInfo(
            id="duration_vs_usual",
            family="pipeline",
            title="Duration against usual",
            unit="ratio",
            direction="one",
            formula="minutes of the newest run / median of the 14 before it, of the pipeline that differs most",
            lines="watch 1.5, act 3",
            needs=("pipelines",),
            relevance={"business": 0.05, "data_engineer": 0.75, "data_scientist": 0.1, "operator": 0.7},
        ),
        duration_vs_usual,
        ("batches",),
    ),
)
