"""Starts processes in order, waits until each answers, restarts those that die, stops all in reverse.

One loop in the calling thread (a child is bound to the life of the thread that started it); questions to the
children are asked in threads, so that a slow answer holds up nothing.
"""

import random
import signal
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from bellwether.embedded import probes
from bellwether.embedded.child import Child, Guard, State
from bellwether.embedded.home import Process
from bellwether.embedded.topology import Spec
from bellwether.errors import BellwetherError

TICK_S = 0.05
ASK_AGAIN_S = 0.1
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
        self._specs, self._logs = specs, logs
        self._say, self._on_ready, self._on_change = say, on_ready, on_change
        self._jitter = jitter or random.Random()  # noqa: S311 - spreads restarts, guards nothing
        self._patience, self._lock = patience, lock
        self._children: dict[str, Child] = {}
        self._threads = ThreadPoolExecutor(max(2, len(specs)), thread_name_prefix="probe")
        self._signals: list[float] = []
        self._handlers: dict[int, object] = {}

    def __enter__(self) -> Self:
        """Take the signals of the terminal, and start the guard that outlives this process."""
        self._logs.mkdir(parents=True, exist_ok=True)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._handlers[number] = signal.signal(number, self._interrupt)
        self._guard = Guard(self._patience.remains_s, self._lock)
        self._children = {spec.name: Child(spec, self._logs / f"{spec.name}.log", self._guard) for spec in self._specs}
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Leave no process behind."""
        self.stop()
        self._guard.close()
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
            case State.STARTING | State.READY if child.has_ended():
                self._ended(child)
            case State.STARTING:
                self._await_answer(child, now)
            case _:
                pass
        if child.spec.once:
            self._show(child)

    def _is_ready(self, name: str) -> bool:
        child = self._children[name]
        return child.state is (State.ENDED if child.spec.once else State.READY)

    def _start(self, child: Child) -> None:
        child.start(self._patience.log_bytes)
        self._on_change(self.processes)

    def _await_answer(self, child: Child, now: float) -> None:
        ready, waited = child.spec.ready, now - child.began
        if ready is None and not child.spec.once:
            self._answered(child)
        elif child.asked is not None and child.asked.done():
            if child.asked.result():
                self._answered(child)
            else:
                # The longer it takes already, the less a moment more matters, and asking costs what it waits for.
                child.asked, child.due = None, now + max(ASK_AGAIN_S, 0.05 * waited)
        elif ready is not None and child.asked is None and now >= child.due:
            child.asked = self._threads.submit(probes.answers, ready, time.time() - waited)
        if child.state is State.STARTING and waited > child.spec.start_s:
            self._silent(child)

    def _answered(self, child: Child) -> None:
        child.state = State.READY
        if child.was_ready:
            self._say(f"{child.spec.name} is back")
        child.was_ready = True
        self._on_change(self.processes)
        self._on_ready(child.spec.name)

    def _silent(self, child: Child) -> None:
        awaited = child.spec.ready or "its end"
        message = f"{child.spec.name} is not ready: waited {child.spec.start_s:g} s for {awaited}"
        child.kill()
        if not child.was_ready:
            raise StartFailed(f"{message}\n{child.last_words()}")
        self._say(message)
        self._died(child)

    def _ended(self, child: Child) -> None:
        """A process ended by itself: a job is done, a start fails, or it is started again later."""
        if child.spec.once:
            self._show(child)
            child.state = State.ENDED
            if child.status:
                self._say(f"{child.spec.name} {child.ending()}; its log is {child.log}")
            self._on_change(self.processes)
        elif child.was_ready:
            self._died(child)
        else:
            raise StartFailed(f"{child.spec.name} {child.ending()} before it was ready\n{child.last_words()}")

    def _died(self, child: Child) -> None:
        now, patience = time.monotonic(), self._patience
        child.deaths.append(now)
        recent = [death for death in child.deaths if now - death <= patience.within_s]
        if len(recent) >= patience.deaths:
            often = f"{len(recent)} times within {patience.within_s:g} s"
            child.state = State.ENDED
            raise StartFailed(f"{child.spec.name} died {often}, last: it {child.ending()}\n{child.last_words()}")
        least, most = patience.backoff_s
        pause = min(most, least * 2 ** (len(recent) - 1)) * self._jitter.uniform(0.8, 1.2)
        child.state, child.due = State.BACKOFF, now + pause
        self._say(f"{child.spec.name} {child.ending()}; starting it again in {pause:.1f} s")
        self._on_change(self.processes)

    def _stop(self, children: Sequence[Child]) -> None:
        began = time.monotonic()
        for child in children:
            child.terminate()
        while left := [child for child in children if not child.has_ended()]:
            for child in left:
                if len(self._signals) > 1 or time.monotonic() - began > child.spec.stop_s:
                    child.kill()
            time.sleep(TICK_S)
        for child in children:
            child.state = State.ENDED

    def _show(self, child: Child) -> None:
        """Pass the lines a job wrote on to the terminal."""
        for line in child.new_lines():
            self._say(line)

    def _interrupt(self, _number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if not self._signals or now - self._signals[-1] > SECOND_SIGNAL_S:
            self._signals.append(now)
