"""Every image: how long it takes to build, how large it is over its base, that it starts, ends, and is repeatable.

Times are of a build from nothing but its bases, on a machine whose downloads may be cached; sizes are exact.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bellwether.bus.routes import SERVICES
from tests.e2e.images import bases, sources
from tests.e2e.images.engine import NAMES, attempt, podman, stop

ROOT = Path(__file__).parents[3]
pytestmark = [pytest.mark.bench, pytest.mark.lane("images")]
BUILD_S, READY_S, STOP_S = 1800.0, 180.0, 60
IMAGES = ("gateway", *SERVICES)
ROLES = {**{service: service for service in IMAGES}, "beat": "lineage"}
"""What runs, and the image it runs from."""


def name(service: str) -> str:
    return f"{NAMES}/{service}:bench"


def build(service: str, folder: Path) -> tuple[str, float]:
    """Build an image, every step anew; the digests of its layers and the seconds it took."""
    given = bases.arguments()
    bound = {"SERVICE": service, "PYTHON": given["PYTHON_IMAGE"], "NODE": given["NODE_IMAGE"]}
    began = time.monotonic()
    podman(
        *("build", "--quiet", "--no-cache", "--format=docker", "--timestamp=0", *sources.arguments(folder)),
        *(f"--build-arg={key}={value}" for key, value in bound.items()),
        *("--file", ROOT / "deploy/images/Dockerfile", "--tag", name(service), ROOT),
        timeout_s=BUILD_S,
    )
    return podman("image", "inspect", "--format", "{{.RootFS.Layers}}", name(service)), time.monotonic() - began


def size(image: str) -> int:
    return int(podman("image", "inspect", "--format", "{{.Size}}", image))


@pytest.fixture(scope="module", autouse=True)
def removed() -> Iterator[None]:
    """Whatever was built goes in the end, with the layers between."""
    before = dangling()
    yield
    attempt("rmi", *map(name, IMAGES))
    for image in dangling() - before:
        attempt("rmi", image)


def dangling() -> set[str]:
    """Images that no name leads to: layers of stages, kept for the next build."""
    return set(podman("images", "--filter=dangling=true", "--quiet", "--no-trunc").split())


@pytest.fixture(scope="module")
def redis() -> Iterator[str]:
    """A Redis server; whoever shares its network finds it at 127.0.0.1."""
    given = bases.arguments()
    image = f"{given['REDIS_IMAGE']}:{given['REDIS_VERSION']}"
    container = podman("run", "--detach", "--user=999", "--read-only", image, "redis-server", "--dir", "/data")
    yield container
    stop([container])


@pytest.mark.parametrize("service", IMAGES)
def test_time_and_size(service: str, tmp_path: Path) -> None:
    _, seconds = build(service, tmp_path)
    over = (size(name(service)) - size(bases.arguments()["PYTHON_IMAGE"])) / 1e6
    print(f"\n{service:10} {seconds:6.0f} s  {over:6.0f} MB over its base")


@pytest.mark.parametrize("role", ROLES)
def test_a_container_gets_well_and_ends(role: str, redis: str) -> None:
    """Read-only, without rights, within its memory; measured: seconds until its health check passes."""
    container = podman(
        *("run", "--detach", "--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", "--security-opt=no-new-privileges"),
        *("--init", "--memory=2g", f"--network=container:{redis}", f"--stop-timeout={STOP_S}"),
        "--env=BELLWETHER_REDIS_URL=redis://127.0.0.1:6379/0",
        *(name(ROLES[role]), role),
    )
    try:
        began = time.monotonic()
        while attempt("healthcheck", "run", container).returncode:
            assert time.monotonic() - began < READY_S, podman("logs", "--tail", "30", container)
            time.sleep(0.5)
        ready = time.monotonic() - began
        began = time.monotonic()
        podman("stop", container)
        ended = podman("inspect", "--format", "{{.State.ExitCode}}", container)
        assert ended == "0", "137: it had to be killed"
        print(f"\n{role:10} well after {ready:4.0f} s, ended after {time.monotonic() - began:4.1f} s")
    finally:
        stop([container])


@pytest.mark.parametrize("service", ["gateway", "lineage"])
def test_the_same_sources_give_the_same_files(service: str, tmp_path: Path) -> None:
    first, _ = build(service, tmp_path)
    second, _ = build(service, tmp_path)
    assert first == second
    print(f"\n{service}: two builds, equal layers, the last {first.strip('[]').split()[-1][:19]}")
