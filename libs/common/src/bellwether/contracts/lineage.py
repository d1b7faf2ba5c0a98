"""The typed provenance graph: what a node and an edge may say, and how a document of the store holds them."""

from enum import StrEnum
from typing import Annotated, Literal, NamedTuple

from pydantic import AwareDatetime, JsonValue, NonNegativeInt, StringConstraints

from bellwether.contracts.base import Contract, Document, Status

SourceName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{0,30}/[a-z0-9][a-z0-9._-]{0,62}$")]
"""Kind and configured name of a source, such as ``mlflow/main``; part of node ids, so it never changes."""
GraphName = Annotated[
    str, StringConstraints(pattern=r"^([a-z0-9][a-z0-9-]{0,62}|@[a-z][a-z0-9]{0,30}/[a-z0-9][a-z0-9._-]{0,62})$")
]
"""A model, whose graph holds its batches and reports, or ``@`` and a source, whose graph holds what it observed."""

RunStatus = Literal["UNKNOWN", "QUEUED", "RUNNING", "SUCCEEDED", "FAILED", "ABORTED"]
Evidence = Literal["exact", "bridge", "inferred", "unresolved"]
"""How an edge is known: an explicit id; run ids matched through Databricks; dataset and time; a name not evaluated."""
Relation = Literal[
    "has_activity",
    "precedes",
    "retry_of",
    "started",
    "executed",
    "triggered",
    "at_version",
    "uses",
    "used",
    "generated",
    "attempted",
    "version_of",
    "registered_as",
    "promoted",
    "scored",
    "profiled",
    "compared",
    "labelled",
    "evaluated",
    "raised",
    "feature_of",
]
Level = Literal["job", "run"]


class NodeKind(StrEnum):
    """Every kind of thing the graph may hold."""

    PIPELINE = "pipeline"
    ACTIVITY = "activity"
    JOB = "job"
    NOTEBOOK = "notebook"
    DATASET = "dataset"
    MODEL = "model"
    FEATURE = "feature"
    PIPELINE_RUN = "pipeline_run"
    ACTIVITY_RUN = "activity_run"
    COMPUTE_RUN = "compute_run"
    ML_RUN = "ml_run"
    RUN = "run"
    DATASET_VERSION = "dataset_version"
    CODE_VERSION = "code_version"
    LOGGED_MODEL = "logged_model"
    MODEL_VERSION = "model_version"
    REFERENCE = "reference"
    BATCH = "batch"
    LABELS = "labels"
    PROFILE = "profile"
    REPORT = "report"
    INCIDENT = "incident"


class Attribute(Contract):
    """One thing a source says about a node or an edge: the newest by source time stands."""

    value: JsonValue
    time: AwareDatetime
    source: str


class Link(NamedTuple):
    """An edge as the node at one of its ends holds it: the other end, and what walks need to know."""

    rel: Relation
    node: str
    first: AwareDatetime
    last: AwareDatetime
    seen: AwareDatetime
    evidence: Evidence


MOST_LINKS = 100
"""Links a node holds in each direction: the newest. All edges are documents of their own beside."""


class Node(Document):
    """One thing. Container ``lineage``, pk = graph, id ``n~<kind>~<hash>``; ``node`` is the node id.

    ``start`` and ``end`` are those of a run, or the time the thing came to be; ``last`` is the newest time of any
    fact about it, ``seen`` the earliest receipt. ``job`` names the pipeline, job, dataset or model it belongs to.
    ``verdict`` is what a report found. ``stub``: only named so far, by an edge. ``clock_skew_s``: how far the source's
    clock was from ours at most, where that is over five minutes. ``into`` and ``out`` are its newest links, of
    ``into_total`` and ``out_total`` edges in all.
    """

    type: Literal["node"] = "node"
    node: str
    kind: NodeKind
    label: str
    job: str | None = None
    status: RunStatus = "UNKNOWN"
    status_at: AwareDatetime | None = None
    verdict: Status | None = None
    start: AwareDatetime | None = None
    end: AwareDatetime | None = None
    last: AwareDatetime
    seen: AwareDatetime
    stub: bool = False
    deleted_at: AwareDatetime | None = None
    clock_skew_s: float | None = None
    attributes: dict[str, Attribute] = {}
    into: tuple[Link, ...] = ()
    out: tuple[Link, ...] = ()
    into_total: NonNegativeInt = 0
    out_total: NonNegativeInt = 0


ColumnMap = dict[str, tuple[tuple[str, str], ...]]
"""Column of what was generated to the columns it comes from, each as (dataset node id, column)."""


class Edge(Document):
    """``src`` flowed into ``dst``; both are node ids. Container ``lineage``, pk = graph.

    id ``e~<hash of src>~<rel>~<hash of dst>``. ``first`` and ``last`` are source times, ``seen`` the earliest receipt.
    """

    type: Literal["edge"] = "edge"
    src: str
    dst: str
    rel: Relation
    first: AwareDatetime
    last: AwareDatetime
    seen: AwareDatetime
    evidence: Evidence = "exact"
    columns: ColumnMap = {}
    attributes: dict[str, Attribute] = {}


class Pointer(Document):
    """The runs of a job, versions of a dataset, or runs that read a dataset, found by time. Container ``lineage``.

    pk = graph, id ``h~<hash of job>~<start>~<hash of node>``; a start that moved earlier leaves a second one behind.
    For runs that read a dataset ``u~<hash of dataset>~<time of reading>~<hash of run>``.
    """

    type: Literal["pointer"] = "pointer"
    job: str
    node: str
    start: AwareDatetime


class Touch(Document):
    """A model's graph holds this node. Container ``lineage``, pk ``i~<hash of node>``, id ``g~<graph>``."""

    type: Literal["touch"] = "touch"
    node: str
    graph: GraphName


class Graph(Document):
    """A graph that is there. Container ``lineage``, pk ``graphs``, id = its name with ``/`` as ``~``."""

    type: Literal["graph"] = "graph"
    graph: GraphName
