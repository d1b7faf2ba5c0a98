"""MLflow beyond the contract: a server that dies or refuses, artifacts that leave their folder, Databricks, tables."""

import json
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pandas as pd
import pytest
from pydantic import SecretStr

from bellwether.collector.sources import Found, SourceFault
from bellwether.collector.sources.base import inside
from bellwether.collector.sources.mlflow.source import MlflowSource
from bellwether.collector.tables import Tables, rows_of
from bellwether.contracts import Batch, MlflowSettings, Model, RegisteredVersion, TrainingRun, month_pk
from bellwether.objects import ObjectStore
from bellwether.storage.collections import MODELS, RUNS
from bellwether.storage.documents import dump, parse
from bellwether.storage.sqlite import SqliteStore
from bellwether.testing import wire
from bellwether.testing.wire import Answer, Headers
from tests.sources import MINUTE, NOW, ExperimentOutside, a_source, bound, opened

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


@pytest.fixture
def outside(mlflow_url: str) -> ExperimentOutside:
    return ExperimentOutside(mlflow_url, f"test-{uuid.uuid4().hex}")


@contextmanager
def answering(handle: Callable[[str, str, Headers, bytes], Answer]) -> Iterator[str]:
    """Serve whatever ``handle`` answers; the address."""
    server = wire.listen(handle, ("127.0.0.1", 0))
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def refusing(status: int, body: bytes = b'{"error_code": "X", "message": "no"}', **headers: str) -> Any:
    return lambda *_: Answer(status, body, {"content-type": "application/json", **headers})


@pytest.mark.parametrize(
    ("status", "code", "condition", "retry_s"),
    [
        (401, None, "credentials", 300.0),
        (401, "UNAUTHENTICATED", "credentials", 300.0),
        (403, "PERMISSION_DENIED", "permission", 300.0),
        (403, 403, "permission", 300.0),
        (404, None, "configuration", None),
        (404, "RESOURCE_DOES_NOT_EXIST", "configuration", None),
        (400, "INVALID_PARAMETER_VALUE", "invalid", None),
        (503, None, "unreachable", None),
        (429, None, "throttled", None),
    ],
)
def test_every_refusal_has_our_word_and_a_way_out(
    status: int, code: str | int | None, condition: str, retry_s: float | None
) -> None:
    body = b"<html>no</html>" if code is None else json.dumps({"error_code": code, "message": "no"}).encode()
    with answering(refusing(status, body)) as url, pytest.raises(SourceFault) as caught:
        opened(a_source("mlflow/x", MlflowSettings(url=url))).check()
    assert (caught.value.condition, caught.value.retry_s) == (condition, retry_s)
    assert caught.value.fix


def test_a_page_of_something_else_is_no_answer() -> None:
    with answering(refusing(200, b"<html>Sign in</html>")) as url, pytest.raises(SourceFault) as caught:
        opened(a_source("mlflow/x", MlflowSettings(url=url))).check()
    assert caught.value.condition == "shape_changed"


def test_a_secret_is_read_where_it_lies_and_told_to_nobody(mlflow_url: str) -> None:
    said: list[Headers] = []

    def handle(_method: str, _path: str, headers: Headers, _body: bytes) -> Answer:
        said.append(headers)
        return Answer(403, b"<html>no hunter2</html>", {"content-type": "text/html"})

    with answering(handle) as url:
        source = a_source("mlflow/x", MlflowSettings(url=url, token="MLFLOW"))
        with pytest.raises(SourceFault) as caught:
            opened(source).check()
        assert (caught.value.condition, said) == ("credentials", [])  # it is not there: nothing is sent
        with pytest.raises(SourceFault) as refused:
            opened(source, secret=lambda _name: SecretStr("tok-123")).check()
    assert said[0]["authorization"] == "Bearer tok-123"
    assert "tok-123" not in str(refused.value)
    opened(a_source("mlflow/y", MlflowSettings(url=mlflow_url))).check()
    assert "MLFLOW_TRACKING_TOKEN" not in os.environ


def _read_from_a_dying_server(port: MlflowSource, seen: list[Found]) -> None:
    """Read pages; after the first one nothing answers any more."""
    for page in port.poll(None, NOW):
        seen.append(page)
        port.client._client = None
        port.client.settings = port.client.settings.model_copy(update={"url": "http://127.0.0.1:9"})


def test_a_server_that_dies_between_two_pages_leaves_what_was_read(outside: ExperimentOutside) -> None:
    for number in range(3):
        outside.add(number, NOW - number * MINUTE)
    port = opened(outside.source())
    assert isinstance(port, MlflowSource)
    seen: list[Found] = []
    with pytest.raises(SourceFault) as caught:
        _read_from_a_dying_server(port, seen)
    assert caught.value.condition == "unreachable"
    kept = seen[-1].cursor
    again = list(opened(outside.source()).poll(kept, NOW + MINUTE))
    found = [one for page in (*seen, *again) for one in page.documents if isinstance(one, TrainingRun)]
    assert sorted(one.run_id for one in found) == sorted({one.run_id for one in found})
    assert len(found) == 3


