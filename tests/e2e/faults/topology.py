"""The embedded topology with faulty workers, kept up by the product's supervisor with endless patience."""

import os
import sys
from dataclasses import replace
from pathlib import Path

from bellwether.bus.routes import QUEUED, SERVICES
from bellwether.embedded import home as homes
from bellwether.embedded import redis
from bellwether.embedded.admin import admin_key
from bellwether.embedded.supervisor import Patience, Supervisor
from bellwether.embedded.topology import Plan, Spec, folders, settings, specifications

FAST = {
    "BELLWETHER_WORK__RING_SECONDS": "1",
    "BELLWETHER_WORK__RECONCILE_SECONDS": "0.5",
    "BELLWETHER_WORK__LEASE_SECONDS": "5",
    "BELLWETHER_WORK__ATTEMPTS": "100000",
}


def main() -> None:
    """Run until SIGTERM; ``run.json`` in the home says where everything is."""
    home = Path(os.environ["BELLWETHER_HOME"])
    for folder in folders(home):
        folder.mkdir(parents=True, exist_ok=True)
    ports = homes.free_ports()
    argv, url = redis.configure(redis.bundled(), home / "redis", ports.redis)
    plan = Plan(sys.executable, home, ports, SERVICES, url, argv, "faults", queues=QUEUED, with_mlflow=False)
    key = ""

    def publish() -> None:
        homes.write_run(
            home, homes.Run(plan.url, key, supervisor.processes, "", "Valkey", "sqlite", homes.this_process())
        )

    def ready(name: str) -> None:
        nonlocal key
        print(f"{name} ready", flush=True)  # noqa: T201
        if name == "gateway" and not key:
            key, _ = admin_key(home, settings(plan))
        publish()

    patience = Patience(deaths=10**6, backoff_s=(0.05, 0.2))
    specs = [faulty(spec) for spec in specifications(plan)]
    with Supervisor(
        specs, home / "logs", on_ready=ready, on_change=lambda _: publish(), patience=patience
    ) as supervisor:
        supervisor.run()


def faulty(spec: Spec) -> Spec:
    """Return the same process; a worker gets stores that fail."""
    environ = {**spec.environ, **FAST}
    if spec.name in SERVICES:
        path = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
        environ |= {"BELLWETHER_TEST_FAULT_SERVICE": spec.name, "PYTHONPATH": path}
        argv = tuple("faulty_workers:app" if part.endswith(".tasks") else part for part in spec.argv)
        return replace(spec, argv=argv, environ=environ, start_s=300)
    return replace(spec, environ=environ, start_s=300)


if __name__ == "__main__":
    main()
