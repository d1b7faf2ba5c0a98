"""The command of the Redis in the cluster, run as it stands on a real server: its password, its limit, its probes."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import AuthenticationError, Redis

from tests.lanes import lane
from tests.unit.deploy.manifests import COMPONENTS, Doc, pods

pytestmark = pytest.mark.lane("redis-compat")
PASSWORD = "s3cret-_x"
START_S = 60.0


@pytest.fixture(scope="module")
def container() -> Doc:
    [(_, pod)] = pods(COMPONENTS / "redis")
    found: Doc = pod["spec"]["containers"][0]
    return found


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """What the container's shell sees: the server and its client on PATH, the password, and no port of its own."""
    server = lane("redis-compat").find()
    assert server is not None
    return {"PATH": f"{Path(server).parent}{os.pathsep}{os.environ['PATH']}", "REDISCLI_AUTH": PASSWORD}


@pytest.fixture
def port(container: Doc, environ: dict[str, str], tmp_path: Path, free_port: Callable[[], int]) -> Iterator[int]:
    """Port of a server started with the command of the manifest."""
    chosen = free_port()
    [script] = container["args"]
    script = script.replace("--dir /data", f"--dir {tmp_path} --bind 127.0.0.1 --port {chosen}")
    server = subprocess.Popen([*container["command"], script], env=environ, stdout=subprocess.DEVNULL)
    yield chosen
    server.terminate()
    assert server.wait(START_S) == 0, "it was not the server that was told to stop"


def probed(container: Doc, environ: dict[str, str], port: int) -> bool:
    """Whether the readiness probe says yes; the client asks the port that was chosen."""
    [*shell, script] = container["readinessProbe"]["exec"]["command"]
    script = script.replace("redis-cli", f"redis-cli -p {port}")
    return (
        subprocess.run([*shell, script], env=environ, capture_output=True, check=False, timeout=START_S).returncode == 0
    )


def test_it_answers_whom_it_should_and_never_evicts(container: Doc, environ: dict[str, str], port: int) -> None:
    end = time.monotonic() + START_S
    while not probed(container, environ, port):
        assert time.monotonic() < end, f"not ready within {START_S} s"
        time.sleep(0.1)
    assert not probed(container, environ | {"REDISCLI_AUTH": "wrong"}, port)
    with Redis(port=port) as stranger, pytest.raises(AuthenticationError):
        stranger.ping()
    with Redis(port=port, password=PASSWORD) as client:
        assert client.config_get("maxmemory*")["maxmemory-policy"] == "noeviction"
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        limit = int(container["resources"]["limits"]["memory"].removesuffix("Mi")) * 2**20
        assert 0 < int(client.config_get("maxmemory")["maxmemory"]) <= limit / 2
