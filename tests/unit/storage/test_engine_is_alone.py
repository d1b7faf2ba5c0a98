"""The vendors' libraries stay behind their adapters."""

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SOURCES = [*ROOT.glob("libs/*/src/**/*.py"), *ROOT.glob("services/*/src/**/*.py")]
ENGINE = ("libs/common/src/bellwether/storage/cosmos/", "libs/common/src/bellwether/testing/cosmos_server/")


def _elsewhere(*homes: str) -> list[Path]:
    return [path for path in SOURCES if not path.relative_to(ROOT).as_posix().startswith(homes)]


@pytest.mark.parametrize("word", ["query_items", "enable_cross_partition_query", "execute_item_batch"])
def test_nothing_but_the_engine_mentions_the_sdk(word: str) -> None:
    assert len(SOURCES) > 100
    assert [path for path in _elsewhere(*ENGINE) if re.search(rf"\b{word}\b", path.read_text())] == []


@pytest.mark.parametrize(
    ("module", "homes"),
    [
        ("azure.cosmos", ENGINE),
        ("sqlite3", ("libs/common/src/bellwether/storage/sqlite/", ENGINE[1])),
        ("obstore", ("libs/common/src/bellwether/objects/blobs.py",)),
    ],
)
def test_a_vendor_is_imported_in_one_place(module: str, homes: tuple[str, ...]) -> None:
    assert [path for path in _elsewhere(*homes) if module in _imports(path)] == []


@cache
def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        found |= {".".join(name.split(".")[: i + 1]) for name in names for i in range(name.count(".") + 1)}
    return found


def test_an_embedded_process_does_not_pay_for_the_cloud(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from bellwether.settings import Settings\n"
        "from bellwether.storage.factory import open_store\n"
        "from bellwether.objects import open_objects\n"
        "settings = Settings()\n"
        "open_store(settings, 'drift'); open_objects(settings.objects)\n"
        "print([name for name in ('azure.cosmos', 'azure.identity', 'obstore') if name in sys.modules])\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
    )
    assert run.stdout.strip() == "[]"
