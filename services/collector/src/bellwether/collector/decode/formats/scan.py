"""JSON text to rows, one at a time, whatever the size of the body. Strict: what JSON does not know is refused."""

import codecs
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from bellwether.collector.decode.body import Body
from bellwether.collector.decode.formats.rows import Row, huge, too_deep
from bellwether.collector.decode.job import at, shown
from bellwether.errors import Fault, TooLarge, Unreadable

_READ = 2**20
_LONGEST_ROW = 16 * 2**20
_SPACE = re.compile(r"[ \t\r\n]*")


class _Literal(Exception):
    """``NaN``, ``Infinity`` or ``-Infinity``, which Python's reader would take."""


class _Twice(Exception):
    """An object with one key twice."""


class Scanner:
    """A text that grows as it is read; ``position`` is where the next token begins."""

    def __init__(self, body: Body) -> None:
        self._stream = body.stream()
        self._bounds = body.bounds
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._text, self._position, self._ended, self._bytes = "", 0, False, 0

    def token(self) -> str:
        """Return the next character that is no white space, without taking it; empty at the end."""
        while True:
            match = _SPACE.match(self._text, self._position)
            assert match is not None
            self._position = match.end()
            if self._position < len(self._text) or self._ended:
                return self._text[self._position : self._position + 1]
            self._grow()

    def skip(self) -> None:
        """Take one character."""
        self._position += 1

    def row(self, number: int) -> Row:
        """Take one object; ``number`` names it in messages."""
        while True:
            try:
                value, self._position = _STRICT.raw_decode(self._text, self._position)
            except json.JSONDecodeError as error:
                if self._ended or len(self._text) - self._position > _LONGEST_ROW:
                    raise self._broken(number, error) from error
                self._grow()
            except (_Literal, _Twice, RecursionError, ValueError) as error:
                raise self._refused(number, error) from error
            else:
                if isinstance(value, dict):
                    return value
                fix = "write each row as {...}; push an array of rows as application/json"
                fault = Fault(at("rows", number), shown(json.dumps(value)), "an object", fix)
                raise Unreadable("a row is not an object", [fault])

    def around(self) -> str:
        """Return the text at the position, for a message."""
        return shown(self._text[self._position : self._position + 40], 40)

    def _grow(self) -> None:
        piece = self._stream.read(_READ) or b""
        self._ended = not piece
        try:
            more = self._decoder.decode(piece, final=self._ended)
        except UnicodeDecodeError as error:
            place = self._bytes + error.start
            fault = Fault("/body", f"bytes near position {place:,} that are no UTF-8", "UTF-8", "write it in UTF-8")
            raise Unreadable("the body is not UTF-8 text", [fault]) from error
        self._bytes += len(piece)
        self._text, self._position = self._text[self._position :] + more, 0

    def _broken(self, number: int, error: json.JSONDecodeError) -> Unreadable | TooLarge:
        if not self._ended and error.msg.startswith("Unterminated string"):
            fault = Fault(at("rows", number), "a row that does not end", f"{_LONGEST_ROW:,} characters", "shorten it")
            return TooLarge("a row is too long", [fault])
        where = self._text[max(self._position, error.pos - 20) : error.pos + 20]
        ends = self._ended and not self._text[error.pos :].strip()
        value = "the body ends inside this row" if ends else f"{error.msg} at {shown(where, 48)!r}"
        fix = "push the whole body; escape quotes and line ends in texts"
        return Unreadable("the body is no JSON", [Fault(at("rows", number), value, "one whole object", fix)])

    def _refused(self, number: int, error: Exception) -> Unreadable | TooLarge:
        """Say in which column it is; the row is read again with marks instead of errors."""
        if isinstance(error, RecursionError):
            return too_deep(at("rows", number), self._bounds)
        if isinstance(error, _Twice):
            fault = Fault(
                at("rows", number), f"key {shown(error.args[0])!r} twice", "each key once", "drop one of them"
            )
            return Unreadable("a row names a column twice", [fault])
        if isinstance(error, _Literal):
            name = self._column(lambda text: _Mark())
            fault = Fault(
                at("rows", number, *name), str(error), "JSON, which has no NaN and no infinity", "send null instead"
            )
            return Unreadable("a value is not JSON", [fault])
        digits = re.search(r"\d{4000,}", self._text[self._position :])
        value = f"a number of {len(digits[0]):,} digits" if digits else shown(error)
        return Unreadable("a number is too large", [huge(at("rows", number), value)])

    def _column(self, mark: Callable[[str], Any]) -> tuple[str, ...]:
        row, _ = json.JSONDecoder(parse_constant=mark).raw_decode(self._text, self._position)
        return tuple(name for name, value in row.items() if _holds_mark(value))[:1] if isinstance(row, dict) else ()


class _Mark:
    """Stands where a literal stood."""


def _holds_mark(value: Any) -> bool:
    below = [value]
    while below:
        value = below.pop()
        if isinstance(value, _Mark):
            return True
        below += value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return False


def _object(pairs: list[tuple[str, Any]]) -> Row:
    row = dict(pairs)
    if len(row) < len(pairs):
        names = [name for name, _ in pairs]
        raise _Twice(next(name for i, name in enumerate(names) if name in names[:i]))
    return row


def _constant(name: str) -> Any:
    raise _Literal(name)


_STRICT = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)


def lines(body: Body) -> Iterator[Row]:
    """Yield the objects of newline-delimited JSON."""
    scanner, number = Scanner(body), 0
    while scanner.token():
        yield scanner.row(number)
        number += 1


def array(body: Body) -> Iterator[Row]:
    """Yield the objects of one JSON array."""
    scanner = Scanner(body)
    if scanner.token() != "[":
        fault = Fault(
            "/body",
            f"beginning {scanner.around()!r}",
            "an array of rows, [{...}, ...]",
            "put the rows in brackets, or push them as application/x-ndjson",
        )
        raise Unreadable("the body is no JSON array", [fault])
    scanner.skip()
    number = 0
    while scanner.token() != "]":
        if number:
            _expect(scanner, number)
        yield scanner.row(number)
        number += 1
    scanner.skip()
    if scanner.token():
        fault = Fault("/body", f"{scanner.around()!r} after the array", "one array", "push one array, or NDJSON")
        raise Unreadable("the body goes on after its rows", [fault])


def _expect(scanner: Scanner, number: int) -> None:
    if scanner.token() == ",":
        scanner.skip()
        scanner.token()
        return
    value = f"{scanner.around()!r}" if scanner.token() else "the body ends"
    fault = Fault(at("rows", number), value, "',' and a row, or ']'", "push the whole array")
    raise Unreadable("the body is no JSON", [fault])
