"""What the explain service says: about a batch, about one row, and whether attributions changed."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, NonNegativeInt, PositiveInt

from bellwether.contracts.base import Contract, Document, Reason, Status
from bellwether.contracts.models import ColumnName, ModelName

PROGRESS_OF = "p~"
"""Prefix of the id of an explanation's progress, beside the explanation it becomes."""

Output = Literal["margin", "probability", "value"]
"""Space of contributions: log-odds or raw score, probability, the target's unit. Never rescaled into one another."""

Perturbation = Literal["interventional", "path_dependent", "surrogate"]
"""What an absent feature means: values of background rows, the training rows' share of each branch, neither."""

Cell = str | float | int | bool | None
"""One value of one row as JSON has it; times are RFC 3339 text."""


class CategoryEffect(Contract):
    """Mean contribution, in output units, of the rows with one category."""

    category: str
    rows: NonNegativeInt
    mean: float


class Importance(Contract):
    """How much one feature moves the output: ``importance`` = mean absolute contribution, ``share`` of all in [0, 1].

    ``interval`` (95 %) and ``std_error`` are of the importance, ``rank_interval`` (95 %) of the rank, 1 = largest.
    ``direction`` in [-1, 1] is the rank correlation of value and contribution, None for categories; ``mean`` is the
    mean signed contribution; ``categories`` the commonest ones.
    """

    feature: str
    importance: float
    share: float
    std_error: float | None = None
    interval: tuple[float, float] | None = None
    rank: PositiveInt | None = None
    rank_interval: tuple[PositiveInt, PositiveInt] | None = None
    direction: float | None = None
    mean: float | None = None
    categories: tuple[CategoryEffect, ...] = ()


class AttributionChange(Contract):
    """One feature's share of the attributions, in [0, 1], then and now; ``q_value`` corrected over the features."""

    feature: str
    share: float
    reference_share: float
    q_value: float | None = None


class AgainstReference(Contract):
    """Attribution drift: the same model and background on the reference's rows and on the batch's.

    ``tv``, in [0, 1], is half the sum of the shares' differences and decides with ``p_value``; ``ndcg`` stands beside
    it for those who know it. ``threshold`` is the ``tv`` that calls for a look; where the reference could be cut into
    ``windows`` as long as the batch's, it lies above ``normal``, the largest ``tv`` among them.
    """

    status: Status
    reason: str | None = None
    tv: float | None = None
    threshold: float = 0.05
    normal: float | None = None
    windows: NonNegativeInt = 0
    p_value: float | None = None
    ndcg: float | None = None
    rows: NonNegativeInt = 0
    reference_rows: NonNegativeInt = 0
    features: tuple[AttributionChange, ...] = ()


class ShiftPart(Contract):
    """What one feature adds to the shift of the mean output, with its 95 % interval."""

    feature: str
    change: float
    interval: tuple[float, float]


class OutputShift(Contract):
    """Why the mean output moved from the reference to the batch: ``change`` = ``current`` - ``reference``.

    The parts of all features sum to ``change``; those not listed are added up in ``other``.
    """

    reference: float
    current: float
    change: float
    features: tuple[ShiftPart, ...]
    other: float = 0.0


class Cohort(Contract):
    """Rows of a batch that share a segment's value, against all its other rows: the parts sum to the difference.

    ``output`` and ``rest`` are mean outputs; ``features`` the ten largest parts, ``other`` the sum of the rest.
    """

    column: ColumnName
    value: str
    rows: NonNegativeInt
    output: float
    rest: float
    features: tuple[ShiftPart, ...]
    other: float = 0.0


class Additivity(Contract):
    """Base value plus contributions against what the real model returned, over ``rows`` rows."""

    state: Literal["exact", "estimated", "failed", "unchecked"]
    max_abs: float | None = None
    limit: float | None = None
    rows: NonNegativeInt = 0


class ClassImportance(Contract):
    """What moves the output of one class of several: ``features`` are its 20 largest, ``other`` the share of the rest.

    ``rows`` of the batch were explained for it; with a ``reason`` none could be.
    """

    output_class: str
    method: str
    base_value: float | None = None
    rows: NonNegativeInt = 0
    features: tuple[Importance, ...] = ()
    other: float = 0.0
    additivity: Additivity = Additivity(state="unchecked")
    reason: str | None = None


class Background(Contract):
    """The rows that stand for an absent feature."""

    digest: str
    rows: PositiveInt
    source: Literal["reference", "batch"]
    seed: NonNegativeInt


class ExplainedModel(Contract):
    """The model that was asked: where it is registered, its content, how it was read."""

    uri: str
    version: str | None = None
    digest: str
    flavour: str
    kind: str


