"""docker-compose.yml in a folder of its own, brought up by podman-compose from images built here."""

import os
import re
import shutil
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path

from tests.e2e.images import bases, sources
from tests.e2e.images.engine import ENVIRON, NAMES, attempt, podman

ROOT = Path(__file__).parents[3]
SERVICES = ("redis", "gateway", "collector", "drift", "lineage", "beat")
"""What the ordinary tests run. Not explain: its image takes as long as two others, and tests/bench/images builds it."""
BUILT = ("gateway", "collector", "drift", "lineage")
_PARTS = (
    "deploy",
    "libs",
    "requirements",
    "scripts",
    "services",
    "docker-compose.yml",
    ".env.example",
    ".dockerignore",
)
_DOCKER = """\
#!/bin/sh -e
# `docker` for the commands of docs/deploy-compose.md: podman-compose, and `up` takes the services of the test.
[ "$1" = compose ] || exec podman "$@"
shift
[ "$1" != up ] || set -- "$@" {services}
exec "{python}" -m podman_compose --parallel 2 {build} "$@"
"""


class Project:
    """A copy of what the composition needs, with a shell that remembers variables as a reader's does."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder / "bellwether", port
        self.name = f"bellwether-test-{port}"
        self.folder.mkdir()
        for part in _PARTS:
            source, target = ROOT / part, self.folder / part
            if source.is_dir():
                shutil.copytree(source, target, ignore=_made)
            else:
                shutil.copy2(source, target)
        tag = re.sub(r"\W", "-", str(ROOT)).strip("-")  # worktrees of one machine keep out of each other's way
        self._set({"PORT": str(port), "IMAGE_PREFIX": NAMES, "IMAGE_TAG": tag, **bases.arguments()})
        self._write_docker(folder / "bin", sources.arguments(folder))
        self._shell = subprocess.Popen(
            ["sh"],
            cwd=self.folder,
            env={**ENVIRON, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "COMPOSE_PROJECT_NAME": self.name},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def image(self, service: str) -> str:
        """The name of a service's image."""
        [tag] = re.findall(r"^IMAGE_TAG=(.*)$", (self.folder / ".env.example").read_text(), re.M)
        return f"{NAMES}/{service}:{tag}"

    def run(self, script: str, timeout_s: float) -> str:
        """Run a script in the shell, as it stands, and return what it prints; raises when a command of it fails."""
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        (self.folder / "block").write_text(f"set -ex\n{script}\nset +ex\n", encoding="utf-8")
        self._shell.stdin.write(". ./block < /dev/null\necho the block is done\n")
        self._shell.stdin.flush()
        late = threading.Timer(timeout_s, self._shell.kill)
        late.start()
        said: list[str] = []
        try:
            for line in self._shell.stdout:
                if line == "the block is done\n":
                    return "".join(line for line in said if not line.startswith("+"))
                said.append(line)
        finally:
            late.cancel()
        raise AssertionError(f"failed, or took longer than {timeout_s:g} s:\n{script}\n{''.join(said)[-6000:]}")

    def container(self, service: str, number: int = 1) -> str:
        """The name of a container."""
        return f"{self.name}_{service}_{number}"

    def close(self) -> None:
        """End the shell and whatever runs."""
        self._shell.kill()
        self._shell.communicate()
        ours = podman("ps", "--all", "--quiet", "--filter", f"label=io.podman.compose.project={self.name}").split()
        attempt("rm", "--force", "--volumes", "--time", "0", *ours)
        for volume in podman("volume", "ls", "--quiet").splitlines():
            if volume.startswith(f"{self.name}_"):
                attempt("volume", "rm", "--force", volume)
        attempt("network", "rm", "--force", f"{self.name}_default")

    def _set(self, values: Mapping[str, str]) -> None:
        path = self.folder / ".env.example"
        text = path.read_text(encoding="utf-8")
        for name, value in values.items():
            text, found = re.subn(rf"^{name}=.*$", f"{name}={value}", text, flags=re.M)
            assert found == 1, name
        path.write_text(text, encoding="utf-8")

    def _write_docker(self, folder: Path, arguments: list[str]) -> None:
        made = subprocess.run(
            [ROOT / "scripts" / "lane", "images"], capture_output=True, text=True, timeout=600, check=False
        )
        assert made.returncode == 0, made.stderr
        build = " ".join(
            f"--podman-build-args={argument}" for argument in ("--format=docker", "--timestamp=0", *arguments)
        )
        folder.mkdir()
        text = _DOCKER.format(services=" ".join(SERVICES), python=made.stdout.strip(), build=build)
        (folder / "docker").write_text(text, encoding="utf-8")
        (folder / "docker").chmod(0o755)


def _made(_: str, names: list[str]) -> set[str]:
    """What is made and not kept, and never goes into an image."""
    return {name for name in names if name in {"__pycache__", "node_modules", "dist", "dist.new", "dist.old"}}
