"""Filters as SQL conditions; pure.

SQLite compares across types ('abc' > 5) and reads JSON booleans as 1 and 0, so every comparison is guarded by the
JSON type of the stored value. Values are always bound parameters; names have passed ``check_field``.
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from bellwether.storage.port import Filter
from bellwether.storage.validation import RANGE_OPERATORS, check_filters

Part = tuple[str, list[Any]]


def conditions(where: Sequence[Filter]) -> Part:
    """Return `` AND ...`` for every filter, and the values to bind."""
    check_filters(where)
    text = ""
    args: list[Any] = []
    for field, operator, value in where:
        part, part_args = _BUILDERS[operator]("$." + field, operator, value)
        text += f" AND {part}"
        args += part_args
    return text, args


def _types(value: Any) -> str:
    if value is None:
        return "('null')"
    if isinstance(value, bool):
        return "('true','false')"
    return "('text')" if isinstance(value, str) else "('integer','real')"


def _equals(path: str, value: Any) -> Part:
    guard = f"json_type(body, ?) IN {_types(value)}"
    if value is None:
        return guard, [path]
    return f"({guard} AND json_extract(body, ?) = ?)", [path, path, value]


def _eq(path: str, _: str, value: Any) -> Part:
    return _equals(path, value)


def _ne(path: str, _: str, value: Any) -> Part:
    same, args = _equals(path, value)
    return f"json_type(body, ?) IS NOT NULL AND NOT {same}", [path, *args]


def _in(path: str, _: str, values: Iterable[Any]) -> Part:
    if path == "$.id":  # the primary key itself, instead of every document; only texts can be ids
        ids = [value for value in values if isinstance(value, str)]
        return f"id IN ({','.join('?' * len(ids))})", list(ids)
    options = [_equals(path, value) for value in values]
    text = " OR ".join(option for option, _ in options) or "0"
    return f"({text})", [arg for _, option_args in options for arg in option_args]


def _range(path: str, operator: str, value: Any) -> Part:
    if path == "$.id" and isinstance(value, str):  # the primary key itself, instead of every document
        return f"id {RANGE_OPERATORS[operator]} ?", [value]
    guard = f"json_type(body, ?) IN {_types(value)}"
    return f"{guard} AND json_extract(body, ?) {RANGE_OPERATORS[operator]} ?", [path, path, value]


def _contains(path: str, _: str, value: Any) -> Part:
    element = f"type IN {_types(value)}"
    args: list[Any] = []
    if value is not None:
        element, args = f"{element} AND value = ?", [value]
    found = f"EXISTS(SELECT 1 FROM json_each(body, ?) WHERE {element})"
    return f"json_type(body, ?) = 'array' AND {found}", [path, path, *args]


def _prefix(path: str, _: str, value: str) -> Part:
    # Not LIKE: it folds the case of ASCII letters and has wildcards.
    if path == "$.id":
        return "id >= ? AND id < ?", [value, value + chr(sys.maxunicode)]
    guard = "json_type(body, ?) = 'text'"
    return f"{guard} AND substr(json_extract(body, ?), 1, ?) = ?", [path, path, len(value), value]


def _exists(path: str, _: str, value: bool) -> Part:
    return f"json_type(body, ?) IS {'NOT ' if value else ''}NULL", [path]


_BUILDERS: dict[str, Callable[[str, str, Any], Part]] = {
    "eq": _eq,
    "ne": _ne,
    "in": _in,
    "contains": _contains,
    "prefix": _prefix,
    "exists": _exists,
    **dict.fromkeys(RANGE_OPERATORS, _range),
}
