"""One, two and four worker processes of a service over the same work; what a long queue does to others; restarts.

Only as many processes can be busy as there are cores, so beside what was measured stands what the processor time of a
step allows. Times are of this machine at this moment; the cores that were had tell how busy it was otherwise.
"""

import os
import shutil
import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bellwether.bus import InlineBus, Ledger, Ticket
from bellwether.bus.port import Handler
from bellwether.collector.decode.decoder import Decoder
from bellwether.collector.handlers import Collector
from bellwether.collector.objects import Profiles
from bellwether.collector.tasks import bounds
from bellwether.objects import open_objects
from bellwether.settings import Settings
from bellwether.storage.collections import REPORTS, RUNS, WORK
from bellwether.storage.guard import OwnedDocuments
from bellwether.storage.months import newest
from bellwether.storage.sqlite import SqliteStore
from tests.bench.capacity.inline import PARQUET, parquet
from tests.bench.scale.crew import Crew, crew
from tests.integration.gateway.served import Api, Clock, WorkingBus

LARGE, SMALL = "large", "small"
ROWS: Mapping[str, int] = {LARGE: 10_000, SMALL: 500}
BATCHES: Mapping[str, int] = {LARGE: 30, SMALL: 10}
"""The small model stays within its share of a minute, the large one does not."""
FEATURES = 30
TASK = {"collector": "collector.accept_batch", "drift": "drift.analyse_batch"}
WORKERS = (1, 2, 4)
CORES = len(os.sched_getaffinity(0))


def filled(home: Path, service: str) -> None:
    """Make a home in which two models have batches that wait for ``service``."""
    settings = Settings(home=home)
    store, objects = SqliteStore(home / "store" / "documents.db"), open_objects(settings.objects)
    clock = Clock(datetime.now(UTC).replace(microsecond=0))  # work that is put off a day later is given up
    decoder = Decoder(bounds(settings.limits))
    collector = Collector(OwnedDocuments(store, "collector"), objects, decoder, Profiles(objects), clock)
    handlers: dict[str, Handler] = {"collector.accept_reference": collector.accept_reference}
    if service != "collector":
        handlers["collector.accept_batch"] = collector.accept_batch
    bus = WorkingBus()
    bus.inline = InlineBus(Ledger(store, settings.work, clock), handlers)
    api = Api(settings, store, objects, bus, clock)
    for name, rows in ROWS.items():
        api.post("/models", json={"name": name, "task": "regression"}).raise_for_status()
        api.put(f"/models/{name}/reference", content=parquet(FEATURES, rows, 0), headers=PARQUET).raise_for_status()
        for number in range(BATCHES[name]):
            end = clock() + timedelta(hours=number)
            times = f"start={end - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}&end={end:%Y-%m-%dT%H:%M:%SZ}"
            api.push(
                f"/models/{name}/batches?{times}", parquet(FEATURES, rows, number + 1), PARQUET["Content-Type"]
            ).raise_for_status()
    decoder.close()
    api.close()
    store.close()


