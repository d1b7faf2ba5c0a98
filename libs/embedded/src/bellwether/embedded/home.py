"""The folder of one topology: who holds it, what it runs, and what a dead supervisor left behind."""

import fcntl
import json
import os
import shutil
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import psutil

from bellwether.embedded.redis import write_private
from bellwether.errors import Conflict, NotFound

RUN_FILE = "run.json"
_LOCK_FILE = "supervisor.lock"
_CHILDREN_FILE = "children.json"
_ORPHANS_END_S = 10.0


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


def write_run(home: Path, run: Run) -> None:
    """Publish what runs; only the owner may read it, for it holds the key."""
    write_private(home / RUN_FILE, json.dumps(asdict(run), indent=2) + "\n")


def read_run(home: Path) -> dict[str, Any]:
    """What runs in this home; raises ``NotFound`` when nothing does."""
    path = home / RUN_FILE
    try:
        run: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotFound(f"nothing runs in {home.absolute()}: there is no {path.name}") from None
    with _held(home) as free:
        if free:
            raise NotFound(f"nothing runs in {home.absolute()}: {path.name} is of a supervisor that was killed")
    return run


@contextmanager
def held(home: Path) -> Iterator[None]:
    """Hold the home for one supervisor; raises ``Conflict`` while another has it."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / _LOCK_FILE).open("a+", encoding="utf-8") as lock:
        if not _lock(lock):
            lock.seek(0)
            raise Conflict(
                f"{home.absolute()} is in use by the Bellwether with pid {lock.read().strip() or 'unknown'}; "
                "stop that one, or set BELLWETHER_HOME to another folder"
            )
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        end_orphans(home)
        yield
        for name in (RUN_FILE, _CHILDREN_FILE):
            (home / name).unlink(missing_ok=True)


def remember_children(home: Path, pids: Sequence[int]) -> None:
    """Note the children, so that the next supervisor can end those that outlive this one."""
    children = [[pid, began] for pid in pids if (began := _began(pid)) is not None]
    write_private(home / _CHILDREN_FILE, json.dumps(children))


def end_orphans(home: Path) -> int:
    """Wait for the children of a killed supervisor to end, then end them; how many there were."""
    path = home / _CHILDREN_FILE
    if not path.exists():
        return 0
    try:
        children = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        children = []
    # A process id may belong to another process by now: only one that began at the same time is meant.
    orphans = [psutil.Process(pid) for pid, began in children if _began(pid) == began]
    _, alive = psutil.wait_procs(orphans, timeout=_ORPHANS_END_S)
    for process in alive:
        process.kill()
    psutil.wait_procs(alive, timeout=_ORPHANS_END_S)
    path.unlink()
    return len(orphans)


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


def check_port(port: int) -> None:
    """Raise ``Conflict`` when somebody listens on this port of 127.0.0.1."""
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("127.0.0.1", port))
        except OSError as error:
            message = f"port {port} cannot be had ({error.strerror}); PORT=0 takes any free one"
            raise Conflict(message) from error


@contextmanager
def _held(home: Path) -> Iterator[bool]:
    """Whether the lock was free; it is held inside."""
    with (home / _LOCK_FILE).open("a+", encoding="utf-8") as lock:
        yield _lock(lock)


def _lock(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _began(pid: int) -> float | None:
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.NoSuchProcess:
        return None
