"""Sources: what is watched outside, how far it was read, what of its past is left, what pipelines it has."""

from typing import Annotated, Literal

from pydantic import (
    AwareDatetime,
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    StringConstraints,
)

from bellwether.contracts.base import Contract, Document, Kind, Reason, Task
from bellwether.contracts.lineage import SourceName
from bellwether.contracts.models import Column, ColumnName, ModelName, Roles

SOURCES_PK, PROGRESS_PK, BACKFILLS_PK, PREVIEWS_PK = "sources", "sources|progress", "sources|backfills", "previews"
"""Partitions of the container ``ops``."""
ShortName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")]
SecretName = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,62}$")]
"""A secret by its name: the variable ``BELLWETHER_SECRET_<name>`` holds it, or a file ``..._FILE`` names does."""
Address = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Guid = Annotated[str, StringConstraints(pattern=r"^[0-9A-Fa-f-]{36}$")]
_AzureName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._()-]{0,89}$")]

SourceCondition = Literal[
    "new", "ok", "unreachable", "throttled", "credentials", "permission", "configuration", "shape_changed", "invalid"
]
"""How the last look at a source went; ``new``: nobody looked yet."""


class MlflowSettings(Contract):
    """An MLflow tracking server; ``url`` is ``databricks`` for a workspace, whose host and token come from outside.

    ``experiments`` are names; none: all there are. ``token`` names the secret that is sent as a bearer token.
    """

    kind: Literal["mlflow"] = "mlflow"
    url: Address
    registry: Address | None = None
    experiments: tuple[Address, ...] = ()
    token: SecretName | None = None


class DataFactorySettings(Contract):
    """One Azure data factory, read as the identity of the collector (``DefaultAzureCredential``).

    ``identity`` is the client id of a managed identity where there are several.
    """

    kind: Literal["adf"] = "adf"
    subscription: Guid
    group: _AzureName
    factory: _AzureName
    endpoint: Address = "https://management.azure.com"
    identity: Guid | None = None


SourceSettings = Annotated[MlflowSettings | DataFactorySettings, Field(discriminator="kind")]


class Binding(Contract):
    """What of a source belongs to a model.

    Runs of ``experiments`` that log a table named ``table`` are batches of the model.
    """

    model: ModelName
    experiments: tuple[Address, ...] = ()
    registered_model: Address | None = None
    table: Address = "predictions"


class SourceIn(Contract):
    """Body of ``POST /sources``.

    ``since``: runs from this time on are read, oldest first; without it, polling begins when the source is added, and
    ``history_days`` before are read beside it, the newest day first.
    """

    name: ShortName
    settings: SourceSettings
    bindings: tuple[Binding, ...] = ()
    since: AwareDatetime | None = None
    history_days: Annotated[NonNegativeInt, Field(le=4000)] = 45
    poll_seconds: Annotated[PositiveFloat, Field(le=86_400)] = 30.0
    overlap_seconds: Annotated[NonNegativeFloat, Field(le=30 * 86_400)] = 900.0
    enabled: bool = True


class Source(Document):
    """A source as a person set it. Container ``ops``, pk ``sources``, id ``<kind>~<name>``; the gateway writes it."""

    type: Literal["source"] = "source"
    source: SourceName
    settings: SourceSettings
    bindings: tuple[Binding, ...] = ()
    since: AwareDatetime | None = None
    history_days: NonNegativeInt = 45
    poll_seconds: PositiveFloat = 30.0
    overlap_seconds: NonNegativeFloat = 900.0
    enabled: bool = True
    created_at: AwareDatetime
    updated_at: AwareDatetime


class Cursor(Contract):
    """How far a source was read; what it means is the source's own affair.

    ``high_water`` is the newest source time up to which everything is stored. ``open`` are runs that had not ended.
    ``recent`` names the state in which each run of the overlap was stored, ``swept`` when each kind of round was done
    last, ``marks`` what else a source has to remember.
    """

    high_water: AwareDatetime
    open: tuple[str, ...] = ()
    recent: dict[str, str] = {}
    swept: dict[str, AwareDatetime] = {}
    marks: dict[str, str] = {}


class Staged(Contract):
    """How far a look got whose events are on their way: it counts once they are safe, which ``token`` says."""

    token: str
    until: AwareDatetime
    cursor: Cursor | None = None
    complete: bool = False
    runs: NonNegativeInt = 0
    backfill: str | None = None
    reached: AwareDatetime | None = None


