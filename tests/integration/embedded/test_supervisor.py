"""The supervisor over real child processes."""

import os
import random
import signal
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bellwether.embedded.home import Process
from bellwether.embedded.supervisor import Patience, StartFailed, Supervisor
from bellwether.embedded.topology import FileWritten, HttpAnswers, Spec
from tests.integration.embedded.children import gone, python, send, until

SLEEPS = "ready(); time.sleep(600)"
IGNORES_TERM = "signal.signal(signal.SIGTERM, signal.SIG_IGN); ready(); time.sleep(600)"


class Watched(Supervisor):
    """A supervisor that keeps what it said, in the order it said it."""

    def __init__(self, specs: list[Spec], folder: Path, patience: Patience | None = None) -> None:
        self.said: list[str] = []
        self.became_ready: list[str] = []
        self.on_ready: dict[str, Callable[[], None]] = {}
        super().__init__(
            specs,
            folder / "logs",
            say=self.said.append,
            on_ready=self._note,
            jitter=random.Random(1),
            patience=patience or Patience(),
        )

    def _note(self, name: str) -> None:
        self.became_ready.append(name)
        self.on_ready.get(name, lambda: None)()

    def pid(self, name: str) -> int:
        """Process id of one child."""
        return {process.name: process.pid for process in self.processes}[name]


