"""Starts processes in order, waits until each answers, restarts those that die, stops all in reverse.

One loop in the calling thread (a child is bound to the life of the thread that started it); questions to the
children are asked in threads, so that a slow answer holds up nothing. Longer than most files: it is one state machine.
"""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from bellwether.embedded import guard, launcher, probes
from bellwether.embedded.home import Process
from bellwether.embedded.topology import Spec
from bellwether.errors import BellwetherError

TICK_S = 0.05
ASK_AGAIN_S = 0.1
LOG_LINES = 20
SECOND_SIGNAL_S = 0.5
"""A signal this soon after another is the same one, sent to the group and to the process."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a process may die, how long it rests before it starts again, how long its log may grow."""

    deaths: int = 5
    within_s: float = 60.0
    """This many deaths within so many seconds stop everything."""
    backoff_s: tuple[float, float] = (1.0, 30.0)
    """First and longest pause; each is twice the one before, a fifth more or less."""
    remains_s: float = 10.0
    """Seconds from SIGTERM to SIGKILL for what a killed supervisor leaves behind."""
    log_bytes: int = 10 * 2**20
    """A log larger than this is set aside when its process starts."""


class StartFailed(BellwetherError):
    """A process of the topology did not come up, or does not stay up; the message says which, and why."""


class State(StrEnum):
    """Where a process stands."""

    WAITING = "waiting"
    STARTING = "starting"
    READY = "ready"
    BACKOFF = "restarting"
    ENDED = "ended"


@dataclass(slots=True)
class Child:
    """A process and its history."""

    spec: Spec
    log: Path
    state: State = State.WAITING
    popen: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    log_from: int = 0
    shown: int = 0
    due: float = 0.0
    was_ready: bool = False
    restarts: int = 0
    status: int | None = None
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=100))
    asked: "Future[bool] | None" = None


