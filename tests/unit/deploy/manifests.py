"""What the files below ``deploy`` hold, as values, and what pages say of them."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"
BASE = DEPLOY / "k8s" / "base"
COMPONENTS = DEPLOY / "k8s" / "components"
OVERLAYS = DEPLOY / "k8s" / "overlays"
PAGE = ROOT / "docs" / "deploy-kubernetes.md"

Doc = dict[str, Any]


@cache
def documents(path: Path) -> list[Doc]:
    """Every document of a YAML file; read once, so not to be changed."""
    return [doc for doc in yaml.load_all(path.read_text(encoding="utf-8"), yaml.CSafeLoader) if doc is not None]


def resources(folder: Path) -> Iterator[tuple[Path, Doc]]:
    """Every resource a kustomization of this folder brings itself."""
    for name in kustomization(folder).get("resources", ()):
        path = folder / name
        if path.is_file():
            for doc in documents(path):
                yield path, doc


def kustomization(folder: Path) -> Doc:
    """The kustomization of a folder."""
    [found] = documents(folder / "kustomization.yaml")
    return found


def pods(folder: Path) -> Iterator[tuple[str, Doc]]:
    """Name and pod template of everything that runs."""
    for _, doc in resources(folder):
        if doc["kind"] in {"Deployment", "StatefulSet"}:
            yield doc["metadata"]["name"], doc["spec"]["template"]


def dead_ends(page: Path) -> list[str]:
    """Files of ours a page names, and pages it leads to, that are not there."""
    text = page.read_text(encoding="utf-8")
    named = {path.rstrip("./") for path in re.findall(r"\b((?:deploy|docs|libs|tests|scripts)/[\w./-]+)", text)}
    linked = set(re.findall(r"\]\((?!https?:)([^)#]+)", text))
    return sorted(
        {path for path in named if not (ROOT / path).exists()}
        | {path for path in linked if not (page.parent / path).exists()}
    )
