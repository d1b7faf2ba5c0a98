"""Pushed tables against a reference's columns: what is kept, and everything that is wrong at once."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bellwether.collector.decode.job import Example, Found
from bellwether.collector.decode.table import Decoded
from bellwether.collector.normalise import Window, expected, normalise
from bellwether.collector.preview import preview
from bellwether.contracts import Column, Kind, Role, Roles, Task
from bellwether.errors import Fault, InvalidInput

INF = float("inf")
NAN = float("nan")
DTYPES: dict[Kind, str] = {
    "numeric": "double",
    "categorical": "string",
    "boolean": "bool",
    "text": "string",
    "datetime": "timestamp[us, tz=UTC]",
}
AT = datetime(2026, 1, 1, 8, tzinfo=UTC)


def column(name: str, kind: Kind, dtype: str | None = None, role: Role = "feature") -> Column:
    return Column(name=name, role=role, kind=kind, dtype=DTYPES[kind] if dtype is None else dtype)


def pushed(**columns: Any) -> Decoded:
    return Decoded.of(pa.table(columns))


def text(**columns: list[str | None]) -> Decoded:
    """Columns as CSV has them."""
    return Decoded.of(pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()}), untyped=True)


def kept(values: Any, like: Column, *, untyped: bool = False) -> list[Any]:
    table = pa.table({like.name: values if isinstance(values, pa.Array) else pa.array(values)})
    found: list[Any] = normalise(Decoded.of(table, untyped=untyped), [like]).table[like.name].to_pylist()
    return found


def refused(rows: Decoded, *columns: Column, **more: Any) -> tuple[Fault, ...]:
    with pytest.raises(InvalidInput) as caught:
        normalise(rows, columns, **more)
    for fault in caught.value.faults:
        assert fault.value
        assert fault.limit
        assert fault.fix
    return caught.value.faults


NUMBER, WHOLE = column("x", "numeric"), column("x", "numeric", "int64")
CLASS, CODE = column("x", "categorical"), column("x", "categorical", "int64")
FLAG, NOTE, TIME = column("x", "boolean"), column("x", "text"), column("x", "datetime")
ID, ROW_TIME = column("x", "categorical", role="id"), column("x", "datetime", role="time")


@pytest.mark.parametrize(
    ("values", "like", "wanted"),
    [
        (pa.array([1, None, 3], pa.int8()), NUMBER, [1.0, None, 3.0]),
        (pa.array([1, 2**53 + 1]), WHOLE, [1, 2**53 + 1]),
        (pa.array([2**63 + 1], pa.uint64()), WHOLE, [float(2**63)]),
        (pa.array([1.5, NAN, None, INF, -INF]), NUMBER, [1.5, None, None, INF, -INF]),
        (pa.array([1.0, NAN, 3.0]), WHOLE, [1, None, 3]),
        (pa.array([1.0, 2.5]), WHOLE, [1.0, 2.5]),
        (pa.array([1.0, INF]), WHOLE, [1.0, INF]),
        (pa.array([0.1], pa.float32()), NUMBER, [0.10000000149011612]),
        (pa.array([Decimal("1.25"), None]), NUMBER, [1.25, None]),
        (pa.nulls(2), NUMBER, [None, None]),
        (pa.nulls(2), WHOLE, [None, None]),
        (pa.array([None, None], pa.string()), NUMBER, [None, None]),
        (pa.array(["a", None, "a"]), CLASS, ["a", None, "a"]),
        (pa.array(["a", None, "a"]).dictionary_encode(), CLASS, ["a", None, "a"]),
        (pa.nulls(2), CLASS, [None, None]),
        (pa.array([1, 2]), CODE, ["1", "2"]),
        (pa.array([1.0, NAN, 123456789012.0]), CODE, ["1", None, "123456789012"]),
        (pa.array([0.5, INF]), CODE, ["0.5", "inf"]),
        (pa.array(["1", "2.0", None]), CODE, ["1", "2", None]),
        (pa.array(["1", "x"]), CODE, ["1", "x"]),
        (pa.array([True, None]), column("x", "categorical", "bool"), ["true", None]),
        (pa.array([True, None, False]), FLAG, [True, None, False]),
        (pa.array([1, 0, None]), FLAG, [True, False, None]),
        (pa.array([1.0, 0.0, NAN]), FLAG, [True, False, None]),
        (pa.nulls(1), FLAG, [None]),
        (pa.array(["a text", None]).dictionary_encode(), NOTE, ["a text", None]),
        (pa.array([AT, None], pa.timestamp("ns", "Europe/Berlin")), TIME, [AT, None]),
        (pa.array([date(2026, 1, 1)]), TIME, [datetime(2026, 1, 1, tzinfo=UTC)]),
        (pa.array([date(2026, 1, 1)], pa.date64()), TIME, [datetime(2026, 1, 1, tzinfo=UTC)]),
        (
            pa.array(["2026-01-01T08:00:00Z", "2026-01-01 09:00:00.5+01:00"]),
            TIME,
            [AT, AT.replace(microsecond=500_000)],
        ),
        (pa.array(["2026-01-01T08:00:00.123456789Z"]), TIME, [AT.replace(microsecond=123_456)]),
        (pa.nulls(1), TIME, [None]),
        (pa.array(["007", None]), ID, ["007", None]),
        (pa.array([7, None]), ID, ["7", None]),
        (pa.array([7.0, NAN]), ID, ["7", None]),
    ],
)
def test_what_fits_is_kept_in_one_form(values: pa.Array, like: Column, wanted: list[Any]) -> None:
    assert kept(values, like) == wanted


@pytest.mark.parametrize(
    ("cells", "like", "wanted"),
    [
        (["1", "2.5", None, "1e3"], NUMBER, [1.0, 2.5, None, 1000.0]),
        (["1", "NA", " 3 ", "nan", "NULL"], WHOLE, [1, None, 3, None, None]),
        (["1.0", "2.0"], WHOLE, [1, 2]),
        (["inf", "-Infinity"], NUMBER, [INF, -INF]),
        (["007", "8"], WHOLE, [7, 8]),
        (["true", "False", "1", "no", "NA", None], FLAG, [True, False, True, False, None, None]),
        (["NA", "", None, "x"], CLASS, ["NA", "", None, "x"]),
        (["1", "1.0", None], CODE, ["1", "1", None]),
        (["2026-01-01T08:00:00Z", "NA"], TIME, [AT, None]),
        (["7", None], ID, ["7", None]),
    ],
)
def test_text_of_a_text_format_is_read_as_what_is_meant(
    cells: list[str | None], like: Column, wanted: list[Any]
) -> None:
    assert kept(pa.array(cells, pa.string()), like, untyped=True) == wanted


@pytest.mark.parametrize(
    ("values", "like", "value", "fix"),
    [
        (pa.array(["12", "13"]), NUMBER, "text: '12' in row 0", "without quotes"),
        (pa.array([None, "12"]).dictionary_encode(), NUMBER, "text: '12' in row 1", "without quotes"),
        (pa.array([None, True]), NUMBER, "bool: 'True' in row 1", "0 and 1"),
        (pa.array([AT]), NUMBER, "timestamp", ""),
        (pa.array([1.5]), CLASS, "double: '1.5' in row 0", "text, as the reference has it"),
        (pa.array([True]), CLASS, "bool: 'True' in row 0", "text"),
        (pa.array([True]), CODE, "bool: 'True' in row 0", "int64"),
        (pa.array([0]), column("x", "categorical", "bool"), "int64: '0' in row 0", "bool"),
        (pa.array([0, 1, 2]), FLAG, "int64: '2' in row 2", "0 and 1"),
        (pa.array(["true"]), FLAG, "text: 'true' in row 0", "without quotes"),
        (pa.array([1]), NOTE, "int64: '1' in row 0", "send text"),
        (pa.array([datetime(2026, 1, 1)]), TIME, "timestamp[us] without zone: '2026-01-01", "tz_localize"),  # noqa: DTZ001
        (pa.array(["2026-01-01T08:00:00Z", "2026-01-01T08:00:00"]), TIME, "text without zone", "add the zone"),
        (pa.array(["2026-01-01T08:00:00Z", "yesterday"]), TIME, "text: 'yesterday' in row 1", "RFC 3339"),
        (pa.array([1_700_000_000]), TIME, "int64: '1700000000' in row 0", "2026-01-31T08:00:00Z"),
        (pa.array([date(2026, 1, 1)]), ROW_TIME, "date32[day] without zone: '2026-01-01' in row 0", "add the zone"),
        (pa.array([1.5]), ID, "a number: '1.5' in row 0", "whole numbers"),
        (pa.array([2.0**60]), ID, "a number: '1.1529215046068", "text"),
        (pa.array([True]), ID, "bool: 'True' in row 0", "ids as text"),
    ],
)
def test_what_does_not_fit_is_shown_with_value_and_row(values: pa.Array, like: Column, value: str, fix: str) -> None:
    (fault,) = refused(pushed(x=values), like)
    assert fault.pointer.endswith("/x")
    assert value in fault.value
    assert fix in fault.fix
    assert fault.limit.endswith(f"for the {like.role} 'x'")


@pytest.mark.parametrize(
    ("cells", "like", "pointer", "value"),
    [
        (["1", "2", "n/a?", "x"], NUMBER, "/rows/2/x", "text: 'n/a?' in row 2"),
        (["1", "1,5"], NUMBER, "/rows/1/x", "text: '1,5' in row 1"),
        (["inf", "1e999"], NUMBER, "/rows/1/x", "text: '1e999' in row 1"),
        (["yes", "maybe"], FLAG, "/rows/1/x", "text: 'maybe' in row 1"),
        (["2026-01-01"], ROW_TIME, "/rows/0/x", "text without zone: '2026-01-01' in row 0"),
    ],
)
def test_the_first_bad_cell_of_a_text_format_is_shown(
    cells: list[str | None], like: Column, pointer: str, value: str
) -> None:
    (fault,) = refused(text(x=cells), like)
    assert (fault.pointer, fault.value) == (pointer, value)


@settings(deadline=None)
@given(st.lists(st.integers(-5, 5).map(str), min_size=1, max_size=200), st.data())
def test_the_bad_cell_is_found_wherever_it_is(cells: list[str], data: st.DataObject) -> None:
    row = data.draw(st.integers(0, len(cells) - 1))
    split = data.draw(st.integers(0, len(cells)))
    cells = [*cells[:row], "bad", *cells[row + 1 :]]
    chunks = pa.chunked_array([cells[:split], cells[split:]], pa.string())
    (fault,) = refused(Decoded.of(pa.table({"x": chunks}), untyped=True), NUMBER)
    assert fault.pointer == f"/rows/{row}/x"


@settings(deadline=None)
@given(
    st.lists(st.one_of(st.none(), st.floats(), st.integers(-(2**53), 2**53).map(float)), min_size=1),
    st.sampled_from([NUMBER, WHOLE]),
)
def test_numbers_lose_nothing_but_nan(values: list[float | None], like: Column) -> None:
    wanted = [None if value is None or value != value else value for value in values]
    assert kept(pa.array(values, pa.float64()), like) == wanted
    written = [None if value is None else repr(value) for value in values]
    assert kept(pa.array(written, pa.string()), like, untyped=True) == wanted


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(-(2**53), 2**53)), min_size=1))
def test_codes_are_the_same_text_however_they_are_pushed(values: list[int | None]) -> None:
    wanted = [None if value is None else str(value) for value in values]
    for kind in (pa.int64(), pa.float64(), pa.string()):
        array = pa.array([None if v is None else (str(v) if kind == pa.string() else v) for v in values], kind)
        assert kept(array, CODE) == wanted
        assert kept(array, column("x", "categorical", role="id")) == wanted


@settings(deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=20), unique=True, min_size=1))
def test_names_may_be_anything(names: list[str]) -> None:
    table = pa.table({name: [1.5] for name in reversed(names)})
    wanted = [column(name, "numeric") for name in names]
    assert normalise(Decoded.of(table), wanted).table.column_names == names
    faults = refused(
        Decoded.of(pa.table({"\0": [1]})), *(like for like in wanted if like.name != "\0"), column("y", "text")
    )
    assert len(faults) == len(set(names) - {"\0"}) + 1


def test_everything_that_is_wrong_is_said_at_once() -> None:
    rows = pushed(Distance=[1], at=pa.array(["2026-01-01T08:00"]), wind=["strong"], night=[3])
    faults = refused(
        rows,
        column("distance", "numeric"),
        column("wind", "numeric"),
        column("night", "boolean"),
        column("carrier", "categorical"),
        column("at", "datetime", role="time"),
    )
    assert [(f.pointer, f.value) for f in faults] == [
        ("/columns/distance", "absent; 'Distance' is there"),
        ("/rows/0/wind", "text: 'strong' in row 0"),
        ("/rows/0/night", "int64: '3' in row 0"),
        ("/columns/carrier", "absent"),
        ("/rows/0/at", "text without zone: '2026-01-01T08:00' in row 0"),
    ]


def test_faults_are_bounded_and_counted() -> None:
    faults = refused(pushed(y=[1]), *(column(f"x{i}", "numeric") for i in range(250)))
    assert len(faults) == 101
    assert faults[-1].value == "150 more of this kind"


def test_no_rows_is_one_fault() -> None:
    (fault,) = refused(pushed(x=pa.array([], pa.float64())), NUMBER, column("y", "text"))
    assert (fault.pointer, fault.value, fault.limit) == ("/rows", "0 rows", "at least 1 row")


def test_extra_columns_are_named_and_dropped() -> None:
    found = normalise(pushed(z=[1], a=["x"], x=[1.5]), [NUMBER])
    assert found.extra == ("a", "z")
    assert found.table.column_names == ["x"]


def test_labels_may_be_missing_and_are_kept_when_there() -> None:
    columns = expected([NUMBER], Roles(label="y", id="id", time="at"), "binary")
    assert [(c.name, c.role, c.kind) for c in columns] == [
        ("x", "feature", "numeric"),
        ("id", "id", "categorical"),
        ("at", "time", "datetime"),
        ("y", "label", "categorical"),
    ]
    rows = pushed(id=[1, 1], at=[AT, AT], x=[1.0, 2.0])
    assert normalise(rows, columns).table.column_names == ["x", "id", "at"]
    labelled = normalise(pushed(id=[1, 1], at=[AT, AT], x=[1.0, 2.0], y=[0, 1]), columns)
    assert labelled.table["y"].to_pylist() == ["0", "1"]


def test_the_order_is_that_of_the_reference() -> None:
    columns = [column("b", "numeric"), column("a", "numeric"), column("c", "text")]
    found = normalise(pushed(c=["x"], a=[1], b=[2]), columns)
    assert found.table.column_names == ["b", "a", "c"]
    assert [(c.name, c.dtype) for c in found.columns] == [("b", "double"), ("a", "double"), ("c", "string")]


def test_repeated_ids_are_counted_missing_ones_are_not() -> None:
    rows = pushed(id=["a", "b", "a", "a", None, None])
    assert normalise(rows, [column("id", "categorical", role="id")]).duplicate_ids == 2


def test_one_row_a_constant_and_a_column_without_values_pass() -> None:
    rows = pushed(x=[3.0], y=pa.nulls(1), z=["same"])
    found = normalise(rows, [NUMBER, column("y", "numeric"), column("z", "categorical")])
    assert found.table.to_pylist() == [{"x": 3.0, "y": None, "z": "same"}]


def test_two_thousand_columns_pass() -> None:
    names = [f"x{i}" for i in range(2_000)]
    found = normalise(pushed(**{name: [1.0, 2.0] for name in names}), [column(name, "numeric") for name in names])
    assert found.table.shape == (2, 2_000)


def test_a_column_of_several_json_types_shows_the_one_that_is_wrong() -> None:
    examples = (Example("integer", "3", 0), Example("text", "n/a", 7))
    table = pa.table({"x": ["3"] * 7 + ["n/a"]})
    rows = Decoded(table, 8, (Found("x", "integer and text", examples),))
    (fault,) = refused(rows, NUMBER)
    assert (fault.pointer, fault.value) == ("/rows/7/x", "text: 'n/a' in row 7")
    assert normalise(rows, [CLASS]).table["x"].to_pylist()[-2:] == ["3", "n/a"]


def test_a_type_no_column_can_have_is_refused_by_its_name() -> None:
    rows = Decoded(pa.table({"y": [1]}), 1, (Found("x", "list<item: double>"), Found("y", "int64")))
    (fault,) = refused(rows, NUMBER)
    assert (fault.pointer, fault.value) == ("/columns/x", "type list<item: double>")


def test_the_window_comes_from_the_times_of_the_rows() -> None:
    found = normalise(pushed(x=[AT, None, AT.replace(hour=9)]), [ROW_TIME])
    assert (found.start, found.end) == (AT, AT.replace(hour=9))
    assert normalise(pushed(x=pa.nulls(2)), [ROW_TIME]).start is None


@pytest.mark.parametrize(
    ("window", "pointer"),
    [
        (Window(AT, AT), "/end"),
        (Window(AT.replace(day=2), AT.replace(day=3)), "/columns/x"),
        (Window(end=AT.replace(hour=7)), "/columns/x"),
    ],
)
def test_a_window_without_any_of_the_rows_is_refused(window: Window, pointer: str) -> None:
    (fault,) = refused(pushed(x=[AT]), ROW_TIME, window=window)
    assert fault.pointer == pointer


def test_one_row_inside_the_window_is_enough() -> None:
    rows = pushed(x=[AT, AT.replace(day=9)])
    assert normalise(rows, [ROW_TIME], Window(AT, AT.replace(day=2))).table.num_rows == 2


@pytest.mark.parametrize("microseconds", [-(10**15), 10**18])
def test_times_in_the_wrong_unit_are_refused(microseconds: int) -> None:
    (fault,) = refused(pushed(x=pa.array([microseconds], pa.timestamp("us", "UTC"))), ROW_TIME)
    assert "check the unit" in fault.fix


ANY_TYPE = (
    pa.null(),
    pa.bool_(),
    *(pa.int8(), pa.int64(), pa.uint8(), pa.uint64()),
    *(pa.float32(), pa.float64(), pa.decimal128(38, 3), pa.decimal256(70, 3)),
    *(pa.string(), pa.dictionary(pa.int32(), pa.string())),
    *(pa.date32(), pa.date64()),
    *(pa.timestamp(unit, zone) for unit in ("s", "ms", "us", "ns") for zone in (None, "UTC")),
)
WORDS = ("", "1", "-7", "1.5", "1e999", "nan", "inf", "true", "no", "x", "2026-01-01", "2026-01-01T00:00Z")
CELLS = st.one_of(st.none(), st.sampled_from(WORDS), st.text(st.characters(codec="utf-8")))
FLOATS = st.one_of(st.none(), st.floats())
DECIMALS = st.one_of(st.none(), st.integers(-(10**30), 10**30).map(Decimal))


@st.composite
def arrays(draw: st.DrawFn) -> pa.Array:
    """Values of any type a decoder gives, at its extremes too."""
    kind = draw(st.sampled_from(ANY_TYPE))
    if pa.types.is_null(kind):
        return pa.nulls(draw(st.integers(1, 4)))
    if pa.types.is_boolean(kind):
        return pa.array(draw(st.lists(st.sampled_from([True, False, None]), min_size=1)), kind)
    if pa.types.is_string(kind) or pa.types.is_dictionary(kind):
        return pa.array(draw(st.lists(CELLS, min_size=1)), pa.string()).cast(kind)
    if pa.types.is_floating(kind):
        return pa.array(draw(st.lists(FLOATS, min_size=1)), pa.float64()).cast(kind, safe=False)
    if pa.types.is_decimal(kind):
        return pa.array(draw(st.lists(DECIMALS, min_size=1)), kind)
    bits, signed = kind.bit_width, not str(kind).startswith("u")
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    numbers = draw(st.lists(st.one_of(st.none(), st.integers(low, high), st.integers(0, 100)), min_size=1))
    if pa.types.is_integer(kind):
        return pa.array(numbers, kind)
    return pa.array(numbers, pa.int32() if bits == 32 else pa.int64()).view(kind)


@settings(deadline=None, max_examples=300)
@given(arrays(), st.sampled_from([NUMBER, WHOLE, CLASS, CODE, FLAG, NOTE, TIME, ID, ROW_TIME]), st.booleans())
def test_any_column_is_kept_or_refused_with_a_reason(values: pa.Array, like: Column, untyped: bool) -> None:
    rows = Decoded.of(pa.table({"x": values}), untyped=untyped and pa.types.is_string(values.type))
    try:
        table = normalise(rows, [like]).table
    except InvalidInput as error:
        (fault,) = error.faults
        assert fault.value
        assert fault.pointer.endswith("/x")
    else:
        assert table.num_rows == len(values)
        table.validate(full=True)


@settings(deadline=None, max_examples=150)
@given(
    st.lists(arrays(), min_size=1, max_size=3), st.sampled_from(["binary", "multiclass", "regression"]), st.booleans()
)
def test_any_table_is_previewed(columns: list[pa.Array], task: Task, untyped: bool) -> None:
    size = min(map(len, columns))
    table = pa.table({"prediction": [0.5] * size, **{f"x{i}": values[:size] for i, values in enumerate(columns)}})
    if untyped and all(pa.types.is_string(values.type) for values in columns):
        said = preview(Decoded.of(table.drop_columns(["prediction"]), untyped=True), Roles(prediction="x0"), task)
    else:
        said = preview(Decoded.of(table), Roles(), task)
    assert said.rows == size
    assert said.columns or said.faults
