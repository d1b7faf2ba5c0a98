"""What the tree looks like: one namespace, names that say something, exports that are true."""

import ast
import importlib
import tomllib
from pathlib import Path

import pytest

import bellwether

ROOT = Path(__file__).parents[3]
MEMBERS = sorted(path.parent for kind in ("libs", "services") for path in (ROOT / kind).glob("*/pyproject.toml"))
SOURCES = sorted(path for member in MEMBERS for path in (member / "src").rglob("*.py"))
PACKAGES = [path for path in SOURCES if path.name == "__init__.py"]
EMPTY_NAMES = {"util", "utils", "helper", "helpers", "common", "misc", "core", "base_utils", "shared", "stuff"}


def test_the_namespace_is_shared() -> None:
    """One stray ``__init__.py`` would hide every other portion of the namespace."""
    assert not list(ROOT.glob("*/*/src/bellwether/__init__.py"))
    portions = {Path(path) for path in bellwether.__path__}
    assert portions == {member / "src" / "bellwether" for member in MEMBERS if (member / "src").is_dir()}


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [str(path.relative_to(ROOT)) for path in SOURCES if {path.stem, path.parent.name} & EMPTY_NAMES] == []


def test_every_part_says_that_it_is_typed() -> None:
    parts = [path for member in MEMBERS for path in (member / "src" / "bellwether").glob("*/") if path.is_dir()]
    assert [str(part) for part in parts if part.name != "__pycache__" and not (part / "py.typed").exists()] == []


@pytest.mark.parametrize("path", PACKAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_package_exports_what_it_says_sorted(path: Path) -> None:
    module = importlib.import_module(_dotted(path))
    declared = list(getattr(module, "__all__", ()))
    assert declared == sorted(declared, key=_ruff_order)
    assert len(set(declared)) == len(declared)
    assert [name for name in declared if not hasattr(module, name)] == []
    own, borrowed = _public(path)
    assert own <= set(declared), "what is defined here or comes from a module of this package is exported"
    assert set(declared) <= own | borrowed, "what is exported is bound here"


def test_members_have_the_version_of_the_workspace() -> None:
    versions = {tomllib.loads((member / "pyproject.toml").read_text())["project"]["version"] for member in MEMBERS}
    assert versions == {tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]}


def _dotted(path: Path) -> str:
    source = next(parent for parent in path.parents if parent.name == "src")
    return ".".join(path.parent.relative_to(source).parts)


def _public(path: Path) -> tuple[set[str], set[str]]:
    """Names a package's ``__init__`` binds: those there to be exported, and those that may be.

    May be: what comes from elsewhere, and what a registry takes from its own modules to list it.
    """
    package, tree = _dotted(path), ast.parse(path.read_text())
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    own: set[str] = set()
    borrowed: set[str] = set()
    for node in tree.body:
        match node:
            case ast.ImportFrom(module=str(module)) if module == package:
                pass
            case ast.ImportFrom(module=str(module), names=names):
                bound = {name.asname or name.name for name in names}
                if module.startswith(package + "."):
                    own |= bound - used
                borrowed |= bound
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                own.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                own.add(name)
            case _:
                pass
    return {name for name in own if not name.startswith("_")}, borrowed


def _ruff_order(name: str) -> tuple[int, str]:
    """``RUF022``: constants, then classes, then the rest."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)
