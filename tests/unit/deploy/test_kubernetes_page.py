"""docs/deploy-kubernetes.md: its commands run as far as they can without a cluster."""

import base64
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from kombu.utils.url import url_to_parts

from bellwether.bus.routes import QUEUED
from tests.lanes import lane
from tests.unit.deploy.cluster import cluster, secrets_made
from tests.unit.deploy.manifests import BASE, COMPONENTS, PAGE, ROOT, dead_ends, pods
from tests.unit.deploy.validity import faults

TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```\n(.*?)^```$", TEXT, re.M | re.S)
PLACEHOLDERS = r"\b(ACCOUNT|CONTAINER|CLIENT-ID|bellwether\.example)\b"
KEY = "a/b+c=d@e"


def run(script: str, folder: Path) -> str:
    """Run lines of the page as a reader would, in a folder that holds the repository's files."""
    kubectl = lane("kubectl").find()
    assert kubectl is not None
    (folder / "deploy").symlink_to(ROOT / "deploy")
    environ = {
        "PATH": f"{Path(kubectl).parent}{os.pathsep}{os.environ['PATH']}",
        "REDIS_KEY": KEY,
        "REDIS_HOST": "watch.redis.example",
    }
    argv = ["bash", "-euo", "pipefail", "-c", script]
    ran = subprocess.run(argv, cwd=folder, env=environ, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.mark.lane("kubectl")
def test_the_overlay_of_the_page_leaves_nothing_to_fill_in(tmp_path: Path) -> None:
    [block] = [block for block in BLOCKS if "cat > site/kustomization.yaml" in block]
    written = run(block, tmp_path)
    docs = list(yaml.safe_load_all(written))
    assert [fault for doc in docs for fault in faults(doc)] == []
    whole = cluster(docs, secrets_made(TEXT))
    assert list(whole.faults()) == []
    assert re.findall(PLACEHOLDERS, written) == []
    images = [container["image"] for _, _, spec in whole.workloads() for container in spec["containers"]]
    assert all(image.startswith("registry.example/") for image in images), images
    identities = [doc["metadata"].get("annotations", {}) for doc in whole.of("ServiceAccount")]
    assert len({each["azure.workload.identity/client-id"] for each in identities if each}) == len(QUEUED) + 1


def secrets(block: str, folder: Path) -> dict[str, dict[str, str]]:
    """What the commands of a block would put into Secrets."""
    wanted = (
        re.sub(r"(create secret generic \S+)", r"\1 --dry-run=client -o yaml", command) + "\necho ---"
        for command in re.sub(r"\\\n\s*", "", block).splitlines()
        if re.match(r"[a-z]+=", command) or "create secret generic" in command
    )
    found: list[dict[str, Any]] = [doc for doc in yaml.safe_load_all(run("\n".join(wanted), folder)) if doc]
    return {
        doc["metadata"]["name"]: {key: base64.b64decode(value).decode() for key, value in doc["data"].items()}
        for doc in found
    }


@pytest.mark.lane("kubectl")
@pytest.mark.parametrize(
    ("block", "scheme", "host", "port", "tls"),
    [
        (block, *wanted)
        for block, wanted in zip(
            [block for block in BLOCKS if "create secret generic bellwether-redis" in block],
            [("redis", "redis", 6379, "disable"), ("rediss", "watch.redis.example", 6380, "enable")],
            strict=True,
        )
    ],
    ids=["in the cluster", "managed"],
)
def test_the_secrets_of_the_page_say_one_thing_in_two_ways(
    block: str, scheme: str, host: str, port: int, tls: str, tmp_path: Path
) -> None:
    made = secrets(block, tmp_path)
    queue = made["bellwether-redis"]
    assert queue["url"].startswith(f"{scheme}://")
    assert (queue["tls"], queue["address"].rpartition(":")[2]) == (tls, str(port))
    assert queue["address"].partition(".")[0] == host.partition(".")[0]
    parts = url_to_parts(queue["url"])
    assert (parts.hostname, parts.port, parts.password) == (host, port, queue["password"])
    assert len(made["bellwether-gateway"]["secret"]) >= 32


def test_what_the_page_names_is_there() -> None:
    assert dead_ends(PAGE) == []


def test_what_is_asked_for_is_what_was_measured() -> None:
    rows = re.findall(r"^\| (\w+) \| (\d+) \| (\d+) \| \d+ \| (\w+), (\w+) \| (\w+) \|$", TEXT, re.M)
    table = {name: (int(rest), int(most), cpu, memory, limit) for name, rest, most, cpu, memory, limit in rows}
    there = dict([*pods(BASE), *pods(COMPONENTS / "redis")])
    assert set(table) == set(there)
    for name, (rest, most, cpu, memory, limit) in table.items():
        [container] = there[name]["spec"]["containers"]
        assert container["resources"] == {"requests": {"cpu": cpu, "memory": memory}, "limits": {"memory": limit}}
        assert rest <= most <= mebibytes(memory) <= mebibytes(limit) / 2


def mebibytes(quantity: str) -> float:
    return float(quantity[:-2]) * {"Mi": 1, "Gi": 1024}[quantity[-2:]]


@pytest.mark.lane("kubectl")
def test_every_overlay_that_is_applied_is_rendered(tmp_path: Path) -> None:
    applied = set(re.findall(r"kubectl apply -k (deploy/\S+)", TEXT))
    assert applied
    for folder in sorted(applied):
        (tmp_path / folder.replace("/", "-")).mkdir()
        assert "kind: Deployment" in run(f"kubectl kustomize {folder}", tmp_path / folder.replace("/", "-"))
