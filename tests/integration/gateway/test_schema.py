"""The API against its own description: no answer but those it documents, whatever is sent."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case, HookContext, checks

from bellwether.contracts import ROW_FORMATS
from bellwether.gateway.app import openapi
from bellwether.objects import open_objects
from bellwether.settings import Gateway, Limits, Settings
from bellwether.storage.factory import open_engine
from tests.integration.gateway.explained import explained
from tests.integration.gateway.facts import analysed, assessed
from tests.integration.gateway.served import Api, Clock, RecordingBus, with_reference

EXAMPLES = int(os.environ.get("BELLWETHER_TEST_API_EXAMPLES", "8"))

schema = schemathesis.openapi.from_dict(openapi())
KNOWN: dict[str, str] = {}


@schemathesis.serializer(*(media for media in ROW_FORMATS if media not in ("application/json", "text/csv")))
def rows(context: Any, value: Any) -> bytes:
    """Write whatever was generated as the bytes of a body."""
    return value if isinstance(value, bytes) else str(value).encode()


@schema.hook
def map_path_parameters(context: HookContext, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    """Ask for what there is, every other time."""
    if path_parameters and len(str(path_parameters)) % 2:
        return {name: KNOWN.get(name, value) for name, value in path_parameters.items()}
    return path_parameters


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """One gateway for all examples, with a model that has everything."""
    home: Path = tmp_path_factory.mktemp("schema")
    options = Settings(
        home=home,
        limits=Limits(body_bytes=100_000, json_bytes=20_000),
        gateway=Gateway(requests_per_second=1e6, burst=10**6, store_threads=2),
    )
    api = Api(options, open_engine(options), open_objects(options.objects), RecordingBus(), Clock())
    with_reference(api)
    batches = [analysed(api, "credit", api.now() - timedelta(days=n), score=10.0 * n, status="act") for n in range(3)]
    assessed(api, "credit", "act", batch=batches[0], since=api.now())
    explained(api, "credit", api.now(), {"age": 2.0, "region/area": 1.0})
    KNOWN.update(model="credit", batch=batches[0], feature="age", row="one")
    api.app.state.feed.stopping.set()
    yield api
    api.close()


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much, HealthCheck.too_slow],
)
def test_every_answer_is_one_that_is_described(case: Case[Any], served: Api) -> None:
    headers = {"Authorization": f"Bearer {served.key}"}
    answer = served.send(requests.Request(**case.as_transport_kwargs("http://gateway", headers)).prepare())
    assert answer.status_code < 500, answer.text
    # Nor can a schema tell rows that can be used, or what contradicts what is there; who may do what is tested apart.
    excluded = [checks.ignored_auth, checks.positive_data_acceptance]
    if KNOWN.items() & (case.path_parameters or {}).items():
        excluded.append(checks.negative_data_rejection)  # what was wrong may have been put right above
    case.validate_response(answer, excluded_checks=excluded)
