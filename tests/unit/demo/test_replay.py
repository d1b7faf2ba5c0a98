from collections import deque
from collections.abc import Callable, Sequence
from datetime import date, timedelta

import pytest

from bellwether.embedded.demo.api import Api
from bellwether.embedded.demo.replay import Replay, Stream, days_pushed
from tests.recording_gateway import RecordingGateway

FIRST = date(2013, 4, 1)
DAYS = tuple(FIRST + timedelta(days=number) for number in range(10))
MODELS = ("flight-delay", "air-time")


def nobody(_line: str) -> None:
    """Nobody listens."""


def stream(name: str, days: Sequence[date], pushed: set[date] | None = None) -> Stream:
    return Stream(
        name=name,
        version="1",
        rows=lambda day: f"{name} {day}".encode(),
        labels=lambda day: f"{name} {day} labels".encode(),
        run=lambda day: f"run of {name} on {day}",
        left=deque(days),
        pushed=pushed or set(),
    )


def api(gateway: RecordingGateway, pause: Callable[[float], None] = lambda _s: None) -> Api:
    return Api("http://gateway", gateway.key, pause=pause, transport=gateway.transport)


def go_on(gateway: RecordingGateway, *, say: Callable[[str], None] = nobody) -> None:
    """What the demo does at every start: ask what is there, push the rest."""
    with api(gateway) as calls:
        streams = []
        for name in MODELS:
            there = set(days_pushed(calls, name) or {})
            streams.append(stream(name, [day for day in DAYS if day not in there], there))
        replay = Replay(calls, 0.0, say)
        replay.push(streams)
        replay.drain()


@pytest.fixture
def gateway() -> RecordingGateway:
    gateway = RecordingGateway()
    gateway.models = {name: {"name": name, "thresholds": {"index": None, "features": {}}} for name in MODELS}
    return gateway


def test_days_come_in_order_of_time_both_models_side_by_side(gateway: RecordingGateway) -> None:
    go_on(gateway)
    batches = [line for line in gateway.pushed if "labels" not in line]
    assert batches == [f"{name} {day}" for day in DAYS for name in MODELS]


def test_a_batch_says_its_window_version_and_run(gateway: RecordingGateway) -> None:
    go_on(gateway)
    batch = gateway.batches["air-time"]["batch-air-time-2013-04-03"]
    assert batch["start"] == "2013-04-03T00:00:00Z"
    assert batch["end"] == "2013-04-04T00:00:00Z"
    assert (batch["version"], batch["run"]) == ("1", "run of air-time on 2013-04-03")


def test_labels_come_three_days_later_and_before_that_days_batch(gateway: RecordingGateway) -> None:
    go_on(gateway)
    of_one = [line.removeprefix("air-time ") for line in gateway.pushed if line.startswith("air-time")]
    assert of_one[:3] == ["2013-04-01", "2013-04-02", "2013-04-03"]
    assert of_one[3:7] == ["labels-2013-04-01", "2013-04-04", "labels-2013-04-02", "2013-04-05"]
    assert set(gateway.labels["air-time"]) == {f"labels-{day}" for day in DAYS[:-3]}


def test_doing_it_again_pushes_nothing(gateway: RecordingGateway) -> None:
    go_on(gateway)
    before = list(gateway.pushed)
    go_on(gateway)
    assert gateway.pushed == before


@pytest.mark.parametrize("stopped_after", range(1, 34))
def test_a_replay_stopped_anywhere_goes_on_without_loss_or_repeat(
    gateway: RecordingGateway, stopped_after: int
) -> None:
    whole = RecordingGateway()
    whole.models = dict(gateway.models)
    go_on(whole)

    class Stopping(RecordingGateway):
        def _push(self, *arguments: object) -> tuple[int, object, dict[str, str]]:
            told = super()._push(*arguments)  # type: ignore[arg-type] # as they came
            if len(self.pushed) >= stopped_after:
                raise KeyboardInterrupt
            return told

    stopping = Stopping(models=dict(gateway.models))
    if stopped_after < len(whole.pushed):
        with pytest.raises(KeyboardInterrupt):
            go_on(stopping)
    again = RecordingGateway(models=stopping.models, batches=stopping.batches, labels=stopping.labels)
    go_on(again)
    assert {name: set(of) for name, of in again.batches.items()} == {
        name: set(of) for name, of in whole.batches.items()
    }
    assert again.labels == whole.labels
    bodies = [(one["id"], one["body"]) for of in again.batches.values() for one in of.values()]
    assert sorted(bodies) == sorted((one["id"], one["body"]) for of in whole.batches.values() for one in of.values())


def test_no_more_batches_wait_for_their_report_than_the_backlog(gateway: RecordingGateway) -> None:
    gateway.looks = 5
    with api(gateway) as calls:
        replay = Replay(calls, 0.0, nobody, backlog=4)
        replay.push([stream(name, DAYS) for name in MODELS])
        assert gateway.most_undone == 5
        replay.drain()
    assert all(one["state"] == "analysed" for of in gateway.batches.values() for one in of.values())


def test_a_head_start_is_bounded(gateway: RecordingGateway) -> None:
    with api(gateway) as calls:
        Replay(calls, 0.0, nobody).push([stream("flight-delay", DAYS)], 3)
    assert len(gateway.batches["flight-delay"]) == 3


def test_the_speed_is_in_days_a_second(gateway: RecordingGateway) -> None:
    time = 100.0

    def pause(seconds: float) -> None:
        nonlocal time
        time += seconds

    with api(gateway, pause) as calls:
        Replay(calls, 4.0, nobody, clock=lambda: time).push([stream("air-time", DAYS)])
    assert time == pytest.approx(100.0 + (len(DAYS) - 1) / 4)


def test_each_report_is_told_in_a_line(gateway: RecordingGateway) -> None:
    said: list[str] = []
    gateway.rejected = {"2013-04-02"}
    go_on(gateway, say=said.append)
    assert said[0] == "2013-04-01 flight-delay    10 rows  fine    index 9.9"
    assert "2013-04-02 air-time        10 rows  rejected: wind_speed: text (numbers)" in said
    assert len(said) == 2 * len(DAYS)


def test_a_model_nobody_made_has_no_days(gateway: RecordingGateway) -> None:
    with api(gateway) as calls:
        assert days_pushed(calls, "unknown") is None
        assert days_pushed(calls, "air-time") == {}
