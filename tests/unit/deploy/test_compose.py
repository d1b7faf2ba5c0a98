"""docker-compose.yml and what is layered on it: valid, hardened, complete, in step with the code."""

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from bellwether.bus.routes import SERVICES
from tests.lanes import lane
from tests.unit.deploy.composition import (
    COMPOSE,
    EXAMPLE,
    OBSERVABILITY,
    TRUSTED,
    UNASKED,
    Composition,
    faults,
    filled,
    layers,
    mounts,
    read,
    undefined,
)
from tests.unit.deploy.manifests import DEPLOY, ROOT, Doc, documents

PROMETHEUS, ALERTS = DEPLOY / "prometheus" / "prometheus.yml", DEPLOY / "prometheus" / "alertmanager.yml"
COLLECTOR = DEPLOY / "compose" / "otel-collector.yml"
WHOLE = read(COMPOSE, OBSERVABILITY)


def validate(path: Path) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(path)]
    return subprocess.run(argv, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("path", [COMPOSE, OBSERVABILITY], ids=lambda path: path.name)
def test_the_specification_takes_it(path: Path) -> None:
    checked = validate(path)
    assert checked.returncode == 0, checked.stdout


def test_what_the_specification_does_not_know_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "compose.yml"
    broken.write_text(COMPOSE.read_text(encoding="utf-8").replace("read_only:", "readonly:"), encoding="utf-8")
    assert validate(broken).returncode == 1


@pytest.mark.parametrize("files", layers(), ids=len)
def test_everything_named_is_there_and_everything_there_is_used(files: tuple[Path, ...]) -> None:
    whole = read(*files)
    # The example is of all files together: what only another layer uses is no fault of this one.
    assert [
        fault for fault in faults(whole) if files == layers()[-1] or "of .env.example is not used" not in fault
    ] == []


def changed(name: str, **keys: object) -> Composition:
    """The whole composition with one service changed; None takes a key away."""
    service = {key: value for key, value in {**WHOLE.services[name], **keys}.items() if value is not None}
    return replace(WHOLE, services={**WHOLE.services, name: service})


BUILD = WHOLE.services["drift"]["build"]
PLANTED = [
    (changed("drift", depends_on=["rediss"]), "drift: depends on rediss, which is not there"),
    (changed("drift", mem_limit=None), "drift: no mem_limit"),
    (changed("drift", cap_drop=["NET_RAW"]), "drift: keeps capabilities"),
    (changed("drift", read_only=False), "drift: may write to its root"),
    (changed("drift", volumes=["dat:/data"]), "volume dat is not declared"),
    (changed("redis", volumes=[]), "volume redis is not used"),
    (changed("redis", healthcheck=None), "redis: no health check, and no reason in UNASKED"),
    (
        changed("redis", image="redis:latest"),
        "redis: image redis:latest is neither built here nor pinned by a variable",
    ),
    (changed("gateway", ports=["8000:8000"]), "gateway: port 8000:8000 is open to other machines"),
    (changed("grafana", volumes=["./deploy/nowhere:/x"]), "grafana: mounts ./deploy/nowhere, which is not there"),
    (
        changed("drift", build={**BUILD, "dockerfile": "Dockerfile"}),
        "drift: builds from Dockerfile, which is not there",
    ),
    (
        changed("drift", build={**BUILD, "args": {**BUILD["args"], "SERVCE": "drift"}}),
        "drift: gives the image SERVCE, which it does not take",
    ),
    (
        changed("drift", build={**BUILD, "args": {"SERVICE": "drifts"}}),
        "drift: builds drifts, which is none of gateway, collector, drift, explain, lineage",
    ),
    (replace(WHOLE, text=WHOLE.text + "${PROT:-1}"), "PROT is not in .env.example"),
    (
        replace(WHOLE, example=WHOLE.example.replace("\nPORT=8000", "\nPORT=9")),
        "PORT is 9 in .env.example and 8000 by default",
    ),
    (replace(WHOLE, example=WHOLE.example + "\nUNUSED=1"), "UNUSED of .env.example is not used"),
    (
        replace(WHOLE, example=WHOLE.example + "\nBELLWETHER_WORKER__PORT=1"),
        "BELLWETHER_WORKER__PORT is no setting",
    ),
]


@pytest.mark.parametrize(("composition", "fault"), PLANTED, ids=[fault for _, fault in PLANTED])
def test_a_planted_fault_is_found(composition: Composition, fault: str) -> None:
    assert fault in faults(composition)


def test_every_exception_is_one() -> None:
    assert {name for name in UNASKED if "healthcheck" in WHOLE.services[name]} == set()
    assert {name for name in TRUSTED if WHOLE.services[name].get("read_only")} == set()


def test_every_service_of_the_code_runs_and_sends_its_traces() -> None:
    ours = {name: service for name, service in WHOLE.services.items() if "/images/" in str(service.get("build"))}
    assert set(ours) == {"gateway", *SERVICES}
    for name, service in ours.items():
        assert service["build"]["args"]["SERVICE"] == name
    assert WHOLE.services["beat"]["command"] == ["beat"]
    [receiver] = documents(COLLECTOR)[0]["receivers"]["otlp"]["protocols"].values()
    port = receiver["endpoint"].rpartition(":")[2]
    for name in (*ours, "beat"):
        assert WHOLE.services[name]["environment"]["BELLWETHER_OTLP_ENDPOINT"] == f"http://otel-collector:{port}"
    reached = set(re.findall(r"//([a-z-]+):\d+", EXAMPLE.read_text(encoding="utf-8") + WHOLE.text))
    assert reached - {"redis"} <= set(WHOLE.services), "what a setting names is a service"


def hosts(found: object) -> set[str]:
    """Names of machines a configuration of Prometheus asks: static targets and names of DNS."""
    if isinstance(found, dict):
        own = [*found.get("targets", ()), *(found.get("names", ()))]
        return {str(name).partition(":")[0] for name in own} | {host for each in found.values() for host in hosts(each)}
    return {host for each in found for host in hosts(each)} if isinstance(found, list) else set()


def test_prometheus_asks_every_service_of_the_code_and_nobody_else() -> None:
    assert hosts(documents(PROMETHEUS)[0]["scrape_configs"]) - {"beat"} == {"gateway", *SERVICES}
    assert hosts([{"targets": ["drfit:9100"]}]) == {"drfit"}


def test_prometheus_tells_the_alertmanager_of_the_composition() -> None:
    [found] = documents(DEPLOY / "compose" / "alertmanagers" / "compose.yml")
    assert hosts(found) == {"alertmanager"}
    assert ("./deploy/compose/alertmanagers", "/etc/prometheus/alertmanagers") in mounts(WHOLE.services["prometheus"])


def test_the_collector_of_traces_defines_what_it_uses() -> None:
    [collector] = documents(COLLECTOR)
    assert undefined(collector) == []


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ({"exporters": {}}, "exporters: debug"),
        ({"processors": {"batch": {}, "memory_limiter": {}, "filter": {}}}, "processors: filter"),
        ({"extensions": {}}, "extensions: health_check"),
    ],
)
def test_a_collector_that_names_what_is_not_there_is_found(fault: Doc, found: str) -> None:
    [collector] = documents(COLLECTOR)
    assert undefined({**collector, **fault}) == [found]


@pytest.mark.lane("prometheus")
def test_alertmanager_takes_its_file_and_sends_the_watchdog_its_own_way(tmp_path: Path) -> None:
    amtool = shutil.which("amtool")
    assert amtool is not None, lane("prometheus").missing
    assert filled(WHOLE.services["alertmanager"]["volumes"][0]).startswith(f"./{ALERTS.relative_to(ROOT)}:")
    checked = subprocess.run([amtool, "check-config", ALERTS], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr

    def receiver(*labels: str) -> str:
        argv = [amtool, "config", "routes", "test", "--config.file", str(ALERTS), *labels]
        return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip()

    assert receiver("alertname=Watchdog") == "heartbeat"
    assert receiver("alertname=GatewaySlow", "severity=page") == "pages"
    assert receiver("alertname=ModelSilent", "severity=ticket") == "tickets"
    broken = tmp_path / "alertmanager.yml"
    broken.write_text(yaml.safe_dump({"route": {"receiver": "nobody"}, "receivers": []}), encoding="utf-8")
    assert subprocess.run([amtool, "check-config", broken], capture_output=True, check=False).returncode == 1
