"""Settings -> process specifications of the embedded topology; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RedisAnswers:
    """Ready when a ``PING`` at ``url`` is answered."""

    url: str = field(repr=False)

    def __str__(self) -> str:
        return "an answer to PING"


@dataclass(frozen=True, slots=True)
class HttpAnswers:
    """Ready when a GET of ``url`` is answered with a status below ``below``."""

    url: str
    below: int = 300

    def __str__(self) -> str:
        return f"an answer at {self.url}"


@dataclass(frozen=True, slots=True)
class WorkerAnswers:
    """Ready when the Celery worker ``node`` answers a ping over ``broker``."""

    broker: str = field(repr=False)
    node: str

    def __str__(self) -> str:
        return f"an answer of worker {self.node} to a ping"


@dataclass(frozen=True, slots=True)
class FileWritten:
    """Ready when a file of ``folder`` that begins with ``prefix`` was written since the start."""

    folder: Path
    prefix: str

    def __str__(self) -> str:
        return f"a file {self.folder / self.prefix}*"


Readiness = RedisAnswers | HttpAnswers | WorkerAnswers | FileWritten
"""How a process shows that it does its work."""


@dataclass(frozen=True, slots=True)
class Spec:
    """One process: what runs, when it may start, how it shows that it is ready, how long it may take to end."""

    name: str
    argv: tuple[str, ...]
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    after: tuple[str, ...] = ()
    """Names that are ready before this starts."""
    ready: Readiness | None = None
    """``None``: ready when started, or, with ``once``, when it ended with status 0."""
    rank: int = 0
    """Stopped in falling order, one rank after the other."""
    start_s: float = 120.0
    """Seconds from start to ready."""
    stop_s: float = 10.0
    """Seconds from SIGTERM to SIGKILL."""
    once: bool = False
    """A job: its end is its purpose, and its output is shown."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Free ports of 127.0.0.1."""

    gateway: int
    redis: int
    mlflow: int
    cosmos: int
    factory: int
    metrics: Mapping[str, int] = field(default_factory=dict)
    """Where workers and the beat tell of themselves, by name."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the specifications are made from."""

    python: str
    home: Path
    ports: Ports
    services: tuple[str, ...]
    redis_url: str = field(repr=False)
    redis_argv: tuple[str, ...] | None
    """``None``: the Redis server is somebody else's."""
    node_suffix: str
    """Distinguishes this home's workers where several share one Redis."""
    web_root: Path | None = None
    queues: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What a service's worker empties, where that is not the one queue of its name."""
    cosmos: bool = False
    with_mlflow: bool = True
    factory_secret: str | None = field(default=None, repr=False)
    """Secret of the identity that may read a data factory; None: there is none."""

    @property
    def url(self) -> str:
        """Address of the gateway."""
        return f"http://127.0.0.1:{self.ports.gateway}"

    @property
    def mlflow_url(self) -> str:
        """Address of the MLflow tracking server."""
        return f"http://127.0.0.1:{self.ports.mlflow}"

    @property
    def factory_url(self) -> str | None:
        """Address of the data factory that stands in for one of Azure."""
        return None if self.factory_secret is None else f"http://127.0.0.1:{self.ports.factory}"


COSMOS_KEY = "Qm9sdGVkIG9uIHRvIHRoZSBlbWJlZGRlZCB0ZXN0IHNlcnZlciwgb3BlbnMgbm90aGluZyBlbHNlLiBCZWxsd2V0aGVyLg=="
"""Key of the Cosmos test server, which listens on 127.0.0.1 alone; no secret."""

