"""Kinds and roles from a reference's rows."""

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from bellwether.collector.decode.job import Found
from bellwether.collector.decode.table import Decoded
from bellwether.collector.normalise import normalise
from bellwether.collector.schema import Schema, guess
from bellwether.contracts import Kind, Roles, Task
from bellwether.errors import InvalidInput

N = 60
AT = datetime(2026, 1, 1, tzinfo=UTC)


def guessed(
    roles: Roles | None = None,
    task: Task = "binary",
    kinds: dict[str, Kind] | None = None,
    *,
    untyped: bool = False,
    **columns: Any,
) -> Schema:
    table = pa.table({"prediction": pa.array([0.5] * len(next(iter(columns.values())))), **columns})
    if untyped:
        table = pa.table({name: table[name].cast(pa.string()) for name in table.column_names})
    decoded = Decoded.of(table, untyped=untyped)
    schema = guess(decoded, roles or Roles(), task, kinds or {})
    normalise(decoded, schema.columns)  # what was guessed is what the rows are
    return schema


def kind_of(schema: Schema, name: str) -> tuple[str, str] | None:
    return next(((c.kind, c.dtype) for c in schema.columns if c.name == name), None)


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (pa.array([1, 2], pa.int8()), ("numeric", "int64")),
        (pa.array([1.5, None]), ("numeric", "double")),
        (pa.array([True, False]), ("boolean", "bool")),
        (pa.array(["a", "b"]), ("categorical", "string")),
        (pa.array(["a", "b"]).dictionary_encode(), ("categorical", "string")),
        (pa.array([AT, AT]), ("datetime", "timestamp[us, tz=UTC]")),
        (pa.array(["2026-01-01T00:00:00Z", None]), ("datetime", "string")),
        (pa.array(["the quick brown fox jumps", "over the lazy old dog"]), ("text", "string")),
        (pa.array(["1", "2"]), ("categorical", "string")),
    ],
)
def test_kinds_of_typed_columns(values: pa.Array, wanted: tuple[str, str]) -> None:
    assert kind_of(guessed(x=values), "x") == wanted


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        (["1", "2"], ("numeric", "int64")),
        (["1", "NA"], ("numeric", "int64")),
        (["1.5", None], ("numeric", "double")),
        (["01234", "56789"], ("categorical", "string")),
        (["true", "no"], ("boolean", "bool")),
        (["2026-01-01 00:00:00+02:00", None], ("datetime", "string")),
        (["a", "1"], ("categorical", "string")),
    ],
)
def test_kinds_of_text_without_types(cells: list[str | None], wanted: tuple[str, str]) -> None:
    assert kind_of(guessed(untyped=True, x=pa.array(cells, pa.string())), "x") == wanted


@pytest.mark.parametrize(
    ("task", "values", "wanted"),
    [
        ("binary", [0, 1], "boolean"),
        ("binary", [0.0, 1.0], "boolean"),
        ("binary", [True, False], "boolean"),
        ("binary", [0.2, 0.7], "numeric"),
        ("binary", ["late", "on time"], "categorical"),
        ("multiclass", [0, 1], "categorical"),
        ("multiclass", ["a", "b"], "categorical"),
        ("regression", [0, 1], "numeric"),
        ("regression", [0.5, 1.5], "numeric"),
    ],
)
def test_predictions_are_classes_or_numbers_as_the_task_has_it(task: Task, values: list[Any], wanted: str) -> None:
    schema = guessed(task=task, prediction=pa.array(values), x=[1.5, 2.5])
    assert [(c.role, c.kind) for c in schema.columns] == [("prediction", wanted), ("feature", "numeric")]


