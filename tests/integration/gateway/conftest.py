from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bellwether.objects import open_objects
from bellwether.settings import Gateway, Limits, Settings
from bellwether.storage.factory import open_engine
from tests.integration.gateway.served import Api, Clock, RecordingBus, with_reference


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path,
        limits=Limits(body_bytes=1_000_000, json_bytes=20_000),
        gateway=Gateway(requests_per_second=10_000, burst=100_000, store_threads=2),
    )


@pytest.fixture
def serve() -> Iterator[Callable[[Settings], Api]]:
    """Gateways with settings of a test's own."""
    found: list[Api] = []

    def start(settings: Settings) -> Api:
        found.append(Api(settings, open_engine(settings), open_objects(settings.objects), RecordingBus(), Clock()))
        return found[-1]

    yield start
    for api in found:
        api.close()


@pytest.fixture
def api(settings: Settings, serve: Callable[[Settings], Api]) -> Api:
    return serve(settings)


@pytest.fixture
def model(api: Api) -> str:
    """A model that has a reference."""
    return with_reference(api)
