"""A small topology as a process of its own: a real Redis, a service with a grandchild, a worker that is slow to stop.

``python -m tests.integration.embedded.standin <home>``; it prints what the supervisor says.
"""

import sys
from functools import partial
from pathlib import Path

from bellwether.embedded import home as homes
from bellwether.embedded import redis
from bellwether.embedded.supervisor import Patience, Supervisor
from bellwether.embedded.topology import RedisAnswers, Spec
from tests.integration.embedded.children import python

SERVICE = "subprocess.Popen(['sleep', '600']); ready(); time.sleep(600)"
STUBBORN = "signal.signal(signal.SIGTERM, signal.SIG_IGN); ready(); time.sleep(600)"


def main(home: Path) -> int:
    """Run until a signal."""
    say = partial(print, flush=True)
    with homes.held(home) as lock:
        argv, url = redis.configure(redis.bundled(), home / "redis", homes.free_port())
        specs = [
            Spec("redis", argv, ready=RedisAnswers(url)),
            python("service", SERVICE, home, after=("redis",), rank=1),
            python("stubborn", STUBBORN, home, after=("redis",), rank=2, stop_s=0.5),
        ]

        def on_ready(_name: str) -> None:
            if supervisor.ready():
                run = homes.Run(url, "a key", supervisor.processes, None, "bundled", "none", homes.this_process())
                homes.write_run(home, run)

        with Supervisor(
            specs, home / "logs", say=say, on_ready=on_ready, lock=lock, patience=Patience(remains_s=1)
        ) as supervisor:
            return supervisor.run()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
