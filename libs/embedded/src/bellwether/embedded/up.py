"""``bellwether up``: plans the topology of a home, starts it, says where it is, and stops it."""

import hashlib
import re
import secrets
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bellwether.bus.routes import QUEUED, SERVICES
from bellwether.embedded import home as homes
from bellwether.embedded import probes, redis
from bellwether.embedded.admin import admin_key
from bellwether.embedded.supervisor import StartFailed, Supervisor
from bellwether.embedded.topology import Plan, RedisAnswers, Spec, folders, settings, specifications
from bellwether.errors import InvalidInput, Unavailable

PORT = 8000
_PORT_LOST = re.compile(r"address already in use", re.IGNORECASE)
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Options:
    """What can be chosen: the folder, the gateway's port (0: any free one), the store, the broker."""

    home: Path = Path("var")
    port: int = PORT
    cosmos: bool = False
    redis_url: str | None = field(default=None, repr=False)
    factory: bool = False
    """Whether a data factory runs beside it that stands in for one of Azure."""

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Options":
        """Read ``BELLWETHER_HOME``, ``PORT``, ``STORE``, and ``BELLWETHER_REDIS_URL`` or ``REDIS_URL``."""
        port, store = environ.get("PORT") or str(PORT), environ.get("STORE") or "sqlite"
        if not port.isdigit() or int(port) > 65535:
            raise InvalidInput(f"PORT is {port!r}; it has to be a number from 0 (any free one) to 65535")
        if store not in {"sqlite", "cosmos"}:
            raise InvalidInput(f"STORE is {store!r}; it has to be sqlite or cosmos")
        return cls(
            home=Path(environ.get("BELLWETHER_HOME") or "var"),
            port=int(port),
            cosmos=store == "cosmos",
            redis_url=environ.get("BELLWETHER_REDIS_URL") or environ.get("REDIS_URL") or None,
        )


def run(options: Options, *, jobs: Sequence[Spec] = (), say: Callable[[str], None] = print) -> int:
    """Run the topology in the foreground until a signal comes; the exit status.

    ``jobs`` are processes beside the services that end by themselves. Raises ``Conflict`` when the home is in
    use, and ``StartFailed``.
    """
    home = options.home.absolute()
    if options.port:
        homes.check_port(options.port)
    with homes.held(home) as lock:
        for folder in folders(home):
            folder.mkdir(parents=True, exist_ok=True)
        for attempt in range(1, _TRIES + 1):
            plan, broker = _plan(options, home)
            say(f"Bellwether in {home}: broker is {broker}; logs are in {home / 'logs'}")
            try:
                return _supervise(options, plan, broker, jobs, say, lock=lock)
            except StartFailed as error:
                # Between finding a free port and taking it, another process may have been faster.
                if attempt == _TRIES or not _PORT_LOST.search(str(error)):
                    raise
                say("a port was taken by another process in the meantime; starting again with others")
    raise AssertionError("unreachable")


def _plan(options: Options, home: Path) -> tuple[Plan, str]:
    ports = homes.free_ports(options.port)
    argv: tuple[str, ...] | None = None
    if options.redis_url is None:
        server = redis.choose()
        argv, url = redis.configure(server, home / "redis", ports.redis)
        broker = f"{server.version} ({server.origin})"
    else:
        url, broker = options.redis_url, "the one of REDIS_URL"
        if not probes.answers(RedisAnswers(url), 0.0):
            raise Unavailable("the Redis server of REDIS_URL does not answer a PING: is it up, is the password right?")
    web_root = Path(__file__).parents[5] / "services" / "web" / "dist"
    return (
        Plan(
            python=sys.executable,
            home=home,
            ports=ports,
            services=SERVICES,
            queues=QUEUED,
            redis_url=url,
            redis_argv=argv,
            node_suffix="bellwether-" + hashlib.sha256(str(home).encode()).hexdigest()[:8],
            web_root=web_root if (web_root / "index.html").is_file() else None,
            cosmos=options.cosmos,
            factory_secret=secrets.token_hex(16) if options.factory else None,
        ),
        broker,
    )


def _supervise(
    options: Options, plan: Plan, broker: str, jobs: Sequence[Spec], say: Callable[[str], None], *, lock: int
) -> int:
    key, began = "", time.monotonic()

    def publish() -> None:
        if key:
            store = "cosmos" if options.cosmos else "sqlite"
            run = homes.Run(
                url=plan.url,
                key=key,
                processes=supervisor.processes,
                mlflow_url=plan.mlflow_url,
                redis=broker,
                store=store,
                supervisor=homes.this_process(),
                factory_url=plan.factory_url,
                factory_secret=plan.factory_secret,
                metrics=plan.ports.metrics,
            )
            homes.write_run(plan.home, run)

    def on_ready(name: str) -> None:
        nonlocal key
        say(f"  {name:10} ready after {time.monotonic() - began:.1f} s")
        if name == "gateway" and not key:
            key, fresh = admin_key(plan.home, settings(plan))
            say(f"Bellwether answers at {plan.url}")
            if fresh:
                say(f"Admin key (shown once, kept in {plan.home / 'admin.key'}): {key}")
            publish()

    with Supervisor(
        [*specifications(plan), *jobs],
        plan.home / "logs",
        say=say,
        on_ready=on_ready,
        on_change=lambda _processes: publish(),
        lock=lock,
    ) as supervisor:
        status = supervisor.run()
        say("stopping; Ctrl-C once more stops at once")
    say("stopped")
    return status