@pytest.fixture(autouse=True)
def hears_sigint() -> Iterator[None]:
    """Whoever started the tests in the background left SIGINT ignored, and a supervisor leaves it so."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@contextmanager
def interrupting(after_s: float) -> Iterator[None]:
    """Send this process SIGINT after a while."""
    timer = threading.Timer(after_s, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    yield
    timer.cancel()


def test_what_is_started_after_another_waits_until_that_answers(tmp_path: Path) -> None:
    slow = python("slow", "time.sleep(0.5); ready(); time.sleep(600)", tmp_path)
    seen = f"print('found it', os.path.exists({str(tmp_path / 'slow.ready')!r}), flush=True); {SLEEPS}"
    with Watched([python("next", seen, tmp_path, after=("slow",)), slow], tmp_path) as supervisor:
        supervisor.run(until=supervisor.ready)
        assert supervisor.became_ready == ["slow", "next"]
    assert "found it True" in (tmp_path / "logs" / "next.log").read_text()


def test_nothing_is_left_behind_not_even_a_grandchild(tmp_path: Path) -> None:
    forks = "print(subprocess.Popen(['sleep', '600']).pid, flush=True); " + SLEEPS
    with Watched([python("parent", forks, tmp_path)], tmp_path) as supervisor:
        supervisor.run(until=supervisor.ready)
        parent = supervisor.pid("parent")
        grandchild = int((tmp_path / "logs" / "parent.log").read_text())
    assert gone(parent)
    until(lambda: gone(grandchild), "the end of the grandchild")


def test_a_child_that_ends_at_start_ends_the_start_with_name_status_and_last_words(tmp_path: Path) -> None:
    fails = "print('\\n'.join(f'line {n}' for n in range(30))); print('no such option: --nonsense'); sys.exit(3)"
    specs = [python("fine", SLEEPS, tmp_path), python("broken", fails, tmp_path, after=("fine",))]
    with Watched(specs, tmp_path) as supervisor:
        with pytest.raises(StartFailed) as caught:
            supervisor.run(until=supervisor.ready)
        fine = supervisor.pid("fine")
    told = str(caught.value)
    assert "broken ended with status 3 before it was ready" in told
    assert "no such option: --nonsense" in told
    assert "line 29" in told
    assert "line 5" not in told, "more than the last 20 lines"
    assert str(tmp_path / "logs" / "broken.log") in told
    assert gone(fine)


def test_a_child_that_never_answers_ends_the_start_with_what_was_awaited_and_how_long(tmp_path: Path) -> None:
    silent = Spec(
        "silent",
        ("sh", "-c", "echo thinking; exec sleep 600"),
        ready=HttpAnswers("http://127.0.0.1:9/nothing"),
        start_s=0.6,
    )
    with Watched([silent], tmp_path) as supervisor:
        with pytest.raises(StartFailed) as caught:
            supervisor.run(until=supervisor.ready)
        pid = supervisor.pid("silent")
    assert "silent is not ready: waited 0.6 s for an answer at http://127.0.0.1:9/nothing" in str(caught.value)
    assert "thinking" in str(caught.value)
    assert gone(pid)


def test_a_death_after_the_start_is_followed_by_a_restart_and_a_word(tmp_path: Path) -> None:
    with Watched([python("worker", SLEEPS, tmp_path)], tmp_path) as supervisor:
        supervisor.run(until=supervisor.ready)
        first = supervisor.pid("worker")
        send(first, signal.SIGKILL)
        supervisor.run(until=lambda: supervisor.pid("worker") != first and supervisor.ready())
        assert not gone(supervisor.pid("worker"))
        [process] = supervisor.processes
        assert process.restarts == 1
    assert any("worker was ended by SIGKILL; starting it again in" in line for line in supervisor.said)
    assert "worker is back" in supervisor.said


def test_five_deaths_within_a_minute_stop_everything(tmp_path: Path) -> None:
    # It dies once it was seen to be ready: dying before is another failure, with another message.
    seen = tmp_path / "flaky.seen"
    dies = f"""
        ready()
        seen = pathlib.Path({str(seen)!r})
        while not seen.exists(): time.sleep(0.01)
        seen.unlink(); sys.exit(9)
    """
    flaky = python("flaky", dies, tmp_path)
    with Watched([python("fine", SLEEPS, tmp_path), flaky], tmp_path, Patience(backoff_s=(0.01, 0.02))) as supervisor:
        supervisor.on_ready["flaky"] = seen.touch
        with pytest.raises(StartFailed, match=r"flaky died 5 times within 60 s, last: it ended with status 9"):
            supervisor.run()
        fine = supervisor.pid("fine")
    assert gone(fine)


def test_children_are_stopped_in_falling_rank(tmp_path: Path) -> None:
    notes = tmp_path / "ends"
    last_word = f"""
        def end(*_):
            time.sleep(0.2)
            open({str(notes)!r}, 'a').write(NAME + ' ')
            sys.exit(0)
        signal.signal(signal.SIGTERM, end); ready(); time.sleep(600)
    """
    ranks = {"redis": 0, "gateway": 2, "beat": 3, "drift": 4, "explain": 4}
    specs = [
        python(name, f"NAME = {name!r}\n" + textwrap.dedent(last_word), tmp_path, rank=rank)
        for name, rank in ranks.items()
    ]
    with Watched(specs, tmp_path) as supervisor:
        supervisor.run(until=supervisor.ready)
    ended = notes.read_text().split()
    assert set(ended[:2]) == {"drift", "explain"}
    assert ended[2:] == ["beat", "gateway", "redis"]


def test_one_that_ignores_sigterm_is_killed_after_its_grace(tmp_path: Path) -> None:
    with Watched([python("deaf", IGNORES_TERM, tmp_path, stop_s=0.5)], tmp_path) as supervisor:
        supervisor.run(until=supervisor.ready)
        pid, began = supervisor.pid("deaf"), time.monotonic()
    assert gone(pid)
    assert time.monotonic() - began >= 0.5


def test_ctrl_c_ends_the_run_and_a_second_one_skips_the_grace(tmp_path: Path) -> None:
    grace_s = 600.0
    with Watched([python("deaf", IGNORES_TERM, tmp_path, stop_s=grace_s)], tmp_path) as supervisor:
        supervisor.run(until=supervisor.ready)
        with interrupting(0.1):
            supervisor.run()
        pid, began = supervisor.pid("deaf"), time.monotonic()
        with interrupting(1.0):
            supervisor.stop()
        assert gone(pid)
        assert time.monotonic() - began < grace_s / 2


def test_the_same_signal_sent_twice_at_once_counts_once(tmp_path: Path) -> None:
    with Watched([python("deaf", IGNORES_TERM, tmp_path, stop_s=0.5)], tmp_path) as supervisor:
        supervisor.run(until=supervisor.ready)
        send(os.getpid(), signal.SIGTERM)
        send(os.getpid(), signal.SIGTERM)
        supervisor.run()
        began = time.monotonic()
    assert time.monotonic() - began >= 0.5, "the grace was skipped"


def test_a_job_shows_its_lines_and_its_end_leaves_the_rest_running(tmp_path: Path) -> None:
    job = Spec("job", ("sh", "-c", "echo one; echo two; exit 4"), after=("service",), once=True)
    with Watched([python("service", SLEEPS, tmp_path), job], tmp_path) as supervisor:
        assert supervisor.run(until=supervisor.ready) == 1
        assert not gone(supervisor.pid("service"))
    assert supervisor.said[:2] == ["one", "two"]
    assert "job ended with status 4" in supervisor.said[2]


def test_every_change_is_told(tmp_path: Path) -> None:
    told: list[tuple[Process, ...]] = []
    spec = python("service", SLEEPS, tmp_path)
    with Supervisor([spec], tmp_path / "logs", on_change=lambda seen: told.append(tuple(seen))) as supervisor:
        supervisor.run(until=supervisor.ready)
    assert [[process.state for process in seen] for seen in told] == [["starting"], ["ready"]]


def test_a_large_log_is_set_aside_at_start(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "service.log").write_text("from an earlier run\n")
    spec = python("service", "print('fresh', flush=True); " + SLEEPS, tmp_path)
    with Watched([spec], tmp_path, Patience(log_bytes=10)) as supervisor:
        supervisor.run(until=supervisor.ready)
    assert (tmp_path / "logs" / "service.log").read_text() == "fresh\n"
    assert (tmp_path / "logs" / "service.log.1").read_text() == "from an earlier run\n"


def test_a_file_of_an_earlier_run_is_no_sign_of_readiness(tmp_path: Path) -> None:
    old = tmp_path / "service.ready"
    old.touch()
    os.utime(old, (1, 1))
    spec = python("service", "time.sleep(600)", tmp_path, ready=FileWritten(tmp_path, "service.ready"), start_s=0.5)
    with Watched([spec], tmp_path) as supervisor, pytest.raises(StartFailed, match=r"is not ready"):
        supervisor.run(until=supervisor.ready)
