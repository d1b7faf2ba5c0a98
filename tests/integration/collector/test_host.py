"""Children that end, hang or rave: whatever one does is an answer of the host."""

import faulthandler
import os
import signal
import socket
from collections.abc import Callable
from dataclasses import replace
from io import RawIOBase
from pathlib import Path

import pytest

from bellwether.collector.decode import host
from bellwether.collector.decode.job import Answer, Job
from bellwether.collector.decode.wire import MAX_FRAME
from tests.integration.collector.world import BOUNDS

JOB = Job("csv", None, None, replace(BOUNDS, seconds=60.0))


def for_ever() -> None:
    while True:
        signal.pause()


def ended_by(number: int) -> Callable[[], None]:
    def end() -> None:
        faulthandler.disable()
        os.kill(os.getpid(), number)
        for_ever()

    return end


def without_memory() -> None:
    raise MemoryError


def run(behaviour: Callable[[], Answer | None], path: Path, job: Job = JOB) -> Answer:
    def decode(job: Job, body: int, out: RawIOBase) -> Answer:
        return behaviour() or Answer(rows=1)

    path.touch()
    ours, theirs = socket.socketpair()
    with ours, theirs, path.open("rb") as body, path.open("wb") as out:
        return host._run(decode, job, [body.fileno(), out.fileno()], theirs)


@pytest.mark.parametrize(
    ("behaviour", "error", "value"),
    [
        (ended_by(signal.SIGSEGV), "Unreadable", "SIGSEGV"),
        (ended_by(signal.SIGABRT), "TooLarge", "bytes of memory"),
        (ended_by(signal.SIGKILL), "TooLarge", "bytes of memory"),
        (ended_by(signal.SIGXCPU), "TooLarge", "60 s"),
        (without_memory, "TooLarge", "bytes of memory"),
        (lambda: os._exit(3), "Unreadable", "status 3"),
        (lambda: [][1], "Unreadable", "status 70"),
    ],
)
def test_the_end_of_a_child_is_an_answer(tmp_path: Path, behaviour: Callable[[], None], error: str, value: str) -> None:
    answer = run(behaviour, tmp_path / "body")
    assert answer.error == error
    assert value in answer.faults[0].value


def test_a_child_that_hangs_is_ended(tmp_path: Path) -> None:
    answer = run(for_ever, tmp_path / "body", replace(JOB, bounds=replace(BOUNDS, seconds=0.2)))
    assert answer.faults[0].value == "more than 0.2 s to decode"


def test_an_answer_that_is_none_counts_as_the_end_it_is(tmp_path: Path) -> None:
    answer = run(lambda: Answer(error="SystemExit"), tmp_path / "body")
    assert (answer.error, answer.rows) == ("Unreadable", 0)


def test_an_answer_without_end_is_cut_off(tmp_path: Path) -> None:
    answer = run(lambda: Answer(message="x" * (MAX_FRAME + 1)), tmp_path / "body")
    assert answer.error is not None
    assert len(answer.message) < 100


def test_an_answer_says_what_it_took(tmp_path: Path) -> None:
    answer = run(lambda: None, tmp_path / "body")
    assert (answer.error, answer.rows) == (None, 1)
    assert answer.peak_bytes > 0