class SourceProgress(Document):
    """How far a source was read. Container ``ops``, pk ``sources|progress``, id of the source; the collector writes it.

    ``complete_until``: everything up to this time was asked for and is stored. ``advanced_until``: what looks up to
    this time stored was published, too. ``retry_at``: no look before. ``runs`` and ``bad_items`` count what was stored
    and what could not be read, since the source was added.
    """

    type: Literal["source_progress"] = "source_progress"
    source: SourceName
    condition: SourceCondition = "new"
    cursor: Cursor | None = None
    last_attempt: AwareDatetime | None = None
    last_success: AwareDatetime | None = None
    complete_until: AwareDatetime | None = None
    advanced_until: AwareDatetime | None = None
    staged: Staged | None = None
    retry_at: AwareDatetime | None = None
    failures: NonNegativeInt = 0
    error: str | None = None
    fix: str | None = None
    version: str | None = None
    runs: NonNegativeInt = 0
    bad_items: NonNegativeInt = 0


class BackfillIn(Contract):
    """Body of ``POST /sources/{kind}/{name}:backfill``."""

    since: AwareDatetime
    until: AwareDatetime | None = None


class Backfill(Document):
    """A part of the past to read. Container ``ops``, pk ``sources|backfills``, id ``<source id>~<stamps>``.

    The gateway creates it; then the collector writes it: ``reached`` moves down from ``until`` to ``since``.
    """

    type: Literal["backfill"] = "backfill"
    source: SourceName
    since: AwareDatetime
    until: AwareDatetime
    reached: AwareDatetime
    state: Literal["waiting", "running", "done", "cancelled"] = "waiting"
    days: NonNegativeInt
    days_done: NonNegativeInt = 0
    runs: NonNegativeInt = 0
    error: str | None = None
    created_at: AwareDatetime
    completed_at: AwareDatetime | None = None
    ttl: int = 90 * 86_400


class PipelineActivity(Contract):
    """One activity of a pipeline's definition."""

    name: str
    kind: str
    depends_on: tuple[str, ...] = ()


class PipelineTrigger(Contract):
    """What starts a pipeline; ``every_s`` where it follows a fixed schedule."""

    name: str
    kind: str
    started: bool
    every_s: PositiveInt | None = None


class Pipeline(Document):
    """The definition of a pipeline. Container ``sources``, pk ``<source>|pipelines``, id = hash of its name."""

    type: Literal["pipeline"] = "pipeline"
    source: SourceName
    factory: str
    pipeline: str
    etag: str | None = None
    folder: str | None = None
    activities: tuple[PipelineActivity, ...] = ()
    triggers: tuple[PipelineTrigger, ...] = ()
    observed_at: AwareDatetime


class PreviewOffer(Contract):
    """Another kind a column might have, and why; a person decides."""

    column: str
    kind: Kind
    why: str


class LoggedDataset(Contract):
    """A dataset the training run logged."""

    name: str
    digest: str | None = None
    context: str | None = None
    rows: NonNegativeInt | None = None
    source: str | None = None


class Preview(Document):
    """What rows, or a registered model, would become; nothing else is stored. Container ``ops``, pk ``previews``.

    The gateway creates it ``waiting``, the collector completes it. ``raw_uri`` are rows that can serve as reference:
    those pushed, or those found beside the model; ``reference_from`` says where. ``metrics`` are those at training,
    ``examples`` a few different values of each column, as text. ``said``: a person said roles, kinds and task.
    ``start`` and ``end`` are the first and last time of the rows, where they have any.
    """

    type: Literal["preview"] = "preview"
    state: Literal["waiting", "ready", "failed"] = "waiting"
    mlflow: str | None = None
    source: SourceName | None = None
    task: Task | None = None
    roles: Roles | None = None
    kinds: dict[ColumnName, Kind] = {}
    said: bool = False
    columns: tuple[Column, ...] = ()
    examples: dict[ColumnName, tuple[str, ...]] = {}
    left_out: tuple[Reason, ...] = ()
    offers: tuple[PreviewOffer, ...] = ()
    faults: tuple[Reason, ...] = ()
    rows: NonNegativeInt = 0
    start: AwareDatetime | None = None
    end: AwareDatetime | None = None
    media_type: str | None = None
    encoding: str | None = None
    raw_uri: str | None = None
    digest: str | None = None
    name: str | None = None
    version: str | None = None
    aliases: tuple[str, ...] = ()
    run: str | None = None
    flavours: tuple[str, ...] = ()
    metrics: dict[str, float | None] = {}
    datasets: tuple[LoggedDataset, ...] = ()
    reference_from: str | None = None
    created_at: AwareDatetime
    completed_at: AwareDatetime | None = None
    ttl: int = 86_400


class RunAddress(Document):
    """Where the document of a run lies. Container ``sources``, pk ``run|<run id>``, id = type of the document.

    Made when a run is first seen: what it says later about its start does not move it.
    """

    type: Literal["run_address"] = "run_address"
    source: SourceName
    document: str


def source_id(source: str) -> str:
    """Return the id of documents about a source: ``mlflow/main`` is ``mlflow~main``."""
    return source.replace("/", "~")
