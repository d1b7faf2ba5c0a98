"""The built-in functions."""

import json
import math
import re
from collections.abc import Callable
from typing import Any

from bellwether.testing.cosmos_server.sql.values import (
    K_ARRAY,
    K_BOOL,
    K_NULL,
    K_NUMBER,
    K_OBJECT,
    K_STRING,
    UNDEF,
    equal,
    kind_of,
)


def like(value: Any, pattern: Any) -> Any:
    """Match a whole string against a pattern with ``%`` and ``_``."""
    if not isinstance(value, str) or not isinstance(pattern, str):
        return UNDEF
    parts = (".*" if c == "%" else "." if c == "_" else re.escape(c) for c in pattern)
    return re.fullmatch("".join(parts), value, re.S) is not None


def _matches_partially(item: Any, want: Any) -> bool:
    if not isinstance(item, dict) or not isinstance(want, dict):
        return False
    return all(key in item and equal(item[key], value) is True for key, value in want.items())


def _array_contains(array: Any, value: Any, partial: Any = False) -> Any:
    if not isinstance(array, list) or value is UNDEF:
        return UNDEF
    return any(equal(item, value) is True or (partial is True and _matches_partially(item, value)) for item in array)


def _array_slice(array: Any, start: int, length: int | None = None) -> Any:
    if not isinstance(array, list):
        return UNDEF
    if length is None:
        return array[start:]
    end = start + length
    return array[start : end if start >= 0 or end < 0 else None]


def _array_concat(*arrays: Any) -> Any:
    if not all(isinstance(array, list) for array in arrays):
        return UNDEF
    return [item for array in arrays for item in array]


def _text_pair(fn: Callable[[str, str], Any]) -> Callable[..., Any]:
    """Wrap a two-string function that takes an optional "ignore case" flag."""

    def text_pair(a: Any, b: Any, ignore_case: Any = False) -> Any:
        if not isinstance(a, str) or not isinstance(b, str):
            return UNDEF
        return fn(a.lower(), b.lower()) if ignore_case is True else fn(a, b)

    return text_pair


def _text(fn: Callable[..., Any]) -> Callable[..., Any]:
    return lambda value, *args: fn(value, *args) if isinstance(value, str) else UNDEF


def _number(fn: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def number(value: Any) -> Any:
        if kind_of(value) != K_NUMBER:
            return UNDEF
        try:
            return fn(value)
        except ValueError:
            return UNDEF

    return number


def _round_half_away(value: float) -> int:
    return math.floor(abs(value) + 0.5) * (1 if value >= 0 else -1)


def _to_string(value: Any) -> Any:
    if value is UNDEF or isinstance(value, str):
        return value
    return json.dumps(value)


def _is_kind(*kinds: int) -> Callable[[Any], bool]:
    return lambda value: kind_of(value) in kinds


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "IS_DEFINED": lambda value: value is not UNDEF,
    "IS_NULL": _is_kind(K_NULL),
    "IS_BOOL": _is_kind(K_BOOL),
    "IS_NUMBER": _is_kind(K_NUMBER),
    "IS_STRING": _is_kind(K_STRING),
    "IS_ARRAY": _is_kind(K_ARRAY),
    "IS_OBJECT": _is_kind(K_OBJECT),
    "IS_PRIMITIVE": _is_kind(K_NULL, K_BOOL, K_NUMBER, K_STRING),
    "ARRAY_CONTAINS": _array_contains,
    "ARRAY_LENGTH": lambda value: len(value) if isinstance(value, list) else UNDEF,
    "ARRAY_SLICE": _array_slice,
    "ARRAY_CONCAT": _array_concat,
    "CONTAINS": _text_pair(lambda a, b: b in a),
    "STARTSWITH": _text_pair(str.startswith),
    "ENDSWITH": _text_pair(str.endswith),
    "STRINGEQUALS": _text_pair(lambda a, b: a == b),
    "INDEX_OF": _text_pair(str.find),
    "LOWER": _text(str.lower),
    "UPPER": _text(str.upper),
    "LENGTH": _text(len),
    "TRIM": _text(str.strip),
    "LEFT": _text(lambda value, n: value[:n]),
    "SUBSTRING": _text(lambda value, start, n: value[start : start + n]),
    "CONCAT": lambda *args: "".join(args) if all(isinstance(a, str) for a in args) else UNDEF,
    "TOSTRING": _to_string,
    "ABS": _number(abs),
    "FLOOR": _number(math.floor),
    "CEILING": _number(math.ceil),
    "ROUND": _number(_round_half_away),
    "SQRT": _number(math.sqrt),
    "LOG": _number(math.log),
    "IIF": lambda condition, a, b: a if condition is True else b,
}
