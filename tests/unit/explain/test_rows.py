"""Rows as people send them: what is wrong is said at once, nothing is guessed."""

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from bellwether.explain.rows import BadRow, cell, changed, table_of, unseen

SCHEMA = pa.schema(
    [
        ("age", pa.int64()),
        ("income", pa.float64()),
        ("region", pa.string()),
        ("ok", pa.bool_()),
        ("at", pa.timestamp("us", tz="UTC")),
    ]
)
GOOD: dict[str, Any] = {"ok": True, "at": "2026-01-31T23:00:00Z", "region": "n", "income": 3, "age": 30}


def faults(row: dict[str, Any], required: tuple[str, ...] = ("age", "region")) -> dict[str, str]:
    with pytest.raises(BadRow) as caught:
        table_of(row, SCHEMA, required)
    return {one.pointer: one.fix for one in caught.value.reasons}


def test_a_row_comes_in_the_order_and_types_of_the_reference() -> None:
    table = table_of(GOOD, SCHEMA, SCHEMA.names)
    assert table.schema == SCHEMA
    assert table.to_pylist()[0] == {
        "age": 30,
        "income": 3.0,
        "region": "n",
        "ok": True,
        "at": datetime(2026, 1, 31, 23, tzinfo=UTC),
    }


def test_missing_values_are_values_and_absent_optional_columns_are_missing() -> None:
    table = table_of({"age": None, "region": None}, SCHEMA, ("age", "region"))
    assert table.to_pylist() == [dict.fromkeys(SCHEMA.names)]


def test_a_fraction_in_a_column_of_integers_is_not_cut_off() -> None:
    assert table_of({**GOOD, "age": 30.5}, SCHEMA, ()).column("age").to_pylist() == [30.5]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    found = faults({"regoin": "n", "income": "much", "ok": "yes", "at": "yesterday"})
    assert set(found) == {"/row/age", "/row/region", "/row/regoin", "/row/income", "/row/ok", "/row/at"}
    assert "'regoin' meant" in found["/row/region"]
    assert "'region'" in found["/row/regoin"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("age", "30"), ("age", True), ("region", 4), ("ok", 2), ("at", "2026-01-31T23:00:00"), ("at", 1)],
)
def test_a_value_of_another_kind_is_refused(name: str, value: Any) -> None:
    assert set(faults({**GOOD, name: value})) == {f"/row/{name}"}


def test_changes_touch_what_they_name() -> None:
    row = table_of(GOOD, SCHEMA, ())
    other = changed(row, {"income": None, "region": "s"})
    assert (other.column("income").to_pylist(), other.column("region").to_pylist()) == ([None], ["s"])
    assert other.column("age") == row.column("age")
    with pytest.raises(BadRow, match="/changes/agee: an unknown column"):
        changed(row, {"agee": 1})


def test_a_category_nobody_has_seen_is_a_warning() -> None:
    background = pa.table({"region": ["s", "n"]})
    assert unseen(table_of(GOOD, SCHEMA, ()), background) == []
    (warning,) = unseen(table_of({**GOOD, "region": "moon"}, SCHEMA, ()), background)
    assert warning == "region 'moon' is not among the 2 background rows"


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01T00:00:00Z"),
        (float("nan"), None),
        (float("inf"), None),
        (b"x", "b'x'"),
        (3, 3),
    ],
)
def test_values_are_shown_as_json_has_them(value: Any, wanted: Any) -> None:
    assert cell(value) == wanted
