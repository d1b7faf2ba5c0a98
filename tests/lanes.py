"""Lanes: groups of tests that need something no lock gives. Standard library only.

``python tests/lanes.py`` prints the Debian packages CI has to install: those of its lanes that are not there.
"""

import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

REQUIRED = "BELLWETHER_LANES"
"""Set to ``required``, a missing tool fails its tests; else it skips them."""


@dataclass(frozen=True, slots=True)
class Lane:
    """What a group of tests needs, how it is found, where Debian has it, whether CI runs it."""

    name: str
    needs: str
    programs: tuple[str, ...] = ()
    """Any of these on PATH will do."""
    variable: str | None = None
    """Names the thing itself, and wins over PATH."""
    packages: tuple[str, ...] = ()
    ci: bool = True
    together: tuple[str, ...] = ()
    """All of these have to be on PATH."""

    def find(self, environ: Mapping[str, str] | None = None) -> str | None:
        """Return where the thing is; ``None`` when it is missing."""
        environ = os.environ if environ is None else environ
        if self.variable and environ.get(self.variable):
            return environ[self.variable]
        if self.together:
            return next(iter(paths.values())) if (paths := self.paths(environ)) else None
        found = (shutil.which(program, path=environ.get("PATH")) for program in self.programs)
        return next((path for path in found if path), None)

    def paths(self, environ: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return where each program of ``together`` is; nothing when one is missing."""
        environ = os.environ if environ is None else environ
        found = {name: shutil.which(name, path=environ.get("PATH")) for name in self.together}
        return {} if None in found.values() else {name: path for name, path in found.items() if path}

    @property
    def missing(self) -> str:
        """What to tell when it is missing."""
        if self.packages:
            return f"{self.needs} is not installed: apt-get install {' '.join(self.packages)}"
        how = "put it on PATH or set" if self.programs else "set"
        return f"{self.needs} is not there: {how} {self.variable}"


LANES = (
    Lane("redis-compat", "redis-server", ("redis-server",), "BELLWETHER_TEST_REDIS_SERVER", ("redis-server",)),
    Lane("browser", "Chromium", ("chromium", "chromium-browser", "google-chrome"), "CHROMIUM", ("chromium",)),
    Lane(
        "prometheus",
        "Prometheus with its Alertmanager, curl or jq",
        together=("prometheus", "promtool", "prometheus-alertmanager", "amtool", "curl", "jq"),
        # What the operators' page is followed with.
        packages=("prometheus", "prometheus-alertmanager", "curl", "jq"),
    ),
    Lane("spark", "Java 17", ("java",), "BELLWETHER_TEST_JAVA", ("openjdk-17-jre-headless",)),
    Lane(
        "images",
        "podman, runc, debootstrap or iptables",
        together=("podman", "runc", "debootstrap", "iptables"),
        # Without iptables a network of containers fails, and what is said then does not name it.
        packages=("podman", "buildah", "runc", "netavark", "aardvark-dns", "catatonit", "debootstrap", "iptables"),
    ),
    Lane("kubectl", "kubectl 1.32 or later (Debian's is older)", ("kubectl",), "BELLWETHER_TEST_KUBECTL", ci=False),
    Lane("azure", "an Azure Cosmos DB account", variable="BELLWETHER_TEST_COSMOS_ENDPOINT", ci=False),
)
CORE = "core"
"""The lane of every other test; it needs nothing."""


def lane(name: str) -> Lane:
    """Return one lane; raises ``KeyError``."""
    return {lane.name: lane for lane in LANES}[name]


def packages() -> Iterable[str]:
    """Debian packages CI has to install."""
    return (package for lane in LANES if lane.ci and not lane.find() for package in lane.packages)


if __name__ == "__main__":
    print(*packages(), sep="\n", end="\n" if list(packages()) else "")  # noqa: T201
