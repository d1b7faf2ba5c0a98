"""A whole system that is looked at from outside: processes of the product, a real Prometheus, a receiver of traces.

Over the Cosmos adapter, so that it is charged. One model gets five days of rows, labels for the first two, and drifts
on the last two; a data factory has runs of which two failed. Secrets are planted wherever a person may write one.
"""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from bellwether.testing.data_factory import DataFactoryServer, Factory
from bellwether.testing.data_factory.shapes import activity_run, copied, pipeline_run
from tests.e2e.topology import Topology
from tests.otlp import Receiver, receiving
from tests.prometheus import Prometheus, prometheus

MODEL, DAYS, DRIFTED, LABELLED = "loans", 5, 2, 2
ROWS, INPUTS = 300, 24
PLANTED = {
    "an address of a source": "PLANTED-IN-A-SOURCE-4f1c",
    "an address of a webhook": "PLANTED-IN-A-WEBHOOK-93ab",
    "a query": "bw_0123456789ab_PLANTED-IN-A-QUERY-77de",
    "a key that is wrong": "bw_0123456789ab_PLANTED-AS-A-KEY-c201",
    "a parameter of a run": "PLANTED-IN-A-RUN-08e5",
}
"""Where a secret was put, and the secret."""
_CSV = {"Content-Type": "text/csv"}
_DEADLINE_S = 120.0


@dataclass
class Observed:
    """The running system, and what was put in."""

    topology: Topology
    traces: Receiver
    prometheus: Prometheus
    factory: Factory
    client: httpx.Client
    batches: list[str] = field(default_factory=list)

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Ask the API; raises on an error status."""
        answer = self.client.request(method, f"/api/v1{path}", **options)
        assert answer.status_code < 400, answer.text
        return answer

    def until_found(self, path: str) -> dict[str, Any]:
        """Ask until something is there."""
        deadline = time.monotonic() + _DEADLINE_S
        while (answer := self.client.get(f"/api/v1{path}")).status_code == 404:
            assert time.monotonic() < deadline, f"not within {_DEADLINE_S} s: {path}"
            time.sleep(0.1)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def push(self, seed: int, end: datetime, *, drifted: bool = False, **headers: str) -> str:
        """Push the rows of a day; the id of the batch."""
        answer = self.ask(
            "POST",
            f"/models/{MODEL}/batches",
            params={"end": end.isoformat(), "start": (end - timedelta(days=1)).isoformat()},
            content=rows(seed, ROWS, drifted=drifted),
            headers={**_CSV, **headers},
        )
        self.batches.append(answer.json()["id"])
        return self.batches[-1]

    def logs(self) -> dict[str, str]:
        """Return what each process wrote, by name."""
        return {path.stem: path.read_text() for path in (self.topology.home / "logs").glob("*.log")}


def rows(seed: int, count: int, *, labelled: bool = False, drifted: bool = False) -> str:
    """Return rows of a binary model; ``drifted``: half of its inputs are of another world."""
    draw = random.Random(seed)
    names = [f"x{n:02}" for n in range(INPUTS)]
    lines = [",".join(["id", *names, "region", "score", "prediction", *(["label"] * labelled)])]
    for number in range(count):
        inputs = [draw.gauss(4 if drifted and n % 2 else 0, 1) for n in range(len(names))]
        score = min(0.98, max(0.02, 0.5 + 0.2 * draw.gauss(0, 1)))
        line = [f"{seed}-{number}", *(f"{value:.5f}" for value in inputs), draw.choice("NESW"), f"{score:.4f}"]
        line += [str(int(score > 0.5)), *([str(int(draw.random() < score))] * labelled)]
        lines.append(",".join(line))
    return "\n".join(lines) + "\n"


def labels(seed: int, count: int) -> str:
    """Return the labels of such rows."""
    kept = [line.split(",") for line in rows(seed, count, labelled=True).splitlines()]
    return "".join(f"{line[0]},{line[-1]}\n" for line in kept)


@contextmanager
def observed(home: Path) -> Iterator[Observed]:
    """Start everything, put everything in, and wait until it was worked on."""
    factory = Factory()
    with receiving() as traces, DataFactoryServer(factory) as server:
        settings = {"STORE": "cosmos", "BELLWETHER_OTLP_ENDPOINT": traces.url, "BELLWETHER_SOURCES__BEAT_SECONDS": "1"}
        topology = Topology(home, settings | server.environ)
        try:
            topology.ready()
            run = topology.run
            targets = {name: f"127.0.0.1:{port}" for name, port in run["metrics"].items()}
            targets["gateway"] = run["url"].removeprefix("http://")
            folder = home / "prometheus"
            folder.mkdir()
            headers = {"Authorization": f"Bearer {run['key']}"}
            with (
                prometheus(folder, targets) as watching,
                httpx.Client(base_url=run["url"], headers=headers, timeout=60) as client,
            ):
                found = Observed(topology, traces, watching, factory, client)
                watching.until("count(up == 1) == 6")
                _put_in(found, server.url)
                yield found
        finally:
            topology.stop()


def _put_in(found: Observed, factory_url: str) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    _factory(found.factory, now)
    said = {"subscription": found.factory.subscription, "group": found.factory.group, "factory": found.factory.name}
    settings = {"kind": "adf", **said, "endpoint": factory_url}
    found.ask("POST", "/sources", json={"name": "main", "settings": settings, "poll_seconds": 1.0})
    secret = f"http://reader:{PLANTED['an address of a source']}@127.0.0.1:9"
    found.client.post("/api/v1/sources", json={"name": "bad", "settings": {"kind": "mlflow", "url": secret}})
    hook = f"https://hooks.invalid/{PLANTED['an address of a webhook']}"
    found.ask("POST", "/channels", json={"name": "hook", "kind": "webhook", "url": hook})
    found.client.get("/api/v1/models", params={"token": PLANTED["a query"]})
    found.client.get("/api/v1/models", headers={"Authorization": f"Bearer {PLANTED['a key that is wrong']}"})

    roles = {"prediction": "prediction", "score": "score", "label": "label", "id": "id"}
    model = {"name": MODEL, "task": "binary", "roles": roles, "expected_interval_s": 86_400}
    found.ask("POST", "/models", json=model)
    found.ask("POST", f"/models/{MODEL}/versions", json={"version": "7"})
    reference = rows(1, 8 * ROWS, labelled=True)
    found.ask("PUT", f"/models/{MODEL}/reference", content=reference, headers=_CSV)
    for day in range(DAYS):
        drifted = day >= DAYS - DRIFTED
        batch = found.push(10 + day, now - timedelta(days=DAYS - 1 - day), drifted=drifted)
        found.until_found(f"/models/{MODEL}/drift/{batch}")
        if day < LABELLED:
            found.ask("POST", f"/models/{MODEL}/labels", content=labels(10 + day, ROWS), headers=_CSV)
    found.until_found(f"/models/{MODEL}/explanations/global?batch={found.batches[-1]}")


def _factory(factory: Factory, now: datetime) -> None:
    factory.define("pipelines", "load", {"activities": [{"name": "Load", "type": "Copy", "typeProperties": {}}]})
    for number, status in enumerate(("Succeeded", "Failed", "Succeeded", "Failed", "InProgress")):
        start = now - timedelta(hours=5 - number)
        end = None if status == "InProgress" else start + timedelta(minutes=5 + number)
        secret = {"db_password": PLANTED["a parameter of a run"]}
        run = pipeline_run(f"{number:08d}-0000-4000-8000-000000000000", "load", start, end, status, parameters=secret)
        factory.record(run, [activity_run(run, "Load", "Copy", start, end or now, output=copied(100))])
