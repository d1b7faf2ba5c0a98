"""What an MLflow server holds: runs that trained or scored, models they logged, versions that were registered."""

from collections.abc import Sequence

from pydantic import JsonValue

from bellwether.contracts import (
    AnyEvent,
    Document,
    NodeKind,
    RegisteredVersion,
    TrainingRun,
    node_id,
)
from bellwether.graph import Teller
from bellwether.lineage.extract.batches import one_of, teller
from bellwether.lineage.extract.datasets import read, wrote

MOST_ENTRIES = 100
"""Parameters, metrics and tags a node holds, by name; all are in the document of the run."""
_WRITTEN = frozenset({"prediction", "predictions", "output", "outputs"})


def run_facts(event: AnyEvent, documents: Sequence[Document]) -> Teller:
    """Return what one state of a run says."""
    said = one_of(documents, TrainingRun)
    if said is None:
        return teller(event)
    tell = Teller(event.model, said.source, said.updated_at, said.received_at)
    run = node_id(NodeKind.ML_RUN, said.source, said.run_id)
    tell.node(
        run,
        label=said.name or said.run_id[:8],
        job=_job(tell, said),
        status=said.status,
        start=said.start,
        end=said.end,
        deleted_at=said.deleted_at,
        url=said.url,
        user=said.user,
        experiment=said.experiment,
        commit=said.commit,
        repository=said.repository,
        notebook=said.notebook,
        params=_few(said.params),
        metrics=_few(said.metrics),
        tags=_few(said.tags),
        rows_written=_rows(said),
        profile={one.name: one.profile for one in said.datasets if one.profile} or None,
    )
    _came_from(tell, said, run)
    start, end = said.start or tell.time, said.end or tell.time
    for use in said.datasets:
        if (use.context or "").lower() in _WRITTEN:
            wrote(tell, run, said.run_id, use, said.status, end)
        else:
            read(tell, run, use, start)
    for model in said.model_inputs:
        tell.edge(node_id(NodeKind.LOGGED_MODEL, said.source, model), "used", run, at=start)
    for name, version in said.model_versions:
        tell.edge(node_id(NodeKind.MODEL_VERSION, said.source, name, version), "used", run, at=start)
    for model in said.model_outputs:
        logged = node_id(NodeKind.LOGGED_MODEL, said.source, model)
        tell.node(logged, label=said.name or model, start=end)
        tell.edge(run, "generated", logged, at=end)
    return tell


def version_facts(event: AnyEvent, documents: Sequence[Document]) -> Teller:
    """Return what one state of a registered version says, its aliases with their times included."""
    said = one_of(documents, RegisteredVersion)
    if said is None:
        return teller(event)
    tell = Teller(event.model, said.source, said.updated_at, said.received_at)
    version = node_id(NodeKind.MODEL_VERSION, said.source, said.name, said.version)
    tell.node(
        version,
        label=f"{said.name} {said.version}",
        start=said.created_at,
        deleted_at=said.deleted_at,
        url=said.url,
        aliases=[*sorted({one.alias for one in said.aliases if one.until is None})] or None,
        tags=_few(said.tags),
        description=said.description,
    )
    run = None if said.run_id is None else node_id(NodeKind.ML_RUN, said.source, said.run_id)
    if said.logged_model is not None:
        logged = node_id(NodeKind.LOGGED_MODEL, said.source, said.logged_model)
        tell.edge(logged, "registered_as", version, at=said.created_at)
        if run is not None:
            tell.edge(run, "generated", logged, at=said.created_at)
    elif run is not None:
        tell.edge(run, "registered_as", version, at=said.created_at)
    for one in said.aliases:
        span: JsonValue = {
            "alias": one.alias,
            "since": one.since.isoformat(),
            "until": None if one.until is None else one.until.isoformat(),
        }
        told: dict[str, JsonValue] = {f"alias {one.alias} {one.since.isoformat()}": span}
        for model in said.models:
            watched = node_id(NodeKind.MODEL, "bellwether", model)
            tell.edge(version, "promoted", watched, at=one.since, attributes=told)
    return tell


def _came_from(tell: Teller, said: TrainingRun, run: str) -> None:
    """Say what started a run: exactly by its tags, or over the job run both sides name."""
    if said.adf_run_id is not None and said.adf_activity_run_id is not None:
        name = f"{said.adf_run_id.lower()}/{said.adf_activity_run_id.lower()}"
        tell.edge(node_id(NodeKind.ACTIVITY_RUN, "adf", name), "executed", run, at=said.start)
    elif said.adf_run_id is not None:
        tell.edge(node_id(NodeKind.PIPELINE_RUN, "adf", said.adf_run_id.lower()), "executed", run, at=said.start)
    if said.workspace_id is not None and said.job_run_id is not None:
        compute = node_id(NodeKind.COMPUTE_RUN, f"dbx/{said.workspace_id}", said.job_run_id)
        tell.edge(compute, "executed", run, at=said.start, evidence="bridge")
    if said.commit is not None:
        where = said.repository or said.notebook or said.experiment or said.experiment_id
        code = node_id(NodeKind.CODE_VERSION, said.source, where, said.commit)
        tell.node(code, label=f"{where.rstrip('/').rpartition('/')[2] or where} {said.commit[:8]}", commit=said.commit)
        tell.edge(code, "at_version", run, at=said.start)


def _job(tell: Teller, said: TrainingRun) -> str:
    """Return what a run is a run of: its notebook, its job, else its experiment."""
    space = said.source if said.workspace_id is None else f"dbx/{said.workspace_id}"
    if said.notebook is not None:
        kind, name, label = NodeKind.NOTEBOOK, said.notebook, said.notebook.rpartition("/")[2]
    elif said.job_id is not None:
        kind, name, label = NodeKind.JOB, said.job_id, said.job or said.job_id
    else:
        kind, name = NodeKind.JOB, said.job or f"experiment {said.experiment_id}"
        label = said.job or said.experiment or said.experiment_id
    id = node_id(kind, space, name)
    tell.node(id, label=label or name)
    return id


def _rows(said: TrainingRun) -> int | None:
    rows = [one.rows for one in said.datasets if (one.context or "").lower() in _WRITTEN and one.rows is not None]
    return sum(rows) if rows else None


def _few(entries: dict[str, str] | dict[str, float | None]) -> JsonValue:
    return {name: entries[name] for name in sorted(entries)[:MOST_ENTRIES]} or None