THREADED = ("explain",)
"""Workers whose parent must not fork: what they load starts threads."""
ONE_CORE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""Linear algebra would take every core of the machine in every worker; more cores are used by more workers."""


def settings(plan: Plan) -> dict[str, str]:
    """Environment that every process of ours gets."""
    found = {
        "BELLWETHER_HOME": str(plan.home),
        "BELLWETHER_REDIS_URL": plan.redis_url,
        "BELLWETHER_GATEWAY__PORT": str(plan.ports.gateway),
        "PYTHONUNBUFFERED": "1",
    }
    if plan.with_mlflow:
        found["BELLWETHER_MLFLOW_URL"] = plan.mlflow_url
    if plan.web_root is not None:
        found["BELLWETHER_GATEWAY__WEB_ROOT"] = str(plan.web_root)
    if plan.cosmos:
        found["BELLWETHER_STORE_URL"] = f"cosmos+http://127.0.0.1:{plan.ports.cosmos}"
        found["BELLWETHER_COSMOS__KEY"] = COSMOS_KEY
        found["BELLWETHER_COSMOS__PROVISION"] = "true"
    return found


def specifications(plan: Plan) -> tuple[Spec, ...]:
    """Every process of the topology, first to start first."""
    found: list[Spec] = []
    if plan.redis_argv is not None:
        found.append(Spec("redis", plan.redis_argv, ready=RedisAnswers(plan.redis_url), rank=0, start_s=30))
    if plan.cosmos:
        found.append(_cosmos(plan))
    found.append(_gateway(plan, after=tuple(spec.name for spec in found)))
    found.extend(_worker(plan, service) for service in plan.services)
    found.append(_beat(plan))
    if plan.with_mlflow:
        found.append(_mlflow(plan))
    if plan.factory_secret is not None:
        found.append(_factory(plan, plan.factory_secret))
    return tuple(found)


def _cosmos(plan: Plan) -> Spec:
    data = plan.home / "cosmos" / "documents.db"
    argv = (plan.python, "-m", "bellwether.testing.cosmos_server")
    arguments = ("--port", str(plan.ports.cosmos), "--partitions", "3", "--data", str(data))
    return Spec(
        "cosmos",
        (*argv, *arguments),
        {"BELLWETHER_TEST_COSMOS_KEY": COSMOS_KEY, "PYTHONUNBUFFERED": "1"},
        # Any answer is one: the root of an account refuses a request without a signature.
        ready=HttpAnswers(f"http://127.0.0.1:{plan.ports.cosmos}/", below=500),
        rank=1,
    )


def _gateway(plan: Plan, after: tuple[str, ...]) -> Spec:
    return Spec(
        "gateway",
        (plan.python, "-m", "bellwether.gateway.main"),
        settings(plan),
        after=after,
        ready=HttpAnswers(f"{plan.url}/readyz"),
        rank=2,
    )


def _worker(plan: Plan, service: str) -> Spec:
    node = f"{service}@{plan.node_suffix}"
    pool = ("--pool", "threads") if service in THREADED else ("--pool", "prefork")
    argv = (
        *(plan.python, "-m", "celery", "-A", f"bellwether.{service}.tasks", "worker"),
        *("-Q", ",".join(plan.queues.get(service, (service,))), "-n", node, "--concurrency", "1", *pool),
        # Workers of different services have nothing to tell one another, and mingling costs a second.
        *("--without-gossip", "--without-mingle", "--loglevel", "INFO"),
    )
    ready, environ = WorkerAnswers(plan.redis_url, node), {**settings(plan), **_metrics(plan, service), **ONE_CORE}
    if service not in THREADED:
        environ["PROMETHEUS_MULTIPROC_DIR"] = str(plan.home / "metrics" / service)
    if service == "collector" and plan.factory_secret is not None:
        # How a managed identity is found: the one that may read the data factory.
        environ |= {"IDENTITY_ENDPOINT": f"{plan.factory_url}/identity", "IDENTITY_HEADER": plan.factory_secret}
    return Spec(service, argv, environ, after=("gateway",), ready=ready, rank=4, start_s=240, stop_s=20)


def _beat(plan: Plan) -> Spec:
    folder = plan.home / "beat"
    argv = (
        *(plan.python, "-m", "celery", "-A", "bellwether.bus.beat", "beat"),
        *("--schedule", str(folder / "schedule"), "--pidfile", "", "--loglevel", "INFO"),
    )
    ready = FileWritten(folder, "schedule")
    return Spec(
        "beat", argv, {**settings(plan), **_metrics(plan, "beat")}, after=("gateway",), ready=ready, rank=3, start_s=240
    )


def _metrics(plan: Plan, name: str) -> dict[str, str]:
    return {"BELLWETHER_WORKER__METRICS_PORT": str(plan.ports.metrics[name])} if name in plan.ports.metrics else {}


def _mlflow(plan: Plan) -> Spec:
    argv = (plan.python, "-m", "bellwether.embedded.mlflow_server")
    arguments = ("--folder", str(plan.home / "mlflow"), "--port", str(plan.ports.mlflow))
    # After the gateway: its imports take longest, and the page does not wait for them.
    return Spec(
        "mlflow",
        (*argv, *arguments),
        {"PYTHONUNBUFFERED": "1"},
        after=("gateway",),
        ready=HttpAnswers(f"{plan.mlflow_url}/health"),
        rank=1,
        start_s=240,
    )


def _factory(plan: Plan, secret: str) -> Spec:
    data = plan.home / "factory" / "journal.jsonl"
    argv = (plan.python, "-m", "bellwether.testing.data_factory")
    return Spec(
        "factory",
        (*argv, "--port", str(plan.ports.factory), "--data", str(data)),
        {"BELLWETHER_TEST_IDENTITY_HEADER": secret, "PYTHONUNBUFFERED": "1"},
        ready=HttpAnswers(f"{plan.factory_url}/_health"),
        rank=1,
    )


def folders(home: Path) -> Sequence[Path]:
    """Folders that exist before anything starts."""
    return [home / name for name in ("logs", "redis", "beat", "mlflow", "cosmos", "factory", "store", "objects")]
