"""JSON objects to Arrow columns: what the JSON formats share. Pure.

A column of one JSON type gets that type; whole numbers and others together are numbers; several types are text, with
the first value of each kept as an example, for only the reader of the column knows which of them is wrong.
"""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from bellwether.collector.decode.formats.base import Opened
from bellwether.collector.decode.job import Bounds, Example, Found, at, shown
from bellwether.collector.decode.sink import check_columns, too_many_rows
from bellwether.errors import Fault, TooLarge, Unreadable

_CHUNK = 2_048
Row = dict[str, Any]

_TYPES: Mapping[type, str] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "text",
    dict: "object",
    list: "array",
}
_ARROW: Mapping[frozenset[str], pa.DataType] = {
    frozenset[str](): pa.null(),
    frozenset({"boolean"}): pa.bool_(),
    frozenset({"integer"}): pa.int64(),
    frozenset({"number"}): pa.float64(),
    frozenset({"integer", "number"}): pa.float64(),
    frozenset({"text"}): pa.string(),
}
_NESTED = frozenset({"object", "array"})


@dataclass(slots=True)
class _Column:
    """One column so far: its JSON types with the first value of each, and its chunks by number."""

    examples: dict[str, Example] = field(default_factory=dict)
    chunks: dict[int, pa.Array] = field(default_factory=dict)

    @property
    def type(self) -> pa.DataType | None:
        """Arrow's type for what was seen; None when only objects and arrays were."""
        seen = frozenset(self.examples)
        if seen and seen <= _NESTED:
            return None
        return _ARROW.get(seen, pa.string())


def opened(rows: Iterable[Row], bounds: Bounds) -> Opened:
    """Read all rows into columns; rows are numbered from 0 in messages."""
    columns: dict[str, _Column] = {}
    sizes: list[int] = []
    chunk: list[Row] = []

    def flush() -> None:
        start, number = sum(sizes), len(sizes)
        names = dict.fromkeys(chain.from_iterable(chunk))
        check_columns([*columns, *(name for name in names if name not in columns)], bounds)
        for name in names:
            column = columns.setdefault(name, _Column())
            column.chunks[number] = _array(name, [row.get(name) for row in chunk], start, column, bounds)
        sizes.append(len(chunk))
        chunk.clear()

    for row in rows:
        chunk.append(row)
        if len(chunk) == _CHUNK:
            flush()
            if sum(sizes) > bounds.rows:
                raise too_many_rows(f"more than {bounds.rows:,} rows", bounds)
    if chunk:
        flush()
    found = tuple(_found(name, column) for name, column in columns.items())
    schema = pa.schema([(name, column.type) for name, column in columns.items() if column.type is not None])

    def read(names: Sequence[str]) -> Iterator[pa.RecordBatch]:
        for number, size in enumerate(sizes):
            arrays = [_chunk(columns[name].chunks.get(number), schema.field(name).type, size) for name in names]
            if arrays:
                yield pa.RecordBatch.from_arrays(arrays, names=list(names))
            else:
                yield pa.RecordBatch.from_arrays([pa.nulls(size)], names=[""])

    return Opened(found, schema, read)


def _found(name: str, column: _Column) -> Found:
    seen = sorted(column.examples)
    examples = tuple(column.examples[kind] for kind in seen) if len(seen) > 1 else ()
    if frozenset(seen) == {"integer", "number"}:
        return Found(name, "number")
    return Found(name, " and ".join(seen) or "null", examples)


def _array(name: str, values: list[Any], start: int, column: _Column, bounds: Bounds) -> pa.Array:
    """Return values as the narrowest array that holds them, noting new types of the column."""
    seen = {_TYPES[kind] for kind in set(map(type, values)) if kind is not type(None)}
    for kind in seen - column.examples.keys():
        row = next(i for i, value in enumerate(values) if value is not None and _TYPES[type(value)] == kind)
        column.examples[kind] = Example(kind, shown(_text(values[row])), start + row)
    if seen & _NESTED:
        _check_depth(name, values, start, bounds)
    if seen == {"integer"}:
        try:
            return pa.array(values, pa.int64())
        except OverflowError:  # beyond 64 bits: a float, like any other number of that size
            column.examples.setdefault("number", Example("number", "", start))
    if seen and seen <= {"integer", "number"}:
        return _floats(name, values if seen == {"number"} else list(map(_float, values)), start)
    if seen <= {"boolean"}:
        return pa.array(values, pa.bool_() if seen else pa.null())
    if seen != {"text"}:
        values = [None if value is None else _text(value) for value in values]
    try:
        return pa.array(values, pa.string())
    except UnicodeEncodeError:
        row = next(i for i, value in enumerate(values) if value is not None and not _is_utf8(value))
        fault = Fault(
            at("rows", start + row, name), "a text with half a surrogate pair", "UTF-8", "write whole characters"
        )
        raise Unreadable("a text is not UTF-8", [fault]) from None


def _floats(name: str, values: list[float | None], start: int) -> pa.Array:
    array = pa.array(values, pa.float64())
    row = pc.index(pc.is_inf(array), True).as_py()
    if row >= 0:
        raise Unreadable("a number is too large", [huge(at("rows", start + row, name), "a number")])
    return array


def _float(value: float | None) -> float | None:
    try:
        return None if value is None else float(value)
    except OverflowError:  # an integer no float can hold
        return math.inf


def huge(pointer: str, value: str) -> Fault:
    """Return what is said of a number that is not finite as float64."""
    return Fault(
        pointer, f"{value} beyond float64", "about 1.8e308 either side of 0", "send null, or the number in another unit"
    )


def _chunk(array: pa.Array | None, kind: pa.DataType, size: int) -> pa.Array:
    if array is None:
        return pa.nulls(size, kind)
    return array if array.type == kind else array.cast(kind)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _check_depth(name: str, values: Iterable[Any], start: int, bounds: Bounds) -> None:
    for row, value in enumerate(values):
        level, below = 2, [value]  # the array of rows and the row itself
        while below := [inner for outer in below for inner in _children(outer)]:
            level += 1
            if level > bounds.json_depth:
                raise too_deep(at("rows", start + row, name), bounds)


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values() or (None,)
    return (value or (None,)) if isinstance(value, list) else ()


def too_deep(pointer: str, bounds: Bounds) -> TooLarge:
    """Return the error of JSON nested too deeply."""
    fault = Fault(
        pointer, f"more than {bounds.json_depth} levels", f"{bounds.json_depth} levels", "one flat object a row"
    )
    return TooLarge("the body is nested too deeply", [fault])
