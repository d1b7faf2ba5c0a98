"""Batches of predictions and sets of labels: what was pushed, and what became of it."""

from typing import Literal

from pydantic import AwareDatetime, NonNegativeInt

from bellwether.contracts.base import Document, Reason
from bellwether.contracts.models import Column, ModelName, Repeats


class Batch(Document):
    """One batch. Container ``runs``, pk = ``model|yyyy-mm``, id = a fact id of kind ``batch``.

    The gateway creates it as ``received``, the collector replaces it once as ``accepted`` or ``rejected``. That it
    is ``analysed`` is not stored: it follows from the drift report's existence. ``run`` is the node id of the run it
    came out of, such as ``ml_run:mlflow/main:<run id>``, or a name of the pusher's own. ``rows_uri`` (normalised
    Parquet), ``profile_uri`` (window profile) and ``raw_uri`` (the body as pushed) are keys in object storage.
    ``columns`` are those kept, in the reference's order; ``extra_columns`` names at most 500 of the others.
    """

    type: Literal["batch"] = "batch"
    model: ModelName
    state: Literal["received", "accepted", "rejected"]
    reasons: tuple[Reason, ...] = ()
    source: str = "push"
    key: str | None = None
    version: str | None = None
    run: str | None = None
    media_type: str
    encoding: str | None = None
    raw_uri: str
    digest: str
    rows: NonNegativeInt = 0
    start: AwareDatetime | None = None
    end: AwareDatetime | None = None
    columns: tuple[Column, ...] = ()
    extra_columns: tuple[str, ...] = ()
    duplicate_ids: NonNegativeInt = 0
    repeats: Repeats = ()
    rows_uri: str | None = None
    profile_uri: str | None = None
    reference: str | None = None
    submitted_at: AwareDatetime
    completed_at: AwareDatetime | None = None


class Labels(Document):
    """One set of labels. Container ``runs``, pk = ``model|yyyy-mm``, id = a fact id of kind ``labels``.

    Same writers and states as ``Batch``; ``rows_uri`` holds columns ``id``, ``label`` and, when pushed, ``time``.
    """

    type: Literal["labels"] = "labels"
    model: ModelName
    state: Literal["received", "accepted", "rejected"]
    reasons: tuple[Reason, ...] = ()
    key: str | None = None
    media_type: str
    encoding: str | None = None
    raw_uri: str
    digest: str
    rows: NonNegativeInt = 0
    rows_uri: str | None = None
    submitted_at: AwareDatetime
    completed_at: AwareDatetime | None = None
