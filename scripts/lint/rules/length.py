"""A file that cannot be read in one go says why in its docstring."""

import ast
from collections.abc import Iterator

from scripts.lint.rule import Finding, Rule, Source

LINES = 450
TEST_LINES = 500
EXCUSE = "longer than most"


def check(source: Source) -> Iterator[Finding]:
    """Find long files without an excuse."""
    lines, limit = len(source.text.splitlines()), TEST_LINES if source.is_test else LINES
    if lines > limit and EXCUSE not in (ast.get_docstring(source.tree) or "").lower().replace("\n", " "):
        yield 1, f"{lines} lines, limit {limit}: split it, or say in its docstring why it is {EXCUSE}"


LENGTH = Rule("length", "Files can be read in one go", check)
