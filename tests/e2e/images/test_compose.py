"""docs/deploy-compose.md, followed: the commands of the page, run in its order against real containers.

podman and podman-compose stand in for Docker, images of our own make for those of a registry (bases.py); explain stays
away (project.py). The tests of this file run in their order: a page is read from top to bottom.
"""

import json
import re
import subprocess
import time
import tomllib
import urllib.request
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

import bellwether.client as bw
from bellwether.bus.routes import SERVICES as SERVICES_OF_CODE
from tests.e2e.images import bases
from tests.e2e.images.conftest import PAGE, Page
from tests.e2e.images.engine import attempt, podman, stop
from tests.e2e.images.libraries import lacking
from tests.e2e.images.project import SERVICES

pytestmark = pytest.mark.lane("images")
REPORT = re.compile(r"(fine|watch) +loans \S+: \w")
BUILT = [service for service in SERVICES if service not in {"redis", "beat"}]
PROFILES = ("cosmos", "azurite", "mlflow")
VERSION = tomllib.loads((PAGE.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
NAME = re.compile(r"[-_.]+")
OURS = [service for service in SERVICES if service != "redis"]

FACTS = """
import importlib.metadata, json, os, pathlib, sys
bytecode = [path for root in ("/venv", "/app") for path in pathlib.Path(root).rglob("*.pyc")]
print(json.dumps({
    "user": [os.getuid(), os.getgid()],
    "installed": {each.name.lower(): each.version for each in importlib.metadata.distributions(path=[sys.path[-1]])},
    "services": sorted(path.name for path in pathlib.Path("/app/bellwether").iterdir()),
    "bytecode": len(bytecode),
    "timed": [str(path) for path in bytecode if int.from_bytes(path.read_bytes()[4:8], "little") != 1],
    "bill": json.loads(pathlib.Path("/usr/share/bellwether/sbom.cdx.json").read_text()),
}))
"""
"""What an image says of itself; a bytecode file whose flags are 1 is found by the hash of its source, unchecked."""

WRITERS = {"csv": pyarrow.csv.write_csv, "parquet": pyarrow.parquet.write_table}
LATEST_S, A_DAY = 120.0, 500


def health(page: Page, service: str) -> subprocess.CompletedProcess[bytes]:
    return attempt("healthcheck", "run", page.project.container(service))


def inspect(page: Page, service: str) -> dict[str, Any]:
    [found] = json.loads(podman("inspect", page.project.container(service)))
    return dict(found)


def answers(day: int, rows: int = A_DAY) -> pa.Table:
    """What a binary model answered on a day, and what became true."""
    draw = np.random.default_rng(day)
    score = draw.uniform(0.02, 0.98, rows)
    return pa.table(
        {
            "id": [f"{day}-{n}" for n in range(rows)],
            "time": [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day, seconds=n) for n in range(rows)],
            "income": 60 * score + draw.normal(0, 5, rows),
            "region": draw.choice(["north", "south"], rows),
            "prediction": score > 0.5,
            "score": score,
            "defaulted": (draw.random(rows) < score).astype(int),
        }
    )


def written(folder: Path, name: str, table: pa.Table, format: str) -> Path:
    path = folder / f"{name}.{format}"
    WRITERS[format](table, path)
    return path


def test_the_page_leads_from_nothing_to_a_report(page: Page) -> None:
    _, key, report = page.first
    assert key.strip().splitlines()[-1].startswith("bw_"), key
    assert "reference of 2000 rows is in force" in report
    assert REPORT.search(report), report


def test_the_gateway_serves_the_web_app_at_the_same_address(page: Page) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{page.project.port}/", timeout=60) as answer:
        assert b"<script" in answer.read()


@pytest.mark.parametrize("service", SERVICES)
def test_every_container_says_that_it_is_well(page: Page, service: str) -> None:
    told = health(page, service)
    assert told.returncode == 0, told.stdout + told.stderr


@pytest.mark.parametrize("service", SERVICES)
def test_a_container_can_do_as_little_as_possible(page: Page, service: str) -> None:
    said = podman("exec", page.project.container(service), "sh", "-c", "cat /proc/self/status; touch /etc/x || true")
    status = dict(line.split(":\t") for line in said.splitlines() if ":\t" in line)
    assert status["Uid"].split() == ["999" if service == "redis" else "10001"] * 4
    assert int(status["CapEff"], 16) == int(status["CapBnd"], 16) == 0
    assert status["NoNewPrivs"] == "1"
    assert inspect(page, service)["HostConfig"]["ReadonlyRootfs"] is True
    assert inspect(page, service)["HostConfig"]["Memory"] > 0


def test_a_worker_without_its_broker_says_so_and_recovers(page: Page) -> None:
    worker = page.project.container("lineage")
    podman("pause", page.project.container("redis"))
    try:
        # As if a minute had passed since the last heartbeat; another one may be on its way.
        aged = f"podman exec {worker} touch -d '-2 minutes' /tmp/heartbeat"
        page.project.run(f"while podman healthcheck run {worker}; do {aged}; sleep 3; done", 60)
    finally:
        podman("unpause", page.project.container("redis"))
    page.project.run(f"until podman healthcheck run {worker}; do sleep 1; done", 60)


def test_a_worker_may_start_before_its_broker(page: Page) -> None:
    given, network = bases.arguments(), f"--network={page.project.name}_default"
    hardened = ("--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", "--env=BELLWETHER_REDIS_URL=redis://late:6379/0")
    begun = [podman("run", "--detach", network, *hardened, page.project.image("lineage"))]
    try:
        page.project.run(f"until podman logs {begun[0]} 2>&1 | grep -q 'Cannot connect'; do sleep 1; done", 60)
        broker = (f"{given['REDIS_IMAGE']}:{given['REDIS_VERSION']}", "redis-server", "--protected-mode", "no")
        begun.append(podman("run", "--detach", "--user=999", network, "--network-alias=late", *broker))
        page.project.run(f"until podman healthcheck run {begun[0]}; do sleep 1; done", 120)
    finally:
        stop(begun)


def test_day_by_day(page: Page) -> None:
    seen, restarted, scaled = page.follow("Day by day")
    assert all(service in seen for service in OURS)
    assert "gateway.listening" in seen
    assert REPORT.search(restarted), "what was known before the restart"
    second = page.project.container("drift", 2)
    assert second in podman("ps", "--format", "{{.Names}}").split(), scaled
    # `down` of podman-compose forgets it; that of Docker does not.
    podman("rm", "--force", "--time", "0", second)


def test_a_backup_restores_everything(page: Page) -> None:
    _, restored = page.follow("Back up and restore")
    assert REPORT.search(restored), restored


def test_batches_of_either_format_and_labels_that_come_later_become_reports(page: Page, tmp_path: Path) -> None:
    formats = ["csv", "parquet", "csv", "parquet"]
    days = {day: (answers(day), format) for day, format in enumerate(formats, 1)}
    with bw.Client(f"http://127.0.0.1:{page.project.port}", page.first[1].split()[-1]) as client:
        roles: dict[str, Any] = {"score": "score", "label": "defaulted", "id": "id", "time": "time"}
        model = bw.model("credit", client=client, task="binary", reference=answers(0, 4 * A_DAY), **roles)
        for day, (table, format) in days.items():
            pushed = model.log(written(tmp_path, f"rows-{day}", table.drop_columns(["defaulted"]), format))
            assert pushed.report(wait=LATEST_S).status in ("fine", "watch")
        for day, (table, format) in days.items():
            model.log_labels(written(tmp_path, f"labels-{day}", table.select(["id", "defaulted"]), format))
        deadline = time.monotonic() + LATEST_S
        while True:
            points = client.get("/models/credit/performance")["points"]
            if [point["labelled"] for point in points] == [A_DAY] * len(days):
                break
            assert time.monotonic() < deadline, points
            time.sleep(0.2)
        assert all(0.75 < point["value"] < 0.95 and point["status"] == "fine" for point in points), points


@pytest.mark.parametrize("service", ["gateway", "collector", "beat"])
def test_a_container_ends_in_time_when_it_is_asked_to(page: Page, service: str) -> None:
    page.project.run(f"docker compose stop {service}", 120)
    state = inspect(page, service)["State"]
    assert (state["Status"], state["ExitCode"]) == ("exited", 0), "137: it had to be killed"


@pytest.mark.parametrize("service", BUILT)
def test_an_image_holds_its_service_its_lock_and_nothing_else(page: Page, service: str) -> None:
    image = page.project.image(service)
    facts = json.loads(
        podman("run", "--rm", "--read-only", "--network=none", "--entrypoint=python", image, "-c", FACTS)
    )
    assert facts["user"] == [10001, 10001]
    assert facts["bill"]["metadata"]["component"]["name"] == f"bellwether-{service}"
    bill = {NAME.sub("-", each["name"]).lower(): each["version"] for each in facts["bill"]["components"]}
    assert {NAME.sub("-", name): version for name, version in facts["installed"].items()} == bill
    assert not {"pip", "wheel", "setuptools", "uv"} & set(bill)
    assert set(facts["services"]) & {"gateway", *SERVICES_OF_CODE} == {service}
    assert facts["bytecode"] > 500
    assert facts["timed"] == [], "bytecode that holds the time of its source"
    assert lacking(image) == {}
    [found] = json.loads(podman("image", "inspect", image))
    labels = {name.rpartition(".")[2]: value for name, value in found["Labels"].items() if "opencontainers" in name}
    assert labels["title"] == f"bellwether-{service}"
    assert (labels["version"], labels["revision"]) == (VERSION, "unknown")
    assert found["Config"]["User"] == "10001:10001"
    assert found["Healthcheck"]["Test"] == ["CMD", "healthy"]


def test_every_combination_of_layers_and_profiles_can_be_read(page: Page) -> None:
    page.project.run("! docker compose -f docker-compose.yml -f deploy/compose/observability.yml config", 60)
    for layer in ("", "-f deploy/compose/observability.yml"):
        for chosen in product((False, True), repeat=len(PROFILES)):
            profiles = [name for name, wanted in zip(PROFILES, chosen, strict=True) if wanted]
            options = " ".join(f"--profile {name}" for name in profiles)
            said = page.project.run(
                f"GRAFANA_PASSWORD=x docker compose -f docker-compose.yml {layer} {options} config 2>&1", 60
            )
            assert "grafana:" in said or not layer, said


def test_nothing_is_left(page: Page) -> None:
    page.follow("Remove")
    assert not [name for name in podman("ps", "--all", "--format", "{{.Names}}").split() if page.project.name in name]
    assert not [name for name in podman("volume", "ls", "--quiet").split() if page.project.name in name]


def test_every_command_of_the_page_was_run(page: Page) -> None:
    assert page.followed == [heading for heading, blocks in page.blocks.items() if blocks]
