"""Aggregates over the rows of a group."""

from collections.abc import Callable
from functools import cmp_to_key
from typing import Any

from bellwether.testing.cosmos_server.sql.values import UNDEF, Env, compare, is_number

AGGREGATES = frozenset({"COUNT", "SUM", "AVG", "MIN", "MAX"})


def aggregate(kind: str, arg: Callable[[Env], Any], env: Env) -> Any:
    """Return an aggregate over the rows in ``$group``; ``$partial``: in the form the client merges."""
    values = [value for value in (arg(row) for row in env["$group"]) if value is not UNDEF]
    if kind == "COUNT":
        return len(values)
    if kind in ("MIN", "MAX"):
        chosen = min if kind == "MIN" else max
        return chosen(values, key=cmp_to_key(compare)) if values else UNDEF
    if not all(map(is_number, values)):
        return UNDEF
    if kind == "SUM":
        return sum(values)
    if env.get("$partial"):
        return {"sum": sum(values), "count": len(values)}
    return sum(values) / len(values) if values else UNDEF
