"""What stands upstream of the batches: the factory's runs of a day, and the MLflow run in which a notebook scored it.

Both are told before the batch is pushed, and both are the same when they are told again: the factory's runs by their
ids, the MLflow run by the tag that names model and day.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.compute as pc

from bellwether.contracts import node_id
from bellwether.embedded.demo import data, factory, registry
from bellwether.embedded.demo.recipes import Recipe
from bellwether.embedded.demo.registry import Registered
from bellwether.embedded.demo.watched import EXPERIMENT, MLFLOW_SOURCE
from bellwether.errors import Unavailable

KEY = "bellwether.key"
_AIRPORTS = 3


@dataclass
class Upstream:
    """Tells both servers of a day; ``header`` is the secret of the factory's identity."""

    mlflow_url: str
    factory_url: str | None
    header: str
    flights: pa.Table
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _told: set[date] = field(default_factory=set)
    _runs: dict[str, str] = field(default_factory=dict)

    def prepare(self) -> None:
        """Define the factory, and learn which days MLflow has."""
        if self.factory_url is not None:
            self._record({"define": [list(one) for one in factory.definitions()]})
        with registry.client(self.mlflow_url) as mlflow:
            client = mlflow.MlflowClient()
            found = client.get_experiment_by_name(EXPERIMENT)
            self._experiment = client.create_experiment(EXPERIMENT) if found is None else found.experiment_id
            token = None
            while True:
                page = client.search_runs([self._experiment], "attributes.status = 'FINISHED'", page_token=token)
                self._runs |= {run.data.tags.get(KEY, ""): run.info.run_id for run in page}
                token = page.token
                if not token:
                    return

    def of(self, recipe: Recipe, registered: Registered) -> Callable[[date], str]:
        """Return what tells of a day of a model and names the run its batch came out of."""

        def told(day: date) -> str:
            self._tell_factory(day)
            return node_id("ml_run", MLFLOW_SOURCE, self._scored(recipe, registered, day))

        return told

    def _tell_factory(self, day: date) -> None:
        if self.factory_url is None or day in self._told:
            return
        rows = data.of_day(self.flights, day).num_rows
        runs = factory.runs_of(day, rows, 24 * _AIRPORTS, self.now())
        self._record({"record": [{"run": run, "activities": activities} for run, activities in runs]})
        self._told.add(day)

    def _scored(self, recipe: Recipe, registered: Registered, day: date) -> str:
        key = f"{recipe.name}/{day.isoformat()}"
        if key not in self._runs:
            self._runs[key] = self._log(recipe, registered, day, key)
        return self._runs[key]

    def _log(self, recipe: Recipe, registered: Registered, day: date, key: str) -> str:
        """Log a scoring run: what it read, the model it used, how many rows; the key comes last, then it ends."""
        start, end = factory.scored_at(recipe.name, day)
        rows = data.of_day(self.flights, day)
        with registry.client(self.mlflow_url) as mlflow:
            client, entities = mlflow.MlflowClient(), mlflow.entities
            said = {**factory.tags(recipe.name, day), "bellwether.model_version": registered.uri}
            run = client.create_run(self._experiment, _ms(start), said, f"score-{key}")
            id = str(run.info.run_id)
            source = mlflow.data.code_dataset_source.CodeDatasetSource(tags={"bellwether.uri": _uri()})
            frame = rows.select(list(recipe.features)).to_pandas()
            read = mlflow.data.from_pandas(frame, source, name="features", digest=registry.digest(recipe, rows))
            context = [entities.InputTag("mlflow.data.context", "scoring")]
            inputs = [entities.DatasetInput(read._to_mlflow_entity(), context)]  # noqa: SLF001 - the way there is
            models = [entities.LoggedModelInput(registered.logged_model)] if registered.logged_model else []
            client.log_inputs(id, inputs, models)
            metrics = [entities.Metric("rows", rows.num_rows, _ms(end), 0), *_means(recipe, rows, _ms(end), entities)]
            client.log_batch(id, metrics, [entities.Param("day", day.isoformat())], [entities.RunTag(KEY, key)])
            client.set_terminated(id, "FINISHED", _ms(end))
        return id

    def _record(self, said: Mapping[str, Any]) -> None:
        try:
            answer = httpx.post(
                f"{self.factory_url}/_record", json=said, headers={"X-IDENTITY-HEADER": self.header}, timeout=30
            )
        except httpx.TransportError as error:
            raise Unavailable(f"the data factory at {self.factory_url} does not answer; see its log") from error
        answer.raise_for_status()


def _means(recipe: Recipe, rows: pa.Table, at: int, entities: Any) -> list[Any]:
    found = {name: pc.mean(rows[name]).as_py() for name in recipe.numbers}
    return [entities.Metric(f"mean_{name}", value, at, 0) for name, value in found.items() if value is not None]


def _uri() -> str:
    return f"{factory.NAMESPACE}/{factory.FEATURES}"


def _ms(time: datetime) -> int:
    return int((time - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))
