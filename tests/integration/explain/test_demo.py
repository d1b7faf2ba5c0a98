"""Both models of the demo, from their registry, explained by their real kernels on days before and in the incident."""

from datetime import date, timedelta

import pyarrow as pa
import pytest

from bellwether.contracts import Column, Role
from bellwether.embedded.demo import data, models, onboard
from bellwether.embedded.demo.incident import INCIDENT
from bellwether.embedded.demo.recipes import RECIPES, Recipe
from tests.integration.explain.world import World

pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")

USUAL = (INCIDENT.start - timedelta(days=3), INCIDENT.start - timedelta(days=1))
WRONG = (INCIDENT.start + timedelta(days=1), INCIDENT.start + timedelta(days=5))
ROUTE = {"flight-delay": "pattern_tables", "air-time": "linear"}


@pytest.fixture(scope="module")
def flights(tmp_path_factory: pytest.TempPathFactory) -> pa.Table:
    return data.load(tmp_path_factory.mktemp("demo"))


def columns(recipe: Recipe) -> tuple[Column, ...]:
    """The roles of the demo's columns."""
    roles: dict[str, Role] = dict.fromkeys(recipe.features, "feature")
    roles |= {"id": "id", "time": "time", "prediction": "prediction"}
    kind = dict.fromkeys((*recipe.categories, "id"), "categorical") | {"time": "datetime"}
    return tuple(
        Column.model_validate({"name": n, "role": r, "kind": kind.get(n, "numeric"), "dtype": ""})
        for n, r in roles.items()
    )


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_the_incident_is_attribution_drift_and_the_days_before_are_not(
    world: World, mlflow_url: str, flights: pa.Table, recipe: Recipe
) -> None:
    model, registered = onboard.learn(mlflow_url, recipe, flights, lambda _line: None)
    known = columns(recipe)
    held_out = models.reference(recipe, model, models.held_out(flights))
    world.model(recipe.name, registered.uri, held_out, columns=known)
    found = {}
    for day in (*USUAL, *WRONG):
        rows = models.score(recipe, model, data.of_day(flights, day))
        batch = world.batch(recipe.name, rows, day=(day - date(2013, 1, 1)).days, columns=known)
        said = world.explained(recipe.name, batch)
        assert (said.method, said.additivity.state) == (ROUTE[recipe.name], "exact"), said.reason
        assert said.rows == said.rows_total == rows.num_rows
        assert said.explained is not None
        assert said.explained.version == registered.version
        assert said.against_reference is not None
        assert said.against_reference.windows > 50
        found[day] = said.against_reference
    assert [found[day].status for day in USUAL] == ["fine", "fine"], found
    assert {found[day].status for day in WRONG} <= {"watch", "act"}, found
    for day in WRONG:
        assert found[day].features[0].feature == INCIDENT.column
