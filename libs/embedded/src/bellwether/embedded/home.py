"""The folder of one topology: who holds it, and what it runs."""

import fcntl
import json
import os
import shutil
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import IO, Any

import psutil

from bellwether.bus.routes import SERVICES
from bellwether.embedded.redis import write_private
from bellwether.embedded.topology import Ports
from bellwether.errors import Conflict, NotFound

RUN_FILE = "run.json"
_LOCK_FILE = "supervisor.lock"
_REMAINS_END_S = 20.0
"""A guard ends what a killed supervisor left within half of this."""
_POLL_S = 0.1


@dataclass(frozen=True, slots=True)
class Process:
    """One process as others see it."""

    name: str
    pid: int
    state: str
    restarts: int
    log: str


@dataclass(frozen=True, slots=True)
class Run:
    """What stands in ``run.json`` while a topology runs."""

    url: str
    key: str
    processes: tuple[Process, ...]
    mlflow_url: str | None
    redis: str
    store: str
    supervisor: int
    factory_url: str | None = None
    factory_secret: str | None = None
    metrics: Mapping[str, int] = field(default_factory=dict)
    """Ports of the metrics of workers and the beat, by name."""


def write_run(home: Path, run: Run) -> None:
    """Publish what runs; only the owner may read it, for it holds the key."""
    write_private(home / RUN_FILE, json.dumps(asdict(run), indent=2) + "\n")


def factory_of(run: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return address and secret of the data factory that runs, None without one."""
    return (run["factory_url"], run["factory_secret"]) if run.get("factory_url") else None


def read_run(home: Path) -> dict[str, Any]:
    """What runs in this home; raises ``NotFound`` when nothing does."""
    path = home / RUN_FILE
    try:
        run: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotFound(f"nothing runs in {home.absolute()}: there is no {path.name}") from None
    if not _alive(str(run["supervisor"])):
        raise NotFound(f"nothing runs in {home.absolute()}: {path.name} is of a supervisor that was killed")
    return run


@contextmanager
def held(home: Path) -> Iterator[int]:
    """Hold the home for one supervisor; the descriptor of the lock, for whoever is to hold it as well.

    Raises ``Conflict`` while another supervisor has it. What a killed one left behind is awaited.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (home / _LOCK_FILE).open("a+", encoding="utf-8") as lock:
        deadline = time.monotonic() + _REMAINS_END_S
        while not _lock(lock):
            lock.seek(0)
            holder = lock.read().strip()
            if _alive(holder) or time.monotonic() > deadline:
                raise Conflict(
                    f"{home.absolute()} is in use by the Bellwether with pid {holder or 'unknown'}; "
                    "stop that one, or set BELLWETHER_HOME to another folder"
                )
            time.sleep(_POLL_S)
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        (home / RUN_FILE).unlink(missing_ok=True)
        try:
            yield lock.fileno()
        finally:
            (home / RUN_FILE).unlink(missing_ok=True)


def remove(home: Path) -> bool:
    """Remove a home and all it keeps; whether there was one. Raises ``Conflict`` while something runs in it.

    A folder without the traces of a topology is left alone: a mistyped setting must not cost anybody's files.
    """
    if not home.exists():
        return False
    if not (home / _LOCK_FILE).exists():
        raise Conflict(f"{home.absolute()} is no folder of ours (it has no {_LOCK_FILE}); nothing was removed")
    with held(home):
        shutil.rmtree(home)
        return True


def this_process() -> int:
    """Process id of the supervisor."""
    return os.getpid()


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listened on a moment ago."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def free_ports(gateway: int = 0) -> Ports:
    """Return a free port for every process that listens; ``gateway`` names that one's, 0 takes any."""
    one_each = [one.name for one in fields(Ports) if one.type is int]
    found = Ports(
        **{name: free_port() for name in one_each}, metrics={name: free_port() for name in (*SERVICES, "beat")}
    )
    return replace(found, gateway=gateway or found.gateway)


def check_port(port: int) -> None:
    """Raise ``Conflict`` when somebody listens on this port of 127.0.0.1."""
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("127.0.0.1", port))
        except OSError as error:
            message = f"port {port} cannot be had ({error.strerror}); PORT=0 takes any free one"
            raise Conflict(message) from error


def _lock(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _alive(pid: str) -> bool:
    """Whether the process that wrote its id somewhere still runs."""
    try:
        return bool(psutil.Process(int(pid)).status() != psutil.STATUS_ZOMBIE)
    except (ValueError, psutil.NoSuchProcess):
        return False
