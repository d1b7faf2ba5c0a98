"""From a query text to a ``Query``."""

from functools import lru_cache
from typing import Any

from bellwether.testing.cosmos_server.sql.expressions import Expressions
from bellwether.testing.cosmos_server.sql.query import Query
from bellwether.testing.cosmos_server.sql.values import UNDEF, Expr, walk


@lru_cache(maxsize=500)
def parse(text: str) -> Query:
    """Parse a query text; raises ``SqlError``."""
    parser = _Parser(text)
    query = parser.query()
    if parser.cursor.peek().kind != "end":
        parser.cursor.fail()
    return query


class _Parser(Expressions):
    def query(self) -> Query:
        """Parse the clauses of a query, in their order."""
        query = Query()
        outer, self.aggregates = self.aggregates, []
        self.cursor.need_keyword("select")
        self._select(query)
        if self.cursor.keyword("from"):
            self._from(query)
        if self.cursor.keyword("where"):
            query.where = self.expression()
        if self.cursor.keyword("group"):
            self.cursor.need_keyword("by")
            query.group = self.cursor.items(self.expression)
        if self.cursor.keyword("order"):
            self.cursor.need_keyword("by")
            query.order = self.cursor.items(self._order_item)
        if self.cursor.keyword("offset"):
            query.offset = self.atom()
            self.cursor.need_keyword("limit")
            query.limit = self.atom()
        query.aggregates, self.aggregates = self.aggregates, outer
        return query

    def _select(self, query: Query) -> None:
        query.distinct = self.cursor.keyword("distinct") is not None
        if self.cursor.keyword("top"):
            query.top = self.atom()
        if self.cursor.keyword("value"):
            query.value = True
            query.columns.append(("", self.expression()))
        elif self.cursor.operator("*"):
            query.star = True
        else:
            self.cursor.items(lambda: self._column(query))

    def _column(self, query: Query) -> None:
        expr = self.expression()
        if self.cursor.keyword("as") or self.cursor.peek().kind == "id":
            name = self.cursor.name()
        elif expr.node[0] == "path":
            name = str(expr.node[2][-1] if expr.node[2] else expr.node[1])
        else:
            name = f"${len(query.columns) + 1}"
        query.columns.append((name, expr))

    def _from(self, query: Query) -> None:
        query.alias = self.cursor.name()
        if self.cursor.keyword("in"):
            base, path = self.cursor.name(), self._path_tail()
            query.from_array = True
            query.joins.append((query.alias, lambda env: walk(env.get(base, env.get("$doc", UNDEF)), path)))
        else:
            query.root_path = self._path_tail()
            if self.cursor.keyword("as") or self.cursor.peek().kind == "id":
                query.alias = self.cursor.name()
            elif query.root_path:
                query.alias = query.root_path[-1]
        while self.cursor.keyword("join"):
            self._join(query)

    def _join(self, query: Query) -> None:
        name = self.cursor.name()
        self.cursor.need_keyword("in")
        if self.cursor.operator("("):
            query.joins.append((name, self.subquery().run_inner))
        else:
            query.joins.append((name, self.expression().eval))

    def _order_item(self) -> tuple[Expr, bool]:
        expr = self.expression()
        return expr, self.cursor.keyword("asc", "desc") == "desc"

    def _path_tail(self) -> list[Any]:
        path: list[Any] = []
        while True:
            if self.cursor.operator("."):
                path.append(self.cursor.name())
            elif self.cursor.operator("["):
                path.append(self.cursor.take().value)
                self.cursor.need_operator("]")
            else:
                return path
