"""The environment is an argument: it is read where a process begins, and nowhere else."""

import ast
from collections.abc import Iterator

from scripts.lint.rule import Finding, Rule, Source, dotted

EDGES = (
    "bellwether/settings.py",
    "bellwether/cli/",
    "bellwether/client/connection.py",
    "bellwether/embedded/",
    "bellwether/bus/metrics_server.py",
    "bellwether/collector/decode/decoder.py",
    "bellwether/explain/fetch.py",
    "bellwether/testing/cosmos_server/__main__.py",
    "bellwether/testing/data_factory/__main__.py",
)
"""Settings, the command line, a client in somebody's process, whoever starts processes or gives one its environment."""


def check(source: Source) -> Iterator[Finding]:
    """Find reads of the environment outside the edges."""
    path = source.path.as_posix()
    if "/src/" not in path or any(f"/src/{edge}" in path for edge in EDGES):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and dotted(node) in {"os.environ", "os.getenv", "os.putenv"}:
            yield node.lineno, f"{dotted(node)}: take a setting, or the mapping as an argument"


ENVIRONMENT = Rule("environment", "The environment is read in settings and at process edges only", check)
