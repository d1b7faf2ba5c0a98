"""A real Celery prefork worker over stores that its parent has used: no child reads another's answer."""

import os
import subprocess
import sys
import time
from pathlib import Path

from celery import Celery

from bellwether.settings import Cosmos, Settings
from bellwether.storage.collections import Collection
from bellwether.storage.factory import open_engine, provision
from bellwether.storage.port import Engine
from bellwether.testing.cosmos_server import CosmosServer

ROOT = Path(__file__).parents[3]
COLL = Collection("runs")
DOCUMENTS = 24
DEADLINE_S = 60


def test_children_of_a_celery_worker_read_their_own_answers(tmp_path: Path, redis_url: str) -> None:
    with CosmosServer(partitions=2) as server:
        settings = Settings(home=tmp_path, store_url=f"cosmos+{server.url}", cosmos=Cosmos(key=server.key))
        embedded = settings.model_copy(update={"store_url": None})
        provision(settings)
        engines = {"cosmos": open_engine(settings), "sqlite": open_engine(embedded)}
        for engine in engines.values():
            for number in range(DOCUMENTS):
                engine.put(COLL, {"id": str(number), "pk": "prefork", "number": number})
        environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("BELLWETHER_")},
            "BELLWETHER_HOME": str(tmp_path),
            "BELLWETHER_STORE_URL": str(settings.store_url),
            "BELLWETHER_COSMOS__KEY": server.key,
            "BELLWETHER_REDIS_URL": redis_url,
        }
        argv = [sys.executable, "-m", "celery", "-A", "tests.integration.storage.prefork_app", "worker"]
        options = ["--concurrency", "4", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
        with (tmp_path / "worker.log").open("wb") as log:
            worker = subprocess.Popen([*argv, *options], env=environ, cwd=ROOT, stdout=log, stderr=log)
            try:
                _ask(redis_url)
                for name, engine in engines.items():
                    copies = _copies(engine, worker)
                    assert {int(copy["id"]): copy["number"] for copy in copies} == {n: n for n in range(DOCUMENTS)}, (
                        name
                    )
                    assert len({copy["pid"] for copy in copies}) > 1
            finally:
                worker.terminate()
                worker.wait(DEADLINE_S)
        for engine in engines.values():
            engine.close()


def _ask(redis_url: str) -> None:
    app = Celery("prefork", broker=redis_url, set_as_current=False)
    for number in range(DOCUMENTS):
        app.send_task("copy", (number,))
    app.close()


def _copies(engine: Engine, worker: "subprocess.Popen[bytes]") -> list[dict[str, int]]:
    deadline = time.monotonic() + DEADLINE_S
    while engine.count(COLL, "copies") < DOCUMENTS:
        assert worker.poll() is None, "the worker ended"
        assert time.monotonic() < deadline, f"not done within {DEADLINE_S} s"
        time.sleep(0.05)
    return engine.query(COLL, "copies", limit=2 * DOCUMENTS).docs
