"""Recursive descent over expressions, loosest binding first; each level returns a compiled ``Expr``."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from bellwether.testing.cosmos_server.sql.aggregates import AGGREGATES, aggregate
from bellwether.testing.cosmos_server.sql.cursor import Cursor
from bellwether.testing.cosmos_server.sql.functions import FUNCTIONS, like
from bellwether.testing.cosmos_server.sql.query import Query
from bellwether.testing.cosmos_server.sql.tokens import LITERALS, SqlError, Token
from bellwether.testing.cosmos_server.sql.values import (
    BINARY,
    UNDEF,
    Env,
    Expr,
    Node,
    both,
    either,
    equal,
    index,
    negation,
)

_COMPARISONS = ("=", "!=", "<>", "<", "<=", ">", ">=")
_OTHER: Node = ("op",)


class Expressions(ABC):
    """Parses expressions; queries inside them come from the subclass."""

    def __init__(self, text: str) -> None:
        self.cursor = Cursor(text)
        self.aggregates: list[str] = []

    @abstractmethod
    def query(self) -> Query:
        """Parse a query that begins here."""

    def subquery(self) -> Query:
        """Parse a query whose opening bracket has been taken."""
        query = self.query()
        self.cursor.need_operator(")")
        return query

    def expression(self) -> Expr:
        """Parse one expression."""
        condition = self._coalesce()
        if not self.cursor.operator("?"):
            return condition
        yes = self.expression()
        self.cursor.need_operator(":")
        no = self.expression()
        return Expr(lambda env: yes.eval(env) if condition.eval(env) is True else no.eval(env), ("ternary",))

    def _coalesce(self) -> Expr:
        left = self._or()
        while self.cursor.operator("??"):
            left = _coalesced(left, self._or())
        return left

    def _or(self) -> Expr:
        left = self._and()
        while self.cursor.keyword("or"):
            left = _combine(either, left, self._and(), _OTHER)
        return left

    def _and(self) -> Expr:
        left = self._not()
        parts = [left.node]
        while self.cursor.keyword("and"):
            right = self._not()
            parts.append(right.node)
            left = _combine(both, left, right, ("and", parts))
        return left

    def _not(self) -> Expr:
        if not self.cursor.keyword("not"):
            return self._comparison()
        inner = self._not()
        return Expr(lambda env: negation(inner.eval(env)), _OTHER)

    def _comparison(self) -> Expr:
        left = self._concatenation()
        while True:
            if operator := self.cursor.operator(*_COMPARISONS):
                right = self._concatenation()
                left = _combine(BINARY[operator], left, right, ("cmp", operator, left.node, right.node))
                continue
            negated = self.cursor.keyword("not") is not None
            test = self._membership(left)
            if test is None:
                if negated:
                    self.cursor.back(1)
                return left
            left = Expr(_negated(test) if negated else test, _OTHER)

    def _membership(self, left: Expr) -> Callable[[Env], Any] | None:
        if self.cursor.keyword("in"):
            self.cursor.need_operator("(")
            return _is_in(left, self.cursor.items_until(")", self.expression))
        if self.cursor.keyword("between"):
            low = self._concatenation()
            self.cursor.need_keyword("and")
            return _is_between(left, low, self._concatenation())
        if self.cursor.keyword("like"):
            pattern = self._concatenation()
            return lambda env: like(left.eval(env), pattern.eval(env))
        return None

    def _concatenation(self) -> Expr:
        return self._chain(("||",), self._sum)

    def _sum(self) -> Expr:
        return self._chain(("+", "-"), self._product)

    def _product(self) -> Expr:
        return self._chain(("*", "/", "%"), self._unary)

    def _chain(self, operators: tuple[str, ...], operand: Callable[[], Expr]) -> Expr:
        left = operand()
        while operator := self.cursor.operator(*operators):
            left = _combine(BINARY[operator], left, operand(), _OTHER)
        return left

    def _unary(self) -> Expr:
        if self.cursor.operator("-"):
            inner = self._unary()
            return Expr(lambda env: BINARY["-"](0, inner.eval(env)), _OTHER)
        self.cursor.operator("+")
        return self._postfix()

    def _postfix(self) -> Expr:
        expr = self.atom()
        while True:
            if self.cursor.operator("."):
                key = _constant(self.cursor.name())
            elif self.cursor.operator("["):
                key = self.expression()
                self.cursor.need_operator("]")
            else:
                return expr
            node = _OTHER
            if expr.node[0] == "path" and key.node[0] == "lit":
                node = ("path", expr.node[1], [*expr.node[2], key.node[1]])
            expr = _combine(index, expr, key, node)

    # -- atoms

    def atom(self) -> Expr:
        """Parse what stands alone: a constant, a parameter, a path, a call, or anything in brackets."""
        token = self.cursor.peek()
        if token.kind in ("num", "str"):
            return _constant(self.cursor.take().value)
        if token.kind == "par":
            self.cursor.take()
            return Expr(lambda env: env["$p"].get(token.value, UNDEF), ("par", token.value))
        if token.kind == "kw" and (special := self._keyword_atom(token)) is not None:
            return special
        if token.kind == "op" and (bracket := self._bracket_atom()) is not None:
            return bracket
        name = self.cursor.name()
        if self.cursor.operator("("):
            return self._call(name)
        return Expr(lambda env: env.get(name, UNDEF), ("path", name, []))

    def _keyword_atom(self, token: Token) -> Expr | None:
        if token.value in LITERALS:
            self.cursor.take()
            return _constant(LITERALS[token.value])
        if token.value in ("exists", "array") and self.cursor.peek(1)[:2] == ("op", "("):
            self.cursor.take()
            self.cursor.take()
            sub = self.subquery()
            if token.value == "exists":
                return Expr(lambda env: bool(sub.run_inner(env)), _OTHER)
            return Expr(sub.run_inner, _OTHER)
        return None

    def _bracket_atom(self) -> Expr | None:
        if self.cursor.operator("("):
            if self.cursor.peek()[:2] == ("kw", "select"):
                sub = self.subquery()
                return Expr(lambda env: next(iter(sub.run_inner(env)), UNDEF), _OTHER)
            inner = self.expression()
            self.cursor.need_operator(")")
            return inner
        if self.cursor.operator("["):
            items = self.cursor.items_until("]", self.expression)
            return Expr(lambda env: list(_defined(item.eval(env) for item in items)), _OTHER)
        if self.cursor.operator("{"):
            return Expr(_object(self.cursor.items_until("}", self._member)), _OTHER)
        return None

    def _member(self) -> tuple[str, Expr]:
        token = self.cursor.take()
        self.cursor.need_operator(":")
        return str(token.value if token.kind == "str" else token.text), self.expression()

    def _call(self, name: str) -> Expr:
        function = name.upper()
        args = self.cursor.items_until(")", self.expression)
        if function in AGGREGATES:
            if len(args) != 1:
                self.cursor.fail("An aggregate takes one argument.")
            self.aggregates.append(function)
            return Expr(lambda env: aggregate(function, args[0].eval, env), ("agg", function))
        implementation = FUNCTIONS.get(function)
        if implementation is None:
            raise SqlError(f"'{name}' is not a recognized built-in function name.")

        def call(env: Env) -> Any:
            try:
                return implementation(*(arg.eval(env) for arg in args))
            except TypeError:  # wrong number or type of arguments
                return UNDEF

        return Expr(call, ("fn", function))


def _constant(value: Any) -> Expr:
    return Expr(lambda env: value, ("lit", value))


def _combine(fn: Callable[[Any, Any], Any], left: Expr, right: Expr, node: Node) -> Expr:
    return Expr(lambda env: fn(left.eval(env), right.eval(env)), node)


def _coalesced(left: Expr, right: Expr) -> Expr:
    def coalesce(env: Env) -> Any:
        value = left.eval(env)
        return right.eval(env) if value is UNDEF else value

    return Expr(coalesce, _OTHER)


def _negated(test: Callable[[Env], Any]) -> Callable[[Env], Any]:
    return lambda env: negation(test(env))


def _is_in(left: Expr, options: list[Expr]) -> Callable[[Env], Any]:
    def is_in(env: Env) -> Any:
        value = left.eval(env)
        if value is UNDEF:
            return UNDEF
        return any(equal(value, option.eval(env)) is True for option in options)

    return is_in


def _is_between(left: Expr, low: Expr, high: Expr) -> Callable[[Env], Any]:
    def is_between(env: Env) -> Any:
        value = left.eval(env)
        return both(BINARY[">="](value, low.eval(env)), BINARY["<="](value, high.eval(env)))

    return is_between


def _object(pairs: list[tuple[str, Expr]]) -> Callable[[Env], Any]:
    def build(env: Env) -> Any:
        values = ((name, expr.eval(env)) for name, expr in pairs)
        return {name: value for name, value in values if value is not UNDEF}

    return build


def _defined(values: Iterable[Any]) -> Iterator[Any]:
    return (value for value in values if value is not UNDEF)
