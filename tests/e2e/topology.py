"""The product as a user starts it: ``bellwether up`` in a folder of its own, on free ports."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

START_S = 240.0
STOP_S = 60.0


class Topology:
    """One running topology."""

    def __init__(self, home: Path, environ: Mapping[str, str] | None = None, verb: str = "up") -> None:
        self.home = home
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bellwether.cli", verb],
            env={**os.environ, "BELLWETHER_HOME": str(home), "PORT": "0", **(environ or {})},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    @property
    def run(self) -> dict[str, Any]:
        """What stands in ``run.json``; empty before the page answers."""
        try:
            found: dict[str, Any] = json.loads((self.home / "run.json").read_text())
        except FileNotFoundError:
            return {}
        return found

    @property
    def states(self) -> dict[str, str]:
        """Process name to state."""
        return {one["name"]: one["state"] for one in self.run.get("processes", [])}

    def pid(self, name: str) -> int:
        """Process id of one process."""
        return int({one["name"]: one["pid"] for one in self.run["processes"]}[name])

    def wait(self, condition: Callable[[], bool], what: str, wait_s: float = START_S) -> None:
        """Poll until a state is reached; the end of the supervisor ends the wait."""
        deadline = time.monotonic() + wait_s
        while not condition():
            assert self.process.poll() is None, f"waiting for {what}: {self.process.communicate()[0]}"
            assert time.monotonic() < deadline, f"waited {wait_s} s for {what}: {self.states}"
            time.sleep(0.1)

    def ready(self) -> None:
        """Wait until every process is ready."""
        names = {"redis", "gateway", "collector", "drift", "explain", "lineage", "beat", "mlflow"}
        self.wait(lambda: names <= {name for name, state in self.states.items() if state == "ready"}, "everything")

    def stop(self, wait_s: float = STOP_S) -> str:
        """Stop as Ctrl-C does; what it said."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            said, _ = self.process.communicate(timeout=wait_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        return said
