"""The demo's data factory and notebooks, told day by day to the real lineage service over a store.

The factory's runs are read by the collector's own code, the scoring runs are as the notebooks log them. Batches are
whatever the store holds: they name the run they came out of.
"""

from datetime import UTC, date, datetime, timedelta

from bellwether.collector.observing import Keeper
from bellwether.collector.sources.base import observed
from bellwether.collector.sources.data_factory.definitions import gathered, pipelines_of
from bellwether.collector.sources.data_factory.runs import run_of
from bellwether.contracts import (
    BatchReceived,
    DriftReported,
    ModelChanged,
    Observed,
    ReferenceReady,
    RunDataset,
    TrainingRun,
    fact_id,
    node_id,
)
from bellwether.embedded.demo import factory
from bellwether.embedded.demo.recipes import RECIPES
from bellwether.lineage.handlers import Lineage
from bellwether.storage.guard import OwnedDocuments
from bellwether.storage.lineage import GraphWriter
from bellwether.storage.port import DocumentStore

MODELS = tuple(recipe.name for recipe in RECIPES)
NOW = datetime(2026, 2, 1, tzinfo=UTC)
SOURCE = "adf/main"
_FACTORY = "adf/s/g/adf-flights"
_SATURDAY = 5


class Told:
    """The sources of the demo, and the service that keeps what they say."""

    def __init__(self, documents: DocumentStore) -> None:
        owned = OwnedDocuments(documents, "lineage")
        self.lineage = Lineage(owned, GraphWriter(owned))
        self.keeper = Keeper(OwnedDocuments(documents, "collector"))
        listed: dict[str, list[dict[str, object]]] = {}
        for kind, name, properties in factory.definitions():
            listed.setdefault(kind, []).append({"name": name, "properties": properties})
        self.definitions = gathered(listed)
        self.keeper.keep_pipelines(pipelines_of(self.definitions, SOURCE, _FACTORY, NOW))

    def tell(self, day: date) -> None:
        """Tell what ran on a day."""
        flights = 740 if day.weekday() == _SATURDAY else 900  # fewer every week, and so the day the load first failed
        runs: list[Observed] = [
            run_of(run, rows, self.definitions, SOURCE, _FACTORY, NOW)
            for run, rows in factory.runs_of(day, flights, 72, NOW)
        ]
        for event in self.keeper.keep([*runs, *(scoring_run(name, day) for name in MODELS)]):
            self.lineage.record(event)

    def tell_model(self, model: str) -> None:
        """Tell that a model and its reference are there."""
        about = {"model": model, "subject": model, "occurred_at": NOW}
        self.lineage.record(ModelChanged(**about))
        self.lineage.record(ReferenceReady(**{**about, "subject": "reference"}))

    def tell_batch(self, model: str, batch: str) -> None:
        """Tell that a batch came, and that it was analysed."""
        about = {"model": model, "subject": batch, "occurred_at": NOW}
        self.lineage.record(BatchReceived(**about))
        self.lineage.record(DriftReported(**about))


def scoring_run(model: str, day: date) -> TrainingRun:
    """Return the run a notebook logs, as the collector stores it."""
    start, end = factory.scored_at(model, day)
    tags = factory.tags(model, day)
    read = RunDataset(namespace=factory.NAMESPACE, name=factory.FEATURES, digest=f"{day}", context="scoring")
    return observed(
        TrainingRun,
        "ml-run",
        f"{model}-{day}",
        "mlflow/main",
        start,
        end,
        NOW,
        run_id=run_of_batch(model, day),
        experiment_id="2",
        status="SUCCEEDED",
        start=start,
        end=end,
        tags=tags,
        datasets=(read,),
        workspace_id=tags["mlflow.databricks.workspaceID"],
        job_id=tags["mlflow.databricks.jobID"],
        job_run_id=tags["mlflow.databricks.jobRunID"],
        adf_run_id=tags["adf_run_id"],
        adf_activity_run_id=tags["adf_activity_run_id"],
    )


def run_of_batch(model: str, day: date) -> str:
    """Return the id of the MLflow run that scored a day."""
    return f"{MODELS.index(model)}{day:%Y%m%d}".ljust(32, "0")


def node_of_run(model: str, day: date) -> str:
    """Return the node of that run, which its batch names."""
    return node_id("ml_run", "mlflow/main", run_of_batch(model, day))


def batch_of(model: str, day: date) -> str:
    """Return the id of a day's batch."""
    return fact_id(midnight(day + timedelta(days=1)), "batch", model, day.isoformat())


def midnight(day: date) -> datetime:
    """Return the start of a day."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
