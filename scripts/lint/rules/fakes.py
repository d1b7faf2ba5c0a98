"""Tests use fakes of ports: no mock library, no patching by import path."""

import ast
from collections.abc import Iterator

from scripts.lint.rule import Finding, Rule, Source, dotted


def check(source: Source) -> Iterator[Finding]:
    """Find mock libraries, and ``monkeypatch.setattr("path.to.thing", ...)``."""
    if not source.is_test:
        return
    for node in ast.walk(source.tree):
        match node:
            case (
                ast.ImportFrom(module="unittest.mock" | "mock")
                | ast.ImportFrom(module="unittest", names=[ast.alias(name="mock")])
            ):
                yield node.lineno, "a mock library: write a small class that behaves like the port"
            case ast.Import(names=names) if any(name.name in {"unittest.mock", "mock"} for name in names):
                yield node.lineno, "a mock library: write a small class that behaves like the port"
            case ast.Call(func=func, args=[ast.Constant(value=str()), *_]) if dotted(func) == "monkeypatch.setattr":
                yield node.lineno, "patches an import path: make what it replaces an argument"


FAKES = Rule("fakes", "Tests use fakes of ports and never patch import paths", check)
