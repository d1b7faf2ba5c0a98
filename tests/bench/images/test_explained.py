"""Explanations, computed in the container of explain as docker-compose.yml confines it, by models of a real MLflow.

Printed: the seconds from a push to its explanation, and the most memory the container took. With podman, and images of
our own make in place of the official ones (tests/e2e/images/bases.py).
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

import bellwether.client as bw
from bellwether.client import Client, Model
from bellwether.embedded.home import free_port
from bellwether.errors import BellwetherError
from tests.bench.images import mlflow_image
from tests.bench.images.models import GREEDY, WAYS, Way, register
from tests.e2e.images import bases
from tests.e2e.images.engine import podman
from tests.e2e.images.libraries import lacking
from tests.e2e.images.project import BUILT, SERVICES, Project
from tests.integration.explain.world import people, rows_of
from tests.network import changing

pytestmark = [pytest.mark.bench, pytest.mark.lane("images"), pytest.mark.filterwarnings("ignore")]
BUILD_S, UP_S, ANSWER_S = 1800.0, 300.0, 240.0
ROWS = 400
ROLES: dict[str, Any] = {"score": "score", "id": "id", "time": "time", "segments": ["branch"]}
PEAK = """
for file in /sys/fs/cgroup/memory.peak /sys/fs/cgroup/memory/memory.max_usage_in_bytes; do
    [ ! -e $file ] || { cat $file; break; }
