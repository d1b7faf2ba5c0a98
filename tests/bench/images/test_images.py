"""Every image: how long it takes to build, how large it is over its base, and that equal sources give equal files.

Times are of a build from nothing but its bases, on a machine whose downloads may be cached; sizes are exact.
"""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bellwether.bus.routes import SERVICES
from tests.e2e.images import bases, sources
from tests.e2e.images.engine import NAMES, attempt, podman

ROOT = Path(__file__).parents[3]
pytestmark = [pytest.mark.bench, pytest.mark.lane("images")]
BUILD_S = 1800.0
TAG = "bench"


def build(service: str, folder: Path, tag: str) -> tuple[list[str], float]:
    """Build an image, every step anew; its layers and the seconds it took."""
    given = bases.arguments()
    bound = {"SERVICE": service, "PYTHON": given["PYTHON_IMAGE"], "NODE": given["NODE_IMAGE"]}
    began = time.monotonic()
    podman(
        *("build", "--quiet", "--layers=false", "--format=docker", "--timestamp=0", *sources.arguments(folder)),
        *(f"--build-arg={name}={value}" for name, value in bound.items()),
        *("--file", ROOT / "deploy/images/Dockerfile", "--tag", f"{NAMES}/{service}:{tag}", ROOT),
        timeout_s=BUILD_S,
    )
    return inspect(f"{NAMES}/{service}:{tag}")["RootFS"]["Layers"], time.monotonic() - began


def inspect(image: str) -> dict[str, dict[str, list[str]]]:
    [found] = json.loads(podman("image", "inspect", image))
    return dict(found)


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """Whatever was built goes again."""
    yield
    attempt("rmi", "--force", *(f"{NAMES}/{service}:{TAG}" for service in ("gateway", *SERVICES)))


@pytest.mark.parametrize("service", ["gateway", *SERVICES])
def test_time_and_size(service: str, tmp_path: Path) -> None:
    _, seconds = build(service, tmp_path, TAG)
    size = podman("image", "inspect", "--format", "{{.Size}}", f"{NAMES}/{service}:{TAG}")
    base = podman("image", "inspect", "--format", "{{.Size}}", bases.arguments()["PYTHON_IMAGE"])
    print(f"\n{service:10} {seconds:6.0f} s  {(int(size) - int(base)) / 1e6:6.0f} MB over its base")


@pytest.mark.parametrize("service", ["gateway", "lineage"])
def test_the_same_sources_give_the_same_files(service: str, tmp_path: Path) -> None:
    first, _ = build(service, tmp_path, TAG)
    second, _ = build(service, tmp_path, TAG)
    assert first == second
    print(f"\n{service}: two builds, {len(first)} equal layers, the last {first[-1][:19]}")
