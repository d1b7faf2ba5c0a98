"""What rows would become, before anything is stored."""

from datetime import UTC, datetime

import pyarrow as pa

from bellwether.collector.decode.table import Decoded
from bellwether.collector.preview import examples, guess_roles, preview, roles_of, task_of
from bellwether.contracts import Roles

AT = datetime(2026, 1, 1, tzinfo=UTC)


def rows() -> Decoded:
    return Decoded.of(
        pa.table(
            {
                "Row ID": [f"r{i}" for i in range(60)],
                "tail": [f"N{i}" for i in range(60)],
                "Timestamp": [AT] * 60,
                "children": [i % 3 for i in range(60)],
                "Y_True": [i % 2 for i in range(60)],
                "probability": [0.5] * 60,
                "prediction": [i % 2 for i in range(60)],
            }
        )
    )


def test_roles_are_guessed_from_usual_names() -> None:
    assert guess_roles(rows()) == Roles(
        prediction="prediction", score="probability", label="Y_True", id="Row ID", time="Timestamp"
    )


def test_rows_beside_a_registered_model_say_task_and_label() -> None:
    assert task_of(None, (("", "double"),), rows()) == "binary"
    assert task_of(None, (("", "double"),)) == "regression"
    assert task_of(None, (), rows(), Roles(prediction="children")) == "multiclass"
    assert roles_of(["children"], "late", rows()).label == "Y_True"
    assert roles_of(["children"], "late").label == "late"


def test_a_preview_says_what_is_kept_dropped_and_offered() -> None:
    said = preview(rows())
    assert (said.rows, said.faults, said.start, said.end) == (60, (), AT, AT)
    assert {column.name: (column.role, column.kind) for column in said.columns} == {
        "Row ID": ("id", "categorical"),
        "Timestamp": ("time", "datetime"),
        "children": ("feature", "numeric"),
        "Y_True": ("label", "boolean"),
        "probability": ("score", "numeric"),
        "prediction": ("prediction", "boolean"),
    }
    assert [fault.pointer for fault in said.left_out] == ["/columns/tail"]
    assert [(offer.column, offer.kind) for offer in said.offers] == [("children", "categorical")]


def test_examples_are_the_first_different_values() -> None:
    found = examples(rows())
    assert (found["tail"], found["children"]) == (("N0", "N1", "N2"), ("0", "1", "2"))
    assert found["Timestamp"] == ("2026-01-01 00:00:00+00:00",)


def test_what_is_wrong_is_said_and_nothing_is_raised() -> None:
    said = preview(rows(), Roles(prediction="p"))
    assert [fault.pointer for fault in said.faults] == ["/columns/p"]
    assert ("prediction", "feature") in {(column.name, column.role) for column in said.columns}, "to choose from"
    naive = Decoded.of(pa.table({"prediction": [1], "x": [1], "time": pa.array([0], pa.timestamp("us"))}))
    said = preview(naive)
    assert "without zone" in said.faults[0].value
    assert [column.name for column in said.columns] == ["prediction", "x", "time"]
