"""One parsed query and its run over documents."""

import base64
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cmp_to_key
from typing import Any, NamedTuple

from bellwether.testing.cosmos_server.sql.values import UNDEF, Env, Expr, compare, walk

REWRITTEN = "--rewritten\n"
"""Marks a query text that came back from the query plan, to be run on one partition range."""

Doc = dict[str, Any]


class Row(NamedTuple):
    """A row of the answer and what it was made of."""

    value: Any
    env: Env


class Resume(NamedTuple):
    """Where a page begins: the place of the last row given, and how many were given."""

    place: list[Any] | None = None
    given: int = 0


@dataclass(slots=True)
class Query:
    """One parsed query; not changed after parsing."""

    distinct: bool = False
    value: bool = False
    star: bool = False
    alias: str = "c"
    from_array: bool = False
    root_path: list[Any] = field(default_factory=list)
    columns: list[tuple[str, Expr]] = field(default_factory=list)
    joins: list[tuple[str, Callable[[Env], Any]]] = field(default_factory=list)
    where: Expr | None = None
    group: list[Expr] = field(default_factory=list)
    order: list[tuple[Expr, bool]] = field(default_factory=list)
    top: Expr | None = None
    offset: Expr | None = None
    limit: Expr | None = None
    aggregates: list[str] = field(default_factory=list)

    @property
    def needs_merge(self) -> bool:
        """Whether the client must merge the answers of several partition ranges."""
        parts = (self.order, self.aggregates, self.group, self.distinct)
        return any(parts) or self.top is not None or self.offset is not None

    @property
    def places(self) -> bool:
        """Whether each document gives one row at most, so that a row has a place that outlives other writes."""
        return not (self.joins or self.group or self.aggregates or self.distinct or self.offset)

    def run(
        self, docs: Iterable[Doc], params: Env, *, rewritten: bool = False, resume: Resume | None = None
    ) -> list[Row]:
        """Run over documents. ``rewritten`` gives rows in the form the client merges."""
        envs = [{"$doc": doc, "$p": params} for doc in docs]
        return self._run(envs, resume or Resume(), rewritten=rewritten)

    def values(self, docs: Iterable[Doc], params: Env) -> list[Any]:
        """Run over documents that are not paged."""
        return [row.value for row in self.run(docs, params)]

    def run_inner(self, env: Env) -> list[Any]:
        """Run as a subquery inside the row environment of the outer query."""
        inner = {key: value for key, value in env.items() if key != "$doc"}
        return [row.value for row in self._run([inner], Resume(), rewritten=False)]

    def equality_on(self, path: list[str], params: Env) -> Any:
        """Return the constant that an AND-ed equality of WHERE compares ``path`` with, or ``UNDEF``."""
        node = self.where.node if self.where else ("none",)
        for part in node[1] if node[0] == "and" else [node]:
            if part[0] != "cmp" or part[1] != "=":
                continue
            for side, other in ((part[2], part[3]), (part[3], part[2])):
                if side == ("path", self.alias, path) and other[0] in ("lit", "par"):
                    return other[1] if other[0] == "lit" else params.get(other[1], UNDEF)
        return UNDEF

    def _run(self, envs: list[Env], resume: Resume, *, rewritten: bool) -> list[Row]:
        rows = [row for env in envs for row in self._expand(env)]
        if self.where is not None:
            condition = self.where.eval
            rows = [row for row in rows if condition(row) is True]
        if self.group:
            rows = self._grouped(rows)
        elif self.aggregates:
            whole = {**(rows[0] if rows else {"$p": {}}), "$group": rows, "$partial": rewritten}
            if rewritten:
                return [Row([item(column.eval(whole)) for _, column in self.columns], whole)]
            rows = [whole]
        return self._cut(self._projected(self._sorted(rows, resume), rewritten), rows, resume, rewritten)

    def _expand(self, env: Env) -> list[Env]:
        rows = [env]
        if not self.from_array and "$doc" in env:
            rows = [{**env, self.alias: walk(env["$doc"], self.root_path)}]
        for name, source in self.joins:
            rows = [
                {**row, name: member}
                for row in rows
                for array in (source(row),)
                if isinstance(array, list)
                for member in array
            ]
        return rows

    def _grouped(self, rows: list[Env]) -> list[Env]:
        groups: dict[str, list[Env]] = {}
        for row in rows:
            values = [expr.eval(row) for expr in self.group]
            key = json.dumps([None if v is UNDEF else [v] for v in values], sort_keys=True)
            groups.setdefault(key, []).append(row)
        return [{**members[0], "$group": members} for members in groups.values()]

    # -- order and place

    def place(self, row: Row) -> list[Any] | None:
        """Return what tells ``run`` to resume behind a row; None: only the number of rows given does."""
        if not self.places or "$doc" not in row.env:
            return None
        return [*(item(expr.eval(row.env)) for expr, _ in self.order), creation_number(row.env["$doc"])]

    def _sorted(self, rows: list[Env], resume: Resume) -> list[Env]:
        if self.order:
            rows = sorted(rows, key=cmp_to_key(self._compare))
        if resume.place is None or not self.places:
            return rows
        last = resume.place
        return [row for row in rows if self._is_behind(row, last)]

    def _compare(self, a: Env, b: Env) -> int:
        for expr, descending in self.order:
            if sign := compare(expr.eval(a), expr.eval(b)):
                return -sign if descending else sign
        return 0

    def _is_behind(self, row: Env, place: list[Any]) -> bool:
        for (expr, descending), last in zip(self.order, place, strict=False):
            if sign := compare(expr.eval(row), last.get("item", UNDEF)):
                return (sign < 0) is descending
        return creation_number(row["$doc"]) > int(place[-1])

    # -- the answer

    def _projected(self, rows: list[Env], rewritten: bool) -> list[Row]:
        out: list[Row] = []
        seen: set[str] = set()
        for row in rows:
            value = self._project(row)
            if value is UNDEF or (self.distinct and not _is_new(value, seen)):
                continue
            if rewritten and self.order:
                value = {
                    "_rid": row.get("$doc", {}).get("_rid", ""),
                    "orderByItems": [item(expr.eval(row)) for expr, _ in self.order],
                    "payload": value,
                }
            out.append(Row(value, row))
        return out

    def _project(self, row: Env) -> Any:
        if self.star:
            return row.get(self.alias)
        if self.value:
            return self.columns[0][1].eval(row)
        pairs = ((name, expr.eval(row)) for name, expr in self.columns)
        return {name: value for name, value in pairs if value is not UNDEF}

    def _cut(self, found: list[Row], rows: list[Env], resume: Resume, rewritten: bool) -> list[Row]:
        env = rows[0] if rows else {"$p": {}}
        top = self.top.eval(env) if self.top else None
        offset = self.offset.eval(env) if self.offset else None
        limit = self.limit.eval(env) if self.limit else None
        if rewritten:  # the client applies TOP and OFFSET after merging
            top, offset, limit = (top if offset is None else offset + limit), None, None
        if top is not None:
            given = resume.given if self.places else 0
            found = found[: max(0, top - given)]
        return found if offset is None else found[offset : offset + limit]


def item(value: Any) -> Env:
    """Return a value as the protocol wraps it, where undefined has a form."""
    return {} if value is UNDEF else {"item": value}


def _is_new(value: Any, seen: set[str]) -> bool:
    key = json.dumps(value, sort_keys=True)
    new = key not in seen
    seen.add(key)
    return new


def creation_number(doc: Doc) -> int:
    """Return the number of a document in its container, by creation: the end of its resource id."""
    return int.from_bytes(base64.b64decode(doc["_rid"])[-8:], "big")
