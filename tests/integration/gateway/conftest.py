from collections.abc import Iterator
from pathlib import Path

import pytest

from bellwether.objects import open_objects
from bellwether.settings import Gateway, Limits, Settings
from bellwether.storage.factory import open_engine
from tests.integration.gateway.served import CSV, Api, Clock, RecordingBus


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path,
        limits=Limits(body_bytes=1_000_000, json_bytes=20_000),
        gateway=Gateway(requests_per_second=10_000, burst=100_000, store_threads=2),
    )


@pytest.fixture
def api(settings: Settings) -> Iterator[Api]:
    api = Api(settings, open_engine(settings), open_objects(settings.objects), RecordingBus(), Clock())
    yield api
    api.close()


@pytest.fixture
def model(api: Api) -> str:
    """A model that has a reference."""
    assert api.post("/models", json={"name": "credit", "task": "binary"}).status_code == 201
    answer = api.call("PUT", "/api/v1/models/credit/reference", content=b"a,prediction\n1,0\n", headers=CSV)
    assert answer.status_code == 202, answer.text
    return "credit"
