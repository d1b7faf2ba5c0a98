"""Dependencies come through the constructor: no module makes a client, a store or settings."""

import ast
from collections.abc import Iterator

from scripts.lint.rule import Finding, Rule, Source, dotted

MAKERS = {
    *("load", "Settings", "open_store", "open_objects", "open_bus", "open_engine"),
    *("Celery", "make_celery", "FastAPI", "create_app", "Client", "Redis", "CosmosClient", "SqliteStore"),
}
ENTRIES = ("tasks.py", "beat.py")
"""Celery finds an application by the name of a module's variable: these files are process entries."""


def check(source: Source) -> Iterator[Finding]:
    """Find what is made when a module is imported."""
    if source.is_test or source.path.name in ENTRIES:
        return
    for statement in source.tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and isinstance(statement.value, ast.Call):
            made = dotted(statement.value.func).rpartition(".")[2]
            if made in MAKERS:
                yield statement.lineno, f"{made}(...) at import: make it where the process begins and hand it on"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Global):
            yield node.lineno, f"global {', '.join(node.names)}: keep it in an object that is handed on"


GLOBALS = Rule("globals", "No module-level client, store or settings", check)
