"""The reading position in the tokens of a query."""

from collections.abc import Callable
from typing import NoReturn, TypeVar

from bellwether.testing.cosmos_server.sql.tokens import NAMES, SqlError, Token, tokenize

T = TypeVar("T")


class Cursor:
    """Takes tokens one by one; what does not fit is a ``SqlError`` that names the place."""

    def __init__(self, text: str) -> None:
        self._tokens = tokenize(text)
        self._at = 0

    def peek(self, ahead: int = 0) -> Token:
        """Return a token without taking it."""
        return self._tokens[min(self._at + ahead, len(self._tokens) - 1)]

    def take(self) -> Token:
        """Take the next token, whatever it is."""
        token = self.peek()
        self._at += 1
        return token

    def back(self, tokens: int) -> None:
        """Give tokens back."""
        self._at -= tokens

    def keyword(self, *words: str) -> str | None:
        """Take one of these keywords if it is next."""
        return self._take("kw", words)

    def operator(self, *operators: str) -> str | None:
        """Take one of these operators if it is next."""
        return self._take("op", operators)

    def need_keyword(self, word: str) -> None:
        """Take this keyword or fail."""
        if not self.keyword(word):
            self.fail(f"Expected {word.upper()}.")

    def need_operator(self, operator: str) -> None:
        """Take this operator or fail."""
        if not self.operator(operator):
            self.fail(f"Expected {operator}.")

    def name(self) -> str:
        """Take a name or fail."""
        token = self.peek()
        if token.kind == "id" or (token.kind == "kw" and token.value in NAMES):
            return self.take().text
        return self.fail("Expected an identifier.")

    def items(self, item: Callable[[], T]) -> list[T]:
        """Take one or more items, with commas between."""
        found = [item()]
        while self.operator(","):
            found.append(item())
        return found

    def items_until(self, closing: str, item: Callable[[], T]) -> list[T]:
        """Take any number of items and the bracket behind them."""
        if self.operator(closing):
            return []
        found = self.items(item)
        self.need_operator(closing)
        return found

    def fail(self, hint: str = "") -> NoReturn:
        """Refuse the query at this place."""
        raise SqlError(f"Syntax error, incorrect syntax near '{self.peek().text}'. {hint}".strip())

    def _take(self, kind: str, values: tuple[str, ...]) -> str | None:
        token = self.peek()
        if token.kind == kind and token.value in values:
            self._at += 1
            return str(token.value)
        return None
