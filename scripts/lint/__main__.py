"""Checks every Python file against every rule; status 1 and a line for each finding."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from scripts.lint.rule import Source
from scripts.lint.rules import RULES

ROOT = Path(__file__).parents[2]


def sources() -> Iterator[Source]:
    """Every Python file of ours."""
    for kind in ("libs", "services", "scripts", "tests"):
        for path in sorted((ROOT / kind).rglob("*.py")):
            if "node_modules" not in path.parts:
                text = path.read_text(encoding="utf-8")
                yield Source(path.relative_to(ROOT), text, ast.parse(text))


def main() -> int:
    """Print the findings; the exit status."""
    found = [
        f"{source.path}:{line}: {rule.name}: {message}"
        for source in sources()
        for rule in RULES
        for line, message in rule.check(source)
    ]
    print("\n".join(found) or f"{len(RULES)} project rules kept")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
