"""Pipelines and runs as sources observed them."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice, pairwise
from statistics import median
from urllib.parse import quote

from bellwether.contracts import (
    Pipeline,
    PipelineRun,
    RunAddress,
    TrainingRun,
    month_pk,
    node_id,
)
from bellwether.errors import NotFound
from bellwether.gateway import sources
from bellwether.gateway.context import Context
from bellwether.gateway.endpoint import API
from bellwether.gateway.source_answers import MlRunOut, PipelineOut, PipelineRunOut, RunBrief, RunOut
from bellwether.storage.collections import SOURCES
from bellwether.storage.documents import parse
from bellwether.storage.months import newest
from bellwether.storage.port import Doc, Filter

LATEST = 50
"""Runs a pipeline is judged by."""
SLOW = 1.5
"""A run is slow from this many times the median duration of those before it."""
FEWEST = 5
"""Runs without which no duration is called usual."""


def page(ctx: Context, source: str | None) -> list[PipelineOut]:
    """Return the pipelines of one source, or of all, with how their newest runs went."""
    names = [one.source for one in sources.all_of(ctx)] if source is None else [sources.read(ctx, source).source]
    found: list[PipelineOut] = []
    for name in names:
        docs = ctx.documents.query(SOURCES, f"{name}|pipelines", limit=500).docs
        found += [judge(pipeline, _newest(ctx, pipeline), ctx.now()) for pipeline in (parse(Pipeline, d) for d in docs)]
    return sorted(found, key=lambda one: (one.source, one.pipeline))


def runs(
    ctx: Context, pipeline: str, source: str | None, limit: int, before: str | None
) -> tuple[list[RunBrief], str | None]:
    """Return runs of a pipeline, newest first, and the cursor of the next page; raises ``NotFound``."""
    found = find(ctx, pipeline, source)
    docs = list(islice(_runs(ctx, found, before), limit + LATEST))
    listed = [parse(PipelineRun, doc) for doc in docs]
    shown = listed[:limit]
    briefs = [brief(run, listed[place + 1 :]) for place, run in enumerate(shown)]
    return briefs, shown[-1].id if len(listed) > limit else None


def find(ctx: Context, pipeline: str, source: str | None) -> Pipeline:
    """Return a pipeline by name; raises ``NotFound``."""
    names = [one.source for one in sources.all_of(ctx)] if source is None else [source]
    for name in names:
        for doc in ctx.documents.query(SOURCES, f"{name}|pipelines", limit=500).docs:
            if doc["pipeline"] == pipeline:
                return parse(Pipeline, doc)
    raise NotFound(f"There is no pipeline {pipeline!r}. GET /api/v1/pipelines lists those there are.")


def read(ctx: Context, run_id: str) -> RunOut:
    """Return one run of a pipeline or of an MLflow server; raises ``NotFound``."""
    docs = ctx.documents.query(SOURCES, f"run|{run_id}", limit=10).docs
    for doc in docs:
        at = parse(RunAddress, doc)
        held = ctx.documents.get(SOURCES, month_pk(at.source, at.document), at.document)
        if held is not None:
            return (
                _pipeline_run(parse(PipelineRun, held))
                if held["type"] == "pipeline_run"
                else _ml_run(parse(TrainingRun, held))
            )
    raise NotFound(f"No source has observed a run {run_id!r}.")


def judge(pipeline: Pipeline, recent: Sequence[PipelineRun], now: datetime) -> PipelineOut:
    """Return a pipeline with how its newest runs went, newest first; pure."""
    durations = [_seconds(run) for run in recent if run.status == "SUCCEEDED"]
    known = [duration for duration in durations if duration is not None]
    every = next((trigger.every_s for trigger in pipeline.triggers if trigger.started and trigger.every_s), None)
    expected = float(every) if every is not None else _interval(recent)
    failures = [place for place, run in enumerate(recent) if run.status == "FAILED"]
    count = {status: sum(run.status == status for run in recent) for status in ("SUCCEEDED", "FAILED", "ABORTED")}
    running = sum(run.status in ("RUNNING", "QUEUED") for run in recent)
    return PipelineOut(
        source=pipeline.source,
        factory=pipeline.factory,
        pipeline=pipeline.pipeline,
        folder=pipeline.folder,
        activities=pipeline.activities,
        triggers=pipeline.triggers,
        runs=len(recent),
        succeeded=count["SUCCEEDED"],
        failed=count["FAILED"],
        aborted=count["ABORTED"],
        running=running,
        median_duration_s=median(known) if len(known) >= FEWEST else None,
        expected_every_s=expected,
        late=every is not None and _late(recent, timedelta(seconds=every), now),
        last_run=brief(recent[0], recent[1:]) if recent else None,
        last_failure=brief(recent[failures[0]], recent[failures[0] + 1 :]) if failures else None,
        links=_links(pipeline.source, pipeline.pipeline),
    )


def brief(run: PipelineRun, before: Sequence[PipelineRun]) -> RunBrief:
    """Return a run in a line, ``before`` being older ones of its pipeline."""
    usual = [s for one in before[:LATEST] if one.status == "SUCCEEDED" and (s := _seconds(one)) is not None]
    seconds = _seconds(run)
    slow = seconds is not None and len(usual) >= FEWEST and seconds > SLOW * median(usual)
    read = [activity.rows_read for activity in run.activities if activity.rows_read is not None]
    written = [activity.rows_written for activity in run.activities if activity.rows_written is not None]
    failed = next((activity.name for activity in run.activities if activity.status == "FAILED"), None)
    return RunBrief(
        run_id=run.run_id,
        source=run.source,
        pipeline=run.pipeline,
        status=run.status,
        start=run.start,
        end=run.end,
        duration_s=seconds,
        slow=slow,
        message=run.message,
        trigger=run.trigger,
        rows_read=sum(read) if read else None,
        rows_written=sum(written) if written else None,
        activities=len(run.activities),
        failed_activity=failed,
        url=run.url,
        links=_run_links(run.run_id, run.source, "pipeline_run"),
    )


def _newest(ctx: Context, pipeline: Pipeline) -> list[PipelineRun]:
    return [parse(PipelineRun, doc) for doc in islice(_runs(ctx, pipeline, None), LATEST)]


def _runs(ctx: Context, pipeline: Pipeline, before: str | None) -> Iterator[Doc]:
    where: list[Filter] = [("type", "eq", "pipeline_run"), ("pipeline", "eq", pipeline.pipeline)]
    return newest(ctx.documents, SOURCES, pipeline.source, where, before=before)


def _seconds(run: PipelineRun) -> float | None:
    return None if run.start is None or run.end is None else max(0.0, (run.end - run.start).total_seconds())


def _interval(recent: Sequence[PipelineRun]) -> float | None:
    """Return the median of seconds between starts, where there are enough of them."""
    starts = [run.start for run in recent if run.start is not None]
    gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(starts)]
    return median(gaps) if len(gaps) >= FEWEST else None


def _late(recent: Sequence[PipelineRun], every: timedelta, now: datetime) -> bool:
    starts = [run.start for run in recent if run.start is not None]
    return bool(starts) and now - max(starts) > 1.5 * every


def _pipeline_run(run: PipelineRun) -> RunOut:
    said = {field: getattr(run, field) for field in PipelineRunOut.model_fields}
    return RunOut(
        **_common(run),
        kind="pipeline_run",
        node=node_id("pipeline_run", "adf", run.run_id),
        title=run.pipeline,
        message=run.message,
        duration_s=_seconds(run),
        pipeline=PipelineRunOut(**said),
        ml=None,
    )


def _ml_run(run: TrainingRun) -> RunOut:
    said = {field: getattr(run, field) for field in MlRunOut.model_fields}
    seconds = None if run.start is None or run.end is None else max(0.0, (run.end - run.start).total_seconds())
    return RunOut(
        **_common(run),
        kind="ml_run",
        node=node_id("ml_run", run.source, run.run_id),
        title=run.name or run.run_id,
        message=None,
        duration_s=seconds,
        pipeline=None,
        ml=MlRunOut(**said),
    )


def _common(run: PipelineRun | TrainingRun) -> dict[str, object]:
    return {
        "run_id": run.run_id,
        "source": run.source,
        "status": run.status,
        "start": run.start,
        "end": run.end,
        "url": run.url,
        "observed_at": run.received_at,
        "links": _run_links(run.run_id, run.source, run.type),
    }


def _links(source: str, pipeline: str) -> dict[str, str]:
    path = f"{API}/pipelines/{quote(pipeline, safe='')}/runs?source={source}"
    return {"runs": path, "source": f"{API}/sources"}


def _run_links(run_id: str, source: str, kind: str) -> dict[str, str]:
    namespace, node = ("adf", "pipeline_run") if kind == "pipeline_run" else (source, "ml_run")
    graph = f"@{source}"
    lineage = (
        f"{API}/lineage/graph?model={quote(graph, safe='')}&node={quote(node_id(node, namespace, run_id), safe='~')}"
    )
    return {"self": f"{API}/runs/{quote(run_id, safe='')}", "lineage": lineage}
