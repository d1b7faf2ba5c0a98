"""Every setting: one class per subsystem, each field with its unit; environment prefix ``BELLWETHER_``.

Nested fields are written with two underscores, e.g. ``BELLWETHER_LIMITS__BODY_BYTES``. The defaults run the
embedded topology. An unknown ``BELLWETHER_`` variable is refused, so that a typing error does not pass in silence;
variables of the test suite (``BELLWETHER_TEST_``, ``BELLWETHER_LANES``) and of the client (``BELLWETHER_URL``,
``BELLWETHER_KEY``) are left alone.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "BELLWETHER_"
SECRET = "BELLWETHER_SECRET_"  # noqa: S105 - what the names of secrets begin with
_NOT_OURS = ("BELLWETHER_TEST_", "BELLWETHER_LANES", "BELLWETHER_DEMO_", "BELLWETHER_URL", "BELLWETHER_KEY", SECRET)


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Limits(_Section):
    """What one push may hold."""

    body_bytes: PositiveInt = Field(256 * 2**20, description="bytes of one body as sent")
    decoded_bytes: PositiveInt = Field(2 * 2**30, description="bytes of one body once decoded")
    rows: PositiveInt = Field(20_000_000, description="rows of one body")
    columns: PositiveInt = Field(5_000, description="columns of one body")
    cell_bytes: PositiveInt = Field(65_536, description="bytes of one text cell")
    name_bytes: PositiveInt = Field(200, description="bytes of one column name")
    json_depth: PositiveInt = Field(20, description="levels of nesting in a JSON body")
    json_bytes: PositiveInt = Field(2**20, description="bytes of a JSON body that holds no rows")
    decode_seconds: PositiveFloat = Field(120.0, description="seconds one body may take to decode")
    decode_memory_bytes: PositiveInt = Field(2**30, description="bytes of memory decoding one body may take")
    encoding_ratio: PositiveInt = Field(
        500, description="bytes a byte of a gzip or zstd body may become, once 64 MiB are passed"
    )


class Cosmos(_Section):
    """Azure Cosmos DB; used when ``store_url`` begins with ``cosmos``."""

    key: SecretStr | None = Field(None, description="account key; Entra ID is used without one")
    database: str = Field("bellwether", description="name of the database")
    provision: bool = Field(False, description="create database and containers at start (tests, compose)")
    throughput: PositiveInt | None = Field(None, description="autoscale request units a second; None: serverless")
    discover: bool = Field(True, description="ask the account for its regions; off where it announces localhost")


class Work(_Section):
    """The step protocol."""

    lease_seconds: PositiveFloat = Field(120.0, description="how long a step may run before another takes it over")
    attempts: PositiveInt = Field(3, description="starts of one step before it is a dead letter")
    ring_seconds: PositiveFloat = Field(10.0, description="age of undone work before the doorbell rings again")
    reconcile_seconds: PositiveFloat = Field(5.0, description="seconds between two looks for undone work")
    tidy_seconds: PositiveFloat = Field(3600.0, description="seconds between two removals of what has expired")
    give_up_seconds: PositiveFloat = Field(86_400.0, description="age at which work put off is a dead letter")
    hard_limit_seconds: PositiveInt = Field(600, description="time limit of one task")
    share: PositiveInt = Field(
        10, description="pieces of work of one kind a model brings a minute before it lets other models go first"
    )


class Worker(_Section):
    """One worker process."""

    metrics_port: int = Field(0, ge=0, le=65535, description="port of the worker's own metrics; 0: none")
    metrics_host: str = Field("127.0.0.1", description="address the worker's own metrics are served on")
    heartbeat: Path | None = Field(
        None, description="file a worker, or beat, touches every few seconds while it reaches the broker; None: none"
    )
    threads: PositiveInt | None = Field(None, description="threads of one pass over rows; None: cores, 1 in a fork")


class Sources(_Section):
    """What is watched outside."""

    hosts: tuple[str, ...] = Field((), description="hosts sources may name; none listed: any but link-local ones")
    beat_seconds: PositiveFloat = Field(5.0, description="seconds between two looks for sources that are due")
    step_seconds: PositiveFloat = Field(
        20.0, description="seconds one look at a source may take before it is set aside"
    )
    artifact_bytes: PositiveInt = Field(64 * 2**20, description="bytes of one table read from a run's artifacts")
    timeout_seconds: PositiveFloat = Field(30.0, description="seconds one request to a source may take")


class Explain(_Section):
    """The explain service: what it may spend, and how foreign models are held."""

    rows: PositiveInt = Field(20_000, description="rows of a batch that are explained at most")
    reference_rows: PositiveInt = Field(20_000, description="rows of the reference attributions are compared with")
    local_rows: PositiveInt = Field(1_000, description="rows of a batch whose largest contributions stay readable")
    background: PositiveInt = Field(3_000, description="rows that stand for an absent feature")
    model_rows: PositiveInt = Field(1_000_000, description="rows a black box is asked for one batch")
    table_bytes: PositiveInt = Field(256 * 2**20, description="bytes of compiled tables of one model's trees")
    model_seconds: PositiveFloat = Field(60.0, description="seconds a model may take for one question")
    model_start_seconds: PositiveFloat = Field(180.0, description="seconds a model may take to be opened")
    model_schemes: tuple[str, ...] = Field(
        ("mlflow-artifacts", "https", "s3", "abfss", "wasbs", "gs", "dbfs", "runs", "models"),
        description="where files of models may lie, by scheme; mlflow-artifacts: what the MLflow server hands out",
    )
    model_folders: tuple[str, ...] = Field((), description="folders of this machine where files of models may lie")
    model_memory_bytes: PositiveInt = Field(6 * 2**30, description="bytes of address space of a model's process")
    model_download_bytes: PositiveInt = Field(2 * 2**30, description="bytes of one stored model")
    model_cache_bytes: PositiveInt = Field(
        20 * 2**30, description="bytes of fetched models kept; those used longest ago, not within a day, go first"
    )
    hosts: PositiveInt = Field(4, description="models kept in processes of their own at the same time")
    hosts_bytes: PositiveInt = Field(4 * 2**30, description="resident bytes of those processes together")
    allow_pickle: bool = Field(False, description="whether models may be opened whose files run code")
    allow_digests: tuple[str, ...] = Field((), description="content digests of such models that may be opened anyway")
    require: tuple[str, ...] = Field(("rlimits",), description="isolation without which no model is opened")
    require_for_code: tuple[str, ...] = Field(
        ("no_new_privs", "rlimits", "seccomp"), description="isolation without which no such model is opened"
    )


class Gateway(_Section):
    """The REST API."""

    host: str = Field("127.0.0.1", description="address to bind")
    port: int = Field(8000, ge=0, le=65535, description="port; 0: any free one")
    web_root: Path | None = Field(None, description="folder of the built web app; None: REST only")
    secret: SecretStr | None = Field(None, description="keys the hash of API keys and sessions; made when None")
    metrics_need_key: bool = Field(False, description="whether /metrics asks for a key")
    store_threads: PositiveInt = Field(16, description="threads for blocking store calls")
    requests_per_second: PositiveFloat = Field(100.0, description="requests a second one key may send in the long run")
    burst: PositiveInt = Field(500, description="requests one key may send at once")
    uploads: PositiveInt = Field(8, description="bodies of rows one key may push at the same time")
    upload_seconds: PositiveFloat = Field(600.0, description="seconds a body of rows may take to arrive")
    session_seconds: PositiveInt = Field(43_200, description="seconds a session of the web app lasts")


class Metrics(_Section):
    """How many series the gauges of models may be, and how old."""

    features: int = Field(20, ge=0, le=20, description="features of a model with gauges of their own; the rest is one")
    models_with_features: int = Field(1_000, ge=0, description="models above which no feature has a gauge")
    models_with_kpis: int = Field(1_000, ge=0, description="models above which no key figure has a gauge")
    pipelines: int = Field(500, ge=0, description="pipelines with gauges of their own; no others have any")
    keep_seconds: PositiveFloat = Field(5.0, description="seconds gauges are kept before they are read anew")


class Notify(_Section):
    """How people are told of incidents, and how often time alone is a reason to look."""

    check_seconds: PositiveFloat = Field(60.0, description="seconds between two looks for models whose time has come")
    public_url: str | None = Field(None, description="address people reach the web app at, for links; None: no links")
    allow_private: bool = Field(False, description="whether channels may name private addresses and plain http")
    timeout_seconds: PositiveFloat = Field(5.0, description="seconds a receiver may take for one message")
    tries: PositiveInt = Field(5, description="tries to deliver a message, with growing pauses, before it is given up")
    smtp_host: str | None = Field(None, description="mail server; None: e-mail channels fail and say so")
    smtp_port: int = Field(587, ge=1, le=65535, description="port of the mail server")
    smtp_starttls: bool = Field(True, description="whether the mail server is spoken to over STARTTLS")
    smtp_user: str | None = Field(None, description="user at the mail server; None: no login")
    smtp_password: SecretStr | None = Field(None, description="password at the mail server")
    mail_from: str = Field("bellwether@localhost", description="sender of mails")


class Settings(BaseSettings):
    """All settings of one process; read once, at its entry, and handed on."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__", frozen=True, extra="forbid")

    home: Path = Field(Path("var"), description="folder of everything the embedded topology keeps")
    store_url: str | None = Field(
        None, description="sqlite:///path or cosmos+https://host[:port]; None: sqlite under home"
    )
    objects_url: str | None = Field(None, description="file:///folder or az://container; None: folder under home")
    keep_rows_days: PositiveInt | None = Field(
        None, description="days rows of batches and labels, and bodies as pushed, are kept; None: for ever"
    )
    redis_url: SecretStr = Field(SecretStr("redis://127.0.0.1:6379/0"), description="Celery's broker")
    mlflow_url: str | None = Field(None, description="MLflow tracking server")
    otlp_endpoint: str | None = Field(None, description="OTLP/HTTP endpoint of traces; None: no traces leave")
    trace_ratio: float = Field(1.0, ge=0, le=1, description="share of traces begun here that are kept")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")
    cosmos: Cosmos = Cosmos()
    limits: Limits = Limits()
    work: Work = Work()
    worker: Worker = Worker()
    gateway: Gateway = Gateway()
    metrics: Metrics = Metrics()
    explain: Explain = Explain()
    sources: Sources = Sources()
    notify: Notify = Notify()

    @property
    def store(self) -> str:
        """URL of the document store."""
        return self.store_url or f"sqlite:///{(self.home / 'store' / 'documents.db').absolute()}"

    @property
    def objects(self) -> str:
        """URL of the object storage."""
        return self.objects_url or (self.home / "objects").absolute().as_uri()


def load() -> Settings:
    """Read the settings of this process from the environment; raises ``ValueError`` on an unknown variable."""
    names = [name for name in os.environ if name.startswith(PREFIX) and not name.startswith(_NOT_OURS)]
    known = set(Settings.model_fields)
    unknown = [name for name in names if name[len(PREFIX) :].partition("__")[0].lower() not in known]
    if unknown:
        raise ValueError(f"unknown settings {sorted(unknown)}; known: {sorted(PREFIX + n.upper() for n in known)}")
    return Settings()


def metrics_folder() -> Path | None:
    """Return where processes of one worker keep the values of their metrics together; None: each has its own.

    The variable is the client library's, which reads it as well.
    """
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    return None if folder is None else Path(folder)


def secret(name: str, environ: Mapping[str, str] | None = None) -> SecretStr | None:
    """Return a secret a document names: of variable ``BELLWETHER_SECRET_<name>``, or of the file ``..._FILE`` names."""
    environ = os.environ if environ is None else environ
    if (path := environ.get(f"{SECRET}{name}_FILE")) is not None:
        return SecretStr(Path(path).read_text().strip())
    value = environ.get(f"{SECRET}{name}")
    return None if value is None else SecretStr(value)
