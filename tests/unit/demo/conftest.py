from pathlib import Path

import pyarrow as pa
import pytest
from sklearn.pipeline import Pipeline

from bellwether.embedded.demo import data, models
from bellwether.embedded.demo.recipes import RECIPES


@pytest.fixture(scope="session")
def flights(tmp_path_factory: pytest.TempPathFactory) -> pa.Table:
    """The prepared year."""
    return data.load(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def fitted(flights: pa.Table) -> dict[str, Pipeline]:
    """Both models, trained."""
    return {recipe.name: models.train(recipe, models.training(flights)) for recipe in RECIPES}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "demo"
