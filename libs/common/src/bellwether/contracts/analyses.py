"""Looking again at past batches: what was asked, how far it is, what came out. Live reports stay as they are."""

from typing import Literal

from pydantic import AwareDatetime, NonNegativeInt

from bellwether.contracts.base import Contract, Document, Status
from bellwether.contracts.models import MethodName, ModelName, Thresholds
from bellwether.contracts.reports import JointDrift

ANALYSES = "analyses"
"""Partition of the requests in container ``ops``."""
PROGRESS = "progress"
"""Id of the progress among the results of an analysis."""
MOST_METHODS = 5
"""Methods one analysis may ask for: their values of many columns have to fit beside each other."""


class AnalysisRequest(Document):
    """A re-analysis somebody asked for. Container ``ops``, pk ``analyses``; the gateway writes it.

    The id is a fact id of kind ``analysis`` made of ``to`` and of everything asked, so asking again is the same
    analysis. ``reference``: id of a reference, or a ``Comparison`` with earlier batches; None: the reference each batch
    was compared with when it came. ``segment``: ``column:value``. ``methods``: measured and kept beside the
    usual ones.
    """

    type: Literal["analysis"] = "analysis"
    model: ModelName
    since: AwareDatetime
    until: AwareDatetime
    reference: str | None = None
    thresholds: Thresholds | None = None
    segment: str | None = None
    methods: tuple[MethodName, ...] = ()
    requested_at: AwareDatetime
    cancelled_at: AwareDatetime | None = None


class AnalysisProgress(Document):
    """How far an analysis is. Container ``reports``, pk ``model|analysis|<id>``, id ``progress``; drift writes it.

    ``after`` is the last batch looked at, newest first. ``statuses`` counts results, ``changed`` those whose status
    is not that of the live report.
    """

    type: Literal["analysis_progress"] = "analysis_progress"
    model: ModelName
    state: Literal["running", "done", "failed"] = "running"
    reason: str | None = None
    total: NonNegativeInt
    done: NonNegativeInt = 0
    after: str | None = None
    statuses: dict[Status, NonNegativeInt] = {}
    changed: NonNegativeInt = 0
    updated_at: AwareDatetime


class MethodScores(Contract):
    """One method on the columns a point names, in their order: its values, None where it has none, and which drifted.

    A column drifted by a method when the value passes the method's watch line and what luck makes, and its own p-value,
    not corrected over columns, is at most 0.01; of the headline the corrected one counts.
    """

    method: str
    values: tuple[float | None, ...]
    drifted: tuple[bool, ...]


class AnalysisPoint(Document):
    """What an analysis says about one batch. Same partition as its progress, id ``p~<batch>``.

    ``reference_rows``: rows the batch was compared with; ``reason`` says why there is no score. ``methods`` and
    ``multivariate`` hold what the methods that were asked for say, of columns and of all inputs together.
    """

    type: Literal["analysis_point"] = "analysis_point"
    model: ModelName
    batch: str
    start: AwareDatetime | None = None
    end: AwareDatetime
    rows: NonNegativeInt
    reference: str
    reference_rows: NonNegativeInt
    status: Status
    reason: str | None = None
    score: float | None
    threshold: float | None
    n_features: NonNegativeInt = 0
    n_drifted: NonNegativeInt = 0
    features: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = ()
    scores: tuple[float | None, ...] = ()
    methods: tuple[MethodScores, ...] = ()
    multivariate: tuple[JointDrift, ...] = ()
    sentence: str


def analysis_pk(model: str, id: str) -> str:
    """Return the partition of the results of one analysis."""
    return f"{model}|analysis|{id}"
