"""Locks hold versions and hashes, agree with one another, and name no address."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
DEPLOYABLES = ("collector", "drift", "embedded", "explain", "gateway", "lineage")
TOOLS = ("bootstrap", "node")
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^]]*\])?==(\S+)", re.MULTILINE)
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
# Written so that this file does not match itself.
ADDRESSES = (r"index" + r"-url", r"find" + r"-links", r'"resolved"' + r': "[a-z+]+:', r"registry\.[a-z]+\.[a-z]+")
MADE = {
    ".git",
    ".venv",
    ".tools",
    "var",
    "node_modules",
    "dist",
    "__pycache__",
    ".mypy_cache",
    ".ruff_cache",
    ".hypothesis",
}
NPM_LOCKS = sorted(path for path in ROOT.glob("*/*/package-lock.json") if "node_modules" not in path.parts)


def files() -> list[Path]:
    """Every file of ours; without git (an unpacked archive) whatever is not made by the scripts."""
    if shutil.which("git") and (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
        )
        return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]
    return [path for path in ROOT.rglob("*") if path.is_file() and not MADE & set(path.parts)]


def pins(path: Path) -> dict[str, str]:
    """Every package of a lock and its version."""
    return dict(PIN.findall(path.read_text()))


def test_there_is_a_lock_for_every_deployable_one_for_development_and_those_of_the_tools() -> None:
    assert {path.stem for path in LOCKS} >= {*DEPLOYABLES, *TOOLS, "dev"}


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.stem)
def test_a_lock_names_no_address_and_no_file(path: Path) -> None:
    text = path.read_text()
    assert "://" not in text
    assert "@ file" not in text
    assert "-e " not in text


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.stem)
def test_every_requirement_has_a_hash(path: Path) -> None:
    requirements = re.split(r"^(?=[a-z0-9])", path.read_text(), flags=re.MULTILINE)
    assert [block.splitlines()[0] for block in requirements if PIN.match(block) and not HASH.search(block)] == []
    assert len(pins(path)) == len([block for block in requirements if re.match(r"[a-z0-9]", block)])


@pytest.mark.parametrize("name", DEPLOYABLES)
def test_a_deployable_runs_the_versions_that_are_tested(name: str) -> None:
    tested = pins(ROOT / "requirements" / "dev.txt")
    assert {
        package: pin
        for package, pin in pins(ROOT / "requirements" / f"{name}.txt").items()
        if tested.get(package) != pin
    } == {}


def test_the_resolver_did_not_fall_back_to_old_numba() -> None:
    """Universal resolution with shap moves numba backwards in silence."""
    found = pins(ROOT / "requirements" / "explain.txt")
    wanted = {"numba": "0.68.1", "llvmlite": "0.50.0", "shap": "0.51.0", "numpy": "2.4.6"}
    assert {name: found.get(name) for name in wanted} == wanted


def test_no_file_of_ours_says_where_packages_come_from() -> None:
    pattern = re.compile("|".join(ADDRESSES))
    faults = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in files()
        if path != Path(__file__) and path.suffix not in {".png", ".parquet", ".woff2"}
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if pattern.search(line) and "--no-emit-index" not in line and "omit-lockfile" not in line
    ]
    assert faults == []


def test_npm_installs_by_hash_and_from_no_address() -> None:
    for path in NPM_LOCKS:
        packages = json.loads(path.read_text())["packages"]
        assert [name for name, package in packages.items() if {"resolved", "funding"} & set(package)] == []
        assert [name for name, package in packages.items() if name and "integrity" not in package] == []
