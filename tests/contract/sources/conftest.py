"""Each kind of source over its own outside: the test server of Data Factory, a real MLflow server."""

import uuid
from collections.abc import Iterator

import pytest

from bellwether.testing.data_factory import DataFactoryServer, Factory
from tests.sources import NOW, ExperimentOutside, FactoryOutside, Outside


@pytest.fixture
def factory(monkeypatch: pytest.MonkeyPatch) -> Iterator[FactoryOutside]:
    """An empty data factory, with an identity that may read it."""
    with DataFactoryServer(Factory(now=NOW, page_size=3), token_seconds=10**9) as server:
        for name, value in server.environ.items():
            monkeypatch.setenv(name, value)
        yield FactoryOutside(server)


@pytest.fixture
def experiment(mlflow_url: str) -> ExperimentOutside:
    """An empty experiment of a tracking server."""
    return ExperimentOutside(mlflow_url, f"test-{uuid.uuid4().hex}")


@pytest.fixture(params=["factory", "experiment"])
def outside(request: pytest.FixtureRequest) -> Outside:
    """Each kind of source in turn."""
    found: Outside = request.getfixturevalue(request.param)
    return found
