"""What sources observed outside: pipeline runs, training runs, registered versions, OpenLineage events.

Container ``sources``, pk = ``<source>|yyyy-mm`` of the time in the id; the collector writes what it polls, the gateway
what is pushed. Each document is the newest state of one thing; an event about it names the state by ``digest``.
"""

import hashlib
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, JsonValue, NonNegativeInt, StringConstraints

from bellwether.contracts.base import Contract, Document
from bellwether.contracts.ids import month_pk
from bellwether.contracts.lineage import ColumnMap, Evidence, RunStatus, SourceName

Text = Annotated[str, StringConstraints(max_length=4096)]
"""Longer ones are cut by the source, with a mark."""
ErrorText = Annotated[str, StringConstraints(max_length=2048)]
MOST_COLUMNS = 2000
MOST_ACTIVITIES = 1000
MOST_ENTRIES = 1000


class DatasetUse(Contract):
    """A dataset something read or wrote, by its OpenLineage name; ``evidence`` says how the name is known.

    ``schema_columns`` are (name, type). ``columns`` maps each of its columns to those it was made from. ``digest``
    names the content where the source gives one. ``rows`` None: the source does not say, which is not 0. ``profile``
    holds small statistics as the source gives them, by column.
    """

    namespace: Annotated[str, StringConstraints(min_length=1, max_length=1024)]
    name: Annotated[str, StringConstraints(min_length=1, max_length=1024)]
    evidence: Evidence = "exact"
    digest: Annotated[str, StringConstraints(max_length=200)] | None = None
    rows: NonNegativeInt | None = None
    size_bytes: NonNegativeInt | None = None
    schema_columns: Annotated[tuple[tuple[str, str], ...], Field(max_length=MOST_COLUMNS)] = ()
    columns: ColumnMap = {}
    profile: dict[str, JsonValue] = {}


class ActivityRun(Contract):
    """One try of one activity of a pipeline run.

    ``depends_on`` names activities of the same pipeline. ``retry_of`` is the run id of the try before. ``url`` leads to
    the run of an outside service, such as Databricks, whose ids stand beside it.
    """

    run_id: str
    name: str
    kind: str
    status: RunStatus
    start: AwareDatetime | None = None
    end: AwareDatetime | None = None
    attempt: NonNegativeInt = 0
    retry_of: str | None = None
    depends_on: tuple[str, ...] = ()
    inputs: tuple[DatasetUse, ...] = ()
    outputs: tuple[DatasetUse, ...] = ()
    rows_read: NonNegativeInt | None = None
    rows_written: NonNegativeInt | None = None
    error_code: Text | None = None
    error: ErrorText | None = None
    url: Text | None = None
    workspace_id: str | None = None
    job_id: str | None = None
    job_run_id: str | None = None
    notebook: Text | None = None


class Observed(Document):
    """Common part of what a source observed.

    ``digest`` names this very state, without the times of observation; ``updated_at`` is the source's clock,
    ``received_at`` ours.
    """

    source: SourceName
    digest: str
    updated_at: AwareDatetime
    received_at: AwareDatetime


class PipelineRun(Observed):
    """One run of a pipeline of a data factory, with its activity runs. id = a fact id of kind ``pipeline-run``.

    ``factory`` is ``adf/{subscription}/{group}/{factory}``. ``parent_run_id`` is the pipeline run that invoked it,
    ``rerun_of`` the first run of its group.
    """

    type: Literal["pipeline_run"] = "pipeline_run"
    factory: Text
    pipeline: Text
    run_id: str
    status: RunStatus
    start: AwareDatetime | None = None
    end: AwareDatetime | None = None
    message: ErrorText | None = None
    parameters: Annotated[dict[str, Text], Field(max_length=MOST_ENTRIES)] = {}
    trigger: Text | None = None
    trigger_kind: Text | None = None
    parent_run_id: str | None = None
    rerun_of: str | None = None
    definition_etag: str | None = None
    definition_newer_than_run: bool = False
    url: Text | None = None
    activities: Annotated[tuple[ActivityRun, ...], Field(max_length=MOST_ACTIVITIES)] = ()


class RunDataset(DatasetUse):
    """A dataset input of an ML run. ``context`` as logged: training, evaluation, scoring, prediction...

    An input of context ``prediction`` is what a scoring run wrote.
    """

    context: Text | None = None
    uri: Text | None = None


class TrainingRun(Observed):
    """One run of an MLflow server, whether it trained or scored. id = a fact id of kind ``ml-run``.

    ``model_inputs`` and ``model_outputs`` are ids of logged models (``m-...``), ``model_versions`` the registered
    versions (name, version) it loaded. ``adf_run_id`` and ``adf_activity_run_id`` are its tags of those names.
    """

    type: Literal["ml_run"] = "ml_run"
    run_id: str
    name: Text | None = None
    experiment_id: str
    experiment: Text | None = None
    status: RunStatus
    start: AwareDatetime | None = None
    end: AwareDatetime | None = None
    deleted_at: AwareDatetime | None = None
    user: Text | None = None
    params: Annotated[dict[str, Text], Field(max_length=MOST_ENTRIES)] = {}
    metrics: Annotated[dict[str, float | None], Field(max_length=MOST_ENTRIES)] = {}
    tags: Annotated[dict[str, Text], Field(max_length=MOST_ENTRIES)] = {}
    datasets: Annotated[tuple[RunDataset, ...], Field(max_length=MOST_ENTRIES)] = ()
    model_inputs: tuple[str, ...] = ()
    model_outputs: tuple[str, ...] = ()
    model_versions: tuple[tuple[str, str], ...] = ()
    repository: Text | None = None
    commit: str | None = None
    notebook: Text | None = None
    job: Text | None = None
    workspace_id: str | None = None
    job_id: str | None = None
    job_run_id: str | None = None
    adf_run_id: str | None = None
    adf_activity_run_id: str | None = None
    url: Text | None = None


class AliasSpan(Contract):
    """While an alias pointed to this version; ``until`` None: it still does."""

    alias: str
    since: AwareDatetime
    until: AwareDatetime | None = None


class RegisteredVersion(Observed):
    """One version of a registered model. id = a fact id of kind ``model-version``.

    ``models`` are the watched models bound to the registered name: their node is what an alias is promoted to.
    """

    type: Literal["registered_version"] = "registered_version"
    name: Text
    version: str
    status: Text | None = None
    created_at: AwareDatetime
    deleted_at: AwareDatetime | None = None
    run_id: str | None = None
    logged_model: str | None = None
    artifact_uri: Text | None = None
    description: Text | None = None
    aliases: tuple[AliasSpan, ...] = ()
    tags: Annotated[dict[str, Text], Field(max_length=MOST_ENTRIES)] = {}
    models: tuple[str, ...] = ()
    url: Text | None = None


class LineageEvent(Observed):
    """One OpenLineage event as it was received, secrets removed. id = a fact id of kind ``lineage-event``."""

    type: Literal["lineage_event"] = "lineage_event"
    kind: Literal["run", "job", "dataset"]
    event: dict[str, JsonValue]
    ttl: int = 400 * 86_400


def state_digest(*parts: str) -> str:
    """Return the name of a state made of these texts: the first 16 hex digits of their SHA-256."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def observed_subject(document: Observed) -> str:
    """Return the subject of an event about a document: where it lies, and which state of it is meant."""
    return f"{document.source}|{document.id}|{document.digest}"


def observed_address(subject: str) -> tuple[str, str]:
    """Return partition and id of the document an event's subject names; raises ``ValueError``."""
    source, id, _ = subject.split("|")
    return month_pk(source, id), id
