"""Columns as pushed to columns as kept, one function per kind; pure.

Kept are: numbers as int64 or float64 with missing as null and infinities as they are; categories as dictionary-encoded
text; booleans; text; times as UTC microseconds; ids as text. NaN and null are one thing: missing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from bellwether.collector.decode.job import Example, shown
from bellwether.contracts import Kind

CATEGORY = pa.dictionary(pa.int32(), pa.string())
TIME = pa.timestamp("us", tz="UTC")
SAFE_INTEGER = 2**53
MISSING_WORDS = ("", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "None")
"""What a cell of a text format may say instead of a number, a boolean or a time that is missing."""
_WORDS = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a column cannot be kept as its kind: what it holds, an example with its row, what is wanted, what to do."""

    found: str
    wanted: str
    fix: str
    example: str | None = None
    row: int | None = None

    @property
    def value(self) -> str:
        """What is there, with the example."""
        where = "" if self.row is None else f" in row {self.row:,}"
        return self.found if self.example is None else f"{self.found}: {self.example!r}{where}"


@dataclass(frozen=True, slots=True)
class Source:
    """A column as it was pushed. ``untyped``: its format knows text only. ``dtype``: the reference's type, or none."""

    column: pa.ChunkedArray
    untyped: bool = False
    dtype: str | None = None
    examples: tuple[Example, ...] = ()

    @property
    def type(self) -> pa.DataType:
        """Arrow's type."""
        return self.column.type

    @property
    def is_text(self) -> bool:
        """Whether it holds text, plain or as codes."""
        return bool(pa.types.is_string(self.type) or self.type == CATEGORY)

    @property
    def is_number(self) -> bool:
        """Whether it holds numbers."""
        kind = self.type
        found: bool = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
        return found

    @property
    def is_empty(self) -> bool:
        """Whether no row has a value, so that the type says nothing."""
        return bool(pa.types.is_null(self.type) or (self.is_text and self.column.null_count == len(self.column)))

    def nulls(self, kind: pa.DataType) -> pa.ChunkedArray:
        """Return as many missing values."""
        return pa.chunked_array([pa.nulls(len(self.column), kind)])

    def text(self) -> pa.ChunkedArray:
        """Return it as plain text."""
        return self.column if pa.types.is_string(self.type) else self.column.cast(pa.string())

    def misfit(self, wanted: str, fix: str, takes: frozenset[str] = frozenset()) -> Misfit:
        """Say that its type is wrong, with the first value of a JSON type that is not in ``takes``, or the first."""
        for example in self.examples:
            if example.type not in takes:
                return Misfit(example.type, wanted, fix, example.value, example.row)
        found = "text" if self.is_text else str(self.type)
        row = _first(self.column, pc.is_valid)
        if row is None:
            return Misfit(found, wanted, fix)
        return Misfit(found, wanted, fix, cell_text(self.column, row), row)


def numeric(source: Source) -> pa.ChunkedArray | Misfit:
    """Numbers; whole ones stay int64 where the reference's are, or where there is none to follow."""
    wanted = "numbers"
    if source.is_empty:
        return source.nulls(pa.int64() if source.dtype == "int64" else pa.float64())
    if source.is_number:
        return _follow(_missing(_plain_number(source.column)), source.dtype)
    if source.is_text and source.untyped:
        parsed = parse_numbers(source.text())
        return parsed if isinstance(parsed, Misfit) else _follow(parsed, source.dtype)
    fix = "send numbers, without quotes" if source.is_text else "send 0 and 1, or another column"
    return source.misfit(wanted, fix, frozenset({"integer", "number"}))


def categorical(source: Source) -> pa.ChunkedArray | Misfit:
    """Categories as text: whole numbers without a fraction, so that 1, 1.0 and "1" are one category."""
    kind, like = source.type, source.dtype
    if source.is_text:
        if kind == CATEGORY and not _is_number(like):
            return source.column
        return _coded(_like_numbers(source.text()) if _is_number(like) else source.text())
    if pa.types.is_null(kind):
        return _coded(source.nulls(pa.string()))
    if like == "string" and (source.is_number or pa.types.is_boolean(kind)):
        return source.misfit("text, as in the reference", "send text, as the reference has it")
    if (like == "bool" and source.is_number) or (_is_number(like) and pa.types.is_boolean(kind)):
        return source.misfit(f"{like}, as in the reference", f"send {like}, as the reference has it")
    if source.is_number:
        return _coded(number_text(_missing(_plain_number(source.column))))
    if pa.types.is_timestamp(kind):  # without the zone: asked for text, Arrow asks for the zone's rules
        return _coded(pc.cast(source.column, pa.timestamp(kind.unit)).cast(pa.string()))
    return _coded(source.column.cast(pa.string()))


