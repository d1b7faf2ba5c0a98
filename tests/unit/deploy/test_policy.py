"""checkov over all that is deployed, in one process: what it finds is accepted with a reason, or it fails."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from tests.lanes import lane
from tests.unit.deploy.manifests import BASE, COMPONENTS, DEPLOY, OVERLAYS, ROOT, resources
from tests.unit.deploy.rendering import render
from tests.unit.deploy.test_appservice import SOURCE, deployed

EXCEPTIONS: list[dict[str, str]] = yaml.safe_load((DEPLOY / "policy-exceptions.yaml").read_text(encoding="utf-8"))
PLANTED = """
apiVersion: v1
kind: Pod
metadata: {name: planted, namespace: bellwether}
spec:
  hostNetwork: true
  containers:
    - {name: planted, image: "planted:latest", securityContext: {privileged: true}}
"""


class Finding(NamedTuple):
    """A rule and what breaks it."""

    check: str
    at: str
    name: str


def manifests(folder: Path) -> Iterator[Path]:
    """Write what is applied to a cluster: the overlays as rendered, or, without kubectl, what they are made of."""
    if lane("kubectl").find():
        sources = {path.name: render(path) for path in OVERLAYS.iterdir()}
    else:
        folders = (BASE, *sorted(path for path in COMPONENTS.iterdir() if path.is_dir()))
        sources = {path.name: [doc for _, doc in resources(path)] for path in folders}
    for name, docs in sources.items():
        if docs:
            path = folder / f"{name}.yaml"
            path.write_text(yaml.safe_dump_all(docs), encoding="utf-8")
            yield path


def template(folder: Path) -> Path:
    """Write the template of App Service with its loops and expressions resolved, so that values are what is judged."""
    made = [{key: value for key, value in each.items() if key not in {"id", "loop"}} for each in deployed().values()]
    path = folder / "main.json"
    path.write_text(json.dumps({**SOURCE, "variables": {}, "outputs": {}, "resources": made}), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> list[Finding]:
    """Everything checkov finds, a planted pod included."""
    folder = tmp_path_factory.mktemp("policy")
    (folder / "planted.yaml").write_text(PLANTED, encoding="utf-8")
    paths = [folder / "planted.yaml", *manifests(folder), template(folder), DEPLOY / "images" / "Dockerfile"]
    made = subprocess.run([ROOT / "scripts" / "lane", "policy"], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    checkov = Path(made.stdout.strip()).with_name("checkov")
    argv = [str(checkov), "--framework", "kubernetes", "arm", "dockerfile", "--compact", "--quiet", "-o", "json"]
    files = [argument for path in paths for argument in ("-f", str(path))]
    ran = subprocess.run([*argv, *files], capture_output=True, text=True, check=False, timeout=300)
    assert ran.returncode in {0, 1}, ran.stderr[-2000:]
    reports = json.loads(ran.stdout)
    assert {report["check_type"] for report in reports} == {"kubernetes", "arm", "dockerfile"}, "one was not read"
    assert [report["summary"]["parsing_errors"] for report in reports] == [0] * len(reports)
    return [
        Finding(each["check_id"], each["resource"], each["check_name"])
        for report in reports
        for each in report["results"]["failed_checks"]
    ]


def accepts(entry: dict[str, str], finding: Finding) -> bool:
    return entry["check"] == finding.check and re.search(entry["at"], finding.at) is not None


def test_what_is_found_is_accepted_with_a_reason(findings: list[Finding]) -> None:
    faults = [
        " ".join(finding)
        for finding in findings
        if "planted" not in finding.at and not any(accepts(entry, finding) for entry in EXCEPTIONS)
    ]
    assert not faults, "\n".join(faults)


def test_no_exception_outlives_what_it_was_for(findings: list[Finding]) -> None:
    ours = [finding for finding in findings if "planted" not in finding.at]
    assert [entry["check"] for entry in EXCEPTIONS if not any(accepts(entry, finding) for finding in ours)] == []
    assert [entry for entry in EXCEPTIONS if len(entry["why"].split()) < 6 or len(entry) != 3] == []


def test_a_planted_pod_is_found(findings: list[Finding]) -> None:
    assert {finding.check for finding in findings if "planted" in finding.at} >= {"CKV_K8S_16", "CKV_K8S_19"}
