"""``bellwether up`` as a whole: what it tells, what it survives, what it leaves."""

import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import psutil

from bellwether.client import Client
from bellwether.gateway.keyring import Keyring
from bellwether.gateway.keys import server_secret
from bellwether.gateway.threads import Threads
from bellwether.settings import Settings
from bellwether.storage.collections import MODELS
from bellwether.storage.factory import open_engine
from tests.e2e.topology import Topology
from tests.integration.embedded.children import gone
from tests.operations_page import blocks, run


def test_every_service_is_a_process_of_its_own(topology: Topology) -> None:
    assert set(topology.states) == {
        *("redis", "gateway", "collector", "drift", "explain", "lineage", "beat", "mlflow"),
    }
    assert len({topology.pid(name) for name in topology.states}) == 8


def test_the_admin_key_opens_the_api(client: Client) -> None:
    assert client.get("/models") == {"items": [], "next": None}


def test_status_prints_what_run_json_holds(topology: Topology) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bellwether.cli", "status"],
        env={**os.environ, "BELLWETHER_HOME": str(topology.home)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert json.loads(done.stdout) == topology.run
    assert {"url", "key", "processes"} <= set(topology.run)
    assert stat.S_IMODE((topology.home / "run.json").stat().st_mode) == 0o600


def test_a_copy_made_while_everything_runs_is_a_home_of_its_own(
    topology: Topology, client: Client, tmp_path: Path
) -> None:
    client.post("/models", {"name": "kept", "task": "regression"})
    environ = {"BELLWETHER_HOME": str(topology.home), "BACKUP": str(tmp_path)}
    run(blocks()["Backup and restore"], environ, tmp_path)
    client.call("DELETE", "/models/kept")
    settings = Settings(home=tmp_path)
    documents = open_engine(settings)
    keyring = Keyring(documents, server_secret(settings), lambda: datetime.now(UTC), Threads(1))
    assert documents.get(MODELS, "kept", "model") is not None
    assert asyncio.run(keyring.identify(topology.run["key"])) is not None, "keys work over the copy"
    assert (tmp_path / "objects").is_dir()


def test_a_killed_worker_comes_back_and_its_children_are_gone(topology: Topology) -> None:
    before = topology.pid("lineage")
    children = [child.pid for child in psutil.Process(before).children(recursive=True)]
    os.kill(before, signal.SIGKILL)
    topology.wait(
        lambda: topology.pid("lineage") != before and topology.states["lineage"] == "ready", "lineage to be back"
    )
    assert [pid for pid in children if not gone(pid)] == []


def test_a_second_start_is_fast_keeps_its_key_and_leaves_nothing(tmp_path: Path) -> None:
    first = Topology(tmp_path)
    first.wait(lambda: bool(first.run), "the page")
    key, family = first.run["key"], _family(first)
    said = first.stop()
    assert f"Admin key (shown once, kept in {tmp_path / 'admin.key'}): {key}" in said
    assert [pid for pid in family if not gone(pid)] == []

    second = Topology(tmp_path)
    second.wait(lambda: bool(second.run), "the page")
    assert second.run["key"] == key
    with Client(second.run["url"], key) as client:
        assert client.get("/models")["items"] == []
    family = _family(second)
    second.process.kill()
    said, _ = second.process.communicate(timeout=60)
    assert key not in said

    third = Topology(tmp_path)
    third.wait(lambda: third.run.get("supervisor") == third.process.pid, "the page")
    assert [pid for pid in family if not gone(pid)] == [], "what the killed supervisor left"
    third.stop()


def test_the_same_topology_runs_over_the_cosmos_adapter_and_keeps_its_data(tmp_path: Path) -> None:
    first = Topology(tmp_path, {"STORE": "cosmos"})
    first.wait(lambda: bool(first.run), "the page")
    with Client(first.run["url"], first.run["key"]) as client:
        client.post("/models", {"name": "kept", "task": "regression"})
    first.stop()
    second = Topology(tmp_path, {"STORE": "cosmos"})
    second.wait(lambda: bool(second.run), "the page")
    assert second.run["store"] == "cosmos"
    with Client(second.run["url"], second.run["key"]) as client:
        assert [model["name"] for model in client.get("/models")["items"]] == ["kept"]
    second.stop()


def _family(topology: Topology) -> list[int]:
    return [child.pid for child in psutil.Process(topology.process.pid).children(recursive=True)]
