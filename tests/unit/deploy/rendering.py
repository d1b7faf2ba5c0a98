"""Overlays and every sensible combination of components, as kubectl renders them."""

import os
import subprocess
from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path
from typing import NamedTuple

import yaml

from tests.lanes import lane
from tests.unit.deploy.manifests import BASE, COMPONENTS, Doc

QUEUES = ("redis", "redis-managed")
STORES = ("single-node", "cosmos")
SWITCHES = ("keda", "network-policies", "ingress", "observability")


class Combination(NamedTuple):
    """Components that are switched on together."""

    components: tuple[str, ...]

    def __str__(self) -> str:
        return "+".join(self.components)


def every() -> Iterator[Combination]:
    """Yield one Redis, one store, and any of the switches."""
    for queue, store in product(QUEUES, STORES):
        for count in range(len(SWITCHES) + 1):
            for switches in combinations(SWITCHES, count):
                yield Combination((queue, store, *switches))


def render(folder: Path) -> list[Doc]:
    """Return what kubectl makes of a kustomization; raises ``AssertionError`` with what it says."""
    kubectl = lane("kubectl").find()
    assert kubectl is not None
    ran = subprocess.run([kubectl, "kustomize", str(folder)], capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 0, ran.stderr
    assert not ran.stderr, ran.stderr  # what is deprecated is told there
    return list(yaml.load_all(ran.stdout, yaml.CSafeLoader))


def overlay(folder: Path, combination: Combination) -> Path:
    """Write an overlay of its own into a folder and return that."""
    listed = [os.path.relpath(COMPONENTS / name, folder) for name in combination.components]
    content = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "namespace": "bellwether",
        "resources": [os.path.relpath(BASE, folder)],
        "components": listed,
    }
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return folder
