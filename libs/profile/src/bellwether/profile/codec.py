"""Profiles as bytes: Arrow IPC, one row per column of the table, compressed with zstd; pure.

A part that is made of parts has a row of its own, and one below it for each of them, with its name as ``child``.
A reference is two streams behind a header of 16 bytes: the bins, and the sorted values. The second is not
compressed, so that a reference on disk can be memory-mapped, and may be left unread where bins suffice.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, cast

import numpy as np
import pyarrow as pa

from bellwether.contracts import Column
from bellwether.errors import Unreadable
from bellwether.profile.categories import CategoricalReference, CategoricalWindow
from bellwether.profile.derived import DerivedReference, DerivedWindow
from bellwether.profile.numeric import Exact, NumericReference, NumericWindow
from bellwether.profile.parts import ReferencePart, Unusable, WindowPart

_MAGIC = b"BWPROF1\n"
_HEADER = 16
_ALIGN = 64
_FLOATS, _INTS, _TEXTS = pa.list_(pa.float64()), pa.list_(pa.int64()), pa.list_(pa.string())
_REFERENCE = pa.schema(
    [
        ("column", pa.string()), ("part", pa.string()), ("origin", pa.string()), ("note", pa.string()),
        ("scalars", _INTS), ("moments", _FLOATS), ("edges", _FLOATS), ("sums", _FLOATS),
        ("counts", _INTS), ("tied", _INTS), ("cuts", _INTS), ("levels", _TEXTS), ("child", pa.string()),
    ]
)  # fmt: skip
_WINDOW = pa.schema(
    [
        ("name", pa.string()), ("part", pa.string()), ("note", pa.string()), ("notes", _TEXTS),
        ("scalars", _INTS), ("moments", _FLOATS), ("exact", _FLOATS), ("sums", _FLOATS),
        ("counts", _INTS), ("tied", _INTS), ("levels", _TEXTS), ("level_rows", _INTS), ("child", pa.string()),
    ]
)  # fmt: skip
_VALUES = pa.schema([("values", pa.large_list(pa.float64()))])

Row = dict[str, Any]


def encode_reference(
    columns: Sequence[Column], rows: int, parts: Mapping[str, ReferencePart], *, values: bool
) -> bytes:
    """Write a reference, with or without its sorted values."""
    flat = [one for column in columns for one in _reference_rows(column, parts.get(column.name))]
    cells = [row for row, _ in flat]
    head = _write(_REFERENCE, cells, {"rows": str(rows)}, compress=True)
    fill = -(_HEADER + len(head)) % _ALIGN
    kept = [_values_of(part) if values else None for _, part in flat]
    tail = _write(_VALUES, [{"values": one} for one in kept], {}, compress=False)
    return b"".join((_MAGIC, len(head).to_bytes(8, "little"), head, bytes(fill), tail))


def decode_reference(
    data: bytes | pa.Buffer, *, values: bool
) -> tuple[tuple[Column, ...], int, dict[str, ReferencePart]]:
    """Return columns, rows and parts of a reference; raises ``Unreadable`` when the bytes are none."""
    buffer = pa.py_buffer(data)
    try:
        begin = buffer.slice(0, 8).to_pybytes()
        length = int.from_bytes(buffer.slice(8, 8).to_pybytes(), "little")
        tail = _HEADER + length + -(_HEADER + length) % _ALIGN
        if begin != _MAGIC or tail > buffer.size:
            raise Unreadable(f"not a reference profile: {buffer.size} bytes beginning with {begin!r}")
        table = _read(buffer.slice(_HEADER, length))
        kept = _arrays(_read(buffer.slice(tail)).column("values")) if values else [None] * table.num_rows
        rows = [row | {"values": one} for row, one in zip(_rows(table), kept, strict=True)]
        families = list(_families(rows))
        columns = tuple(Column.model_validate_json(row["column"]) for row, _ in families)
        found = [_reference_part(row, children) for row, children in families]
        parts = {c.name: part for c, part in zip(columns, found, strict=True) if part is not None}
        return columns, int(table.schema.metadata[b"rows"]), parts
    except (pa.ArrowException, IndexError, KeyError, TypeError, ValueError) as error:
        raise Unreadable(f"not a reference profile: {error}") from error


def encode_window(reference: str, rows: int, parts: Mapping[str, WindowPart], new_columns: Sequence[str]) -> bytes:
    """Write a window profile."""
    cells = [row for name, part in parts.items() for row in _window_rows(name, part)]
    cells.append({"part": "new", "levels": list(new_columns)})
    return _write(*_narrow(_WINDOW, cells), {"reference": reference, "rows": str(rows)}, compress=True)


def decode_window(data: bytes) -> tuple[str, int, dict[str, WindowPart], tuple[str, ...]]:
    """Return reference, rows, parts and new columns; raises ``Unreadable`` when the bytes are no window."""
    try:
        return window_of_table(read_window(data))
    except (pa.ArrowException, IndexError, KeyError, TypeError, ValueError) as error:
        raise Unreadable(f"not a window profile: {error}") from error


def read_window(data: bytes) -> pa.Table:
    """Return a window as it is stored, one row per part; raises ``Unreadable`` when the bytes are no window."""
    try:
        table = _read(pa.py_buffer(data))
    except pa.ArrowException as error:
        raise Unreadable(f"not a window profile: {error}") from error
    if b"reference" not in (table.schema.metadata or {}) or table.column_names != _WINDOW.names or not table.num_rows:
        raise Unreadable(f"not a window profile: columns {', '.join(table.column_names)}")
    return table


def window_of_table(table: pa.Table) -> tuple[str, int, dict[str, WindowPart], tuple[str, ...]]:
    """Return reference, rows, parts and new columns of a window as it is stored."""
    about = table.schema.metadata
    *rows, last = _rows(table)
    parts = {row["name"]: _window_part(row, children) for row, children in _families(rows)}
    return about[b"reference"].decode(), int(about[b"rows"]), parts, tuple(last["levels"].to_pylist())


def _narrow(schema: pa.Schema, rows: Sequence[Row]) -> tuple[pa.Schema, Sequence[Row]]:
    """Return the same with counts in the smallest type that holds them: they are most of what is read of a window."""
    most = max((int(row["counts"].max(initial=0)) for row in rows if "counts" in row), default=0)
    kind = np.uint16 if most < 1 << 16 else np.uint32 if most < 1 << 32 else np.int64
    for name in ("counts", "tied"):
        schema = schema.set(schema.get_field_index(name), pa.field(name, pa.list_(pa.from_numpy_dtype(kind))))
        rows = [row | {name: row[name].astype(kind)} if name in row else row for row in rows]
    return schema, rows


def _families(rows: Sequence[Row]) -> Iterator[tuple[Row, Sequence[Row]]]:
    """Each row with those below it."""
    starts = [place for place, row in enumerate(rows) if row["child"] is None]
    for start, stop in pairwise([*starts, len(rows)]):
        yield rows[start], rows[start + 1 : stop]


def _reference_rows(column: Column, part: ReferencePart | None) -> list[tuple[Row, ReferencePart | None]]:
    """The row of a column with its part, and those of the parts it is made of."""
    found = [(_reference_row(part) | {"column": column.model_dump_json()}, part)]
    if isinstance(part, DerivedReference):
        found += [(_reference_row(one) | {"child": name}, one) for name, one in part.parts.items()]
    return found


def _reference_row(part: ReferencePart | None) -> Row:
    row: Row = {}
    match part:
        case NumericReference():
            return row | {
                "part": "numeric",
                "origin": str(part.origin),
                "scalars": [part.missing, part.above, part.below, int(part.integral)],
                "moments": [part.mean, part.m2],
                "edges": part.edges,
                "sums": part.sums,
                "counts": part.counts,
                "tied": part.tied,
                "cuts": part.cuts,
            }
        case CategoricalReference():
            scalars = [part.missing, part.beyond, part.distinct]
            return row | {
                "part": "categorical",
                "scalars": scalars,
                "counts": part.counts,
                "levels": part.levels,
            }
        case DerivedReference():
            scalars = [part.missing, part.rows, int(part.of_text)]
            return row | {"part": "derived", "scalars": scalars, "moments": list(part.span), "counts": part.words}
        case Unusable():
            return row | {"part": part.reason, "note": part.detail}
        case None:
            return row


def _reference_part(row: Row, children: Sequence[Row] = ()) -> ReferencePart | None:
    match row["part"]:
        case None:
            return None
        case "numeric":
            missing, above, below, integral = row["scalars"].tolist()
            mean, m2 = row["moments"].tolist()
            return NumericReference(
                row["edges"], row["counts"], row["tied"], row["sums"], row["cuts"],
                missing, above, below, mean, m2, int(row["origin"]), bool(integral), row["values"],
            )  # fmt: skip
        case "categorical":
            return CategoricalReference(tuple(row["levels"].to_pylist()), row["counts"], *row["scalars"].tolist())
        case "derived":
            missing, rows, of_text = row["scalars"].tolist()
            low, high = row["moments"].tolist()
            parts = {
                one["child"]: cast(NumericReference | CategoricalReference, _reference_part(one)) for one in children
            }
            return DerivedReference(parts, missing, rows, (low, high), row["counts"], bool(of_text))
        case reason:
            return Unusable(reason, row["note"] or "")


def _values_of(part: ReferencePart | None) -> Any:
    return part.values if isinstance(part, NumericReference) else None


def _window_rows(name: str, part: WindowPart) -> list[Row]:
    """The row of a column, and those of the parts it is made of."""
    found = [_window_row(name, part)]
    if isinstance(part, DerivedWindow):
        found += [_window_row(name, one) | {"child": child} for child, one in part.parts.items()]
    return found


def _window_row(name: str, part: WindowPart) -> Row:
    match part:
        case NumericWindow():
            exact = part.exact
            return {
                "name": name,
                "part": "numeric",
                "notes": part.notes,
                "scalars": [part.missing, part.above, part.below],
                "moments": [part.total, part.square, part.smallest, part.largest],
                "exact": None if exact is None else [exact.ks, exact.wasserstein, exact.refined],
                "sums": part.sums,
                "counts": part.counts,
                "tied": part.tied,
            }
        case CategoricalWindow():
            return {
                "name": name,
                "part": "categorical",
                "notes": part.notes,
                "scalars": [part.missing, part.unnamed, part.unseen_levels],
                "counts": part.counts,
                "levels": list(part.unseen),
                "level_rows": list(part.unseen.values()),
            }
        case DerivedWindow():
            scalars = [part.missing, part.rows]
            return {"name": name, "part": "derived", "scalars": scalars, "moments": list(part.span)}
        case Unusable():
            return {"name": name, "part": part.reason, "note": part.detail}


def _window_part(row: Row, children: Sequence[Row] = ()) -> WindowPart:
    match row["part"]:
        case "numeric":
            missing, above, below = row["scalars"].tolist()
            total, square, smallest, largest = row["moments"].tolist()
            exact = None if row["exact"] is None else Exact(*row["exact"].tolist())
            return NumericWindow(
                row["counts"].astype(np.int64), row["tied"].astype(np.int64), row["sums"], missing, above, below,
                total, square, smallest, largest, exact, tuple(row["notes"].to_pylist()),
            )  # fmt: skip
        case "categorical":
            missing, unnamed, unseen_levels = row["scalars"].tolist()
            unseen = dict(zip(row["levels"].to_pylist(), row["level_rows"].tolist(), strict=True))
            return CategoricalWindow(
                row["counts"].astype(np.int64),
                missing,
                unseen,
                unnamed,
                unseen_levels,
                tuple(row["notes"].to_pylist()),
            )
        case "derived":
            low, high = row["moments"].tolist()
            parts = {one["child"]: cast(NumericWindow | CategoricalWindow, _window_part(one)) for one in children}
            missing, rows = row["scalars"].tolist()
            return DerivedWindow(parts, missing, rows, (low, high))
        case reason:
            return Unusable(reason, row["note"] or "")


def _write(schema: pa.Schema, rows: Sequence[Row], about: Mapping[str, str], *, compress: bool) -> bytes:
    arrays = [pa.array([_plain(row.get(field.name)) for row in rows], field.type) for field in schema]
    table = pa.Table.from_arrays(arrays, schema=schema.with_metadata(about))
    options = pa.ipc.IpcWriteOptions(compression="zstd" if compress else None, use_threads=False)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=options) as writer:
        writer.write_table(table)
    written: bytes = sink.getvalue().to_pybytes()
    return written


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _read(buffer: pa.Buffer) -> pa.Table:
    options = pa.ipc.IpcReadOptions(use_threads=False)
    with pa.ipc.open_stream(buffer, options=options) as reader:
        return reader.read_all()


def _rows(table: pa.Table) -> Sequence[Row]:
    """One dict per row: number lists as numpy views, text lists as Arrow arrays, other cells as Python values."""
    columns: dict[str, list[Any]] = {}
    for field in table.schema:
        cells = table.column(field.name)
        columns[field.name] = _arrays(cells) if pa.types.is_list(field.type) else cells.to_pylist()
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def _arrays(column: pa.ChunkedArray) -> list[Any]:
    """The lists of a column, one per row: numpy views of numbers, Arrow for text, None for null."""
    found: list[Any] = []
    for chunk in column.chunks:
        numeric = not pa.types.is_string(chunk.type.value_type)
        for row in chunk:
            values = row.values
            if values is None:
                found.append(None)
            else:
                found.append(np.asarray(values.to_numpy()) if numeric else values)
    return found
