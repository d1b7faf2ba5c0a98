"""The few pipeline expressions that names of datasets are written with; pure.

``@item()`` is never guessed: what an iteration took stands in no definition. Whatever is not understood is None.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

_TOKEN = re.compile(r"\s*(?:'((?:[^']|'')*)'|([A-Za-z_][\w]*)|(-?\d+(?:\.\d+)?)|([().,\[\]?]))")
_TEMPLATE = re.compile(r"@\{([^{}]*)\}")
_FORMATS = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}


@dataclass(frozen=True, slots=True)
class Scope:
    """What expressions may refer to: the run and its parameters, those of a dataset."""

    pipeline: str
    run_id: str
    parameters: Mapping[str, Any]
    dataset: Mapping[str, Any]
    trigger_time: datetime | None = None


class _Unknown(Exception):
    """Something the evaluator does not know."""


def evaluate(value: Any, scope: Scope) -> str | None:
    """Return what a definition's value is for one run, or None when that cannot be known."""
    if isinstance(value, dict) and value.get("type") == "Expression":
        value = value.get("value")
    if isinstance(value, bool) or value is None or isinstance(value, dict | list):
        return None
    text = str(value)
    try:
        if text.startswith("@@"):
            return text[1:]
        if text.startswith("@") and not text.startswith("@{"):
            return _text(_parse(text[1:], scope))
        return _TEMPLATE.sub(lambda found: _text(_parse(found[1], scope)), text)
    except (_Unknown, ValueError, TypeError, KeyError, IndexError, StopIteration):
        return None


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, dict | list) or value is None:
        raise _Unknown
    return str(value)


def _parse(text: str, scope: Scope) -> Any:
    tokens: list[tuple[str, str]] = []
    place = 0
    while place < len(text.rstrip()):
        found = _TOKEN.match(text, place)
        if found is None:
            raise _Unknown
        string, name, number, mark = found.groups()
        tokens.append(
            ("text", string.replace("''", "'")) if string is not None
            else ("name", name) if name
            else ("number", number) if number
            else ("mark", mark)
        )  # fmt: skip
        place = found.end()
    value, end = _expression(tokens, 0, scope)
    if end != len(tokens):
        raise _Unknown
    return value


def _expression(tokens: list[tuple[str, str]], at: int, scope: Scope) -> tuple[Any, int]:
    if at >= len(tokens):
        raise _Unknown
    kind, text = tokens[at]
    at += 1
    if kind == "text":
        return text, at
    if kind == "number":
        return (float(text) if "." in text else int(text)), at
    if kind != "name" or at >= len(tokens) or tokens[at] != ("mark", "("):
        raise _Unknown
    arguments: list[Any] = []
    at += 1
    while tokens[at] != ("mark", ")"):
        value, at = _expression(tokens, at, scope)
        arguments.append(value)
        if tokens[at] == ("mark", ","):
            at += 1
    at += 1
    value = _call(text, arguments, scope)
    while at < len(tokens) and tokens[at] in (("mark", "."), ("mark", "?")):
        if tokens[at] == ("mark", "?"):
            at += 1
            continue
        value, at = _member(value, tokens[at + 1][1]), at + 2
    return value, at


def _member(value: Any, name: str) -> Any:
    if not isinstance(value, Mapping) or name not in value:
        raise _Unknown
    return value[name]


def _call(name: str, arguments: list[Any], scope: Scope) -> Any:
    """Return what a function gives; item(), activity() and variables() are not known from a definition."""
    known: Mapping[tuple[str, int], Callable[..., Any]] = {
        ("pipeline", 0): lambda: {
            "parameters": scope.parameters,
            "RunId": scope.run_id,
            "Pipeline": scope.pipeline,
        },
        ("dataset", 0): lambda: scope.dataset,
        **_FUNCTIONS,
    }
    call = known.get((name.lower(), len(arguments))) or known.get((name.lower(), -1))
    if call is None:
        raise _Unknown
    return call(*arguments)


def _substring(value: Any, start: int, length: int) -> str:
    return _text(value)[start : start + length]


def _concat(*parts: Any) -> str:
    return "".join(_text(one) for one in parts)


def _coalesce(*parts: Any) -> Any:
    return next(one for one in parts if one is not None)


def _time(value: Any) -> datetime:
    time = datetime.fromisoformat(_text(value))
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _formatted(time: datetime, pattern: str) -> str:
    left = re.sub(r"yyyy|MM|dd|HH|mm|ss|[-/:_T. ]", "", pattern)
    if left:
        raise _Unknown
    return re.sub(r"yyyy|MM|dd|HH|mm|ss", lambda found: time.strftime(_FORMATS[found[0]]), pattern)


_FUNCTIONS: Mapping[tuple[str, int], Callable[..., Any]] = {
    ("concat", -1): _concat,
    ("coalesce", -1): _coalesce,
    ("string", 1): _text,
    ("tolower", 1): lambda value: _text(value).lower(),
    ("toupper", 1): lambda value: _text(value).upper(),
    ("trim", 1): lambda value: _text(value).strip(),
    ("replace", 3): lambda value, old, new: _text(value).replace(_text(old), _text(new)),
    ("substring", 3): _substring,
    ("formatdatetime", 2): lambda value, pattern: _formatted(_time(value), _text(pattern)),
    ("adddays", 2): lambda value, days: (_time(value) + timedelta(days=days)).isoformat(),
}
"""Function and number of arguments, -1 for any."""