def test_running_deleted_and_late_runs_are_seen_in_their_rounds(outside: ExperimentOutside) -> None:
    running = outside.client.create_run(outside.experiment, int((NOW - 5 * MINUTE).timestamp() * 1000)).info.run_id
    gone = outside.add(1, NOW - 30 * MINUTE)
    old = outside.add(2, NOW - timedelta(hours=20))
    port = opened(outside.source())
    first = list(port.poll(None, NOW))
    status = {one.run_id: one.status for page in first for one in page.documents if isinstance(one, TrainingRun)}
    assert status == {running: "RUNNING", gone: "SUCCEEDED", old: "SUCCEEDED"}
    assert first[-1].cursor.open == (running,)
    outside.client.delete_run(gone)
    outside.client.set_tag(old, "late", "yes")
    later = list(port.poll(first[-1].cursor, NOW + timedelta(days=8)))
    found = {one.run_id: one for page in later for one in page.documents if isinstance(one, TrainingRun)}
    assert found[gone].deleted_at == NOW + timedelta(days=8)
    assert found[old].tags["late"] == "yes"


def test_an_experiment_that_is_new_is_read_from_its_begin(mlflow_url: str) -> None:
    source = a_source("mlflow/all", MlflowSettings(url=mlflow_url), since=NOW - timedelta(minutes=40))
    port = opened(source)
    first = list(port.poll(None, NOW))
    fresh = ExperimentOutside(mlflow_url, f"fresh-{uuid.uuid4().hex}")
    early = fresh.add(1, NOW - 30 * MINUTE)  # before the cursor, and nobody has seen it
    later = list(port.poll(first[-1].cursor, NOW + timedelta(minutes=6)))
    assert early in {one.run_id for page in later for one in page.documents if isinstance(one, TrainingRun)}


def test_versions_tell_their_aliases(outside: ExperimentOutside) -> None:
    name = f"model-{uuid.uuid4().hex[:8]}"
    run = outside.add(1, NOW - MINUTE)
    outside.client.create_registered_model(name)
    version = outside.client.create_model_version(name, "s3://somewhere/model", run_id=run)
    outside.client.set_registered_model_alias(name, "champion", version.version)
    pages = list(opened(outside.source()).poll(None, NOW))
    (found,) = [d for p in pages for d in p.documents if isinstance(d, RegisteredVersion) and d.name == name]
    assert (found.version, found.run_id, [span.alias for span in found.aliases]) == ("1", run, ["champion"])


def test_databricks_is_the_same_client(outside: ExperimentOutside, monkeypatch: pytest.MonkeyPatch) -> None:
    outside.add(1, NOW - MINUTE)
    monkeypatch.setenv("DATABRICKS_HOST", outside.url)
    monkeypatch.setenv("DATABRICKS_TOKEN", "x")
    settings = MlflowSettings(url="databricks", registry="databricks", experiments=(outside.name,))
    pages = list(opened(a_source("mlflow/dbx", settings)).poll(None, NOW))
    assert sum(isinstance(one, TrainingRun) for page in pages for one in page.documents) == 1


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "a/../../b", "\\windows", "a\x00b"])
def test_an_artifact_does_not_leave_its_folder(path: str, tmp_path: Path, outside: ExperimentOutside) -> None:
    with pytest.raises(SourceFault, match="leaves its folder"):
        inside(tmp_path, path)
    port = opened(outside.source())
    assert isinstance(port, MlflowSource)
    with pytest.raises(SourceFault):
        port.client.download("0" * 32, path, tmp_path)
    assert port.client.requests == 0


def test_a_run_that_logs_predictions_is_a_batch_like_a_pushed_one(
    outside: ExperimentOutside, documents: SqliteStore, objects: ObjectStore
) -> None:
    documents.put(MODELS, dump(Model(pk="m", name="m", task="regression", created_at=NOW, updated_at=NOW)))
    run = outside.add(1, NOW - MINUTE)
    outside.client.log_table(run, pd.DataFrame({"a": [1.0, 2.0], "prediction": [0.5, None]}), "predictions.json")
    outside.client.log_table(run, pd.DataFrame({"x": [1]}), "notes.json")
    source = outside.source(bindings=bound("m", outside.name))
    port = opened(source)
    tables = [table for page in port.poll(None, NOW) for table in page.tables]
    assert [(table.path, table.end) for table in tables] == [("predictions.json", NOW - MINUTE)]
    made = Tables(documents, objects, NOW)
    (event,) = made.submit(source, port, tables)
    assert list(made.submit(source, port, tables)) == [event]  # twice is once
    assert not isinstance(event, SourceFault)
    doc = documents.get(RUNS, month_pk("m", event.subject), event.subject)
    assert doc is not None
    batch = parse(Batch, doc)
    assert (batch.source, batch.run, batch.state) == ("mlflow/test", f"ml_run:mlflow/test:{run}", "received")
    assert (batch.start, batch.end) == (NOW - 6 * MINUTE, NOW - MINUTE)
    rows = [json.loads(line) for line in objects.get(batch.raw_uri).splitlines()]
    assert rows == [{"a": 1.0, "prediction": 0.5}, {"a": 2.0, "prediction": None}]


def test_a_table_that_is_too_large_is_not_read(outside: ExperimentOutside, tmp_path: Path) -> None:
    run = outside.add(1, NOW - MINUTE)
    outside.client.log_table(run, pd.DataFrame({"a": range(100)}), "predictions.json")
    port = opened(outside.source(bindings=bound("m", outside.name)), artifact_bytes=10)
    (table,) = [table for page in port.poll(None, NOW) for table in page.tables]
    with pytest.raises(SourceFault, match="at most 10 are read"):
        port.fetch(table, tmp_path)


@pytest.mark.parametrize("text", ["no json", '{"columns": ["a"]}', '{"columns": ["a"], "data": [[1, 2]]}', "3"])
def test_a_table_that_is_none_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "predictions.json"
    path.write_text(text)
    with pytest.raises(SourceFault) as caught:
        rows_of(path)
    assert caught.value.condition == "invalid"