def boolean(source: Source) -> pa.ChunkedArray | Misfit:
    """True and false; numbers only where all are 0 or 1."""
    kind = source.type
    if pa.types.is_boolean(kind):
        return source.column
    if source.is_empty:
        return source.nulls(pa.bool_())
    if source.is_number:
        numbers = _missing(_plain_number(source.column))
        row = _first(numbers, lambda chunk: pc.and_(pc.not_equal(chunk, 0), pc.not_equal(chunk, 1)))
        if row is None:
            return numbers.cast(pa.bool_())
        return Misfit(str(kind), "true and false", "send true and false, or 0 and 1", str(numbers[row]), row)
    if source.is_text and source.untyped:
        return parse_booleans(source.text())
    return source.misfit("true and false", "send true and false, without quotes", frozenset({"boolean"}))


def text(source: Source) -> pa.ChunkedArray | Misfit:
    """Text as it is."""
    if source.is_text or pa.types.is_null(source.type):
        return source.text()
    return source.misfit("text", "send text", frozenset({"text"}))


def datetime(source: Source) -> pa.ChunkedArray | Misfit:
    """Times with a zone, as UTC; dates are midnight in UTC."""
    if pa.types.is_date(source.type):
        return _microseconds(source, source.column.cast(pa.timestamp("s" if source.type == pa.date32() else "ms")))
    return _zoned(source)


def instant(source: Source) -> pa.ChunkedArray | Misfit:
    """Times with a zone, as UTC; a date alone is no time."""
    return _zoned(source)


def identifier(source: Source) -> pa.ChunkedArray | Misfit:
    """Ids as text; whole numbers as their digits."""
    fix = "send ids as text or whole numbers"
    if source.is_text or pa.types.is_null(source.type):
        return source.text()
    if pa.types.is_integer(source.type):
        return source.column.cast(pa.string())
    if source.is_number:
        numbers = _missing(_plain_number(source.column))
        row = _first(numbers, lambda c: pc.or_(pc.not_equal(pc.floor(c), c), pc.greater(pc.abs(c), SAFE_INTEGER)))
        if row is None:
            return numbers.cast(pa.int64()).cast(pa.string())
        return Misfit("a number", "an id: text, or a whole number up to 2^53", fix, str(numbers[row]), row)
    return source.misfit("an id: text or a whole number", fix, frozenset({"text", "integer"}))


CONVERT: Mapping[Kind, Callable[[Source], pa.ChunkedArray | Misfit]] = {
    "boolean": boolean,
    "categorical": categorical,
    "datetime": datetime,
    "numeric": numeric,
    "text": text,
}
"""How each kind of column is read."""


def cell_text(column: pa.ChunkedArray, row: int) -> str:
    """Return one value as it may stand in a message; times without asking for their zone, which may not exist."""
    cell = column.slice(row, 1)
    kind = cell.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        try:
            naive = pc.cast(cell, options=pc.CastOptions(pa.timestamp("us"), allow_time_truncate=True))
            return str(naive[0].as_py()).removesuffix(" 00:00:00" if pa.types.is_date(kind) else "")
        except (pa.ArrowInvalid, ValueError, OverflowError):
            return f"{cell.cast(pa.int32() if kind == pa.date32() else pa.int64())[0].as_py():,} since 1970"
    return shown(cell[0].as_py(), 40)


def parse_numbers(column: pa.ChunkedArray) -> pa.ChunkedArray | Misfit:
    """Return text as int64 where every cell is whole, else float64; else the first cell that is no number."""
    numbers = _numbers(column)
    if numbers is None:
        column = _words(column)
        numbers = _numbers(column)
    if numbers is None:
        bad = _first_failure(column, pa.float64())
        fix = "write a number with a point, or leave the cell empty"
        return Misfit("text", "numbers", fix, shown(column[bad], 40), bad)
    row = _first_overflow(numbers, column)
    if row is None:
        return _missing(numbers)
    return Misfit("text", "numbers float64 can hold", "leave the cell empty", shown(column[row], 40), row)


