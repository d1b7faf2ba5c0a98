"""The demo against a running topology: learn, introduce, replay; the entry of ``bellwether demo``."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

from bellwether.embedded.demo import settings
from bellwether.embedded.demo.api import Api
from bellwether.embedded.demo.recipes import RECIPES, REPLAY_FROM, REPLAY_UNTIL
from bellwether.embedded.demo.replay import Replay, Stream, days_pushed
from bellwether.embedded.demo.watched import watch

HEAD_START = 3
"""Batches of the first model that are on their way while the second one is learned."""

Say = Callable[[str], None]


def run(
    home: Path,
    url: str,
    key: str,
    mlflow_url: str,
    *,
    factory: tuple[str, str] | None = None,
    days: int | None = None,
    speed: float | None = None,
    say: Say = print,
) -> None:
    """Train, register and introduce both models and push their days; returns when all reports are there.

    ``factory`` is the address of the data factory and the secret of its identity; without one there are no pipelines.
    ``home`` keeps the prepared flights; ``days`` from 1 April 2013 (0: the year) and ``speed`` in days a second
    (0: as fast as they are taken) come from the environment when None. Doing it again pushes nothing new.
    """
    chosen = settings.load()
    wanted = _days(chosen.days if days is None else days)
    with Api(url, key) as api:
        there = {recipe.name: days_pushed(api, recipe.name) for recipe in RECIPES}
        if all(found is not None and found.keys() >= set(wanted) for found in there.values()):
            watch(api, mlflow_url, factory and factory[0])
            say(f"demo: all {len(wanted)} days of {' and '.join(there)} are there; nothing to push")
            return
        replay = Replay(api, chosen.speed if speed is None else speed, say)
        _replay(api, replay, home / "demo", mlflow_url, factory, wanted, there, say)


def _replay(
    api: Api,
    replay: Replay,
    folder: Path,
    mlflow_url: str,
    outside: tuple[str, str] | None,
    wanted: Sequence[date],
    there: Mapping[str, Mapping[date, str] | None],
    say: Say,
) -> None:
    # The training libraries take seconds to load: only when there is something to score.
    from bellwether.embedded.demo import data, onboard, registry, upstream  # noqa: PLC0415

    say("demo: preparing the flights of 2013")
    flights = data.load(folder)
    registry.await_server(mlflow_url, pause=api.pause)
    factory_url, secret = outside or (None, "")
    told = upstream.Upstream(mlflow_url, factory_url, secret, flights)
    told.prepare()
    streams: list[Stream] = []
    for recipe in RECIPES:
        model, registered = onboard.learn(mlflow_url, recipe, flights, say)
        replay.tell()
        onboard.introduce(api, recipe, model, registered, flights)
        pushed = there[recipe.name] or {}
        left = [day for day in wanted if day not in pushed]
        say(f"{recipe.name}: the reference is ready, {len(left)} days to push")
        rows, labels = onboard.rows_of(recipe, model, flights), onboard.labels_of(recipe, flights)
        run = told.of(recipe, registered)
        streams.append(Stream(recipe.name, registered.version, rows, labels, run, deque(left), set(pushed)))
        replay.push(streams[-1:], HEAD_START)
    # From here on nothing is told to MLflow that is not of the replay's calendar.
    watch(api, mlflow_url, outside and outside[0])
    replay.push(streams)
    replay.drain()
    say(f"demo: all {len(wanted)} days are pushed and analysed")


def _days(count: int) -> tuple[date, ...]:
    whole = (REPLAY_UNTIL - REPLAY_FROM).days
    first = REPLAY_FROM.toordinal()
    return tuple(date.fromordinal(first + number) for number in range(min(count or whole, whole)))
