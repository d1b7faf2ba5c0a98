"""One child process: started bound to the supervisor's life, looked at, ended with its whole group."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from bellwether.embedded import guard, launcher
from bellwether.embedded.topology import Spec

LOG_LINES = 20


class State(StrEnum):
    """Where a process stands."""

    WAITING = "waiting"
    STARTING = "starting"
    READY = "ready"
    BACKOFF = "restarting"
    ENDED = "ended"


class Guard:
    """The process that outlives this one, to end what it leaves; it holds ``lock`` until that is done."""

    def __init__(self, remains_s: float, lock: int | None) -> None:
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-S", guard.__file__, str(remains_s)],
            stdin=subprocess.PIPE,
            pass_fds=() if lock is None else (lock,),
            process_group=0,
        )

    def began(self, group: int) -> None:
        """Note a process group."""
        self._tell(f"+{group}\n")

    def ended(self, group: int) -> None:
        """Forget a process group that is gone."""
        self._tell(f"-{group}\n")

    def close(self) -> None:
        """Let it go: nothing is left to end."""
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        self._process.wait()

    def _tell(self, line: str) -> None:
        # Somebody may have killed it; the children are bound to this process on their own.
        with contextlib.suppress(BrokenPipeError):
            if self._process.stdin is not None:
                self._process.stdin.write(line.encode())
                self._process.stdin.flush()


@dataclass(slots=True)
class Child:
    """A process and its history."""

    spec: Spec
    log: Path
    guard: Guard
    state: State = State.WAITING
    popen: subprocess.Popen[bytes] | None = None
    status: int | None = None
    """Exit status of the last run; ``None`` while it runs."""
    began: float = 0.0
    due: float = 0.0
    """When to ask, or to start, again."""
    was_ready: bool = False
    restarts: int = 0
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=100))
    asked: "Future[bool] | None" = None
    log_from: int = 0
    shown: int = 0

    def start(self, log_bytes: int) -> None:
        """Run the command; a log larger than ``log_bytes`` is set aside."""
        self.asked, self.status, self.due = None, None, 0.0
        if self.log.exists() and self.log.stat().st_size > log_bytes:
            self.log.replace(self.log.with_suffix(".log.1"))
        # The kernel of Linux ends children of a dead parent at once; elsewhere the guard alone does.
        bound = [sys.executable, "-I", "-S", launcher.__file__, str(os.getpid())] if sys.platform == "linux" else []
        with self.log.open("ab") as log:
            self.log_from = self.shown = log.tell()
            self.popen = subprocess.Popen(  # noqa: S603
                [*bound, *self.spec.argv],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.spec.environ},
                process_group=0,
            )
        self.guard.began(self.popen.pid)
        self.began, self.state = time.monotonic(), State.STARTING

    def has_ended(self) -> bool:
        """Whether the process has ended; what is left of its group is ended with it."""
        if self.popen is None or self.status is not None:
            return True
        if sys.platform == "darwin":  # which cannot look without reaping
            running = self.popen.poll() is None
        else:
            # As long as the dead leader is not reaped, its id cannot mean another group.
            running = os.waitid(os.P_PID, self.popen.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
        if not running:
            self.kill()
        return not running

    def terminate(self) -> None:
        """Ask the process to end: it alone, for it knows what to do with its own children."""
        if self.popen is not None and not self.has_ended():
            self.popen.terminate()

    def kill(self) -> None:
        """End the whole group, and take the exit status."""
        if self.popen is None or self.status is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.status = self.popen.wait()
        self.guard.ended(self.popen.pid)

    def new_lines(self) -> list[str]:
        """Whole lines the process wrote since they were asked for last."""
        if self.popen is None:
            return []
        with self.log.open("rb") as log:
            log.seek(self.shown)
            text = log.read()
        whole = text[: text.rfind(b"\n") + 1]
        self.shown += len(whole)
        return whole.decode(errors="replace").splitlines()

    def ending(self) -> str:
        """How the last run ended, in words."""
        if self.status is None:
            return "runs"
        if self.status < 0:
            return f"was ended by {signal.Signals(-self.status).name}"
        return f"ended with status {self.status}"

    def last_words(self) -> str:
        """The last lines of this run, for whoever has to mend it."""
        with self.log.open("rb") as log:
            log.seek(self.log_from)
            lines = log.read()[-65536:].decode(errors="replace").splitlines()[-LOG_LINES:]
        said = "\n".join(f"  | {line}" for line in lines) or "  | (nothing)"
        return f"last lines of {self.log}:\n{said}"
