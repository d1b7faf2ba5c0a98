"""The real gateway, as a process, over a recorded store, serving the built app."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx

from bellwether.contracts import ModelIn
from bellwether.embedded.home import free_port
from bellwether.gateway.keys import create_key, server_secret
from bellwether.objects import open_objects
from bellwether.settings import Gateway, Settings
from bellwether.storage.factory import open_engine
from tests.e2e.web.large import fill_large
from tests.e2e.web.recorded import VERSION, record
from tests.integration.gateway.explained import answered
from tests.integration.gateway.served import Api, Clock, RecordingBus

ROOT = Path(__file__).parents[3]
WEB = ROOT / "services" / "web"
START_S = 240.0
FACTORY = {
    "name": "main",
    "settings": {
        "kind": "adf",
        "subscription": "12345678-1234-1234-1234-12345678abcd",
        "group": "rg-flights",
        "factory": "adf-flights",
    },
}


@dataclass
class Site:
    """One running gateway: ``url`` to open, ``key`` to sign in with."""

    home: Path
    key: str
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where the app is."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the gateway and wait until it is ready."""
        environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("BELLWETHER_")},
            "BELLWETHER_HOME": str(self.home),
            "BELLWETHER_GATEWAY__PORT": str(self.port),
            "BELLWETHER_GATEWAY__WEB_ROOT": str(WEB / "dist"),
            "BELLWETHER_GATEWAY__REQUESTS_PER_SECOND": "1000",
            "BELLWETHER_GATEWAY__BURST": "10000",
        }
        log = (self.home / "gateway.log").open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bellwether.gateway.main"], env=environ, stdout=log, stderr=log, process_group=0
        )
        log.close()
        deadline = time.monotonic() + START_S
        while not self._answers():
            assert self._process.poll() is None, (self.home / "gateway.log").read_text()
            assert time.monotonic() < deadline, f"the gateway was not ready within {START_S} s"
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop the gateway; it may be started again on the same port."""
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait(10)

    def _answers(self) -> bool:
        with suppress(httpx.HTTPError):
            return httpx.get(f"{self.url}/healthz", timeout=1.0).status_code == httpx.codes.OK
        return False


def empty_site(home: Path) -> Site:
    """Return a site that nothing was ever told, not started yet."""
    return _filled(home, lambda api: None)


def recorded_site(home: Path) -> Site:
    """Return a site with a model that has a history and one without, and the data factory behind it; not started."""

    def fill(api: Api) -> None:
        for name in ("flight-delay", "taxi-out"):
            model = ModelIn(name=name, task="binary", owner="ops-analytics")
            assert api.post("/models", json=model.model_dump(mode="json")).status_code == httpx.codes.CREATED
        version = {"version": VERSION, "alias": "champion", "created_at": "2013-03-31T20:00:00Z"}
        assert api.post("/models/flight-delay/versions", json=version).is_success
        assert api.post("/sources", json=FACTORY).status_code == httpx.codes.CREATED
        record(api.documents, "flight-delay")
        asked = api.post("/models/flight-delay/explanations", json={"id": "one"}).json()
        answered(api, "flight-delay", asked["id"])

    return _filled(home, fill)


def large_site(home: Path) -> Site:
    """Return a site with as much as is promised to stay usable, not started yet."""
    return _filled(home, fill_large)


def _filled(home: Path, fill: Callable[[Api], None]) -> Site:
    settings = Settings(home=home, gateway=Gateway(requests_per_second=1e6, burst=10**6))
    documents = open_engine(settings)
    api = Api(settings, documents, open_objects(settings.objects), RecordingBus(), Clock())
    fill(api)
    key = create_key(documents, server_secret(settings), datetime.now(UTC), "e2e", ["admin"])[1]
    api.close()
    return Site(home, key)
