"""One thread for the model libraries: small fits are slower with more, and much slower beside other work."""

import os
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bellwether.bus.worker import Context
from bellwether.explain import fetch
from bellwether.explain.registry import Registry
from bellwether.explain.standpoints import Standpoints
from bellwether.explain.tasks import make
from bellwether.objects import open_objects
from bellwether.settings import Explain, Settings
from bellwether.storage.sqlite import SqliteStore
from tests.integration.explain.registered import Uris, register
from tests.integration.explain.world import NOW, World

os.environ.setdefault("OMP_NUM_THREADS", "1")


class Near(Registry):
    """Fetches in this process, which has MLflow loaded already: seconds less for each model."""

    def _answered(self, asked: dict[str, Any]) -> dict[str, Any]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return fetch.answer(asked)


@pytest.fixture(scope="session")
def uris(mlflow_url: str) -> Uris:
    """Models of every sort in the registry, by a short name."""
    return register(mlflow_url)


@pytest.fixture(scope="module")
def shared(mlflow_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One service for a module, so that models are opened once."""
    home: Path = tmp_path_factory.mktemp("explain")
    settings = Settings(
        home=home,
        mlflow_url=mlflow_url,
        explain=Explain(
            background=200,
            model_rows=200_000,
            hosts=9,
            model_start_seconds=900,  # a busy machine is no hanging model
            model_folders=(_artifacts(home),),
        ),
    )
    documents = SqliteStore(home / "documents.db")
    context = Context(settings, documents, open_objects(settings.objects), lambda: NOW)
    explain = make(context)
    far = explain.of_batch.standpoints.registry
    near = Near(far.tracking, far.folder, far.local, far.settings)
    standpoints = Standpoints(near, explain.of_batch.standpoints.hosts, far.settings)
    explain = replace(explain, of_batch=replace(explain.of_batch, standpoints=standpoints))
    yield World(context, explain)
    explain.of_batch.standpoints.hosts.close()
    documents.close()


@pytest.fixture
def world(shared: World, tmp_path: Path) -> Iterator[World]:
    """Stores of a test's own, over the shared service's open models."""
    documents = SqliteStore(tmp_path / "documents.db")
    context = replace(shared.context, documents=documents)
    fresh = make(context)
    standpoints = shared.explain.of_batch.standpoints
    explain = replace(
        fresh,
        of_batch=replace(fresh.of_batch, standpoints=standpoints),
        of_row=replace(fresh.of_row, standpoints=standpoints),
    )
    yield World(context, explain)
    documents.close()


def _artifacts(home: Path) -> str:
    """The folder of all temporary folders, the registry's among them."""
    return str(home.parent)
