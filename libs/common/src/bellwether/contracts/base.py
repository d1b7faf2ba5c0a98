"""Base classes of everything that crosses a process boundary or is stored, and the vocabulary they share."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

Task = Literal["binary", "multiclass", "regression"]
Kind = Literal["numeric", "categorical", "boolean", "text", "datetime"]
Status = Literal["fine", "watch", "act", "unknown"]
Role = Literal["feature", "prediction", "score", "label", "id", "time", "segment"]

SEVERITY: dict[Status, int] = {"act": 3, "watch": 2, "unknown": 1, "fine": 0}
"""Which of two statuses is worse; ``unknown`` is worse than ``fine`` and never shown as it."""


class Contract(BaseModel):
    """An immutable, closed, finite value: unknown fields, NaN and infinity are refused."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        json_schema_serialization_defaults_required=True,  # answers always hold every field
    )


class Document(Contract):
    """What every stored document has: its address (``pk``, ``id``) and the version of its shape.

    Subclasses add a literal ``type``. Store documents are ``model_dump(mode="json")``; what the store adds on
    reading (``_etag``, ``_ts``) is dropped by ``bellwether.storage.documents.parse``.
    """

    schema_version: Literal[1] = 1
    id: str
    pk: str


class Reason(Contract):
    """One thing that is wrong with something pushed: where, what stands there, what is allowed, what to do."""

    pointer: str
    value: str
    limit: str
    fix: str
