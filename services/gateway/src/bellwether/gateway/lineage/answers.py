"""What the API answers about the graph: one shape feeds lanes, path and table, so they cannot disagree."""

from typing import Literal

from pydantic import AwareDatetime, Field, JsonValue, NonNegativeInt

from bellwether.contracts import Contract, Evidence, Level, NodeKind, Relation, RunStatus, Status

SourceCondition = Literal["ok", "late", "error", "unknown"]


class LinkOut(Contract):
    """A way out of the app, or to another page of it."""

    title: str
    href: str


class SourceOut(Contract):
    """A source of facts, and whether it is heard from."""

    name: str
    last_ok: AwareDatetime | None
    state: SourceCondition


class MarkOut(Contract):
    """A node, or ``count`` runs of one job in one day: then ``status`` is the worst and ``detail`` counts them.

    ``verdict`` is what a report found; ``stale``: an input was older than it should have been, as a run that was to
    renew it failed before. ``standing``: it failed before the window, and nothing had mended that when it began.
    """

    id: str
    kind: NodeKind
    label: str
    start: AwareDatetime | None
    end: AwareDatetime | None
    status: RunStatus
    verdict: Status | None
    count: int
    stale: bool
    on_path: bool
    standing: bool = False
    detail: str


class LaneOut(Contract):
    """Marks of one part of the way, in the order of time."""

    key: Literal["source", "data_factory", "compute", "datasets", "mlflow", "versions", "batches", "reports"]
    title: str
    marks: tuple[MarkOut, ...]


class EdgeOut(Contract):
    """``source`` flowed into ``target``; ``derived``: it follows from times, no source says it."""

    source: str
    target: str
    rel: Relation
    evidence: Evidence
    derived: bool
    runs: int = 1


class StepOut(Contract):
    """One step of a path, in words; ``evidence`` is that of the edge that leads on to the next step."""

    step: int
    id: str
    kind: NodeKind
    sentence: str
    status: RunStatus
    verdict: Status | None
    at: AwareDatetime | None
    evidence: Evidence
    links: tuple[LinkOut, ...]


class GraphOut(Contract):
    """The neighbourhood of a node. ``hidden`` counts by kind what was left out."""

    root: str
    model: str
    level: Level
    from_: AwareDatetime | None = Field(alias="from")
    to: AwareDatetime | None
    version: AwareDatetime
    truncated: bool
    hidden: dict[str, int]
    lanes: tuple[LaneOut, ...]
    edges: tuple[EdgeOut, ...]
    path: tuple[StepOut, ...]
    sources: tuple[SourceOut, ...]


class AttributeOut(Contract):
    """One thing that is known about a node, who said it, and of when it is."""

    name: str
    value: JsonValue
    source: str
    time: AwareDatetime


class NeighboursOut(Contract):
    """Neighbours of one relation and direction: how many, and the newest of them."""

    rel: Relation
    direction: Literal["up", "down"]
    count: NonNegativeInt
    more: bool
    newest: tuple[str, ...]


class NodeOut(Contract):
    """One node with all that is known about it."""

    id: str
    kind: NodeKind
    label: str
    job: str | None
    status: RunStatus
    verdict: Status | None
    start: AwareDatetime | None
    end: AwareDatetime | None
    last: AwareDatetime
    known: bool
    deleted_at: AwareDatetime | None
    clock_skew_s: float | None
    attributes: tuple[AttributeOut, ...]
    neighbours: tuple[NeighboursOut, ...]
    links: tuple[LinkOut, ...]


class FoundOut(Contract):
    """A node that was found."""

    id: str
    kind: NodeKind
    label: str
    status: RunStatus
    verdict: Status | None
    last: AwareDatetime


class SearchOut(Contract):
    """Nodes that match, newest first; ``truncated``: there are more, or more were there to look at."""

    items: tuple[FoundOut, ...]
    truncated: bool


class AffectedModel(Contract):
    """A model that depends on a node: its newest dependent batch, its worst report."""

    model: str
    batches: NonNegativeInt
    reports: NonNegativeInt
    verdict: Status | None
    newest: AwareDatetime | None


class ImpactOut(Contract):
    """What depends on a node, over all graphs; ``foreign`` counts models the caller may not see."""

    node: str
    sentence: str
    models: tuple[AffectedModel, ...]
    batches: tuple[FoundOut, ...]
    reports: tuple[FoundOut, ...]
    others: tuple[FoundOut, ...]
    foreign: NonNegativeInt
    truncated: bool


Rule = Literal[
    "failed_upstream",
    "stale_input",
    "late_producer",
    "missing_run",
    "row_count",
    "schema_change",
    "promotion",
    "code_change",
    "upstream_distribution",
]


