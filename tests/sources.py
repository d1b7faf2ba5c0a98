"""What stands outside in tests of sources: a factory and an experiment, each with runs that are added and changed."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag

from bellwether.collector.sources import SOURCES, Needs, SourcePort
from bellwether.contracts import SOURCES_PK, Binding, DataFactorySettings, MlflowSettings, Source, source_id
from bellwether.testing.data_factory import DataFactoryServer, Factory
from bellwether.testing.data_factory.shapes import activity_run, copied, pipeline_run, wire_time

NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PLANTED = "SECRET-MUST-NOT-BE-STORED"


class Outside(Protocol):
    """One thing a source watches, in a test's hands."""

    def source(self, **more: Any) -> Source:
        """Return the settings to watch it with."""

    def add(self, number: int, ended: datetime, *, failed: bool = False) -> str:
        """Add a run that ended; its id."""

    def change(self, id: str, at: datetime) -> None:
        """Change a run that was there, as late as ``at``."""


@dataclass
class FactoryOutside:
    """A data factory of the test server with one pipeline of one copy."""

    server: DataFactoryServer
    factory: Factory = field(init=False)

    def __post_init__(self) -> None:
        self.factory = self.server.factory

    def source(self, **more: Any) -> Source:
        said = {"subscription": self.factory.subscription, "group": self.factory.group, "factory": self.factory.name}
        return a_source("adf/test", DataFactorySettings(**said, endpoint=self.server.url), **more)

    def add(self, number: int, ended: datetime, *, failed: bool = False) -> str:
        id = f"{number:08d}-0000-4000-8000-000000000000"
        start = ended - 5 * MINUTE
        status = "Failed" if failed else "Succeeded"
        run = pipeline_run(id, "pl_load", start, ended, status, parameters={"db_password": PLANTED, "day": "1"})
        self.factory.record(run, [activity_run(run, "Load", "Copy", start, ended, output=copied(100 + number))])
        return id

    def change(self, id: str, at: datetime) -> None:
        self.factory.change(id, status="Failed", message="late", lastUpdated=wire_time(at))


@dataclass
class ExperimentOutside:
    """An experiment of its own on a real tracking server."""

    url: str
    name: str
    client: MlflowClient = field(init=False)
    experiment: str = field(init=False)

    def __post_init__(self) -> None:
        self.client = MlflowClient(tracking_uri=self.url, registry_uri=self.url)
        self.experiment = self.client.create_experiment(self.name)

    def source(self, **more: Any) -> Source:
        return a_source("mlflow/test", MlflowSettings(url=self.url, experiments=(self.name,)), **more)

    def add(self, number: int, ended: datetime, *, failed: bool = False, **tags: str) -> str:
        start = ms(ended - 5 * MINUTE)
        run = self.client.create_run(self.experiment, start, {"db_password": PLANTED, **tags}, f"run-{number}")
        id = str(run.info.run_id)
        more = [RunTag("number", str(number))]
        self.client.log_batch(id, [Metric("mae", number / 10, start, 0)], [Param("token", PLANTED)], more)
        self.client.set_terminated(id, "FAILED" if failed else "FINISHED", ms(ended))
        return id

    def change(self, id: str, at: datetime) -> None:
        self.client.set_tag(id, "late", at.isoformat())


def a_source(name: str, settings: MlflowSettings | DataFactorySettings, **more: Any) -> Source:
    """Return a source as the gateway stores it; it reads from a day before ``NOW`` on."""
    said = {"created_at": NOW, "updated_at": NOW, "since": NOW - timedelta(days=1), **more}
    return Source(id=source_id(name), pk=SOURCES_PK, source=name, settings=settings, **said)


def bound(model: str, experiment: str) -> tuple[Binding, ...]:
    """Bind an experiment to a model."""
    return (Binding(model=model, experiments=(experiment,)),)


def needs(**more: Any) -> Needs:
    """Return what sources are opened with: no pauses, no secrets."""
    said: dict[str, Any] = {"secret": lambda _name: None, "pause": lambda _s: None, "clock": lambda: 0.0}
    return Needs(**{**said, **more})


def opened(source: Source, **more: Any) -> SourcePort:
    """Open a source."""
    return next(kind for kind in SOURCES if kind.slug == source.settings.kind).open(source, needs(**more))


def ms(time: datetime) -> int:
    """Return milliseconds since 1970."""
    return int(time.timestamp() * 1000)
