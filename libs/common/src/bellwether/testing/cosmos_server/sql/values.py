"""Values and the operators on them, with the published semantics of "undefined"."""

import json
import math
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

Env = dict[str, Any]
"""What a row binds: aliases, ``$doc`` (the document), ``$p`` (the parameters)."""
Node = tuple[Any, ...]


class _Undefined:
    __slots__ = ()

    def __repr__(self) -> str:
        return "UNDEF"

    def __bool__(self) -> bool:
        return False


UNDEF = _Undefined()

K_UNDEF, K_NULL, K_BOOL, K_NUMBER, K_STRING, K_ARRAY, K_OBJECT = range(7)
"""Kinds of values, in the order in which ORDER BY sorts them."""


class Expr(NamedTuple):
    """A compiled expression, and a description for the few callers that look at the shape of a query."""

    eval: Callable[[Env], Any]
    node: Node


def kind_of(value: Any) -> int:
    """Return the JSON kind of a value, one of the ``K_`` constants."""
    if value is UNDEF:
        return K_UNDEF
    if value is None:
        return K_NULL
    if isinstance(value, bool):
        return K_BOOL
    if isinstance(value, (int, float)):
        return K_NUMBER
    if isinstance(value, str):
        return K_STRING
    return K_ARRAY if isinstance(value, list) else K_OBJECT


def is_number(value: Any) -> bool:
    """Say whether a value is a JSON number."""
    return kind_of(value) == K_NUMBER


def compare(a: Any, b: Any) -> int:
    """Order two values: total over all values, as ORDER BY, MIN and MAX use it."""
    kind_a, kind_b = kind_of(a), kind_of(b)
    if kind_a != kind_b:
        return kind_a - kind_b
    if kind_a in (K_UNDEF, K_NULL):
        return 0
    if kind_a >= K_ARRAY:
        a, b = json.dumps(a, sort_keys=True), json.dumps(b, sort_keys=True)
    return int(a > b) - int(a < b)


def equal(a: Any, b: Any) -> Any:
    """Return whether two values are equal, or ``UNDEF`` across types."""
    kind = kind_of(a)
    if kind == K_UNDEF or kind != kind_of(b):
        return UNDEF
    return a == b


def _differ(a: Any, b: Any) -> Any:
    kind = kind_of(a)
    if kind in (K_UNDEF, K_ARRAY, K_OBJECT) or kind != kind_of(b):
        return UNDEF
    return a != b


def _relation(test: Callable[[int], bool]) -> Callable[[Any, Any], Any]:
    def relation(a: Any, b: Any) -> Any:
        kind = kind_of(a)
        if kind != kind_of(b) or kind in (K_UNDEF, K_ARRAY, K_OBJECT):
            return UNDEF
        return test(compare(a, b))

    return relation


def _arithmetic(fn: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def arithmetic(a: Any, b: Any) -> Any:
        if kind_of(a) != K_NUMBER or kind_of(b) != K_NUMBER:
            return UNDEF
        try:
            return fn(a, b)
        except (ZeroDivisionError, OverflowError, ValueError):
            return UNDEF

    return arithmetic


def _divide(a: Any, b: Any) -> Any:
    result = a / b
    whole = isinstance(a, int) and isinstance(b, int) and result == int(result)
    return int(result) if whole else result


def _concat(a: Any, b: Any) -> Any:
    return a + b if isinstance(a, str) and isinstance(b, str) else UNDEF


BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "=": equal,
    "!=": _differ,
    "<>": _differ,
    "<": _relation(lambda c: c < 0),
    "<=": _relation(lambda c: c <= 0),
    ">": _relation(lambda c: c > 0),
    ">=": _relation(lambda c: c >= 0),
    "+": _arithmetic(lambda a, b: a + b),
    "-": _arithmetic(lambda a, b: a - b),
    "*": _arithmetic(lambda a, b: a * b),
    "/": _arithmetic(_divide),
    "%": _arithmetic(math.fmod),
    "||": _concat,
}


def both(a: Any, b: Any) -> Any:
    """Return the three-valued AND."""
    if a is False or b is False:
        return False
    return True if a is True and b is True else UNDEF


def either(a: Any, b: Any) -> Any:
    """Return the three-valued OR."""
    if a is True or b is True:
        return True
    return False if a is False and b is False else UNDEF


def negation(value: Any) -> Any:
    """Return the three-valued NOT."""
    return not value if isinstance(value, bool) else UNDEF


def walk(value: Any, path: Iterable[Any]) -> Any:
    """Return the value at ``path`` inside nested objects, or ``UNDEF``."""
    for key in path:
        value = value.get(key, UNDEF) if isinstance(value, dict) else UNDEF
    return value


def index(value: Any, key: Any) -> Any:
    """Return a member of an object or an element of an array, or ``UNDEF``."""
    if isinstance(value, dict) and isinstance(key, str):
        return value.get(key, UNDEF)
    if isinstance(value, list) and kind_of(key) == K_NUMBER and 0 <= key < len(value):
        return value[int(key)]
    return UNDEF
