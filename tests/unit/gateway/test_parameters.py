from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from bellwether.gateway.parameters import Time

TIME: TypeAdapter[datetime] = TypeAdapter(Time)


@pytest.mark.parametrize(
    "text",
    ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00.000z", "2026-01-31 13:00:00+01:00", "2026-01-31T09:30:00-0230"],
)
def test_a_time_with_its_zone_is_kept_in_utc(text: str) -> None:
    found = TIME.validate_python(text)
    assert (found, found.tzinfo) == (datetime(2026, 1, 31, 12, tzinfo=UTC), UTC)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026-01-31T12:00:00", "its zone"),
        ("2026-01-31", "RFC 3339"),
        ("1769860800", "RFC 3339"),
        ("2026-01-31T12:00:00 01:00", "%2B"),
        ("2026-13-31T12:00:00Z", "month"),
        ("1066-10-14T09:00:00Z", "1900"),
        ("9999-12-31T23:59:59Z", "2200"),
        ("", "RFC 3339"),
    ],
)
def test_any_other_time_is_refused_with_what_is_wrong(text: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        TIME.validate_python(text)
