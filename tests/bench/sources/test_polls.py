"""What a look costs when there is much and little of it is new: requests, rows read, seconds.

The 10,000 runs of MLflow are put into its database directly: logging them over REST takes minutes.
"""

import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bellwether.collector.sources import Found
from bellwether.collector.sources.data_factory.source import DataFactorySource
from bellwether.collector.sources.mlflow.source import MlflowSource
from bellwether.contracts import Cursor
from bellwether.embedded import home
from bellwether.embedded.demo import registry
from bellwether.testing.data_factory import DataFactoryServer, sample
from tests.sources import MINUTE, NOW, ExperimentOutside, FactoryOutside, ms, opened

RUNS = 10_000
pytestmark = [pytest.mark.bench, pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")]


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExperimentOutside]:
    """A tracking server of its own whose one watched experiment holds 10,000 ended runs, one a minute."""
    folder, port = tmp_path_factory.mktemp("mlflow"), home.free_port()
    argv = [sys.executable, "-m", "bellwether.embedded.mlflow_server", "--folder", str(folder), "--port", str(port)]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(argv, stdout=log, stderr=subprocess.STDOUT)
    url = f"http://127.0.0.1:{port}"
    try:
        registry.await_server(url, 180)
        outside = ExperimentOutside(url, "crowded")
        _fill(folder / "mlflow.db", outside)
        yield outside
    finally:
        process.terminate()
        process.wait(20)


def _fill(database: Path, outside: ExperimentOutside) -> None:
    like = outside.add(0, NOW - timedelta(days=8))
    with sqlite3.connect(database) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(runs)")]
        (row,) = connection.execute("SELECT * FROM runs WHERE run_uuid = ?", (like,))
        known = dict(zip(columns, row, strict=True))
        rows = []
        for number in range(RUNS):
            end = NOW - number * MINUTE
            times = {"run_uuid": uuid.uuid4().hex, "start_time": ms(end - MINUTE), "end_time": ms(end)}
            rows.append(tuple({**known, **times}[name] for name in columns))
        marks = ",".join("?" * len(columns))
        connection.executemany(f"INSERT INTO runs VALUES ({marks})", rows)


def told(pages: list[Found]) -> int:
    return sum(len(page.documents) for page in pages)


def test_mlflow_with_nothing_new_is_asked_once(crowded: ExperimentOutside) -> None:
    source = crowded.source(since=NOW - timedelta(days=9))
    port = opened(source)
    assert isinstance(port, MlflowSource)
    began = time.perf_counter()
    cursor: Cursor | None = None
    found = 0
    for page in port.poll(None, NOW):
        cursor, found = page.cursor, found + len(page.documents)
    first, spent = port.client.requests, time.perf_counter() - began
    assert found >= RUNS
    looks = []
    for number in range(1, 4):  # within the minute in which nothing else is due
        before, began = port.client.requests, time.perf_counter()
        pages = list(port.poll(cursor, NOW + timedelta(seconds=10 * number)))
        looks.append(time.perf_counter() - began)
        assert (told(pages), port.client.requests - before) == (0, 1)
        cursor = pages[-1].cursor
    print(f"MLflow, {RUNS} runs: all of them {first} requests in {spent:.1f} s; nothing new 1 request, "
          f"{1000 * min(looks):.0f} ms")  # fmt: skip


def test_data_factory_is_asked_for_the_window_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    factory = sample(runs=RUNS, every=5 * MINUTE, live=False)
    with DataFactoryServer(factory, token_seconds=10**9) as server:
        for name, value in server.environ.items():
            monkeypatch.setenv(name, value)
        port = opened(FactoryOutside(server).source(since=NOW - 30 * MINUTE))
        assert isinstance(port, DataFactorySource)
        cursor = list(port.poll(None, NOW))[-1].cursor
        factory.requests.clear()
        began = time.perf_counter()
        later = NOW + 10 * MINUTE
        pages = list(port.poll(cursor, later))
        spent = time.perf_counter() - began
        (body,) = factory.asked("queryPipelineRuns")
        assert body is not None
        since = datetime.fromisoformat(body["lastUpdatedAfter"])
        in_window = factory.updated_between(since, later)
        assert since >= cursor.high_water - 15 * MINUTE
        assert len(in_window) < 10 < len(factory.runs)
        new = told(pages)
        assert len(factory.asked("queryActivityruns")) == new
        print(f"Data Factory, {RUNS} runs: {len(in_window)} read in 1 query, {new} changed, "
              f"{len(factory.requests)} requests, {1000 * spent:.0f} ms")  # fmt: skip
