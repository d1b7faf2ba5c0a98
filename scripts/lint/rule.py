"""What a rule is."""

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file: its path from the root, its text, its tree."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def is_test(self) -> bool:
        """Whether it is test code."""
        return self.path.parts[0] == "tests"


Finding = tuple[int, str]
"""Line and what is wrong there."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it asks for, and what breaks it."""

    name: str
    asks: str
    check: Callable[[Source], Iterable[Finding]]


def dotted(node: ast.expr) -> str:
    """Return ``a.b.c`` of such an expression; else an empty text."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attribute) if before := dotted(value):
            return f"{before}.{attribute}"
        case _:
            return ""
