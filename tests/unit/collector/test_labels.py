"""Pushed labels as rows of id, label and time."""

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from bellwether.collector.decode.table import Decoded
from bellwether.collector.labels import candidates, label_rows
from bellwether.contracts import Column, Roles, Task
from bellwether.errors import InvalidInput

AT = datetime(2026, 1, 1, tzinfo=UTC)
ROLES = Roles(id="flight", label="late", time="scheduled")


def labels(task: Task = "binary", columns: tuple[Column, ...] = (), **pushed: Any) -> pa.Table:
    return label_rows(Decoded.of(pa.table(pushed)), ROLES, task, columns)


def test_columns_may_have_the_names_of_the_roles_or_plain_ones() -> None:
    assert candidates(ROLES) == ("flight", "id", "late", "label", "time", "scheduled")
    for names in (("flight", "late", "time"), ("id", "label", "scheduled")):
        pushed: dict[str, Any] = dict(zip(names, ([7], ["yes"], [AT]), strict=True))
        rows = labels(**pushed)
        assert rows.to_pylist() == [{"id": "7", "label": "yes", "time": AT}]


def test_of_an_id_that_stands_twice_the_last_label_is_kept_in_its_place() -> None:
    rows = labels(id=["a", "b", "a", "c"], label=[0, 1, 1, 0])
    assert rows.to_pylist() == [
        {"id": "b", "label": True},
        {"id": "a", "label": True},
        {"id": "c", "label": False},
    ]


@pytest.mark.parametrize(
    ("task", "like", "pushed", "wanted"),
    [
        ("regression", None, [1, 2], [1.0, 2.0]),
        ("multiclass", None, [1, 2], ["1", "2"]),
        ("binary", None, [1, 0], [True, False]),
        ("binary", None, [True, False], [True, False]),
        ("binary", None, ["late", "early"], ["late", "early"]),
        ("binary", ("label", "boolean"), [1, 0], [True, False]),
        ("binary", ("label", "categorical"), ["1", "0"], ["1", "0"]),
        ("binary", ("prediction", "boolean"), [1, 0], [True, False]),
        ("binary", ("prediction", "categorical"), [1, 0], [True, False]),
        ("binary", ("prediction", "numeric"), [1, 0], [True, False]),
        ("multiclass", ("prediction", "categorical"), [1, 0], ["1", "0"]),
        ("regression", ("prediction", "numeric"), [1, 0], [1.0, 0.0]),
    ],
)
def test_a_label_has_the_kind_of_the_reference_or_of_what_it_is_held_against(
    task: Task, like: Any, pushed: list[Any], wanted: list[Any]
) -> None:
    columns = (Column(name="c", role=like[0], kind=like[1], dtype=""),) if like else ()
    assert labels(task, columns, id=list(range(len(pushed))), label=pushed)["label"].to_pylist() == wanted


@pytest.mark.parametrize(
    ("pushed", "pointers"),
    [
        ({"x": [1]}, ["/columns/flight", "/columns/late"]),
        ({"id": ["a", None], "label": [None, 1]}, ["/rows/1/id", "/rows/0/label"]),
        ({"id": pa.array([], pa.string()), "label": pa.array([], pa.string())}, ["/rows"]),
        ({"id": [1.5], "label": [1], "time": ["2026-01-01"]}, ["/rows/0/id", "/rows/0/time"]),
    ],
)
def test_what_is_wrong_is_said_at_once(pushed: dict[str, Any], pointers: list[str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        labels(**pushed)
    assert [fault.pointer for fault in caught.value.faults] == pointers
    assert all(fault.value and fault.limit and fault.fix for fault in caught.value.faults)