class OutcomesOut(Contract):
    """Four tests of a likely cause, each null where it cannot be made.

    ``onset``: it is new since the last good batch. ``column``: columns lead from it to a feature that drifts. ``size``:
    its size fits what is seen. ``siblings``: what does not depend on it is fine.
    """

    onset: bool | None
    column: bool | None
    size: bool | None
    siblings: bool | None


class CauseOut(Contract):
    """A likely cause with its evidence; ``count`` failures of one job in a row are one.

    ``rejected``: a person said of the incident asked about that this is not it. ``doubted``: other incidents in which
    people said so of a cause by the same rule and of the same job, which lowers its score.
    """

    node: str
    kind: NodeKind
    label: str
    rule: Rule
    sentence: str
    score: float
    strength: Literal["strong", "moderate", "weak"]
    tests: OutcomesOut
    distance: NonNegativeInt
    error: str | None
    count: int
    path: tuple[StepOut, ...]
    evidence: Evidence
    at: AwareDatetime | None
    features: tuple[str, ...]
    rejected: bool
    doubted: NonNegativeInt
    links: tuple[LinkOut, ...]


class RootCauseOut(Contract):
    """Likely causes, the likeliest first. ``unknown``: there are no facts to tell; ``reason`` says why."""

    model: str
    report: str | None
    batch: str | None
    onset: AwareDatetime | None
    status: Literal["found", "none", "unknown"]
    reason: str
    sentence: str
    causes: tuple[CauseOut, ...]
    sources: tuple[SourceOut, ...]


class HopOut(Contract):
    """A node on a path and the edge that leads from it to the next; none from the last."""

    id: str
    kind: NodeKind
    label: str
    status: RunStatus
    rel: Relation | None
    evidence: Evidence | None
    derived: bool


class PathOut(Contract):
    """The shortest path up; no hops when there is none. ``evidence`` is that of its weakest edge."""

    from_: str = Field(alias="from")
    to: str
    hops: tuple[HopOut, ...]
    evidence: Evidence | None


class ChangeOut(Contract):
    """One thing that differs between two nodes in the same role."""

    field: str
    a: JsonValue
    b: JsonValue


class RoleOut(Contract):
    """What plays a role, a kind with its dataset, job or model, in one or both of two histories."""

    role: str
    kind: NodeKind
    label: str
    a: str | None
    b: str | None
    changes: tuple[ChangeOut, ...]


class DiffOut(Contract):
    """How two things came about differently, by role."""

    a: str
    b: str
    sentence: str
    only_a: tuple[RoleOut, ...]
    only_b: tuple[RoleOut, ...]
    changed: tuple[RoleOut, ...]
    same: NonNegativeInt


class ColumnOut(Contract):
    """A column of a dataset, or a feature; ``type`` as its source names it."""

    node: str
    label: str
    column: str
    type: str | None
    depth: NonNegativeInt


class ColumnEdgeOut(Contract):
    """A column was made from another one, by a run."""

    source: str
    source_column: str
    target: str
    target_column: str
    by: str | None
    evidence: Evidence


class ColumnsOut(Contract):
    """Where a column comes from, or what is made of it."""

    node: str
    column: str
    direction: Literal["up", "down"]
    sentence: str
    columns: tuple[ColumnOut, ...]
    edges: tuple[ColumnEdgeOut, ...]
    truncated: bool


class JobRunOut(Contract):
    """A run of a job, or a version of a dataset; ``late``: it came over 1.5 usual intervals after the one before."""

    id: str
    label: str
    start: AwareDatetime | None
    end: AwareDatetime | None
    seconds: float | None
    status: RunStatus
    verdict: Status | None
    rows: int | None
    late: bool
    error: str | None


class TimelineOut(Contract):
    """Runs of a job, newest first, and how often it usually runs."""

    job: str
    label: str
    interval_s: float | None
    items: tuple[JobRunOut, ...]


class ReceivedOut(Contract):
    """An event was stored, and is merged into the graph ``graph``."""

    id: str
    graph: str
    links: dict[str, str]


class FailedEvent(Contract):
    """An event of a batch that was not stored: its place in the list, and why."""

    index: NonNegativeInt
    reason: str
    retriable: bool


class BatchSummary(Contract):
    """How many events a batch held, and how they fared."""

    received: NonNegativeInt
    successful: NonNegativeInt
    failed: NonNegativeInt
    retriable: NonNegativeInt
    non_retriable: NonNegativeInt


class ReceivedBatchOut(Contract):
    """What became of a batch of events."""

    status: Literal["success", "partial_success", "failure"]
    summary: BatchSummary
    failed_events: tuple[FailedEvent, ...]