class Supervisor:
    """The processes of one topology."""

    def __init__(
        self,
        specs: Sequence[Spec],
        logs: Path,
        *,
        say: Callable[[str], None] = print,
        on_ready: Callable[[str], None] = lambda _name: None,
        on_change: Callable[[Sequence[Process]], None] = lambda _processes: None,
        jitter: random.Random | None = None,
        patience: Patience = Patience(),
        lock: int | None = None,
    ) -> None:
        self._children = {spec.name: Child(spec, logs / f"{spec.name}.log") for spec in specs}
        self._say, self._on_ready, self._on_change = say, on_ready, on_change
        self._jitter = jitter or random.Random()  # noqa: S311 - spreads restarts, guards nothing
        self._patience, self._lock = patience, lock
        self._guard: subprocess.Popen[bytes] | None = None
        self._threads = ThreadPoolExecutor(max(2, len(specs)), thread_name_prefix="probe")
        self._signals: list[float] = []
        self._handlers: dict[int, object] = {}
        logs.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        """Take the signals of the terminal, and start the guard that outlives this process."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._handlers[number] = signal.signal(number, self._interrupt)
        self._guard = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-S", guard.__file__, str(self._patience.remains_s)],
            stdin=subprocess.PIPE,
            pass_fds=() if self._lock is None else (self._lock,),
            process_group=0,
        )
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Leave no process behind."""
        self.stop()
        if self._guard is not None and self._guard.stdin is not None:
            self._guard.stdin.close()
            self._guard.wait()
        self._threads.shutdown(wait=False, cancel_futures=True)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)  # type: ignore[arg-type] # what signal.signal returned

    @property
    def processes(self) -> tuple[Process, ...]:
        """Every process that was started."""
        return tuple(
            Process(child.spec.name, child.popen.pid, str(child.state), child.restarts, str(child.log))
            for child in self._children.values()
            if child.popen is not None
        )

    @property
    def interrupted(self) -> bool:
        """Whether somebody asked to stop."""
        return bool(self._signals)

    def run(self, until: Callable[[], bool] = lambda: False) -> int:
        """Start everything and keep it up until a signal comes or ``until`` says so; 0, or 1 when a job failed.

        Raises ``StartFailed`` when a process ends or is not ready in time before it was ready once, and when one
        dies too often.
        """
        while not self._signals and not until():
            for child in self._children.values():
                self._step(child)
            time.sleep(TICK_S)
        return int(any(child.spec.once and child.status for child in self._children.values()))

    def ready(self) -> bool:
        """Whether every process is ready, and every job done."""
        return all(child.state in {State.READY, State.ENDED} for child in self._children.values())

    def stop(self) -> None:
        """End everything, highest rank first: SIGTERM, the grace of each, SIGKILL to what is left of its group."""
        alive = [child for child in self._children.values() if child.popen and child.state is not State.ENDED]
        for rank in sorted({child.spec.rank for child in alive}, reverse=True):
            self._stop([child for child in alive if child.spec.rank == rank])

    def _step(self, child: Child) -> None:
        now = time.monotonic()
        match child.state:
            case State.WAITING if all(self._is_ready(name) for name in child.spec.after):
                self._start(child)
            case State.BACKOFF if now >= child.due:
                child.restarts += 1
                self._start(child)
            case State.STARTING:
                if not self._has_ended(child):
                    self._await_answer(child)
            case State.READY:
                self._has_ended(child)
            case _:
                pass
        if child.spec.once:
            self._show(child)

    def _is_ready(self, name: str) -> bool:
        child = self._children[name]
        return child.state is (State.ENDED if child.spec.once else State.READY)

    def _start(self, child: Child) -> None:
        child.asked, child.status, child.due = None, None, 0.0
        if child.log.exists() and child.log.stat().st_size > self._patience.log_bytes:
            child.log.replace(child.log.with_suffix(".log.1"))
        # The kernel of Linux ends children of a dead parent at once; elsewhere the guard alone does.
        bound = [sys.executable, "-I", "-S", launcher.__file__, str(os.getpid())] if sys.platform == "linux" else []
        with child.log.open("ab") as log:
            child.log_from = child.shown = log.tell()
            child.popen = subprocess.Popen(  # noqa: S603
                [*bound, *child.spec.argv],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **child.spec.environ},
                process_group=0,
            )
        self._tell_guard("+", child.popen.pid)
        child.began, child.state = time.monotonic(), State.STARTING
        self._on_change(self.processes)

    def _await_answer(self, child: Child) -> None:
        ready, now = child.spec.ready, time.monotonic()
        if ready is None and not child.spec.once:
            self._becomes_ready(child)
            return
        if child.asked is not None and child.asked.done():
            if child.asked.result():
                self._becomes_ready(child)
                return
            # The longer it takes already, the less a moment more matters, and asking costs what it waits for.
            child.asked, child.due = None, now + max(ASK_AGAIN_S, 0.05 * (now - child.began))
        if ready is not None and child.asked is None and now >= child.due:
            since = time.time() - (now - child.began)
            child.asked = self._threads.submit(probes.answers, ready, since)
        if now - child.began > child.spec.start_s:
            awaited = f"waited {child.spec.start_s:g} s for {ready or 'its end'}"
            message = f"{child.spec.name} is not ready: {awaited}"
            self._kill(child)
            if not child.was_ready:
                raise StartFailed(f"{message}\n{_tail(child)}")
            self._say(message)
            self._died(child)

    def _becomes_ready(self, child: Child) -> None:
        child.state = State.READY
        if child.was_ready:
            self._say(f"{child.spec.name} is back")
        child.was_ready = True
        self._on_change(self.processes)
        self._on_ready(child.spec.name)

    def _has_ended(self, child: Child) -> bool:
        """Notice the end of a process: the start fails, or it is started again later."""
        if not self._reap(child):
            return False
        if child.spec.once:
            self._show(child)
            child.state = State.ENDED
            if child.status:
                self._say(f"{child.spec.name} {_ending(child)}; its log is {child.log}")
            self._on_change(self.processes)
            return True
        if not child.was_ready:
            raise StartFailed(f"{child.spec.name} {_ending(child)} before it was ready\n{_tail(child)}")
        self._died(child)
        return True

    def _died(self, child: Child) -> None:
        now, patience = time.monotonic(), self._patience
        child.deaths.append(now)
        recent = [death for death in child.deaths if now - death <= patience.within_s]
        if len(recent) >= patience.deaths:
            often = f"{len(recent)} times within {patience.within_s:g} s"
            child.state = State.ENDED
            raise StartFailed(f"{child.spec.name} died {often}, last: it {_ending(child)}\n{_tail(child)}")
        least, most = patience.backoff_s
        pause = min(most, least * 2 ** (len(recent) - 1)) * self._jitter.uniform(0.8, 1.2)
        child.state, child.due = State.BACKOFF, now + pause
        self._say(f"{child.spec.name} {_ending(child)}; starting it again in {pause:.1f} s")
        self._on_change(self.processes)

    def _stop(self, children: Sequence[Child]) -> None:
        began = time.monotonic()
        for child in children:
            if not self._reap(child):
                _signal_group(child, signal.SIGTERM, leader_only=True)
        left = [child for child in children if child.status is None]
        while left:
            now = time.monotonic()
            for child in left:
                if self._hurried() or now - began > child.spec.stop_s:
                    self._kill(child)
                else:
                    self._reap(child)
            left = [child for child in left if child.status is None]
            time.sleep(TICK_S if left else 0)
        for child in children:
            child.state = State.ENDED

    def _reap(self, child: Child) -> bool:
        """Whether the process has ended; what is left of its group is ended with it."""
        popen = child.popen
        if popen is None or child.status is not None:
            return True
        # Look without reaping: as long as the dead leader is not reaped, its id cannot mean another group.
        if os.waitid(os.P_PID, popen.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            return False
        self._kill(child)
        return True

    def _kill(self, child: Child) -> None:
        _signal_group(child, signal.SIGKILL)
        if child.popen is not None:
            child.status = child.popen.wait()
            self._tell_guard("-", child.popen.pid)

    def _tell_guard(self, sign: str, group: int) -> None:
        if self._guard is not None and self._guard.stdin is not None:
            # Somebody may have killed it; the children are bound to this process on their own.
            with contextlib.suppress(BrokenPipeError):
                self._guard.stdin.write(f"{sign}{group}\n".encode())
                self._guard.stdin.flush()

    def _show(self, child: Child) -> None:
        """Pass the lines a job wrote on to the terminal."""
        if child.popen is None:
            return
        with child.log.open("rb") as log:
            log.seek(child.shown)
            text = log.read()
        whole = text[: text.rfind(b"\n") + 1]
        child.shown += len(whole)
        for line in whole.decode(errors="replace").splitlines():
            self._say(line)

    def _hurried(self) -> bool:
        return len(self._signals) > 1

    def _interrupt(self, _number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if not self._signals or now - self._signals[-1] > SECOND_SIGNAL_S:
            self._signals.append(now)


def _signal_group(child: Child, number: signal.Signals, *, leader_only: bool = False) -> None:
    if child.popen is None or child.popen.returncode is not None:
        return
    try:
        if leader_only:
            os.kill(child.popen.pid, number)
        else:
            os.killpg(child.popen.pid, number)
    except ProcessLookupError:
        return


def _ending(child: Child) -> str:
    status = child.status
    if status is None:
        return "did not answer"
    if status < 0:
        return f"was ended by {signal.Signals(-status).name}"
    return f"ended with status {status}"


def _tail(child: Child) -> str:
    with child.log.open("rb") as log:
        log.seek(child.log_from)
        lines = log.read()[-65536:].decode(errors="replace").splitlines()[-LOG_LINES:]
    said = "\n".join(f"  | {line}" for line in lines) or "  | (nothing)"
    return f"last lines of {child.log}:\n{said}"
