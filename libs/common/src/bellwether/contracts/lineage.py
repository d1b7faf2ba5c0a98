"""The typed provenance graph."""

from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime

from bellwether.contracts.base import Document


class NodeKind(StrEnum):
    """Every kind of thing the graph may hold."""

    DATASET = "dataset"
    MODEL = "model"
    MODEL_VERSION = "model_version"
    TRAINING_RUN = "training_run"
    PIPELINE_RUN = "pipeline_run"
    REFERENCE = "reference"
    BATCH = "batch"
    LABELS = "labels"
    REPORT = "report"
    EXPLANATION = "explanation"


class Node(Document):
    """One thing. Container ``lineage``, pk = model, id ``n~<hash of the node id>``; ``node`` is the node id."""

    type: Literal["node"] = "node"
    node: str
    kind: NodeKind
    label: str
    time: AwareDatetime | None = None


class Edge(Document):
    """``source`` was needed to make ``target``; both are node ids.

    Container ``lineage``, pk = model, id ``e~<hash of source>~<hash of target>``.
    """

    type: Literal["edge"] = "edge"
    source: str
    target: str
