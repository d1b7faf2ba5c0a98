"""What the API answers: documents without their addresses, with links. Longer than most: one list of shapes."""

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import AwareDatetime, Field, StringConstraints

from bellwether.contracts import (
    Column,
    Contract,
    FeatureWords,
    FleetPerformance,
    Kind,
    MethodResult,
    ModelName,
    Rates,
    Reason,
    Roles,
    Status,
    Task,
    Thresholds,
    Trend,
    Value,
)
from bellwether.contracts.models import Tier
from bellwether.contracts.reports import (
    Beside,
    ChangePoint,
    DriftEvidence,
    FeatureDrift,
    FeatureTrend,
    Issue,
    JointDrift,
    Overall,
)
from bellwether.gateway.access import AccessRole

T = TypeVar("T")

BatchState = Literal["received", "accepted", "rejected", "analysed"]
Harmless = Literal["little_used", "performance_steady"]
Links = dict[str, str]
Words = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class Items(Contract, Generic[T]):
    """A page of a list; ``next`` is the cursor of the following page, null on the last one."""

    items: tuple[T, ...]
    next: str | None = None


class Accepted(Contract):
    """Work that takes longer than the request; follow ``links.self``."""

    id: str
    state: str
    links: Links


class Summary(Contract):
    """How a model is doing, by its newest assessed batch."""

    status: Status
    sentence: str
    aspects: dict[str, Status]
    score: float | None = None
    threshold: float | None = None
    since: AwareDatetime | None = None
    batch: str | None = None
    batch_end: AwareDatetime | None = None
    batches: int = 0
    n_features: int = 0
    n_drifted: int = 0


class ModelOut(Contract):
    """A model: what a person said about it, its version in use, how it is doing."""

    name: ModelName
    task: Task
    roles: Roles
    thresholds: Thresholds
    kinds: dict[str, Kind]
    methods: tuple[str, ...]
    mlflow: str | None
    value: Value | None
    words: dict[str, FeatureWords]
    owner: str | None
    tier: Tier | None
    expected_interval_s: int | None
    compare: str | None
    sequential: bool
    version: str | None
    summary: Summary
    created_at: AwareDatetime
    updated_at: AwareDatetime
    links: Links


class VersionOut(Contract):
    """One version of a model."""

    version: str
    mlflow: str | None
    run: str | None
    alias: str | None
    created_at: AwareDatetime


class VersionIn(Contract):
    """Body of ``POST /models/{model}/versions``."""

    version: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
    mlflow: Words | None = None
    run: Words | None = None
    alias: Words | None = None
    created_at: AwareDatetime | None = None


class ReferenceOut(Contract):
    """What batches are compared with. ``pending`` names a newer one that is still being read."""

    id: str
    state: Literal["received", "ready", "rejected"]
    reasons: tuple[Reason, ...]
    digest: str
    rows: int
    start: AwareDatetime | None
    end: AwareDatetime | None
    columns: tuple[Column, ...]
    profile_digest: str | None
    submitted_at: AwareDatetime
    completed_at: AwareDatetime | None
    pending: str | None = None
    links: Links


class BatchOut(Contract):
    """One batch and what became of it."""

    id: str
    state: BatchState
    reasons: tuple[Reason, ...]
    rows: int
    start: AwareDatetime | None
    end: AwareDatetime | None
    version: str | None
    key: str | None
    run: str | None
    digest: str
    reference: str | None
    extra_columns: tuple[str, ...]
    duplicate_ids: int
    submitted_at: AwareDatetime
    completed_at: AwareDatetime | None
    links: Links


class LabelsOut(Contract):
    """One set of labels and what became of it."""

    id: str
    state: Literal["received", "accepted", "rejected"]
    reasons: tuple[Reason, ...]
    rows: int
    key: str | None
    digest: str
    submitted_at: AwareDatetime
    completed_at: AwareDatetime | None
    links: Links


class Latest(Contract):
    """The newest analysed batch. ``status`` falls when two batches in a row are better; ``batch_status`` is its own.

    ``harmless`` says why a drift does no harm, if so.
    """

    batch: str
    status: Status
    batch_status: Status
    harmless: Harmless | None
    score: float | None
    threshold: float | None
    since: AwareDatetime | None
    sentence: str
    n_features: int
    n_drifted: int


class TrendPoint(Contract):
    """One batch in the series of the drift index."""

    batch: str
    start: AwareDatetime | None
    end: AwareDatetime
    score: float | None
    threshold: float
    status: Status
    harmless: bool
    rows: int


class TrendOut(Contract):
    """The series, oldest first; ``slope`` per day and change points are of the model's newest batches."""

    slope: float | None
    slope_p_value: float | None
    change_points: tuple[ChangePoint, ...]
    points: tuple[TrendPoint, ...]


class DriftOut(Contract):
    """Drift of a model over time. ``latest`` is null before the first analysed batch."""

    latest: Latest | None
    trend: TrendOut


class ReportOut(Contract):
    """The drift report of one batch; ``compared`` names earlier batches that stand in for the reference.

    ``multivariate``: methods over all inputs together, with the inputs each keys on. ``target`` is of the labels that
    came with the batch, else of those that have come since. ``issues`` are of rows as a whole.
    """

    batch: str
    reference: str
    compared: str | None
    beside: Beside | None
    version: str | None
    rows: int
    reference_rows: int
    start: AwareDatetime | None
    end: AwareDatetime | None
    overall: Overall
    multivariate: tuple[JointDrift, ...]
    prediction: FeatureDrift | None
    target: FeatureDrift | None
    features: tuple[FeatureDrift, ...]
    issues: tuple[Issue, ...]
    created_at: AwareDatetime
    links: Links


