"""Old and new processes side by side: readers leave out what newer writers add, and a caller's mistake stays one."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from bellwether.contracts import BatchReceived, FleetEntry, ModelIn, decode, encode
from bellwether.errors import ContractError
from bellwether.storage.documents import dump, parse

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ENTRY = FleetEntry(id="m", pk="fleet", model="m", status="fine", aspects={}, sentence="Fine.", assessed_at=NOW)
EVENT = BatchReceived(model="m", subject="b", occurred_at=NOW)


def newer(doc: dict[str, Any]) -> dict[str, Any]:
    """What the next version writes: a field more, also inside."""
    return {**doc, "a_field_of_tomorrow": 1, "trend": {**doc["trend"], "another": [1]}}


def test_a_document_with_fields_of_a_newer_version_is_read() -> None:
    assert parse(FleetEntry, newer(dump(ENTRY))) == ENTRY


def test_an_event_with_a_field_of_a_newer_version_is_read() -> None:
    text = encode(EVENT).decode()
    assert decode(text[:-1] + ', "a_field_of_tomorrow": 1}') == EVENT


def test_a_document_or_an_event_without_what_it_needs_is_not() -> None:
    doc = dump(ENTRY)
    del doc["status"]
    with pytest.raises(ContractError, match="status"):
        parse(FleetEntry, doc)
    with pytest.raises(ContractError, match="model"):
        decode(encode(EVENT).decode().replace('"model":', '"modle":'))


def test_an_unknown_field_of_a_caller_is_refused() -> None:
    with pytest.raises(ValidationError, match="modle"):
        ModelIn.model_validate({"name": "m", "task": "binary", "modle": 1})
