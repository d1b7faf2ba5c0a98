"""Explanations as the API answers them: shapes only."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, PositiveInt, model_validator

from bellwether.contracts import (
    Additivity,
    AgainstReference,
    Background,
    Cell,
    ClassImportance,
    Cohort,
    ColumnName,
    Contract,
    Decision,
    ExplainedModel,
    Importance,
    ModelName,
    Output,
    OutputShift,
    Perturbation,
    Reason,
    Status,
)
from bellwether.gateway.answers import Items, Links
from bellwether.gateway.parameters import Word

Row = dict[ColumnName, Cell]
State = Literal["waiting", "done", "failed"]


class ExplanationIn(Contract):
    """Body of ``POST /models/{model}/explanations``: a ``row``, an ``id``, a ``batch``, or an ``id`` in a ``batch``.

    ``row`` holds the values of a new row, ``id`` names a prediction that was pushed. Of a ``batch`` at most ``sample``
    rows are explained. ``perturbation`` says what an absent feature means: values of reference rows, or the training
    rows' share of each branch, which only trees know. ``output_class`` names the class to explain.
    """

    row: Row | None = None
    id: Word | None = None
    batch: Word | None = None
    sample: Annotated[PositiveInt, Field(le=200_000)] | None = None
    perturbation: Literal["interventional", "path_dependent"] | None = None
    output_class: Word | None = None

    @model_validator(mode="after")
    def _one_question(self) -> "ExplanationIn":
        if (self.row is not None) + (self.id is not None or self.batch is not None) != 1:
            raise ValueError("give a row, or the id of a prediction, or a batch")
        if self.sample is not None and (self.batch is None or self.id is not None):
            raise ValueError("a sample is of a batch")
        return self


class WhatIfIn(Contract):
    """Body of ``POST /models/{model}/what-if``: a ``row``, or the ``id`` of a prediction, and the ``changes`` to it."""

    row: Row | None = None
    id: Word | None = None
    batch: Word | None = None
    changes: Annotated[Row, Field(min_length=1)]
    output_class: Word | None = None

    @model_validator(mode="after")
    def _one_row(self) -> "WhatIfIn":
        if (self.row is None) == (self.id is None) or (self.batch is not None and self.id is None):
            raise ValueError("give a row, or the id of a prediction, with or without its batch")
        return self


class _Said(Contract):
    """What every explanation says about itself; ``reason`` says why there is none."""

    method: str
    reason: str | None
    output: Output
    output_class: str | None
    perturbation: Perturbation | None
    exact: bool
    base_value: float | None
    additivity: Additivity
    background: Background | None
    explained: ExplainedModel | None
    isolation: tuple[str, ...]
    versions: dict[str, str]
    warnings: tuple[str, ...]
    evaluations: int
    cpu_seconds: float | None
    created_at: AwareDatetime


class GlobalOut(_Said):
    """What the model looks at: in one ``batch``, or in all of ``batches`` merged.

    ``rows`` of ``rows_total`` were explained. ``other`` is the share of features that are not listed. Of ``batches``
    asked for, ``left_out`` were explained otherwise than the newest, or not at all, and ``left_out_reason`` says how.
    ``fidelity``, in [0, 1], is only there where no model could be asked and a line through its answers stands in.
    All is of ``output_class``; ``classes`` tells of each class of a model of several, the commonest ten.
    """

    batch: str | None
    batches: tuple[str, ...]
    left_out: int = 0
    left_out_reason: str | None = None
    version: str | None
    rows: int
    rows_total: int
    fidelity: float | None
    features: tuple[Importance, ...]
    other: float
    against_reference: AgainstReference | None
    shift: OutputShift | None
    cohorts: tuple[Cohort, ...]
    classes: tuple[ClassImportance, ...]
    links: Links


class ExplanationItem(Contract):
    """One batch's explanation at a glance: its three most important features, and whether attributions changed."""

    batch: str
    version: str | None
    method: str
    output: Output
    exact: bool
    rows: int
    rows_total: int
    reason: str | None
    top: tuple[str, ...]
    status: Status
    tv: float | None
    created_at: AwareDatetime
    links: Links


class ExplanationsOut(Items[ExplanationItem]):
    """Explanations of batches, newest first."""


class LocalOut(_Said):
    """Why one row was answered as it was: ``base_value`` + contributions + ``other`` = ``prediction``.

    ``complete`` is false for a row of a batch's sample, of which only the largest contributions are kept and no
    values: ask for its id to have all. ``answer`` is what the model's user sees.
    """

    row_id: str | None
    batch: str | None
    prediction: float | None
    answer: float | None
    contributions: tuple["ContributionOut", ...]
    other: float
    reasons: tuple[str, ...]
    complete: bool
    links: Links


class ContributionOut(Contract):
    """What one feature adds to the output; ``std_error`` is null where that is exact."""

    feature: str
    value: Cell
    contribution: float
    std_error: float | None


class Difference(Contract):
    """One feature before and after the changes: its values, and by how much its contribution moved."""

    feature: str
    before: Cell
    after: Cell
    change: float


class WhatIf(_Said):
    """The row before and after: ``change`` of the prediction = sum of all ``differences`` and ``other``."""

    before: Decision
    after: Decision
    change: float
    differences: tuple[Difference, ...]
    other: float


class ExplanationOut(Contract):
    """A question and its answer: ``done`` of ``total`` rows while it waits, then ``local``, ``what_if`` or ``global``.

    A question that cannot be answered has ``failed``, for ``reason``; ``errors`` point at what is wrong with the row.
    """

    id: str
    model: ModelName
    state: State
    reason: str | None
    errors: tuple[Reason, ...]
    done: int
    total: int | None
    asked_at: AwareDatetime
    local: LocalOut | None
    what_if: WhatIf | None
    global_: Annotated[GlobalOut | None, Field(alias="global")]
    links: Links


class LocalItem(Contract):
    """One explained row of a batch: its largest contributions as pairs of feature and contribution."""

    row_id: str
    prediction: float
    contributions: tuple[tuple[str, float], ...]
    other: float
    links: Links


class LocalsOut(Items[LocalItem]):
    """Explained rows of a batch, in the batch's order; ``base_value`` is common to all."""

    batch: str | None
    base_value: float | None
