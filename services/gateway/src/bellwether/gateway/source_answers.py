"""What the API answers about sources, pipelines, runs and previews."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from bellwether.contracts import (
    ActivityRun,
    Binding,
    Column,
    ColumnName,
    Contract,
    Kind,
    LoggedDataset,
    PipelineActivity,
    PipelineTrigger,
    PreviewOffer,
    Reason,
    Roles,
    RunDataset,
    RunStatus,
    SourceCondition,
    SourceSettings,
    Task,
)
from bellwether.gateway.answers import Items, Links

Share = Annotated[float, Field(ge=0, le=1)]


class BackfillOut(Contract):
    """A part of the past that is read, or was; ``progress`` in [0, 1], by days."""

    id: str
    since: AwareDatetime
    until: AwareDatetime
    reached: AwareDatetime
    state: Literal["waiting", "running", "done", "cancelled"]
    progress: Share
    runs: int
    error: str | None
    created_at: AwareDatetime
    completed_at: AwareDatetime | None


class SourceOut(Contract):
    """A source: its settings, how the last look at it went, what of its past is still read.

    ``lag_s``: seconds since everything that was there was read; null before the first time. ``fix``: what a person can
    do about ``error``. Secrets are named, never shown.
    """

    source: str
    kind: Literal["mlflow", "adf"]
    name: str
    settings: SourceSettings
    bindings: tuple[Binding, ...]
    since: AwareDatetime | None
    history_days: int
    poll_seconds: float
    overlap_seconds: float
    enabled: bool
    condition: SourceCondition
    error: str | None
    fix: str | None
    last_attempt: AwareDatetime | None
    last_success: AwareDatetime | None
    lag_s: float | None
    version: str | None
    runs: int
    bad_items: int
    backfills: tuple[BackfillOut, ...]
    created_at: AwareDatetime
    updated_at: AwareDatetime
    links: Links


class SourcesOut(Contract):
    """Every source."""

    items: tuple[SourceOut, ...]


class RunBrief(Contract):
    """A run of a pipeline in a line.

    ``slow``: it took more than 1.5 times the median of the runs before it that succeeded. ``rows_read`` and
    ``rows_written`` are sums over activities that say so, null where none does.
    """

    run_id: str
    source: str
    pipeline: str
    status: RunStatus
    start: AwareDatetime | None
    end: AwareDatetime | None
    duration_s: float | None
    slow: bool
    message: str | None
    trigger: str | None
    rows_read: int | None
    rows_written: int | None
    activities: int
    failed_activity: str | None
    url: str | None
    links: Links


class PipelineOut(Contract):
    """A pipeline and how its newest runs went.

    ``late``: its schedule asks for a run that has not begun, by more than half an interval.
    """

    source: str
    factory: str
    pipeline: str
    folder: str | None
    activities: tuple[PipelineActivity, ...]
    triggers: tuple[PipelineTrigger, ...]
    runs: int
    succeeded: int
    failed: int
    aborted: int
    running: int
    median_duration_s: float | None
    expected_every_s: float | None
    late: bool
    last_run: RunBrief | None
    last_failure: RunBrief | None
    links: Links


PipelinesOut = Items[PipelineOut]
RunsOut = Items[RunBrief]


class MlRunOut(Contract):
    """What an MLflow run logged."""

    experiment_id: str
    experiment: str | None
    name: str | None
    user: str | None
    params: dict[str, str]
    metrics: dict[str, float | None]
    tags: dict[str, str]
    datasets: tuple[RunDataset, ...]
    model_inputs: tuple[str, ...]
    model_outputs: tuple[str, ...]
    model_versions: tuple[tuple[str, str], ...]
    repository: str | None
    commit: str | None
    notebook: str | None
    adf_run_id: str | None
    deleted_at: AwareDatetime | None


class PipelineRunOut(Contract):
    """What a pipeline run did, activity by activity."""

    factory: str
    pipeline: str
    parameters: dict[str, str]
    trigger: str | None
    trigger_kind: str | None
    parent_run_id: str | None
    rerun_of: str | None
    definition_newer_than_run: bool
    activities: tuple[ActivityRun, ...]


class RunOut(Contract):
    """One run of a pipeline or of an MLflow server."""

    run_id: str
    kind: Literal["pipeline_run", "ml_run"]
    source: str
    node: str
    title: str
    status: RunStatus
    start: AwareDatetime | None
    end: AwareDatetime | None
    duration_s: float | None
    message: str | None
    url: str | None
    pipeline: PipelineRunOut | None
    ml: MlRunOut | None
    observed_at: AwareDatetime
    links: Links


class PreviewIn(Contract):
    """Body of ``POST /previews/{id}``: what the columns mean, and what the model predicts, as a person says it."""

    roles: Roles
    kinds: dict[ColumnName, Kind] = Field(default_factory=dict)
    task: Task | None = None


class PreviewOut(Contract):
    """What rows, or a registered model, would become as a watched model; nothing of it is in force."""

    id: str
    state: Literal["waiting", "ready", "failed"]
    task: Task | None
    roles: Roles | None
    kinds: dict[str, Kind]
    columns: tuple[Column, ...]
    examples: dict[str, tuple[str, ...]]
    left_out: tuple[Reason, ...]
    offers: tuple[PreviewOffer, ...]
    faults: tuple[Reason, ...]
    rows: int
    start: AwareDatetime | None
    end: AwareDatetime | None
    mlflow: str | None
    source: str | None
    name: str | None
    version: str | None
    aliases: tuple[str, ...]
    run: str | None
    flavours: tuple[str, ...]
    metrics: dict[str, float | None]
    datasets: tuple[LoggedDataset, ...]
    has_reference: bool
    reference_from: str | None
    created_at: AwareDatetime
    completed_at: AwareDatetime | None
    links: Links