def test_text_that_differs_in_every_row_is_left_out_unless_it_is_named() -> None:
    ids = [f"N{i}" for i in range(N)]
    schema = guessed(tail=ids, x=list(range(N)))
    (fault,) = schema.left_out
    assert (fault.pointer, fault.value) == ("/columns/tail", "60 different texts in 60 rows, as an id has")
    assert kind_of(schema, "tail") is None
    assert kind_of(guessed(Roles(features=("tail",)), tail=ids), "tail") == ("categorical", "string")
    assert kind_of(guessed(kinds={"tail": "categorical"}, tail=ids), "tail") == ("categorical", "string")
    assert kind_of(guessed(tail=ids[: N // 2] * 2), "tail") == ("categorical", "string")


def test_a_column_without_values_and_a_type_no_model_takes_are_left_out() -> None:
    table = pa.table({"prediction": [1], "x": [1], "gone": pa.nulls(1)})
    found = (*Decoded.of(table).columns, Found("list", "list<item: int64>"))
    schema = guess(Decoded(table, 1, found), Roles(), "binary", {})
    assert [(fault.pointer, fault.value) for fault in schema.left_out] == [
        ("/columns/gone", "no value in any row"),
        ("/columns/list", "type list<item: int64>"),
    ]


def test_a_named_feature_of_a_type_no_model_takes_is_an_error() -> None:
    table = pa.table({"prediction": [1], "x": [1]})
    found = (*Decoded.of(table).columns, Found("list", "list<item: int64>"))
    with pytest.raises(InvalidInput) as caught:
        guess(Decoded(table, 1, found), Roles(features=("x", "list")), "binary", {})
    assert [fault.pointer for fault in caught.value.faults] == ["/columns/list"]


def test_whole_numbers_with_few_values_are_offered_as_categories() -> None:
    schema = guessed(few=[1, 2, 3, 4, 5, 5], many=[1, 2, 3, 4, 5, 6], part=[0.5] * 6)
    (offer,) = schema.offers
    assert (offer.column, offer.kind) == ("few", "categorical")
    assert kind_of(schema, "few") == ("numeric", "int64")
    assert kind_of(guessed(kinds={"few": "categorical"}, few=[1, 2, 3]), "few") == ("categorical", "int64")


def test_roles_give_columns_their_place_in_the_order_they_were_pushed() -> None:
    roles = Roles(prediction="p", score="s", label="y", id="i", time="t", segments=("g",))
    table = pa.table({"i": ["a"], "x": [1], "g": [7], "y": [1], "t": [AT], "s": [0.5], "p": [1]})
    schema = guess(Decoded.of(table), roles, "binary", {})
    assert [(c.name, c.role, c.kind) for c in schema.columns] == [
        ("i", "id", "categorical"),
        ("x", "feature", "numeric"),
        ("g", "segment", "categorical"),
        ("y", "label", "boolean"),
        ("t", "time", "datetime"),
        ("s", "score", "numeric"),
        ("p", "prediction", "boolean"),
    ]


def test_named_features_leave_the_others_out() -> None:
    schema = guessed(Roles(features=("x",), segments=("x",)), x=[1], y=[2])
    assert [(c.name, c.role) for c in schema.columns] == [("prediction", "prediction"), ("x", "feature")]
    assert [fault.pointer for fault in schema.left_out] == ["/columns/y"]


def test_all_named_columns_that_are_missing_are_said_labels_ids_and_times_may_be() -> None:
    roles = Roles(prediction="pred", score="s", features=("x", "z"), label="y", id="i", time="t", segments=("g",))
    with pytest.raises(InvalidInput) as caught:
        guess(Decoded.of(pa.table({"x": [1], "preds": [2]})), roles, "binary", {})
    assert {(fault.pointer, fault.value) for fault in caught.value.faults} == {
        ("/columns/g", "absent"),
        ("/columns/z", "absent"),
        ("/columns/pred", "absent; 'preds' is there"),
        ("/columns/s", "absent"),
    }


def test_rows_without_any_feature_are_refused() -> None:
    with pytest.raises(InvalidInput) as caught:
        guess(Decoded.of(pa.table({"prediction": [1]})), Roles(), "binary", {})
    assert caught.value.faults[0].value == "no feature"


def test_times_without_zone_are_guessed_as_times_and_then_refused() -> None:
    with pytest.raises(InvalidInput) as caught:
        guessed(untyped=True, x=["2026-01-01 00:00:00", "2026-01-02 00:00:00"])
    assert "without zone" in caught.value.faults[0].value


def test_two_thousand_columns_pass() -> None:
    wide: dict[str, Any] = {f"x{i}": [1.0, 2.0] for i in range(1_999)}
    schema = guessed(Roles(), "regression", **wide)
    assert len(schema.columns) == 2_000
