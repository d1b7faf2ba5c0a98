import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import mlflow
import pyarrow.parquet as pq
import pytest

from bellwether.embedded import demo
from bellwether.embedded.demo import factory
from bellwether.testing.data_factory import DataFactoryServer, Factory
from tests.recording_gateway import RecordingGateway, served

MODELS = ("flight-delay", "air-time")


@dataclass
class Replayed:
    """A gateway after a first start of five days, and how to start again."""

    gateway: RecordingGateway
    url: str
    mlflow_url: str
    home: Path
    outside: DataFactoryServer

    def start(self, days: int) -> list[str]:
        said: list[str] = []
        where = (self.outside.url, self.outside.identity_header)
        demo.run(self.home, self.url, self.gateway.key, self.mlflow_url, factory=where, days=days, say=said.append)
        return said


@pytest.fixture(scope="module")
def replayed(mlflow_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replayed]:
    gateway = RecordingGateway()
    with served(gateway) as url, DataFactoryServer(Factory()) as outside:
        replayed = Replayed(gateway, url, mlflow_url, tmp_path_factory.mktemp("home"), outside)
        assert replayed.start(5)[-1] == "demo: all 5 days are pushed and analysed"
        yield replayed


def test_the_first_model_is_on_its_way_before_the_second_is_learned(replayed: Replayed) -> None:
    calls = replayed.gateway.calls
    second = calls.index("PUT /models/air-time/reference")
    assert calls[:second].count("POST /models/flight-delay/batches") == 3
    assert replayed.gateway.pushed[:3] == [f"flight-delay 2013-04-0{day}" for day in (1, 2, 3)]


def test_what_was_pushed_is_what_the_models_said(replayed: Replayed) -> None:
    gateway = replayed.gateway
    delay = pq.read_table(io.BytesIO(gateway.batches["flight-delay"]["batch-flight-delay-2013-04-01"]["body"]))
    assert delay.num_rows == 978
    assert delay.column_names[-2:] == ["score", "prediction"]
    assert gateway.batches["air-time"]["batch-air-time-2013-04-01"]["version"] == "1"
    reference = pq.read_table(io.BytesIO(*gateway.references["air-time"].values()))
    assert reference.num_rows == 53_822
    assert reference.column_names[-2:] == ["prediction", "label"]
    labels = pq.read_table(io.BytesIO(gateway.labels["flight-delay"]["labels-2013-04-01"]))
    assert labels.column_names == ["id", "label"]


def test_the_models_know_their_roles_and_the_lines_of_their_own_days(replayed: Replayed) -> None:
    model = replayed.gateway.models["flight-delay"]
    assert model["roles"]["score"] == "score"
    assert model["mlflow"] == "models:/flight-delay/1"
    assert 0.6 < model["thresholds"]["features"]["wind_speed"]["act"] < 0.8
    assert "carrier" not in model["thresholds"]["features"]
    assert replayed.gateway.versions["air-time"][0]["alias"] == "champion"


def test_starting_again_asks_and_pushes_nothing(replayed: Replayed) -> None:
    before = len(replayed.gateway.calls)
    said = replayed.start(5)
    assert said == ["demo: all 5 days of flight-delay and air-time are there; nothing to push"]
    # Where the servers are is said at every start; it is news when it changed.
    assert {call.split()[0] for call in replayed.gateway.calls[before:]} == {"GET", "POST"}
    assert {call for call in replayed.gateway.calls[before:] if call.startswith("POST")} == {"POST /sources"}


def test_one_more_day_is_one_more_batch_and_one_more_set_of_labels(replayed: Replayed) -> None:
    before = len(replayed.gateway.pushed)
    replayed.start(6)
    pushed = [f"{name} {key}" for name in MODELS for key in ("labels-2013-04-03", "2013-04-06")]
    assert replayed.gateway.pushed[before:] == pushed
    assert [len(replayed.gateway.references[name]) for name in MODELS] == [1, 1]


def test_every_batch_names_the_run_that_scored_it_and_that_run_the_pipeline(replayed: Replayed) -> None:
    client = mlflow.MlflowClient(replayed.mlflow_url)
    for name in MODELS:
        node = replayed.gateway.batches[name][f"batch-{name}-2013-04-02"]["run"]
        assert node.startswith("ml_run:mlflow/main:")
        run = client.get_run(node.rpartition(":")[2])
        (read,) = run.inputs.dataset_inputs
        assert (read.dataset.name, read.tags[0].value) == ("features", "scoring")
        assert len(run.inputs.model_inputs) == 1
        of = replayed.outside.factory.runs[run.data.tags["adf_run_id"]]
        assert (of["pipelineName"], of["parameters"]) == ("score-flights", {"day": "2013-04-02"})
        activities = replayed.outside.factory.activity_runs(of["runId"])
        assert run.data.tags["adf_activity_run_id"] in {one["activityRunId"] for one in activities}


def test_the_factory_has_three_runs_a_day_and_no_more_after_another_start(replayed: Replayed) -> None:
    replayed.start(6)
    runs = replayed.outside.factory.runs
    assert len(runs) == 3 * 6
    before = {id: run["lastUpdated"] for id, run in runs.items()}
    replayed.start(6)
    assert {id: run["lastUpdated"] for id, run in runs.items()} == before
    assert set(replayed.gateway.sources) == {"mlflow/main", "adf/main"}
    assert factory.run_id(factory.LOAD_WEATHER, date(2013, 4, 6)) in runs
