"""Fixtures every test may use, and the rules of lanes: ``tests/lanes.py``."""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest

from bellwether.embedded import home, launcher, probes, redis
from bellwether.embedded.demo import registry
from bellwether.embedded.topology import RedisAnswers
from bellwether.objects import ObjectStore, open_objects
from bellwether.storage.sqlite import SqliteStore
from tests.lanes import CORE, LANES, REQUIRED, lane

START_S = 60.0
FIRST = (
    "tests/e2e/images/",
    "tests/e2e/test_",
    "tests/integration/explain/",
    "tests/integration/demo/",
    "tests/integration/sources/",
    "tests/contract/sources/",
    "tests/integration/profile/test_spark",
    "tests/e2e/faults/",
    "tests/e2e/web/",
)
"""What takes minutes, in the order it is begun in: last, it would leave the other process with nothing to do.

Containers come long before pages, which wait for them (``network.py``); what shares an MLflow server is together.
"""

# The same examples on every machine and run, however busy it is; `pytest --hypothesis-profile=default` looks for new
# ones.
hypothesis.settings.register_profile(
    "same", derandomize=True, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("same")


@pytest.fixture
def now() -> datetime:
    """A fixed time of the injected clock."""
    return datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def documents(tmp_path: Path) -> Iterator[SqliteStore]:
    """An empty document store on disk, without the ownership guard."""
    store = SqliteStore(tmp_path / "store" / "documents.db")
    yield store
    store.close()


@pytest.fixture
def objects(tmp_path: Path) -> ObjectStore:
    """An empty object storage on disk."""
    return open_objects((tmp_path / "objects").as_uri())


@pytest.fixture
def free_port() -> Callable[[], int]:
    """Ports of 127.0.0.1 that nobody listens on."""
    return home.free_port


@pytest.fixture(scope="session")
def mlflow_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a real MLflow tracking server on SQLite, shared by the session: it takes half a minute to start."""
    folder, port = tmp_path_factory.mktemp("mlflow"), home.free_port()
    argv = [sys.executable, "-m", "bellwether.embedded.mlflow_server", "--folder", str(folder), "--port", str(port)]
    bound = [sys.executable, "-I", "-S", launcher.__file__, str(os.getpid()), *argv]
    # Files of experiments at mlflow-artifacts: are handed out by the server; of all others they lie in its folder.
    served = {"_MLFLOW_SERVER_SERVE_ARTIFACTS": "true", "_MLFLOW_SERVER_ARTIFACT_DESTINATION": str(folder / "served")}
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            bound, env=os.environ | served, stdout=log, stderr=subprocess.STDOUT, process_group=0
        )
    url = f"http://127.0.0.1:{port}"
    try:
        registry.await_server(url, 180)
        yield url
    finally:
        process.terminate()
        process.wait(START_S)


@pytest.fixture(scope="session")
def bundled_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a real Redis server, the bundled one, shared by the session."""
    server, folder = redis.bundled(), tmp_path_factory.mktemp("redis")
    argv, url = redis.configure(server, folder, home.free_port())
    bound = [sys.executable, "-I", "-S", launcher.__file__, str(os.getpid()), *argv]
    with (folder / "redis.log").open("wb") as log:
        process = subprocess.Popen(bound, stdout=log, stderr=subprocess.STDOUT, process_group=0)
    deadline = time.monotonic() + START_S
    while not probes.answers(RedisAnswers(url), 0.0):
        assert process.poll() is None, (folder / "redis.log").read_text()
        assert time.monotonic() < deadline, f"no answer of {server} within {START_S} s"
        time.sleep(0.02)
    yield url
    process.terminate()
    process.wait(START_S)


@pytest.fixture
def redis_url(bundled_redis: str) -> str:
    """URL of the session's Redis server, emptied."""
    from redis import Redis  # noqa: PLC0415 - only tests that want it pay for it

    with Redis.from_url(bundled_redis) as client:
        client.flushall()
    return bundled_redis


def pytest_configure(config: pytest.Config) -> None:
    """Announce the marker."""
    config.addinivalue_line("markers", "lane(name): needs what the lane of tests/lanes.py names")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put what takes long first; leave out, rather than skip, what CI cannot have: the table names it."""
    items.sort(key=_place)
    if not _required():
        return
    left = [item for item in items if (name := _lane(item)) and not lane(name).ci and not lane(name).find()]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose lane is missing, or fail it where lanes are required."""
    name = _lane(item)
    if name and not lane(name).find():
        if _required():
            pytest.fail(f"lane {name}: {lane(name).missing}", pytrace=False)
        pytest.skip(f"lane {name}: {lane(name).missing}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a skip that gives no reason, and any skip where lanes are required."""
    report = yield
    report.user_properties.append(("lane", _lane(item) or CORE))
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        bare = reason.removeprefix("Skipped").removeprefix(":").strip()
        if not bare or bare == "unconditional skip" or _required():
            report.outcome = "failed"
            report.longrepr = f"skipped without a reason or where nothing may be skipped: {bare or 'no reason'}"
    return report


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a whole run in which a lane that is required, or that is there, held no test."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    chosen = session.config.option.file_or_dir or session.config.option.keyword or session.config.option.collectonly
    if not _required() or chosen or reporter is None or session.exitstatus != pytest.ExitCode.OK:
        return
    ran = _ran(reporter)
    if any((each.ci or each.find()) and not ran[each.name] for each in LANES):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _ran(terminalreporter: pytest.TerminalReporter) -> Counter[str]:
    ran: Counter[str] = Counter()
    for outcome in ("passed", "failed", "error", "xfailed", "xpassed"):
        for report in terminalreporter.stats.get(outcome, []):
            ran.update(value for key, value in getattr(report, "user_properties", []) if key == "lane")
    return ran


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table of lanes."""
    ran = _ran(terminalreporter)
    terminalreporter.section("lanes")
    terminalreporter.write_line(f"{CORE:14} ran {ran[CORE]}")
    for each in LANES:
        if each.find():
            bare = not ran[each.name] and _required()
            terminalreporter.write_line(
                f"{each.name:14} ran {ran[each.name]}{': a lane that is there has tests' * bare}"
            )
        else:
            word = "failed" if _required() and each.ci else "not run" if not each.ci else "skipped"
            terminalreporter.write_line(f"{each.name:14} {word} because {each.missing}")


def _place(item: pytest.Item) -> int:
    return next((place for place, begin in enumerate(FIRST) if item.nodeid.startswith(begin)), len(FIRST))


def _required() -> bool:
    return os.environ.get(REQUIRED) == "required"


def _lane(item: pytest.Item) -> str | None:
    marker = item.get_closest_marker("lane")
    return str(marker.args[0]) if marker else None
