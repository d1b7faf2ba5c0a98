"""Filters as conditions of the query language; pure. Values are always parameters."""

from collections.abc import Callable, Sequence
from typing import Any

from bellwether.storage.port import Doc, Filter
from bellwether.storage.validation import RANGE_OPERATORS, check_filters

Parameter = Callable[[Any], str]
"""Takes a value to bind and returns the name to write in its place."""


def conditions(where: Sequence[Filter]) -> tuple[list[str], list[Doc]]:
    """Return one condition per filter, and the parameters of all."""
    check_filters(where)
    parameters: list[Doc] = []

    def parameter(value: Any) -> str:
        name = f"@p{len(parameters)}"
        parameters.append({"name": name, "value": value})
        return name

    texts = [_BUILDERS[operator](_path(field), operator, value, parameter) for field, operator, value in where]
    return texts, parameters


def _path(field: str) -> str:
    return "c" + "".join(f'["{key}"]' for key in field.split("."))


def _eq(path: str, _: str, value: Any, parameter: Parameter) -> str:
    return f"{path} = {parameter(value)}"


def _ne(path: str, _: str, value: Any, parameter: Parameter) -> str:
    # A bare != is undefined, hence no match, for a value of another type.
    return f"(IS_DEFINED({path}) AND NOT ({_type_test(value)}({path}) AND {path} = {parameter(value)}))"


def _in(path: str, _: str, values: Any, parameter: Parameter) -> str:
    if path == _path("id") and values:  # IN is served by the index of ids
        return f"{path} IN ({', '.join(parameter(value) for value in values)})"
    return f"ARRAY_CONTAINS({parameter(list(values))}, {path})"


def _contains(path: str, _: str, value: Any, parameter: Parameter) -> str:
    return f"ARRAY_CONTAINS({path}, {parameter(value)})"


def _prefix(path: str, _: str, value: Any, parameter: Parameter) -> str:
    return f"STARTSWITH({path}, {parameter(value)})"


def _exists(path: str, _: str, value: Any, __: Parameter) -> str:
    return f"IS_DEFINED({path})" if value else f"NOT IS_DEFINED({path})"


def _range(path: str, operator: str, value: Any, parameter: Parameter) -> str:
    return f"{path} {RANGE_OPERATORS[operator]} {parameter(value)}"


def _type_test(value: Any) -> str:
    if value is None:
        return "IS_NULL"
    if isinstance(value, bool):
        return "IS_BOOL"
    return "IS_STRING" if isinstance(value, str) else "IS_NUMBER"


_BUILDERS: dict[str, Callable[[str, str, Any, Parameter], str]] = {
    "eq": _eq,
    "ne": _ne,
    "in": _in,
    "contains": _contains,
    "prefix": _prefix,
    "exists": _exists,
    **dict.fromkeys(RANGE_OPERATORS, _range),
}
