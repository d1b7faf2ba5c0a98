"""Making a model known to Bellwether: the model, its lines, its reference, its version. Twice is once."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sklearn.pipeline import Pipeline

from bellwether.embedded.demo import data, lines, models, registry
from bellwether.embedded.demo.api import Api, reasons
from bellwether.embedded.demo.recipes import Recipe
from bellwether.embedded.demo.registry import Registered
from bellwether.embedded.demo.words import words_of
from bellwether.errors import InvalidInput, Unavailable

_REFERENCE_S = 300.0
_LOOK_S = 0.2


def learn(
    mlflow_url: str, recipe: Recipe, flights: pa.Table, say: Callable[[str], None]
) -> tuple[Pipeline, Registered]:
    """Return the registered model of a recipe; trained and registered first when there is none of it."""
    train, held_out = models.training(flights), models.held_out(flights)
    mark = registry.fingerprint(recipe, train)
    found = registry.champion(mlflow_url, recipe, mark)
    if found is not None:
        say(f"{recipe.name}: version {found.version} is in MLflow")
        return registry.load(mlflow_url, recipe, found), found
    model = models.train(recipe, train)
    made = registry.register(mlflow_url, recipe, model, train=train, held_out=held_out)
    told = models.evaluate(recipe, model, held_out, train)
    how = "auc {auc:.3f}" if recipe.task == "binary" else "mae {mae:.1f} min, r2 {r2:.3f}"
    rows = models.labelled(recipe, train).num_rows
    say(f"{recipe.name}: trained on {rows:,} flights, held out {how.format(**told)}; version {made.version}")
    return model, made


def introduce(api: Api, recipe: Recipe, model: Pipeline, registered: Registered, flights: pa.Table) -> None:
    """Create the model where it is missing, give it lines once, its reference and its version; wait for the reference.

    Raises ``InvalidInput`` when the reference is rejected, ``Unavailable`` when nobody reads it in time.
    """
    held_out = models.held_out(flights)
    rows = models.reference(recipe, model, held_out)
    if api.find(f"/models/{recipe.name}") is None:
        api.send("POST", "/models", _definition(recipe, registered))
    _set_lines(api, recipe, rows.append_column("day", held_out["day"]).drop_columns("label"))
    _await_reference(api, recipe, api.push("PUT", f"/models/{recipe.name}/reference", parquet(rows))["id"])
    version = {"version": registered.version, "mlflow": registered.uri, "run": registered.run}
    api.send("POST", f"/models/{recipe.name}/versions", {**version, "alias": registry.ALIAS})


def rows_of(recipe: Recipe, model: Pipeline, flights: pa.Table) -> Callable[[date], bytes]:
    """Return what makes the body of a day's batch."""
    return lambda day: parquet(models.score(recipe, model, data.of_day(flights, day)))


def labels_of(recipe: Recipe, flights: pa.Table) -> Callable[[date], bytes | None]:
    """Return what makes the body of a day's labels; None where no flight has one."""

    def labels(day: date) -> bytes | None:
        known = models.labels(recipe, data.of_day(flights, day))
        return parquet(known) if known.num_rows else None

    return labels


def parquet(rows: pa.Table) -> bytes:
    """Write rows as Parquet; the same rows give the same bytes."""
    sink = BytesIO()
    pq.write_table(rows, sink, compression="zstd")
    return sink.getvalue()


def _definition(recipe: Recipe, registered: Registered) -> dict[str, Any]:
    roles: dict[str, Any] = {
        "features": list(recipe.features),
        "prediction": "prediction",
        "label": "label",
        "id": "id",
        "time": "time",
    }
    if recipe.threshold is not None:
        roles["score"] = "score"
    about: dict[str, Any] = {"value": dict(recipe.value)} if recipe.value else {}
    about["words"] = words_of(recipe.name, recipe.features)
    return {"name": recipe.name, "task": recipe.task, "roles": roles, "mlflow": registered.uri, **about}


def _set_lines(api: Api, recipe: Recipe, scored: pa.Table) -> None:
    """Set the lines of the model's own days, unless somebody has set lines."""
    answer = api.find(f"/models/{recipe.name}")
    if answer is None:
        raise Unavailable(f"model {recipe.name} was created and cannot be read back")
    there = answer.json()["thresholds"]
    if there["index"] is not None or there["features"]:
        return
    found = lines.from_days(recipe, scored).model_dump(mode="json")
    api.send("PATCH", f"/models/{recipe.name}", {"thresholds": found}, {"If-Match": answer.headers["ETag"]})


def _await_reference(api: Api, recipe: Recipe, reference: str) -> None:
    for _ in range(int(_REFERENCE_S / _LOOK_S)):
        told = api.get(f"/models/{recipe.name}/reference", id=reference)
        if told["state"] == "ready":
            return
        if told["state"] == "rejected":
            raise InvalidInput(f"the reference of {recipe.name} was rejected: {reasons(told)}")
        api.pause(_LOOK_S)
    raise Unavailable(f"the reference of {recipe.name} was not read within {_REFERENCE_S:g} s; see the collector's log")
