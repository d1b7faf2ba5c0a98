"""podman as the tests call it."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.lanes import lane

ENVIRON = {**os.environ, "CONTAINERS_CONF": str(Path(__file__).with_name("containers.conf"))}
NAMES = "localhost/bellwether-test"
"""Every image of the tests is named below; no name of anybody else's image is taken."""


def podman(*argv: str | Path, stdin: bytes | None = None, timeout_s: float = 120.0) -> str:
    """Run podman and return what it says; raises ``AssertionError`` with its complaint when it fails."""
    done = attempt(*argv, stdin=stdin, timeout_s=timeout_s)
    assert done.returncode == 0, f"podman {' '.join(map(str, argv))}: {_complaint(done)}"
    return done.stdout.decode().strip()


def attempt(
    *argv: str | Path, stdin: bytes | None = None, timeout_s: float = 120.0
) -> subprocess.CompletedProcess[bytes]:
    """Run podman, whatever comes of it."""
    program = lane("images").find()
    assert program is not None
    return subprocess.run(
        [program, *argv], env=ENVIRON, input=stdin, capture_output=True, timeout=timeout_s, check=False
    )


def stop(containers: Sequence[str]) -> None:
    """End and remove containers, with the volumes that have no name."""
    attempt("rm", "--force", "--volumes", "--time", "0", *containers)


def _complaint(done: subprocess.CompletedProcess[bytes]) -> str:
    return (done.stdout + done.stderr).decode(errors="replace")[-3000:]
