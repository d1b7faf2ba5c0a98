"""Everything bad a body can be: the batch's state, its reasons, and that nothing else changed.

The model under test has a number, a category, a time, ids and a column whose name holds a slash, a space and umlauts.
"""

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bellwether.collector.settled import settle_reference
from bellwether.contracts import Column
from bellwether.storage.collections import MODELS
from tests.integration.collector.bodies import arrow, csv, parquet, rows
from tests.integration.collector.world import MIB, World

ODD = "größe m/s \N{SNOWMAN}"
AT = datetime(2026, 2, 1, tzinfo=UTC)


def table(n: int = 30, **changed: Any) -> pa.Table:
    rng = np.random.default_rng(n)
    columns: dict[str, Any] = {
        "x": rng.normal(size=n),
        ODD: rng.normal(size=n),
        "carrier": rng.choice(["AA", "UA"], n),
        "prediction": rng.integers(0, 2, n),
        "id": [str(i) for i in range(n)],
        "at": pa.array([AT + timedelta(minutes=i) for i in range(n)]),
    }
    return pa.table({**columns, **changed})


def without(*names: str) -> pa.Table:
    return table().drop_columns(list(names))


def text(**changed: str) -> bytes:
    """A CSV of one row with some cells changed."""
    cells = {"x": "1.5", ODD: "2", "carrier": "AA", "prediction": "1", "id": "7", "at": "2026-02-01T00:00:00Z"}
    cells |= changed
    return (",".join(cells) + "\n" + ",".join(cells.values()) + "\n").encode()


def one_json(**changed: Any) -> bytes:
    cells = {"x": 1.5, ODD: 2, "carrier": "AA", "prediction": 1, "id": "7", "at": "2026-02-01T00:00:00Z"}
    return json.dumps([{**cells, **changed}]).encode()


class Bad(NamedTuple):
    """A body, and what the first reason says."""

    format: str
    body: bytes
    pointer: str
    value: str
    limit: str
    fix: str
    encoding: str | None = None


