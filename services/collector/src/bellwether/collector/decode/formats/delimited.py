"""Comma-separated text (RFC 4180): a header, then rows. Every cell is text; what it means is decided later.

An empty cell without quotes is missing, ``""`` is an empty text.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.csv as pv

from bellwether.collector.decode.body import Body
from bellwether.collector.decode.formats.base import Format, Opened, columns_of
from bellwether.collector.decode.job import MAX_FAULTS, at, bounded, shown
from bellwether.collector.decode.sink import check_columns
from bellwether.errors import Fault, TooLarge, Unreadable

_BLOCK = 8 * 2**20
_PLACE = re.compile(r"CSV column #(\d+): Row #(\d+)")


def open_csv(body: Body) -> Opened:
    """Read the header; every column is text."""
    stream = body.stream()
    head = _Head(stream)
    names = _header(head, body)
    schema = pa.schema([pa.field(name, pa.string()) for name in names])

    def read(wanted: Sequence[str]) -> Iterator[pa.RecordBatch]:
        return _rows(head, names, list(wanted))

    return Opened(columns_of(schema), schema, read)


def _header(head: "_Head", body: Body) -> list[str]:
    longest = min(_BLOCK, body.bounds.columns * (body.bounds.name_bytes + 3))
    start = head.peek(longest)
    cut = len(start) == longest
    text = start.decode("utf-8-sig", errors="surrogateescape")
    lines = io.StringIO(text, newline="")
    csv.field_size_limit(longest)
    try:
        names = next((row for row in csv.reader(lines) if row), [])
    except csv.Error as error:
        fault = Fault("/columns", shown(error), "a header of comma-separated names", "write a header row")
        raise Unreadable("the header cannot be read", [fault]) from error
    if cut and not lines.read(1):
        fault = Fault("/columns", "a header that does not end", f"{longest:,} bytes", "write a header row, then rows")
        raise TooLarge("the header is too long", [fault])
    if not names:
        fault = Fault("/body", f"{body.size:,} bytes without a row", "a header and rows", "push the rows as body")
        raise Unreadable("the body is empty", [fault])
    other = next((mark for mark in (";", "\t", "|") if len(names) == 1 and mark in names[0]), None)
    if other:
        fault = Fault(
            "/columns", f"one column {shown(names[0])!r}", "commas between cells", f"replace {other!r} by ','"
        )
        raise Unreadable("the cells are not separated by commas", [fault])
    check_columns(names, body.bounds)
    return names


def _rows(stream: "_Head", names: list[str], wanted: list[str]) -> Iterator[pa.RecordBatch]:
    faults: list[Fault] = []
    total = 0

    def note(row: pv.InvalidRow) -> str:
        nonlocal total
        total += 1
        if len(faults) < MAX_FAULTS:
            faults.append(_bad_row(row))
        return "skip"

    try:
        batches = pv.open_csv(
            pa.PythonFile(stream, mode="r"),
            read_options=pv.ReadOptions(use_threads=False, block_size=_BLOCK),
            parse_options=pv.ParseOptions(newlines_in_values=True, invalid_row_handler=note),
            convert_options=pv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=wanted or names[:1],  # none would mean all
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )
        for batch in batches:
            if not faults:
                yield batch
    except pa.ArrowInvalid as error:
        if "Empty CSV" in str(error):  # a header without a line end
            return
        faults.append(_unparsable(error, names))
    if faults:
        listed = bounded(faults) if total <= MAX_FAULTS else (*faults, _more(total - MAX_FAULTS))
        raise Unreadable(f"{max(total, 1)} rows cannot be read", listed)


def _bad_row(row: pv.InvalidRow) -> Fault:
    return Fault(
        at("rows", row.number - 2),  # numbered from 1 with the header, which is row 1
        f"{row.actual_columns} cells in line {row.number}: {shown(row.text)!r}",
        f"{row.expected_columns} cells, as in the header",
        "quote cells that hold a comma or a line end, and write a comma for each missing cell",
    )


def _more(rest: int) -> Fault:
    return Fault("/rows", f"{rest:,} more rows like these", f"{MAX_FAULTS} are listed", "mend all rows alike")


def _unparsable(error: pa.ArrowInvalid, names: list[str]) -> Fault:
    text = str(error)
    if place := _PLACE.search(text):
        column, row = int(place[1]), int(place[2]) - 2
        name = names[column] if column < len(names) else column
        return Fault(at("rows", row, name), "bytes that are no UTF-8 text", "UTF-8", "write the file in UTF-8")
    if "straddling" in text:
        return Fault("/rows", "a row that does not end", f"{_BLOCK:,} bytes a row", "close every quote")
    return Fault("/body", shown(text, 200), "comma-separated rows", "write the file anew")


class _Head(io.RawIOBase):
    """A stream whose beginning was looked at."""

    def __init__(self, stream: io.RawIOBase) -> None:
        super().__init__()
        self._stream = stream
        self._seen = b""

    def peek(self, size: int) -> bytes:
        """Return the first bytes, without taking them."""
        while len(self._seen) < size and (piece := self._stream.read(size - len(self._seen))):
            self._seen += piece
        return self._seen

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        if self._seen:
            piece, self._seen = (self._seen, b"") if size < 0 else (self._seen[:size], self._seen[size:])
            return piece
        return self._stream.read(size) or b""


CSV = Format("csv", open_csv, untyped=True)
