"""docker-compose.yml and what is layered on it: valid, hardened, in step with the code."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bellwether.bus.routes import QUEUED, SERVICES
from bellwether.embedded.topology import THREADED
from bellwether.settings import PREFIX, Settings
from tests.unit.deploy.manifests import DEPLOY, ROOT, Doc, documents

COMPOSE = ROOT / "docker-compose.yml"
OBSERVABILITY = DEPLOY / "compose" / "observability.yml"


def validate(path: Path) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(path)]
    return subprocess.run(argv, capture_output=True, text=True, check=False)


def services(path: Path) -> dict[str, Doc]:
    [found] = documents(path)
    return dict(found["services"])


@pytest.mark.parametrize("path", [COMPOSE, OBSERVABILITY], ids=lambda path: path.name)
def test_the_specification_takes_it(path: Path) -> None:
    checked = validate(path)
    assert checked.returncode == 0, checked.stdout


def test_a_planted_fault_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "compose.yml"
    broken.write_text(COMPOSE.read_text(encoding="utf-8").replace("read_only:", "readonly:"), encoding="utf-8")
    assert validate(broken).returncode == 1


def test_every_service_of_the_code_runs() -> None:
    found = services(COMPOSE)
    assert set(found) == {"redis", "gateway", "beat", *SERVICES}
    for name in ("gateway", *SERVICES):
        assert found[name]["build"]["args"] == {"SERVICE": name}
    assert set(services(OBSERVABILITY)) >= {"gateway", *SERVICES}


def test_ours_can_do_as_little_as_possible_and_listen_on_this_machine_alone() -> None:
    for name, service in services(COMPOSE).items():
        if name != "redis":
            assert service["read_only"] is True
            assert service["cap_drop"] == ["ALL"]
        for port in service.get("ports", ()):
            assert port.startswith("127.0.0.1:"), name


@pytest.mark.parametrize("path", [COMPOSE, OBSERVABILITY, ROOT / ".env.example"], ids=lambda path: path.name)
def test_what_is_set_is_a_setting(path: Path) -> None:
    for name in set(re.findall(rf"\b{PREFIX}[A-Z_]+", path.read_text(encoding="utf-8"))):
        part, _, rest = name.removeprefix(PREFIX).lower().partition("__")
        assert part in Settings.model_fields, name
        if rest:
            assert rest in Settings.model_fields[part].annotation.model_fields, name  # type: ignore[union-attr]


def test_the_example_names_every_variable() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    wanted = {
        name
        for path in (COMPOSE, OBSERVABILITY)
        for name in re.findall(r"\$\{([A-Z_]+)", path.read_text(encoding="utf-8"))
    }
    assert {name for name in wanted if not re.search(rf"^#?{name}=", example, re.M)} == set()


def test_the_image_knows_every_service() -> None:
    dockerfile = (DEPLOY / "images" / "Dockerfile").read_text(encoding="utf-8")
    start = (DEPLOY / "images" / "start").read_text(encoding="utf-8")
    for name in ("gateway", *SERVICES):
        assert f"AS page-{name}\n" in dockerfile
        assert (ROOT / "requirements" / f"{name}.txt").is_file()
        assert re.search(rf"(^|[ |]){name}( \||\))", start, re.M), name


@pytest.mark.parametrize("service", SERVICES)
def test_a_container_starts_the_worker_as_the_topology_does(service: str, tmp_path: Path) -> None:
    """The start script runs the program of the embedded topology with its options."""
    celery = tmp_path / "celery"
    celery.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', encoding="utf-8")
    celery.chmod(0o755)
    argv = [str(DEPLOY / "images" / "start"), service]
    ran = subprocess.run(argv, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True, check=True)
    given = ran.stdout.split()
    assert given[:3] == ["-A", f"bellwether.{service}.tasks", "worker"]
    assert given[given.index("-Q") + 1].split(",") == list(QUEUED[service])
    assert given[given.index("--pool") + 1] == ("threads" if service in THREADED else "prefork")
    assert {"--without-gossip", "--without-mingle"} <= set(given)


def test_an_unknown_service_is_refused_with_what_there_is() -> None:
    ran = subprocess.run(
        [str(DEPLOY / "images" / "start"), "nonsense"],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 64
    assert "nonsense is none of gateway, collector" in ran.stderr
