"""The official OpenLineage client against the real gateway over HTTP: what it sends by itself is taken."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import uvicorn
from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import (
    DatasetEvent,
    InputDataset,
    Job,
    JobEvent,
    OutputDataset,
    Run,
    RunEvent,
    RunState,
    StaticDataset,
)
from openlineage.client.transport.http import ApiKeyTokenProvider, HttpCompression, HttpConfig, HttpTransport

from tests.integration.gateway.served import Api

TABLE = ("postgres://db:5432", "d.public.t")
PRODUCER = "https://example.com/producer"


@pytest.fixture
def client(api: Api, free_port: Callable[[], int]) -> Iterator[OpenLineageClient]:
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(api.app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    config = HttpConfig(
        url=f"http://127.0.0.1:{port}",
        endpoint="api/v1/lineage",
        auth=ApiKeyTokenProvider({"api_key": api.new_key("ingest")}),
        compression=HttpCompression.GZIP,
    )
    yield OpenLineageClient(transport=HttpTransport(config))
    server.should_exit = True
    thread.join(30)


def test_what_the_official_client_sends_is_taken(api: Api, client: OpenLineageClient) -> None:
    run, job, now = Run(str(uuid4())), Job("airflow", "dag.task"), datetime.now(UTC).isoformat()
    for state in (RunState.START, RunState.COMPLETE, RunState.FAIL):
        client.emit(
            RunEvent(
                eventType=state,
                eventTime=now,
                run=run,
                job=job,
                producer=PRODUCER,
                inputs=[InputDataset(*TABLE)],
                outputs=[OutputDataset(*TABLE)],
            )
        )
    client.emit(JobEvent(eventTime=now, job=job, producer=PRODUCER))
    client.emit(DatasetEvent(eventTime=now, dataset=StaticDataset(*TABLE), producer=PRODUCER))
    assert [event.type for event in api.bus.events] == ["lineage.received"] * 5