REFUSED = {
    "wrong type": Bad(
        "parquet",
        parquet(table(x=["fast"] * 30)),
        "/rows/0/x",
        "text: 'fast' in row 0",
        "numbers, for the feature 'x'",
        "send numbers, without quotes",
    ),
    "wrong type in CSV": Bad(
        "csv", text(x="fast"), "/rows/0/x", "text: 'fast' in row 0", "numbers", "write a number with a point"
    ),
    "wrong type in JSON": Bad(
        "json", one_json(x="1.5"), "/rows/0/x", "text: '1.5' in row 0", "numbers", "without quotes"
    ),
    "missing column": Bad(
        "parquet", parquet(without("carrier")), "/columns/carrier", "absent", "the feature 'carrier'", "add the column"
    ),
    "missing column with an odd name": Bad(
        "csv",
        csv(without(ODD)),
        "/columns/größe m~1s \N{SNOWMAN}",
        "absent",
        "the feature 'größe m/s \N{SNOWMAN}'",
        "add the column",
    ),
    "empty file": Bad("parquet", b"", "/body", "0 bytes", "at least one row", "push the rows"),
    "empty CSV": Bad("csv", b"\n", "/body", "without a row", "a header and rows", "push the rows"),
    "a header only": Bad("csv", text().splitlines()[0], "/rows", "0 rows", "at least 1 row", "push the rows"),
    "an empty array": Bad("json", b"[]", "/rows", "0 rows", "at least 1 row", "push the rows"),
    "a table without rows": Bad("parquet", parquet(table(0)), "/rows", "0 rows", "at least 1 row", "push the rows"),
    "truncated Parquet": Bad(
        "parquet",
        parquet(table())[:-100],
        "/body",
        "bytes: Parquet magic bytes",
        "one whole Parquet file",
        "to its end",
    ),
    "truncated Arrow": Bad("arrow", arrow(table())[:-500], "/body", "bytes: ", "one whole Arrow", "close the stream"),
    "truncated gzip": Bad(
        "csv", gzip.compress(csv(table()))[:-9], "/body", "runcated", "Content-Encoding gzip", "push all of it", "gzip"
    ),
    "text under the name of Parquet": Bad(
        "parquet", b"a,b\n1,2\n" * 9, "/body", "Parquet magic bytes", "one whole Parquet file", "to its end"
    ),
    "a CSV with a bad row": Bad(
        "csv",
        csv(table()) + b"1,2\n",
        "/rows/30",
        "2 cells in line 32: '1,2'",
        "6 cells, as in the header",
        "write a comma for each missing cell",
    ),
    "NaN in JSON": Bad(
        "json", one_json(x=float("nan")), "/rows/0/x", "NaN", "JSON, which has no NaN", "send null instead"
    ),
    "a huge number in JSON": Bad(
        "json", one_json().replace(b"1.5", b"1e999"), "/rows/0/x", "beyond float64", "1.8e308", "send null"
    ),
    "a huge number in CSV": Bad(
        "csv",
        text(x="1e999"),
        "/rows/0/x",
        "text: '1e999' in row 0",
        "numbers float64 can hold",
        "leave the cell empty",
    ),
    "a body over the limit of rows": Bad(
        "parquet", parquet(table(100_001)), "/rows", "100,001 rows", "100,000 rows", "split the rows"
    ),
    "a body over the limit of columns": Bad(
        "parquet",
        parquet(pa.table({f"x{i}": [1] for i in range(3_001)})),
        "/columns",
        "3,001 columns",
        "3,000 columns",
        "leave out",
    ),
    "a decompression bomb": Bad(
        "csv",
        gzip.compress(b"x\n1," + bytes(110 * MIB), 1),
        "/rows",
        "a row that does not end",
        "8,388,608 bytes a row",
        "close every quote",
        "gzip",
    ),
    "times without zone": Bad(
        "parquet",
        parquet(table(at=pa.array([AT.replace(tzinfo=None)] * 30))),
        "/rows/0/at",
        "timestamp[us] without zone: '2026-02-01 00:00:00' in row 0",
        "times with zone, for the time 'at'",
        "add the zone",
    ),
    "times without zone in CSV": Bad(
        "csv", text(at="2026-02-01 00:00:00"), "/rows/0/at", "text without zone", "times with zone", "add the zone"
    ),
    "a date instead of a time": Bad(
        "json", one_json(at="2026-02-01"), "/rows/0/at", "text without zone: '2026-02-01'", "times", "add the zone"
    ),
    "seconds instead of a time": Bad(
        "json", one_json(at=1_769_904_000), "/rows/0/at", "'1769904000' in row 0", "times with zone", "2026-01-31T08:00"
    ),
    "times in the wrong unit": Bad(
        "parquet",
        parquet(table(at=pa.array([1_769_904_000] * 30, pa.timestamp("us", "UTC")))),
        "/columns/at",
        "none within",
        "2026-02-01T00:00:00+00:00 to ",
        "check the zone",
    ),
    "a column name twice": Bad(
        "csv", b"x,x\n1,2\n", "/columns/x", "stands twice", "each name once", "rename or drop one"
    ),
    "a fraction as an id": Bad(
        "parquet", parquet(table(id=np.arange(30) + 0.5)), "/rows/0/id", "'0.5' in row 0", "an id", "ids as text"
    ),
    "lists in cells": Bad(
        "json", one_json(x=[1, 2]), "/columns/x", "type array", "numeric values, for the feature 'x'", "one a cell"
    ),
    "a key twice": Bad(
        "json", one_json().replace(b'"x"', b'"x": 1, "x"'), "/rows/0", "key 'x' twice", "each key once", "drop one"
    ),
}


@pytest.fixture
def ready(world: World) -> World:
    world.create(id="id", time="at")
    world.refer(parquet(table(200)))
    return world


@pytest.mark.parametrize("name", REFUSED)
def test_bad_input_is_rejected_with_value_limit_and_fix_and_nothing_else_changes(ready: World, name: str) -> None:
    bad = REFUSED[name]
    window = {"start": AT, "end": AT + timedelta(days=1)}
    pushed = ready.push(bad.body, bad.format, encoding=bad.encoding, **window)
    docs, objects = ready.everything()
    (event,) = ready.accept(pushed)
    found = ready.batch(pushed)
    assert (event.type, found.state, found.rows) == ("batch.rejected", "rejected", 0)
    assert (found.rows_uri, found.profile_uri, found.columns) == (None, None, ())
    assert found.raw_uri == pushed.raw_uri
    reason = found.reasons[0]
    assert reason.pointer == bad.pointer
    assert bad.value in reason.value
    assert bad.limit in reason.limit
    assert bad.fix in reason.fix
    docs_after, objects_after = ready.everything()
    assert objects_after == objects
    assert {key for key in docs_after if docs.get(key) != docs_after[key]} == {("runs", pushed.pk, pushed.id)}


