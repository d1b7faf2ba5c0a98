"""What images are made of: Dockerfile, scripts, bill of materials. They are built and run in tests/e2e/images."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation import make_schemabased_validator
from packaging.requirements import Requirement

from bellwether.bus.routes import QUEUED, SERVICES
from bellwether.embedded.topology import THREADED
from scripts.sbom import bill
from tests.unit.deploy.composition import DOCKERFILE
from tests.unit.deploy.manifests import DEPLOY, ROOT

IMAGES = DEPLOY / "images"
VENV = ROOT / ".venv" / "bin"
SHELL = sorted(
    path
    for path in (*IMAGES.iterdir(), *(ROOT / "scripts").iterdir(), ROOT / ".ci" / "run")
    if path.is_file() and path.read_bytes().startswith((b"#!/bin/sh", b"#!/usr/bin/env bash"))
)
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def hadolint(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([VENV / "hadolint", "--no-color", path], capture_output=True, text=True, check=False)


def shellcheck(path: Path) -> subprocess.CompletedProcess[str]:
    argv = [str(VENV / "shellcheck"), "--severity=warning", str(path)]
    return subprocess.run(argv, capture_output=True, text=True, check=False)


def test_hadolint_finds_nothing() -> None:
    checked = hadolint(DOCKERFILE)
    assert checked.returncode == 0, checked.stdout


def test_hadolint_finds_a_planted_fault(tmp_path: Path) -> None:
    broken = tmp_path / "Dockerfile"
    broken.write_text("FROM python\nRUN cd /tmp && pip install requests\n", encoding="utf-8")
    assert "DL3006" in hadolint(broken).stdout


@pytest.mark.parametrize("path", SHELL, ids=lambda path: path.name)
def test_shellcheck_finds_nothing(path: Path) -> None:
    checked = shellcheck(path)
    assert checked.returncode == 0, checked.stdout


def test_shellcheck_finds_a_planted_fault(tmp_path: Path) -> None:
    broken = tmp_path / "script"
    broken.write_text("#!/bin/sh\ncd $1\nread line\n", encoding="utf-8")
    assert "SC2164" in shellcheck(broken).stdout


def test_the_dockerfile_pins_its_bases_and_says_the_version_of_the_workspace() -> None:
    given = dict(re.findall(r"^ARG (\w+)=(\S+)$", DOCKERFILE.read_text(encoding="utf-8"), re.M))
    assert given["VERSION"] == VERSION
    for base in ("PYTHON", "NODE"):
        assert re.fullmatch(r"[a-z]+:\d+\.\d+\.\d+-[a-z-]+", given[base]), given[base]
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert f"\nPYTHON_IMAGE={given['PYTHON']}\n" in example
    assert f"\nNODE_IMAGE={given['NODE']}\n" in example


def test_what_is_copied_is_let_through() -> None:
    """Each source of a COPY is there, and .dockerignore lets it into the context."""
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[0] == "!"]
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE.read_text(encoding="utf-8"), re.M)
    sources = [source.replace("${SERVICE}", "drift").rstrip("/") for line in copied for source in line.split()]
    assert len(sources) > 10
    for source in sources:
        assert (ROOT / source).exists(), source
        assert any(Path(source).match(pattern) or source.startswith(f"{pattern}/") for pattern in allowed), source


@pytest.mark.parametrize("service", ["gateway", *SERVICES])
def test_a_bill_of_materials_is_valid_and_lists_what_linux_installs(service: str) -> None:
    lock = (ROOT / "requirements" / f"{service}.txt").read_text(encoding="utf-8")
    written = subprocess.run([ROOT / "scripts" / "sbom", service], capture_output=True, text=True, check=True)
    validator = make_schemabased_validator(OutputFormat.JSON, SchemaVersion.V1_6)
    assert validator.validate_str(written.stdout) is None
    found = json.loads(written.stdout)
    assert found["metadata"]["component"] == {
        "bom-ref": f"bellwether-{service}", "name": f"bellwether-{service}", "type": "application", "version": VERSION,
    }  # fmt: skip
    wanted = [Requirement(line.rstrip("\\ ")) for line in lock.splitlines() if re.match(r"[a-z0-9]", line)]
    on_linux = {each.name for each in wanted if each.marker is None or each.marker.evaluate({"sys_platform": "linux"})}
    assert {component["name"] for component in found["components"]} == on_linux
    assert len(on_linux) > 20
    assert all(component["hashes"] for component in found["components"])


def test_a_bill_of_materials_is_the_same_for_the_same_lock_and_leaves_out_other_systems() -> None:
    lock = (
        "wheel==0.45 ; sys_platform == 'linux' \\\n    --hash=sha256:"
        + "a" * 64
        + "\nappnope==0.1 ; sys_platform == 'darwin'\n"
    )
    assert bill("x", "1", lock) == bill("x", "1", lock)
    [component] = json.loads(bill("x", "1", lock))["components"]
    assert (component["purl"], component["hashes"]) == (
        "pkg:pypi/wheel@0.45",
        [{"alg": "SHA-256", "content": "a" * 64}],
    )


def test_the_validator_refuses_a_planted_fault() -> None:
    broken = bill("x", "1", "wheel==0.45\n").replace('"library"', '"librarry"')
    assert make_schemabased_validator(OutputFormat.JSON, SchemaVersion.V1_6).validate_str(broken) is not None


def test_the_image_knows_every_service() -> None:
    start = (IMAGES / "start").read_text(encoding="utf-8")
    for name in ("gateway", *SERVICES):
        assert f"AS own-{name}\n" in DOCKERFILE.read_text(encoding="utf-8")
        assert (ROOT / "requirements" / f"{name}.txt").is_file()
        assert re.search(rf"(^|[ |]){name}( \||\))", start, re.M), name


def run(script: str, *argv: str, **environ: str) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": "/usr/bin:/bin", **environ}
    return subprocess.run([IMAGES / script, *argv], env=environ, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("service", SERVICES)
def test_a_container_starts_the_worker_as_the_topology_does(service: str, tmp_path: Path) -> None:
    """The start script runs the program of the embedded topology with its options."""
    celery = tmp_path / "celery"
    told = '"threads: $OPENBLAS_NUM_THREADS $OMP_NUM_THREADS" "on SIGTERM: $REMAP_SIGTERM"'
    celery.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" {told}\n', encoding="utf-8")
    celery.chmod(0o755)
    environ = {"PATH": f"{tmp_path}:/usr/bin:/bin", "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "metrics")}
    *given, threads, remapped = run("start", service, **environ).stdout.splitlines()
    assert threads == "threads: 1 1", "of linear algebra, in each worker"
    # Without it the soft shutdown is never entered; a thread would go on with the step it gave back.
    assert remapped == ("on SIGTERM: " if service in THREADED else "on SIGTERM: SIGQUIT")
    assert given[:3] == ["-A", f"bellwether.{service}.tasks", "worker"]
    assert given[given.index("-Q") + 1].split(",") == list(QUEUED[service])
    assert given[given.index("--pool") + 1] == ("threads" if service in THREADED else "prefork")
    assert {"--without-gossip", "--without-mingle"} <= set(given)
    assert "--without-heartbeat" not in given, "the health check lives on it"


def test_an_unknown_service_is_refused_with_what_there_is() -> None:
    ran = run("start", "nonsense")
    assert ran.returncode == 64
    assert "nonsense is none of gateway, collector" in ran.stderr


def test_a_worker_is_healthy_while_its_heartbeat_is_young(tmp_path: Path) -> None:
    beat = tmp_path / "heartbeat"
    environ = {"SERVICE": "drift", "BELLWETHER_WORKER__HEARTBEAT": str(beat)}
    assert run("healthy", **environ).returncode == 1
    beat.touch()
    assert run("healthy", **environ).returncode == 0
    subprocess.run(["touch", "-d", "-2 minutes", beat], check=True)
    old = run("healthy", **environ)
    assert (old.returncode, "no heartbeat for a minute" in old.stderr) == (1, True)
