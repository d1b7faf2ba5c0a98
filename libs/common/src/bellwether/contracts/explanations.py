"""What the explain service says about a batch."""

from typing import Literal

from pydantic import AwareDatetime, NonNegativeInt

from bellwether.contracts.base import Contract, Document
from bellwether.contracts.models import ModelName


class Importance(Contract):
    """How much one feature moves the output: ``importance`` in output units, ``share`` in [0, 1]."""

    feature: str
    importance: float
    share: float


class Explanation(Document):
    """Global importance in one batch. Container ``explain``, pk as the batch's, id = ``g~<batch id>``."""

    type: Literal["explanation"] = "explanation"
    model: ModelName
    batch: str
    method: str
    rows: NonNegativeInt
    reason: str | None = None
    fidelity: float | None = None
    features: tuple[Importance, ...]
    created_at: AwareDatetime