class FeatureRank(Contract):
    """A feature over the window: ``rank_value`` is importance times drift, or drift alone without importance."""

    feature: str
    role: Literal["feature", "prediction", "score", "label"]
    kind: Kind
    status: Status
    score: float | None
    threshold: float | None
    method: str | None
    importance: float | None
    rank_value: float | None
    worst_status: Status
    since: AwareDatetime | None
    evidence: DriftEvidence | None
    batches: int
    drifted_batches: int
    sentence: str
    links: Links


class FeaturesOut(Contract):
    """Features, the most urgent first; ``batch`` is the newest one in the window."""

    batch: str | None
    items: tuple[FeatureRank, ...]
    next: str | None = None


class FeaturePoint(Contract):
    """One feature in one batch."""

    batch: str
    start: AwareDatetime | None
    end: AwareDatetime | None
    rows: int
    status: Status
    score: float | None
    missing: Rates
    methods: tuple[MethodResult, ...]


class Bin(Contract):
    """One bar: a category, or the numbers in (low, high]; null for an open end or for missing values."""

    label: str
    low: float | None = None
    high: float | None = None


class Distribution(Contract):
    """Shares in [0, 1] of reference and batch by bin, missing values in the last one; null without a profile."""

    batch: str
    low: float | None
    high: float | None
    bins: tuple[Bin, ...]
    reference: tuple[float, ...]
    current: tuple[float, ...]
    reference_rows: int
    current_rows: int


class FeatureOut(Contract):
    """One feature: what is said about it in one batch, its distribution there, and its series, oldest first.

    ``history`` is of the model's newest batches, null for features that are not among the most urgent.
    """

    feature: str
    kind: Kind
    batch: str
    drift: FeatureDrift
    distribution: Distribution | None
    history: FeatureTrend | None
    series: tuple[FeaturePoint, ...]


class HeatmapBatch(Contract):
    """One column of the heatmap."""

    batch: str
    start: AwareDatetime | None
    end: AwareDatetime
    rows: int
    status: Status
    score: float | None


class HeatmapOut(Contract):
    """Features by batches: ``statuses[f][b]`` and ``scores[f][b]``, null where the feature is absent from the batch.

    Batches run oldest first, features worst first. ``thresholds[f]`` is the line of the feature in the newest batch.
    ``hidden_features`` were cut off.
    """

    batches: tuple[HeatmapBatch, ...]
    features: tuple[str, ...]
    thresholds: tuple[float | None, ...]
    statuses: tuple[tuple[Status | None, ...], ...]
    scores: tuple[tuple[float | None, ...], ...]
    hidden_features: int


class FleetItem(Contract):
    """A model at a glance."""

    model: ModelName
    task: Task | None
    owner: str | None
    tier: Tier | None
    version: str | None
    status: Status
    aspects: dict[str, Status]
    sentence: str
    score: float | None
    threshold: float | None
    harmless: Harmless | None
    batch_status: Status
    since: AwareDatetime | None
    batch: str | None
    batch_start: AwareDatetime | None
    batch_end: AwareDatetime | None
    rows: int
    batches: int
    n_features: int
    n_drifted: int
    spark: tuple[float | None, ...]
    top_features: tuple[tuple[str, Status, float | None], ...]
    trend: Trend
    performance: FleetPerformance | None
    assessed_at: AwareDatetime | None
    links: Links


class Counts(Contract):
    """How many models have each status."""

    act: int
    watch: int
    unknown: int
    fine: int


class FleetOut(Contract):
    """The models asked for, and of all models: how many have each status, a sentence, their owners.

    ``total`` is how many are asked for, ``skipped`` how many of them stand before this page.
    """

    counts: Counts
    sentence: str
    owners: tuple[str, ...]
    total: int
    skipped: int
    items: tuple[FleetItem, ...]
    next: str | None = None


class KeyIn(Contract):
    """Body of ``POST /keys``. ``models`` limits the key to some models."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    roles: Annotated[tuple[AccessRole, ...], Field(min_length=1, max_length=5)]
    models: tuple[ModelName, ...] | None = None
    expires_at: AwareDatetime | None = None


class KeyOut(Contract):
    """A key without its secret."""

    id: str
    name: str
    roles: tuple[AccessRole, ...]
    models: tuple[ModelName, ...] | None
    created_at: AwareDatetime
    created_by: str | None
    expires_at: AwareDatetime | None
    last_used_at: AwareDatetime | None


class NewKey(KeyOut):
    """A new key; ``key`` is shown this once."""

    key: str


class DeadLetterOut(Contract):
    """Work that was given up: which step, about what, why."""

    id: str
    handler: str
    model: str
    subject: str
    event: str
    error_type: str
    error: str
    attempts: int
    published_at: AwareDatetime
    buried_at: AwareDatetime


class SessionIn(Contract):
    """Body of ``POST /session``."""

    key: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class SessionOut(Contract):
    """Who is signed in. Writes of a session carry ``csrf`` in the header ``X-CSRF-Token``."""

    name: str
    roles: tuple[AccessRole, ...]
    models: tuple[ModelName, ...] | None
    csrf: str | None


class Health(Contract):
    """State of this process or of what it needs."""

    status: Literal["ok", "unavailable"]
    version: str


class ModelsOut(Items[ModelOut]):
    """A page of models, by name."""


class VersionsOut(Items[VersionOut]):
    """Versions, newest first."""


class BatchesOut(Items[BatchOut]):
    """Batches, newest first."""


class KeysOut(Items[KeyOut]):
    """Keys, by id."""


class DeadLettersOut(Items[DeadLetterOut]):
    """Dead letters, newest first."""