TAKEN = {
    "NaN and infinite values": table(x=[float("nan"), float("inf"), -float("inf"), *[1.0] * 27]),
    "a column of one constant": table(x=[7.0] * 30, carrier=["AA"] * 30),
    "a column of nothing": table(x=pa.nulls(30), carrier=pa.nulls(30)),
    "a batch of 1 row": table(1),
    "2,000 columns": table(5, **{f"y{i}": np.zeros(5) for i in range(2_000)}),
    "extra columns of any type": table(2, list=[[1], []], blob=[b"\xff", b""], **{"a/b c": [None, "x"]}),
    "ids twice": table(id=["a"] * 30),
    "whole numbers where the reference has fractions": table(x=list(range(30))),
}


@pytest.mark.parametrize("name", TAKEN)
def test_odd_input_is_accepted(ready: World, name: str) -> None:
    rows_pushed = TAKEN[name]
    pushed = ready.push(parquet(rows_pushed))
    (event,) = ready.accept(pushed)
    found = ready.batch(pushed)
    assert (event.type, found.state, found.reasons) == ("batch.received", "accepted", ())
    assert found.rows == rows_pushed.num_rows
    assert found.duplicate_ids == (29 if name == "ids twice" else 0)
    known = {column.name for column in found.columns}
    assert found.extra_columns == tuple(sorted(set(rows_pushed.column_names) - known))[:500]
    with ready.objects.local(str(found.rows_uri)) as path:
        kept = pq.read_table(path)
    if name == "NaN and infinite values":
        assert kept["x"].to_pylist()[:4] == [None, float("inf"), -float("inf"), 1.0]


@pytest.mark.parametrize("format", ["csv", "json"])
def test_odd_names_pass_in_text_too(ready: World, format: str) -> None:
    pushed = ready.push({"csv": csv, "json": rows}[format](table()), format)
    ready.accept(pushed)
    found = ready.batch(pushed)
    assert found.reasons == ()
    assert ODD in {column.name for column in found.columns}


def test_a_wide_reference_and_a_batch_against_it(world: World) -> None:
    wide = pa.table({"prediction": [0.5] * 5, **{f"y{i}": np.arange(5.0) for i in range(500)}})
    world.create("regression")
    assert world.refer(parquet(wide)).state == "ready"
    pushed = world.push(parquet(wide.slice(0, 2)))
    world.accept(pushed)
    assert (world.batch(pushed).state, len(world.batch(pushed).columns)) == ("accepted", 501)


def test_names_too_long_for_one_document_together_are_a_reason(world: World) -> None:
    pushed = world.push_reference(parquet(table()))
    name = "\x01" * 190  # six bytes each in JSON
    wide = tuple(Column(name=f"{name}{i}", role="feature", kind="numeric", dtype="double") for i in range(2_000))
    doc = world.store.get(MODELS, "m", pushed.id)
    assert doc is not None
    done = pushed.model_copy(update={"state": "ready", "columns": wide})
    found = settle_reference(world.store, done, doc, pushed.submitted_at)
    assert found == world.reference(pushed.id)
    assert (found.state, found.columns, found.reasons[0].pointer) == ("rejected", (), "/columns")
    assert "limit 1900000" in found.reasons[0].value
    assert world.store.get(MODELS, "m", "reference") is None


@pytest.mark.parametrize(
    ("format", "body", "pointer"),
    [
        ("parquet", b"PAR1", "/body"),
        ("csv", b"x,prediction\n1,0\n", "/columns/y"),
        ("json", b"[]", "/rows"),
        ("parquet", parquet(table(at=pa.array([AT.replace(tzinfo=None)] * 30))), "/rows/0/at"),
    ],
)
def test_a_bad_reference_is_rejected_and_not_in_force(world: World, format: str, body: bytes, pointer: str) -> None:
    world.create(id="id", time="at", features=("x", "y") if pointer == "/columns/y" else None)
    pushed = world.push_reference(body, format)
    docs, objects = world.everything()
    assert world.accept(pushed) == []
    found = world.reference(pushed.id)
    assert (found.state, found.profile_uri) == ("rejected", None)
    docs_after, objects_after = world.everything()
    assert objects_after == objects
    assert {key for key in docs_after if docs.get(key) != docs_after[key]} == {("models", "m", pushed.id)}