done
"""
CONFINED = {"process", "rlimits", "no_new_privs", "seccomp"}


class Boxes:
    """All services with explain and MLflow, up; and who asks them from outside."""

    def __init__(self, folder: Path) -> None:
        self.project = Project(folder, free_port())
        try:
            self._up()
        except BaseException:
            self.project.close()
            raise

    def _up(self) -> None:
        mlflow = free_port()
        given = {
            **mlflow_image.arguments(bases.arguments()["PYTHON_IMAGE"]),
            "MLFLOW_PORT": str(mlflow),
            "BELLWETHER_MLFLOW_URL": "http://mlflow:5000",
            "EXPLAIN_MEMORY": "2g",  # a quarter of the default, for small machines
        }
        self.set(given)
        self.project.run(f"docker compose build {' '.join(BUILT)} explain", BUILD_S)
        self.project.run(f"docker compose --profile mlflow up -d {' '.join(SERVICES)} explain mlflow", UP_S)
        for service in ("gateway", "explain", "mlflow"):
            self.await_well(service)
        said = self.project.run("docker compose exec -T gateway bellwether keys create --name admin --role admin", 60)
        self.client = Client(f"http://127.0.0.1:{self.project.port}", said.split()[-1])
        self.mlflow = f"http://127.0.0.1:{mlflow}"

    def set(self, values: dict[str, str]) -> None:
        """Write settings to ``.env``, where the last one counts."""
        lines = "\n".join(f"{name}={value}" for name, value in values.items())
        self.project.run(f"[ -e .env ] || cp .env.example .env\ncat >> .env <<end\n{lines}\nend", 20)

    def await_well(self, service: str) -> None:
        """Wait for the health check of a service."""
        self.project.run(f"until podman healthcheck run {self.project.container(service)}; do sleep 1; done", UP_S)

    def anew(self, service: str) -> None:
        """Replace the container of a service by a new one; podman-compose would replace all."""
        podman("rm", "--force", self.project.container(service))
        self.project.run(f"docker compose up -d --no-deps {service}", UP_S)
        self.await_well(service)

    def peak(self) -> int:
        """The most bytes of memory the container of explain took so far."""
        return int(podman("exec", self.project.container("explain"), "sh", "-c", PEAK))

    def model(self, name: str, mlflow: str | None = None) -> Model:
        """A model with a reference in force."""
        reference = rows(people(1_000, 2), 40)
        try:
            return bw.model(name, client=self.client, task="binary", mlflow=mlflow, reference=reference, **ROLES)
        except BellwetherError as error:
            raise AssertionError(f"{error}: {error.faults}") from error

    def importance(self, model: Model, batch: str | None) -> dict[str, Any]:
        """What is said of a batch, once it is."""
        deadline = time.monotonic() + ANSWER_S
        while batch not in {one["batch"] for one in self.client.get(f"{model.path}/explanations")["items"]}:
            assert time.monotonic() < deadline, podman("logs", "--tail", "40", self.project.container("explain"))
            time.sleep(0.2)
        return dict(model.importance(batch))


def rows(frame: Any, days: int) -> pa.Table:
    """The rows as a job pushes them, with the answers of a model that looks at debt first."""
    table = rows_of(frame, days)
    risk = 3 * frame["debt"] - 0.03 * frame["age"]
    score = pa.array(1 / (1 + np.exp(-risk.to_numpy())))
    table = table.set_column(table.column_names.index("score"), "score", score)
    table = table.append_column("prediction", pc.greater(score, 0.5))
    return table.set_column(0, "region", table.column("region").cast(pa.string()))


@pytest.fixture(scope="module")
def boxes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Boxes]:
    with changing():
        made = Boxes(tmp_path_factory.mktemp("boxes"))
        try:
            yield made
        finally:
            made.client.close()
            made.project.close()


@pytest.fixture(scope="module")
def registered(boxes: Boxes) -> dict[str, str]:
    return register(boxes.mlflow)


def test_every_library_finds_the_libraries_it_needs(boxes: Boxes) -> None:
    assert lacking(boxes.project.image("explain")) == {}


def test_without_a_model_to_ask_a_line_through_the_answers_stands_in(boxes: Boxes) -> None:
    model = boxes.model("surrogate")
    began = time.monotonic()
    batch = model.log(rows(people(ROWS, 3), 1))
    said = boxes.importance(model, batch.id)
    print(f"\nsurrogate: {time.monotonic() - began:.1f} s")
    assert (said["method"], said["reason"], said["rows"]) == ("linear_surrogate", None, ROWS)
    assert said["features"][0]["feature"] == "debt"
    with pytest.raises(BellwetherError, match="no MLflow URI"):
        model.explain("p7")


def check(boxes: Boxes, name: str, way: Way, uri: str) -> None:
    """Have a batch, a row and a change to it explained by a registered model."""
    model = boxes.model(name, uri)
    began = time.monotonic()
    batch = model.log(rows(people(ROWS, 3), 1))
    said = boxes.importance(model, batch.id)
    first = time.monotonic() - began
    assert said["reason"] is None, said["reason"]
    assert (said["method"], said["output"], said["rows_total"]) == (way.method, way.output, ROWS), said["warnings"]
    assert said["features"][0]["feature"] == "debt"
    assert said["additivity"]["state"] in ("exact", "estimated")
    assert set(said["isolation"]) >= CONFINED, said["isolation"]
    began = time.monotonic()
    local = model.explain("p7", wait=60)
    of_row = time.monotonic() - began
    total = local["base_value"] + local["other"] + sum(part["contribution"] for part in local["contributions"])
    assert total == pytest.approx(local["prediction"], abs=1e-4 if local["exact"] else 0.05)
    answer = boxes.client.post(f"{model.path}/what-if", {"id": "p7", "changes": {"debt": 9.0}}, wait=60)
    assert answer["state"] == "done", answer["reason"]
    what_if = answer["what_if"]
    assert what_if["change"] > 0
    moved = sum(part["change"] for part in what_if["differences"]) + what_if["other"]
    assert moved == pytest.approx(what_if["change"], abs=1e-4 if local["exact"] else 0.05)
    print(
        f"\n{name}: batch {first:.1f} s ({said['cpu_seconds']:.1f} s of processor), row {of_row:.1f} s;"
        f" {boxes.peak() / 2**20:.0f} MiB at most so far; held by {', '.join(said['isolation'])}"
    )


@pytest.mark.parametrize("name", [name for name, way in WAYS.items() if not way.runs_code])
def test_a_registered_model_is_asked(boxes: Boxes, registered: dict[str, str], name: str) -> None:
    check(boxes, name, WAYS[name], registered[name])


def test_what_was_fetched_outlives_the_container(boxes: Boxes, registered: dict[str, str]) -> None:
    """Without MLflow, from the volume."""
    model = Model(boxes.client, "line")
    podman("stop", boxes.project.container("mlflow"))
    boxes.anew("explain")
    assert model.explain("p8", wait=60)["method"] == "linear"
    podman("start", boxes.project.container("mlflow"))
    boxes.await_well("mlflow")


def test_a_file_that_runs_code_is_refused_until_somebody_allows_it(boxes: Boxes, registered: dict[str, str]) -> None:
    model = boxes.model("refused", registered["pickled"])
    batch = model.log(rows(people(ROWS, 3), 1))
    assert "BELLWETHER_EXPLAIN__ALLOW_PICKLE" in boxes.importance(model, batch.id)["reason"]
    boxes.set({"BELLWETHER_EXPLAIN__ALLOW_PICKLE": "true"})
    boxes.anew("explain")
    for name, way in WAYS.items():
        if way.runs_code:
            check(boxes, name, way, registered[name])


def test_a_model_that_takes_all_memory_ends_alone_and_that_is_said(boxes: Boxes, registered: dict[str, str]) -> None:
    model = boxes.model(GREEDY, registered[GREEDY])
    batch = model.log(rows(people(ROWS, 3), 1))
    reason = boxes.importance(model, batch.id)["reason"]
    assert "the model's process was killed by the system, as happens where memory" in reason, reason
    assert Model(boxes.client, "pickled").explain("p9", wait=60)["method"] == "linear"


def test_nothing_died_on_the_way(boxes: Boxes) -> None:
    container = boxes.project.container("explain")
    assert podman("inspect", "--format", "{{.RestartCount}} {{.State.Running}}", container) == "0 true"
    said = podman("logs", container)
    assert "Traceback" not in said, said[-5000:]
