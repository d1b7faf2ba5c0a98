"""The administrator's key of an embedded topology: made at the first start, kept in a private file."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from bellwether.embedded.redis import write_private
from bellwether.errors import Unavailable

_MAKE_S = 60.0


def admin_key(home: Path, environ: Mapping[str, str]) -> tuple[str, bool]:
    """Return the key, and whether it was made just now; ``environ`` holds the settings of the topology.

    Made by the command line in a process of its own, so that the supervisor opens no store.
    """
    path = home / "admin.key"
    if path.exists():
        return path.read_text(encoding="utf-8").strip(), False
    argv = [sys.executable, "-m", "bellwether.cli", "keys", "create", "--name", "embedded", "--role", "admin"]
    try:
        made = subprocess.run(  # noqa: S603
            argv,
            env={**os.environ, **environ},
            capture_output=True,
            text=True,
            timeout=_MAKE_S,
            check=False,
            process_group=0,
        )
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"making the admin key took longer than {_MAKE_S:g} s") from error
    key = made.stdout.strip()
    if made.returncode != 0 or not key:
        raise Unavailable(f"the admin key could not be made: {made.stderr.strip()[-2000:]}")
    write_private(path, key + "\n")
    return key, True