class _Explained(Document):
    """What every explanation says about itself. With a ``reason`` nothing was explained."""

    model: ModelName
    version: str | None = None
    method: str
    reason: str | None = None
    output: Output = "value"
    output_class: str | None = None
    perturbation: Perturbation | None = None
    exact: bool = False
    base_value: float | None = None
    additivity: Additivity = Additivity(state="unchecked")
    background: Background | None = None
    explained: ExplainedModel | None = None
    isolation: tuple[str, ...] = ()
    versions: dict[str, str] = Field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    evaluations: NonNegativeInt = 0
    cpu_seconds: float | None = None
    created_at: AwareDatetime


class Explanation(_Explained):
    """Global importance in one batch. Container ``explain``, pk as the batch's, id = ``g~<batch id>``.

    One asked for with options of its own lies with the local ones, under its request's id.
    ``rows`` of the batch's ``rows_total`` were explained. ``features`` are the 200 largest; ``other`` is the share
    of the rest. They are of ``output_class``; of a model of several ``classes``, the commonest ten, each is told too.
    ``fidelity``, in [0, 1], says how much of the answers a surrogate describes. ``rows_uri`` is the key of the
    contributions of every explained row.
    """

    type: Literal["explanation"] = "explanation"
    batch: str
    rows: NonNegativeInt
    rows_total: NonNegativeInt = 0
    fidelity: float | None = None
    features: tuple[Importance, ...]
    other: float = 0.0
    against_reference: AgainstReference | None = None
    shift: OutputShift | None = None
    cohorts: tuple[Cohort, ...] = ()
    classes: tuple[ClassImportance, ...] = ()
    rows_uri: str | None = None


class LocalContribution(Contract):
    """What one feature adds to one row's output; ``std_error`` is None where the value is exact."""

    feature: str
    value: Cell
    contribution: float
    std_error: float | None = None


class Decision(Contract):
    """One row explained: ``base_value`` plus all contributions and ``other`` is ``prediction``, in output units.

    ``answer`` is what the model's user sees: a probability, or the same value.
    """

    prediction: float
    answer: float | None = None
    base_value: float
    contributions: tuple[LocalContribution, ...]
    other: float = 0.0
    reasons: tuple[str, ...] = ()


class LocalExplanation(_Explained):
    """One row's explanation. Container ``explain``, pk = ``<model>|local``, id = the request's id.

    ``after`` is the same row with the request's changes, for a what-if. ``batch`` and ``row_id`` say where it is from.
    With ``reasons`` the rows could not be used as they are.
    """

    type: Literal["local_explanation"] = "local_explanation"
    batch: str | None = None
    row_id: str | None = None
    decision: Decision | None = None
    after: Decision | None = None
    reasons: tuple[Reason, ...] = ()
    ttl: Annotated[int, Field(ge=60)] = 7 * 86_400


class LocalChunk(Document):
    """The largest contributions of up to 200 rows of a batch. Container ``explain``, id = ``l~<batch id>~<number>``.

    ``contributions[i]`` are pairs of index into ``features`` and contribution, ``others[i]`` the rest of row i.
    """

    type: Literal["local_chunk"] = "local_chunk"
    model: ModelName
    batch: str
    features: tuple[str, ...]
    ids: tuple[str, ...]
    predictions: tuple[float, ...]
    base_value: float
    contributions: tuple[tuple[tuple[NonNegativeInt, float], ...], ...]
    others: tuple[float, ...]


class ExplanationProgress(Document):
    """How far a long explanation is. Beside what it becomes, id = ``p~`` and the batch's or the request's id."""

    type: Literal["explanation_progress"] = "explanation_progress"
    model: ModelName
    done: NonNegativeInt
    total: NonNegativeInt
    stage: Literal["model", "reference", "rows"]
    updated_at: AwareDatetime
    ttl: Annotated[int, Field(ge=60)] = 86_400


class ExplanationRequest(Document):
    """A question. Container ``ops``, pk = ``explain~<model>``, id = ``e~<digest>``; the gateway writes it.

    ``row``, or ``row_id`` with or without the ``batch`` it is in, ask about one row; ``changes`` make it a what-if.
    ``batch`` alone asks about a batch, of which at most ``sample`` rows are explained. ``output_class`` is the class to
    explain; None: of one row the likeliest.
    """

    type: Literal["explanation_request"] = "explanation_request"
    model: ModelName
    row: dict[ColumnName, Cell] | None = None
    row_id: str | None = None
    batch: str | None = None
    sample: PositiveInt | None = None
    changes: dict[ColumnName, Cell] | None = None
    perturbation: Literal["interventional", "path_dependent"] | None = None
    output_class: str | None = None
    asked_at: AwareDatetime
    ttl: Annotated[int, Field(ge=60)] = 7 * 86_400


def requests_pk(model: str) -> str:
    """Return the partition of the questions about a model."""
    return f"explain~{model}"


def local_pk(model: str) -> str:
    """Return the partition of the answers to them."""
    return f"{model}|local"
