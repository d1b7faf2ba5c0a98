"""A gateway whose store is throttled answers soon, and says when to come back."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from httpx import Response

from bellwether.objects import open_objects
from bellwether.settings import Cosmos, Settings
from bellwether.storage.factory import open_engine, provision
from bellwether.testing.cosmos_server import CosmosServer
from tests.integration.gateway.served import CSV, Api, Clock, RecordingBus, with_reference


@pytest.fixture
def server() -> Iterator[CosmosServer]:
    with CosmosServer(partitions=3) as running:
        yield running


@pytest.fixture
def api(server: CosmosServer, tmp_path: Path) -> Iterator[Api]:
    settings = Settings(home=tmp_path, store_url=f"cosmos+{server.url}", cosmos=Cosmos(key=server.key))
    provision(settings)
    documents = open_engine(settings, "gateway")
    api = Api(settings, documents, open_objects(settings.objects), RecordingBus(), Clock())
    yield api
    server.faults.clear()
    api.close()


def test_a_storm_of_429_is_a_503_after_a_few_tries(server: CosmosServer, api: Api) -> None:
    model = with_reference(api)
    storm = server.inject(429, times=10_000, substatus=3200, retry_after_ms=5)
    calls: tuple[Callable[[], Response], ...] = (
        lambda: api.get(f"/models/{model}"),
        lambda: api.get(f"/models/{model}/batches"),
        lambda: api.get("/models"),
        lambda: api.push(f"/models/{model}/batches?end=2026-01-01T00:00:00Z", b"a,prediction\n1,0\n"),
    )
    for call in calls:
        before = storm.hits
        answer = call()
        assert answer.status_code == 503, answer.text
        assert storm.hits - before == 4, "three more tries"
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert server.key not in answer.text
        assert "127.0.0.1" not in answer.text
    server.faults.remove(storm)
    storm = server.inject(429, times=10_000, substatus=3200, retry_after_ms=2_500)
    assert api.get(f"/models/{model}").status_code == 503
    assert storm.hits == 1, "nobody is kept waiting for longer than two seconds"
    server.faults.remove(storm)
    pushed = api.push(f"/models/{model}/batches?end=2026-01-01T00:00:00Z", b"a,prediction\n1,0\n")
    assert pushed.status_code == 202
    again = api.post(f"/models/{model}/batches?end=2026-01-01T00:00:00Z", content=b"a,prediction\n1,0\n", headers=CSV)
    assert again.json()["id"] == pushed.json()["id"]
