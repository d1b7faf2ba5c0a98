"""What a supervisor leaves behind when it stops, when it is killed, and when there are two of them."""

import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from redis import Redis

from bellwether.embedded import home as homes
from bellwether.errors import Conflict, NotFound
from tests.integration.embedded.children import WAIT_S, gone, until

ROOT = Path(__file__).parents[3]
Running = subprocess.Popen[str]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def start(home: Path) -> Iterator["Start"]:
    start = Start(home)
    yield start
    for process in start.processes:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=WAIT_S)


class Start:
    """Starts the stand-in topology and waits until it runs."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.processes: list[Running] = []

    def __call__(self) -> Running:
        process = self.quickly()
        until(lambda: _runs(self.home) or process.poll() is not None, "run.json")
        assert process.poll() is None, process.communicate()[0]
        return process

    def quickly(self) -> Running:
        """Start without waiting."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.embedded.standin", str(self.home)],
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.processes.append(process)
        return process


def test_run_json_tells_what_runs_and_only_to_its_owner(home: Path, start: Start) -> None:
    process = start()
    run = homes.read_run(home)
    assert {one["name"] for one in run["processes"]} == {"redis", "service", "stubborn"}
    assert run["supervisor"] == process.pid
    assert stat.S_IMODE((home / "run.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((home / "redis" / "redis.conf").stat().st_mode) == 0o600


def test_the_password_of_redis_is_no_argument(home: Path, start: Start) -> None:
    start()
    password = (home / "redis" / "password").read_text()
    [redis] = [one for one in homes.read_run(home)["processes"] if one["name"] == "redis"]
    assert password not in " ".join(psutil.Process(redis["pid"]).cmdline())


def test_ctrl_c_leaves_no_process_and_no_run_json(home: Path, start: Start) -> None:
    process = start()
    family = _family(process.pid)
    assert len(family) == 5, "redis, service, its child, stubborn, the guard"
    process.send_signal(signal.SIGINT)
    assert process.wait(WAIT_S) == 0
    assert [pid for pid in family if not gone(pid)] == []
    assert not (home / "run.json").exists()


def test_after_sigkill_of_the_supervisor_everything_ends_and_a_new_start_finds_the_data(
    home: Path, start: Start
) -> None:
    process = start()
    family = _family(process.pid)
    with Redis.from_url(homes.read_run(home)["url"]) as client:
        client.set("kept", "yes")
    until(lambda: b"kept" in _aof(home), "the append-only file")
    process.kill()
    process.wait()
    with pytest.raises(NotFound, match=r"of a supervisor that was killed"):
        homes.read_run(home)

    start()  # waits until all of the former is gone, the one that ignores SIGTERM included
    assert [pid for pid in family if not gone(pid)] == []
    with Redis.from_url(homes.read_run(home)["url"]) as client:
        assert client.get("kept") == b"yes"


def test_everything_ends_when_supervisor_and_guard_are_killed_together(home: Path, start: Start) -> None:
    process = start()
    [guard] = [child for child in psutil.Process(process.pid).children() if "guard.py" in " ".join(child.cmdline())]
    pids = {one["name"]: one["pid"] for one in homes.read_run(home)["processes"]}
    guard.kill()
    process.kill()
    process.wait()
    until(lambda: gone(pids["redis"]) and gone(pids["service"]), "the end of the children")
    psutil.Process(pids["stubborn"]).kill()


def test_a_second_supervisor_is_refused_and_told_who_has_the_home(home: Path, start: Start) -> None:
    first, second = start(), start.quickly()
    told, _ = second.communicate(timeout=WAIT_S)
    assert second.returncode != 0
    assert f"{home} is in use by the Bellwether with pid {first.pid}" in told
    assert "set BELLWETHER_HOME to another folder" in told
    assert first.poll() is None


def test_a_home_in_use_is_not_removed(home: Path, start: Start) -> None:
    start()
    with pytest.raises(Conflict, match=r"is in use by"):
        homes.remove(home)
    assert (home / "redis").exists()


def test_a_folder_that_is_no_home_is_not_removed(home: Path) -> None:
    home.mkdir()
    (home / "thesis.txt").write_text("the only copy")
    with pytest.raises(Conflict, match=r"is no folder of ours"):
        homes.remove(home)
    assert (home / "thesis.txt").exists()


def test_a_home_is_removed_whole(home: Path) -> None:
    with homes.held(home):
        (home / "data").mkdir()
    assert homes.remove(home)
    assert not home.exists()
    assert not homes.remove(home)


def test_a_taken_port_is_named_with_the_way_out() -> None:
    port = homes.free_port()
    server = subprocess.Popen([sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"])
    try:
        until(lambda: _taken(port), "the server")
        with pytest.raises(Conflict, match=rf"port {port} cannot be had .* PORT=0 takes any free one"):
            homes.check_port(port)
    finally:
        server.kill()
        server.wait()


def _runs(home: Path) -> bool:
    try:
        return bool(homes.read_run(home))
    except NotFound:
        return False


def _family(pid: int) -> list[int]:
    return [child.pid for child in psutil.Process(pid).children(recursive=True)]


def _aof(home: Path) -> bytes:
    return b"".join(file.read_bytes() for file in (home / "redis" / "appendonlydir").glob("*"))


def _taken(port: int) -> bool:
    try:
        homes.check_port(port)
    except Conflict:
        return True
    return False
