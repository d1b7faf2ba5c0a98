"""Jobs and answers as bytes, and words that may stand in a message."""

import json
import socket

import pytest

from bellwether.collector.decode.job import Answer, Bounds, Example, Found, Job, at, bounded, shown
from bellwether.collector.decode.wire import MAX_FRAME, answer_of, frame, job_of, packed, read_frame
from bellwether.errors import Fault, InvalidInput, TooLarge, Unreadable

BOUNDS = Bounds(1, 2, 3, 4, 5, 6, 7, 8, 9.5)
FAULT = Fault("/rows/1/a~1b", "v", "l", "f")


@pytest.mark.parametrize("columns", [None, (), ("a", "\N{SNOWMAN}/b")])
def test_a_job_arrives_as_it_was_sent(columns: tuple[str, ...] | None) -> None:
    job = Job("csv", "gzip", columns, BOUNDS)
    assert job_of(packed(job)) == job


def test_an_answer_arrives_as_it_was_sent() -> None:
    answer = Answer(3, (Found("a", "text and number", (Example("text", "x", 2),)),), True, None, "", (FAULT,), 7, 0.5)
    assert answer_of(packed(answer)) == answer


@pytest.mark.parametrize("kind", [Unreadable, InvalidInput, TooLarge])
def test_an_error_about_the_body_is_the_same_error_on_the_other_side(kind: type[Unreadable]) -> None:
    answer = answer_of(packed(Answer.refused(kind("what", [FAULT]))))
    with pytest.raises(kind, match="what") as caught:
        answer.check()
    assert caught.value.faults == (FAULT,)


def test_an_unknown_kind_of_error_is_no_answer() -> None:
    raw = json.loads(packed(Answer()))
    with pytest.raises(ValueError, match="unknown kind"):
        answer_of(json.dumps({**raw, "error": "SystemExit"}).encode())


def test_frames_are_read_whole_or_not_at_all() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(frame(b"one") + frame(b"") + frame(b"two")[:-1])
        ours.shutdown(socket.SHUT_WR)
        assert [read_frame(theirs), read_frame(theirs), read_frame(theirs)] == [b"one", b"", None]


def test_a_frame_beyond_the_limit_is_refused() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall((MAX_FRAME + 1).to_bytes(4, "little"))
        with pytest.raises(ValueError, match="limit"):
            read_frame(theirs)


def test_values_are_shown_in_one_short_printable_line() -> None:
    assert shown("a\nb\0\ud800c") == "a\ufffdb\ufffd\ufffdc"
    assert shown("x" * 100, 10) == "x" * 9 + "\N{HORIZONTAL ELLIPSIS}"
    assert shown("x" * 10, 10) == "x" * 10


def test_pointers_escape_names() -> None:
    assert at("columns", "a/b~c") == "/columns/a~1b~0c"
    assert at("rows", 0, "x") == "/rows/0/x"


def test_many_faults_are_counted_once() -> None:
    many = bounded([FAULT] * 250)
    assert (len(many), many[-1].value) == (101, "150 more of this kind")
    assert bounded(many) == many
