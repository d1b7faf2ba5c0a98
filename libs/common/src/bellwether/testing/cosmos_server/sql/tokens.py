"""From a query text to tokens."""

import re
from typing import Any, NamedTuple

from bellwether.testing.cosmos_server.sql.values import UNDEF

_KEYWORDS = frozenset(
    {"select", "distinct", "top", "value", "from", "where", "group", "order", "by", "asc", "desc"}
    | {"offset", "limit", "join", "in", "and", "or", "not", "between", "like", "escape", "exists"}
    | {"array", "as", "true", "false", "null", "undefined"}
)
NAMES = frozenset({"value", "top", "offset", "limit", "array", "order", "group"})
"""Keywords that may stand where a name is wanted."""
LITERALS = {"true": True, "false": False, "null": None, "undefined": UNDEF}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_TOKEN = re.compile(
    r"""\s+|--[^\n]*|
    (?P<num>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)|
    (?P<str>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|
    (?P<id>[A-Za-z_][A-Za-z_0-9]*)|
    (?P<par>@[A-Za-z_0-9]+)|
    (?P<op>\?\?|<=|>=|!=|<>|\|\||[-+*/%=<>()\[\]{},.:?])""",
    re.X,
)


class SqlError(Exception):
    """The query cannot be parsed; the server answers 400."""


class Token(NamedTuple):
    """A piece of a query; kinds are num, str, id, par, op, kw and end."""

    kind: str
    value: Any
    text: str


def tokenize(text: str) -> list[Token]:
    """Split a query into tokens, ending with one of kind ``end``."""
    out: list[Token] = []
    pos = 0
    while pos < len(text):
        match = _TOKEN.match(text, pos)
        if not match:
            raise SqlError(f"Syntax error, incorrect syntax near '{text[pos : pos + 12]}'.")
        pos = match.end()
        kind, raw = match.lastgroup, match.group()
        if kind == "num":
            number = float(raw) if re.search(r"[.eE]", raw) else int(raw)
            out.append(Token("num", number, raw))
        elif kind == "str":
            value = re.sub(r"\\(u[0-9a-fA-F]{4}|.)", _unescape, raw[1:-1])
            out.append(Token("str", value, raw))
        elif kind == "id":
            low = raw.lower()
            out.append(Token("kw", low, raw) if low in _KEYWORDS else Token("id", raw, raw))
        elif kind:
            out.append(Token(kind, raw, raw))
    out.append(Token("end", None, "end of query"))
    return out


def _unescape(match: re.Match[str]) -> str:
    code = match[1]
    if code[0] == "u" and len(code) == 5:
        return chr(int(code[1:], 16))
    return _ESCAPES.get(code, code)