@pytest.fixture(scope="module", params=TASK)
def prepared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A service, and a home with work for it."""
    service = str(request.param)
    home = tmp_path_factory.mktemp(service) / "home"
    filled(home, service)
    return service, home


def mixed(waiting: Mapping[str, list[Ticket]]) -> list[Ticket]:
    """Return the work of both models, in one queue, each spread evenly over it."""
    places = [
        ((number + 0.5) / len(tickets), ticket._replace(backlog=False))
        for tickets in waiting.values()
        for number, ticket in enumerate(tickets)
    ]
    return [ticket for _, ticket in sorted(places)]


def taken(crew: Crew, task: str, ring: list[Ticket]) -> tuple[float, float, dict[str, float]]:
    """Ring and wait for all; seconds, processor seconds, and the seconds until each model was done."""
    cpu = crew.cpu_seconds()
    crew.ring(ring)
    done: dict[str, float] = {}
    wall = 0.0
    for wall, left in crew.until(task, 0):
        for model in ROWS:
            if not left[model]:
                done.setdefault(model, wall)
    return wall, crew.cpu_seconds() - cpu, done


@pytest.mark.bench
def test_more_workers_do_more(prepared: tuple[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    service, home = prepared
    lines = []
    for count in WORKERS:
        mine = tmp_path / f"home-{count}"
        shutil.copytree(home, mine)
        with crew(mine, service) as hired:
            for _ in range(count):
                hired.hire()
            waiting = hired.waiting(TASK[service])
            both = mixed(waiting)
            wall, cpu, _ = taken(hired, TASK[service], both)
            each = cpu / len(both)
            lines.append(
                f"  {count} workers  {len(both) / wall:7.2f} batches a s   {1000 * each:6.1f} ms of processor each   "
                f"bound {min(count, CORES) / each:7.2f} a s   had {cpu / wall:4.2f} of {min(count, CORES)} cores"
            )
        shutil.rmtree(mine)
    counts = " and ".join(f"{BATCHES[model]} batches of {ROWS[model]:,} rows" for model in ROWS)
    with capsys.disabled():
        print(f"\n{service}: {counts}, mixed, {FEATURES} features")
        print(f"{CORES} cores, shared with whatever else runs here")
        print("\n".join(lines))


@pytest.mark.bench
def test_what_a_long_queue_does_to_a_small_model(
    prepared: tuple[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    service, home = prepared
    lines = []
    for order, shared in {"first come, first served": False, "each its share": True}.items():
        mine = tmp_path / order.split()[0]
        shutil.copytree(home, mine)
        with crew(mine, service) as hired:
            hired.hire()
            waiting = hired.waiting(TASK[service])
            ring = [*waiting[LARGE], *waiting[SMALL]]
            assert {ticket.backlog for ticket in waiting[LARGE]} == {False, True}
            assert not any(ticket.backlog for ticket in waiting[SMALL])
            if not shared:
                ring = [ticket._replace(backlog=False) for ticket in ring]
            wall, _, done = taken(hired, TASK[service], ring)
            lines.append(f"  {order:30} large done at {done[LARGE] / wall:4.0%}, small at {done[SMALL] / wall:4.0%}")
            assert set(done) == set(ROWS), "nobody is left out"
        shutil.rmtree(mine)
    with capsys.disabled():
        print(f"\n{service}, one worker: when the last batch of each model is done, of the time for all")
        print("\n".join(lines))


@pytest.mark.bench
def test_workers_are_replaced_one_by_one_under_load(
    prepared: tuple[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    service, home = prepared
    mine = tmp_path / "home"
    shutil.copytree(home, mine)
    with crew(mine, service) as hired:
        old = [hired.hire() for _ in range(2)]
        waiting = hired.waiting(TASK[service])
        total = sum(map(len, waiting.values()))
        began = time.monotonic()
        hired.ring([*waiting[LARGE], *waiting[SMALL]])
        for worker in old:
            for _ in hired.until(TASK[service], max(0, hired.left(TASK[service]).total() - 3)):
                pass
            worker.terminate()
            hired.hire()
            worker.wait(60)
        for _ in hired.until(TASK[service], 0):
            # The beat would do this: whatever the one that left gave back is rung for again.
            hired.ring(list(hired.ledger.overdue(service)))
        wall = time.monotonic() - began
        made = Counter(doc["batch"] for name in ROWS for doc in newest(hired.documents, REPORTS, name, prefix="d~"))
        accepted = [
            doc["id"]
            for name in ROWS
            for doc in newest(hired.documents, RUNS, name)
            if doc["type"] == "batch" and doc["state"] == "accepted"
        ]
        dead = hired.documents.count(WORK, "dead")
    with capsys.disabled():
        print(f"\n{service}: two workers replaced one after the other during {total} batches: {wall:.0f} s,")
        print(f"  accepted {len(accepted)} of {total}, reports {made.total()}, given up {dead}")
    assert dead == 0
    assert len(accepted) == len(set(accepted)) == total
    if service == "drift":
        assert len(made) == made.total() == total
