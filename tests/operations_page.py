"""The commands of ``docs/operations.md``: blocks marked ``sh``, by the heading they stand below."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "operations.md"


def blocks() -> dict[str, str]:
    """Return the commands by heading; raises ``ValueError`` where a heading has two blocks."""
    found: dict[str, str] = {}
    for heading, text in re.findall(r"^#{2,3} ([^\n]+)\n(.*?)(?=^#{2,3} |\Z)", PAGE.read_text(), re.M | re.S):
        inside = re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S)
        if len(inside) > 1:
            raise ValueError(f"{heading}: {len(inside)} blocks; one is run")
        if inside:
            found[heading] = inside[0]
    return found


def run(block: str, environ: Mapping[str, str], cwd: Path) -> str:
    """Run commands as a shell does that stops at the first failure; returns what they print."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        env={**os.environ, **environ, "PATH": path},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
    return done.stdout
