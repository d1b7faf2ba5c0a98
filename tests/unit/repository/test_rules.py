"""Each project rule finds what it is there for, and leaves the rest alone."""

import ast
from pathlib import Path

import pytest

from scripts.lint.__main__ import sources
from scripts.lint.rule import Source
from scripts.lint.rules import RULES

CODE = "services/drift/src/bellwether/drift/analysis.py"
TEST = "tests/unit/drift/test_analysis.py"
PLANTED = [
    ("environment", CODE, "import os\nhome = os.environ['HOME']"),
    ("environment", CODE, "import os\nhome = os.getenv('HOME')"),
    ("fakes", TEST, "from unittest.mock import Mock"),
    ("fakes", TEST, "from unittest import mock"),
    ("fakes", TEST, "import unittest.mock"),
    ("fakes", TEST, "def test(monkeypatch):\n    monkeypatch.setattr('bellwether.bus.now', None)"),
    ("globals", CODE, "from bellwether.settings import load\nSETTINGS = load()"),
    ("globals", CODE, "client: object = redis.Redis()"),
    ("globals", CODE, "def remember():\n    global seen\n    seen = 1"),
    ("length", CODE, "x = 1\n" * 451),
    ("length", TEST, "x = 1\n" * 501),
]
INNOCENT = [
    ("environment", "libs/common/src/bellwether/settings.py", "import os\nhome = os.environ['HOME']"),
    ("environment", TEST, "import os\nhome = os.environ['HOME']"),
    (
        "fakes",
        TEST,
        "def test(monkeypatch):\n    monkeypatch.setattr(thing, 'now', None)\n    monkeypatch.setenv('A', 'b')",
    ),
    ("globals", CODE, "def run():\n    settings = load()"),
    ("globals", "services/drift/src/bellwether/drift/tasks.py", "app = make_celery(1)"),
    ("length", CODE, '"""A table. Longer than most: it is one table."""\n' + "x = 1\n" * 600),
]


def findings(rule: str, path: str, text: str) -> list[tuple[int, str]]:
    [found] = [each for each in RULES if each.name == rule]
    return list(found.check(Source(Path(path), text, ast.parse(text))))


@pytest.mark.parametrize(("rule", "path", "text"), PLANTED)
def test_a_planted_fault_is_found_on_its_line(rule: str, path: str, text: str) -> None:
    [(line, message)] = findings(rule, path, text)
    assert 1 <= line <= len(text.splitlines())
    assert message


@pytest.mark.parametrize(("rule", "path", "text"), INNOCENT)
def test_what_is_allowed_is_left_alone(rule: str, path: str, text: str) -> None:
    assert findings(rule, path, text) == []


def test_every_rule_has_a_planted_fault() -> None:
    assert {rule for rule, _, _ in PLANTED} == {rule.name for rule in RULES}


def test_the_project_keeps_its_rules() -> None:
    found = [
        f"{source.path}:{line}: {rule.name}: {message}"
        for source in sources()
        for rule in RULES
        for line, message in rule.check(source)
    ]
    assert found == []