def _numbers(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    whole = _cast(column, pa.int64())
    return _cast(column, pa.float64()) if whole is None else whole


def parse_booleans(column: pa.ChunkedArray) -> pa.ChunkedArray | Misfit:
    """Return text as booleans, or the first cell that is none."""
    cells = pc.utf8_lower(_words(column))
    row = _first(cells, lambda chunk: pc.invert(pc.is_in(chunk, value_set=pa.array([*_WORDS, None], pa.string()))))
    if row is None:
        true = pa.array([word for word, value in _WORDS.items() if value])
        return pc.if_else(pc.is_valid(cells), pc.is_in(cells, value_set=true), pa.scalar(None, pa.bool_()))
    return Misfit("text", "true and false", "write true or false, or leave the cell empty", shown(column[row], 40), row)


def parse_times(column: pa.ChunkedArray) -> pa.ChunkedArray | Misfit:
    """Return ISO 8601 text with zone as UTC, or the first cell that is no such time."""
    cells = _words(column)
    for kind in (TIME, pa.timestamp("ns", tz="UTC")):
        times = _cast(cells, kind)
        if times is not None:
            return times if kind == TIME else pc.cast(times, TIME, safe=False)
    row = _first_failure(cells, TIME)
    if (
        _cast(cells, pa.timestamp("ns", tz="UTC")) is None
        and _cast(cells.slice(row, 1), pa.timestamp("us")) is not None
    ):
        return _without_zone("text", shown(cells[row], 40), row)
    wanted = "times such as 2026-01-31T08:00:00Z"
    return Misfit("text", wanted, "write RFC 3339 times with zone", shown(cells[row], 40), row)


def number_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return numbers as text, whole ones as their digits."""
    if pa.types.is_integer(column.type):
        return column.cast(pa.string())
    whole = pc.and_(pc.equal(pc.floor(column), column), pc.less_equal(pc.abs(column), SAFE_INTEGER))
    digits = pc.if_else(whole, column, pa.scalar(None, pa.float64())).cast(pa.int64()).cast(pa.string())
    return pc.coalesce(digits, column.cast(pa.string()))


def _zoned(source: Source) -> pa.ChunkedArray | Misfit:
    kind = source.type
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        return _microseconds(source, source.column)
    if source.is_empty:
        return source.nulls(TIME)
    if source.is_text:
        return parse_times(source.text())
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        row = _first(source.column, pc.is_valid)
        return _without_zone(str(kind), None if row is None else cell_text(source.column, row), row)
    return source.misfit("times with zone", "send times such as 2026-01-31T08:00:00Z", frozenset({"text"}))


def _microseconds(source: Source, times: pa.ChunkedArray) -> pa.ChunkedArray | Misfit:
    try:
        return pc.cast(times, options=pc.CastOptions(TIME, allow_time_truncate=True))
    except pa.ArrowInvalid:  # seconds that are no seconds
        return source.misfit("times microseconds can hold", "check the unit")


def _without_zone(found: str, example: str | None, row: int | None) -> Misfit:
    fix = "add the zone, such as 2026-01-31T08:00:00Z; in pandas: .dt.tz_localize(...)"
    return Misfit(f"{found} without zone", "times with zone", fix, example, row)


def _plain_number(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return int64 where the integers fit, else float64."""
    if pa.types.is_integer(column.type):
        try:
            return column.cast(pa.int64())
        except pa.ArrowInvalid:
            return pc.cast(column, pa.float64(), safe=False)
    return pc.cast(column, pa.float64(), safe=False)


def _missing(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return floats with NaN as null."""
    if not pa.types.is_floating(column.type):
        return column
    nan = pc.is_nan(column)
    if not pc.any(nan).as_py():
        return column
    return pc.if_else(nan, pa.scalar(None, pa.float64()), column)


def _follow(numbers: pa.ChunkedArray, dtype: str | None) -> pa.ChunkedArray:
    """Return numbers in the reference's type where that loses nothing."""
    if dtype == "double" and pa.types.is_integer(numbers.type):
        return pc.cast(numbers, pa.float64(), safe=False)
    if dtype == "int64" and pa.types.is_floating(numbers.type):
        whole = pc.and_(pc.equal(pc.floor(numbers), numbers), pc.less_equal(pc.abs(numbers), SAFE_INTEGER))
        if pc.all(whole).as_py() is not False:
            return numbers.cast(pa.int64())
    return numbers


def _is_number(dtype: str | None) -> bool:
    return dtype in ("int64", "double")


def _coded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.dictionary_encode()


def _like_numbers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return text as the text of numbers where all of it is numbers."""
    parsed = parse_numbers(column)
    return column if isinstance(parsed, Misfit) else number_text(parsed)


def _words(column: pa.ChunkedArray) -> pa.ChunkedArray:
    trimmed = pc.utf8_trim_whitespace(column)
    missing = pc.is_in(trimmed, value_set=pa.array(MISSING_WORDS))
    return pc.if_else(missing, pa.scalar(None, pa.string()), trimmed)


def _cast(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray | None:
    try:
        return column.cast(kind)
    except pa.ArrowInvalid:
        return None


def _first(column: pa.ChunkedArray, holds: Callable[[pa.Array], pa.Array]) -> int | None:
    """Return the first row a condition holds for; None when it holds nowhere."""
    start = 0
    for chunk in column.chunks:
        row = pc.index(holds(chunk), True).as_py()
        if row >= 0:
            return int(start + row)
        start += len(chunk)
    return None


def _first_failure(column: pa.ChunkedArray, kind: pa.DataType) -> int:
    """Return the first row whose cell cannot be cast, given that one cannot; halves until it is alone."""
    low, high = 0, len(column)
    while high - low > 1:
        middle = (low + high) // 2
        if _cast(column.slice(low, middle - low), kind) is None:
            high = middle
        else:
            low = middle
    return low


def _first_overflow(numbers: pa.ChunkedArray, cells: pa.ChunkedArray) -> int | None:
    """Return the first row that became infinite though its cell does not say so."""
    if not pc.any(pc.is_inf(numbers)).as_py():
        return None
    said = pc.match_substring(cells, "inf", ignore_case=True)
    return _first(pc.and_not(pc.is_inf(numbers), said), lambda chunk: chunk)
