import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from bellwether.gateway.access import Identity
from bellwether.gateway.feed import Feed, Message
from tests.integration.gateway.facts import assessed
from tests.integration.gateway.served import Api

WAIT_S = 60.0
ADMIN = Identity("k", "admin", frozenset({"admin"}))


def read(chunk: bytes) -> dict[str, Any]:
    return dict(line.split(": ", 1) for line in chunk.decode().strip().split("\n"))


class Listener:
    """One listener; ``heard`` fills while the test goes on."""

    def __init__(self, feed: Feed, caller: Identity = ADMIN, model: str | None = None, last: str | None = None) -> None:
        self.heard: list[dict[str, Any]] = []
        self.places: list[dict[str, Any]] = []
        self._stream = feed.listen(caller, model, last)

    async def run(self) -> None:
        async for chunk in self._stream:
            if chunk.startswith(b"id: "):
                event = read(chunk)
                (self.places if event["event"] == "here" else self.heard).append(event)

    async def close(self) -> None:
        await self._stream.aclose()  # type: ignore[attr-defined]  # an asynchronous generator


async def until(what: Callable[[], object]) -> None:
    async with asyncio.timeout(WAIT_S):
        while not what():
            await asyncio.sleep(0.02)


@pytest.fixture
def feed(api: Api) -> Feed:
    found: Feed = api.app.state.feed
    found.look_s = 0.02
    return found


def models(listener: Listener) -> list[str]:
    return [json.loads(event["data"])["model"] for event in listener.heard]


def test_listeners_hear_what_changes_and_only_what_they_may(api: Api, feed: Feed) -> None:
    assessed(api, "old")

    async def play() -> None:
        all, one = Listener(feed), Listener(feed, model="b")
        limited = Listener(feed, Identity("l", "l", frozenset({"viewer"}), frozenset({"a"})))
        tasks = [asyncio.create_task(listener.run()) for listener in (all, one, limited)]
        await until(lambda: len(feed._listeners) == 3 and feed._reader is not None)
        for name in "abc":
            assessed(api, name, "act")
        await until(lambda: len(all.heard) == 3 and one.heard and limited.heard)
        assert models(all) == ["a", "b", "c"], "and not what was there before"
        assert (models(one), models(limited)) == (["b"], ["a"])
        assert (all.heard[0]["event"], json.loads(all.heard[0]["data"])["status"]) == ("model", "act")
        feed.stopping.set()
        await asyncio.wait_for(asyncio.gather(*tasks), WAIT_S)
        assert feed._listeners == set()

    asyncio.run(play())


def test_who_comes_back_hears_what_was_missed(api: Api, feed: Feed) -> None:
    async def play() -> None:
        first = Listener(feed)
        task = asyncio.create_task(first.run())
        await until(lambda: feed._reader is not None)
        assessed(api, "a")
        await until(lambda: first.heard)
        task.cancel()
        assessed(api, "b")
        assessed(api, "c")
        again = Listener(feed, last=first.heard[-1]["id"])
        task = asyncio.create_task(again.run())
        await until(lambda: {"b", "c"} <= set(models(again)))
        feed.stopping.set()
        await asyncio.wait_for(task, WAIT_S)

    asyncio.run(play())


def test_who_heard_of_nothing_yet_knows_where_to_go_on(api: Api, feed: Feed) -> None:
    """A stream ends after some minutes; what changes before the listener is back must not be missed."""
    assessed(api, "old")

    async def play() -> None:
        first = Listener(feed)
        task = asyncio.create_task(first.run())
        await until(lambda: first.places)
        task.cancel()
        assert first.heard == []
        assessed(api, "a")
        again = Listener(feed, last=first.places[-1]["id"])
        task = asyncio.create_task(again.run())
        await until(lambda: again.heard)
        assert set(models(again)) == {"a"}, "and not what it saw in its lists; twice is once"
        feed.stopping.set()
        await asyncio.wait_for(task, WAIT_S)

    asyncio.run(play())


def test_a_place_is_not_told_before_what_waits(api: Api, feed: Feed) -> None:
    queue: asyncio.Queue[Message] = asyncio.Queue()
    assert read(feed._here(queue))["event"] == "here"
    queue.put_nowait(Message("later", {}))
    assert feed._here(queue) == b": still here\n\n"


def test_a_place_may_stand_in_the_address(api: Api, feed: Feed) -> None:
    feed.stopping.set()
    place = read(api.get("/events").content.partition(b"\n\n")[2])["id"]
    assert api.get("/events", params={"after": place}).status_code == 200
    assert api.get("/events", params={"after": "!!"}).status_code == 422


def test_a_store_that_goes_away_only_makes_the_news_late(api: Api, feed: Feed) -> None:
    async def play() -> None:
        listener = Listener(feed)
        task = asyncio.create_task(listener.run())
        await until(lambda: feed._reader is not None)
        looks: list[str] = []

        def away(method: str, arguments: object) -> bool:
            looks.append(method)
            return True

        api.store.fails = away
        assessed(api, "a")
        await until(lambda: len(looks) > 2)
        assert listener.heard == []
        api.store.fails = lambda method, arguments: False
        await until(lambda: listener.heard)
        feed.stopping.set()
        await asyncio.wait_for(task, WAIT_S)

    asyncio.run(play())


@pytest.mark.parametrize("id", ["x", "!!", "eA==", "ü".encode()])
def test_an_id_of_nothing_is_refused_before_the_stream_begins(api: Api, id: str) -> None:
    answer = api.get("/events", headers={"Last-Event-ID": id})
    assert answer.status_code == 422


def test_the_stream_is_one_of_events(api: Api, feed: Feed) -> None:
    feed.stopping.set()
    answer = api.get("/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text.startswith("retry: ")
