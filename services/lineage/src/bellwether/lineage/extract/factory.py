"""Runs of Data Factory pipelines: their activities, what those read and wrote, and what they started elsewhere."""

from collections.abc import Iterable, Sequence

from bellwether.contracts import ActivityRun, AnyEvent, Document, NodeKind, PipelineRun, node_id
from bellwether.graph import Teller
from bellwether.lineage.extract.batches import one_of, teller
from bellwether.lineage.extract.datasets import read, wrote

_MOST_PARAMETERS = 50


def facts(event: AnyEvent, documents: Sequence[Document]) -> Teller:
    """Return what one state of a pipeline run says."""
    said = one_of(documents, PipelineRun)
    if said is None:
        return teller(event)
    tell = Teller(event.model, said.source, said.updated_at, said.received_at)
    run, job = _run(said.run_id), node_id(NodeKind.PIPELINE, said.factory, said.pipeline)
    tell.node(job, label=said.pipeline, factory=said.factory, definition_etag=said.definition_etag)
    tell.node(
        run,
        label=said.pipeline,
        job=job,
        status=said.status,
        start=said.start,
        end=said.end,
        error=said.message,
        url=said.url,
        trigger=said.trigger,
        trigger_kind=said.trigger_kind,
        rerun_of=said.rerun_of,
        parameters=dict(sorted(said.parameters.items())[:_MOST_PARAMETERS]) or None,
        factory=said.factory,
        definition_newer_than_run=said.definition_newer_than_run or None,
        rows_written=_total(said.activities),
    )
    if said.parent_run_id is not None:
        tell.edge(_run(said.parent_run_id), "triggered", run, at=said.start)
    for one in said.activities:
        _activity(tell, said, one, run)
    for before, after in _order(said.activities):
        tell.edge(_try(said, before), "precedes", _try(said, after), at=after.start)
    return tell


def _activity(tell: Teller, said: PipelineRun, one: ActivityRun, run: str) -> None:
    id = _try(said, one)
    job = node_id(NodeKind.ACTIVITY, said.factory, f"{said.pipeline}/{one.name}")
    tell.node(
        id,
        label=one.name,
        job=job,
        status=one.status,
        start=one.start,
        end=one.end,
        error=one.error,
        error_code=one.error_code,
        activity_type=one.kind,
        attempt=one.attempt or None,
        url=one.url,
        rows_read=one.rows_read,
        rows_written=one.rows_written,
        notebook=one.notebook,
    )
    tell.edge(run, "has_activity", id, at=one.start or said.start)
    if one.retry_of is not None:
        tell.edge(
            node_id(NodeKind.ACTIVITY_RUN, "adf", f"{said.run_id.lower()}/{one.retry_of.lower()}"),
            "retry_of",
            id,
            at=one.start,
        )
    for use in one.inputs:
        read(tell, id, use, one.start or said.start or tell.time)
    for use in one.outputs:
        rows = use.rows if use.rows is not None or len(one.outputs) > 1 else one.rows_written
        told = use if rows == use.rows else use.model_copy(update={"rows": rows})
        wrote(tell, id, one.run_id, told, one.status, one.end)
    if one.workspace_id is not None and one.job_run_id is not None:
        space = f"dbx/{one.workspace_id}"
        compute = node_id(NodeKind.COMPUTE_RUN, space, one.job_run_id)
        upper = None if one.job_id is None else node_id(NodeKind.JOB, space, one.job_id)
        tell.node(compute, label=one.name, job=upper, url=one.url, start=one.start)
        tell.edge(id, "started", compute, at=one.start, evidence="bridge")


def _order(activities: Sequence[ActivityRun]) -> Iterable[tuple[ActivityRun, ActivityRun]]:
    """Yield what ran before what. Runs of a loop share their names: which came after which is told by none of them."""
    by_name: dict[str, list[ActivityRun]] = {}
    for one in activities:
        by_name.setdefault(one.name, []).append(one)
    for one in activities:
        for name in one.depends_on:
            before = by_name.get(name, [])
            if len(before) == 1 or len(by_name[one.name]) == 1:
                yield from ((other, one) for other in before)


def _total(activities: Iterable[ActivityRun]) -> int | None:
    rows = [one.rows_written for one in activities if one.rows_written is not None]
    return sum(rows) if rows else None


def _run(id: str) -> str:
    return node_id(NodeKind.PIPELINE_RUN, "adf", id.lower())


def _try(said: PipelineRun, one: ActivityRun) -> str:
    return node_id(NodeKind.ACTIVITY_RUN, "adf", f"{said.run_id.lower()}/{one.run_id.lower()}")
