"""The Kubernetes manifests: valid for the API, hardened, complete, and in step with the code."""

import copy
import re
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from bellwether.bus.routes import SERVICES
from bellwether.settings import PREFIX, Settings
from tests.unit.deploy.manifests import BASE, COMPONENTS, OVERLAYS, Doc, documents, kustomization, pods, resources

VERSION = "1.32"
FOLDERS = [BASE, *sorted(path for path in COMPONENTS.iterdir() if path.is_dir())]
OURS = [(path.name, doc) for folder in FOLDERS for path, doc in resources(folder)]
SCALED = {
    "spec": {"scaleTargetRef", "pollingInterval", "cooldownPeriod", "minReplicaCount", "maxReplicaCount", "triggers"},
    "trigger": {"type", "metadata"},
}
"""The fields of a KEDA ScaledObject that are used; its own schema accepts any key."""


def check(doc: Doc) -> None:
    """Raise when the API would refuse a resource."""
    if doc["kind"] != "ScaledObject":
        kubernetes_validate.validate(doc, VERSION, strict=True)
        return
    assert doc["apiVersion"] == "keda.sh/v1alpha1"
    assert set(doc["spec"]) <= SCALED["spec"], set(doc["spec"]) - SCALED["spec"]
    for trigger in doc["spec"]["triggers"]:
        assert set(trigger) <= SCALED["trigger"]
        assert all(isinstance(value, str) for value in trigger["metadata"].values()), "KEDA takes strings only"


@pytest.mark.parametrize(("file", "doc"), OURS, ids=[f"{doc['kind']}-{doc['metadata']['name']}" for _, doc in OURS])
def test_the_api_takes_each(file: str, doc: Doc) -> None:
    check(doc)


@pytest.mark.parametrize(
    "fault",
    [
        lambda doc: doc["spec"].update(replica=1),
        lambda doc: doc["spec"]["template"]["spec"]["containers"][0].update(imagePullPolice="Always"),
        lambda doc: doc["spec"].pop("selector"),
    ],
)
def test_a_planted_fault_is_refused(fault: object) -> None:
    doc = copy.deepcopy(next(doc for _, doc in OURS if doc["kind"] == "Deployment"))
    fault(doc)  # type: ignore[operator] # a list of lambdas
    with pytest.raises(kubernetes_validate.ValidationError):
        check(doc)


def test_a_misspelt_key_of_keda_is_refused() -> None:
    doc = copy.deepcopy(next(doc for _, doc in OURS if doc["kind"] == "ScaledObject"))
    doc["spec"]["scaleTargetref"] = doc["spec"].pop("scaleTargetRef")
    with pytest.raises(AssertionError):
        check(doc)


def test_every_service_runs_and_scales_on_its_own() -> None:
    deployed = dict(pods(BASE))
    assert set(deployed) == {"gateway", "beat", *SERVICES}
    for name in SERVICES:
        assert deployed[name]["spec"]["containers"][0]["args"] == [name]
    scaled = {doc["spec"]["scaleTargetRef"]["name"] for _, doc in OURS if doc["kind"] == "HorizontalPodAutoscaler"}
    assert scaled == {"gateway", *SERVICES}
    by_queue = {
        doc["spec"]["scaleTargetRef"]["name"]: doc["spec"]["triggers"][0]["metadata"]["listName"]
        for _, doc in OURS
        if doc["kind"] == "ScaledObject"
    }
    assert by_queue == {name: name for name in SERVICES}, "a queue has the name of its service"


@pytest.mark.parametrize(
    ("name", "pod"),
    [pair for folder in (BASE, COMPONENTS / "redis") for pair in pods(folder)],
    ids=lambda it: str(it)[:9],
)
def test_a_pod_can_do_as_little_as_possible(name: str, pod: Doc) -> None:
    spec = pod["spec"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] >= 999
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in spec["containers"]:
        rights = container["securityContext"]
        assert rights["readOnlyRootFilesystem"] is True
        assert rights["allowPrivilegeEscalation"] is False
        assert rights["capabilities"] == {"drop": ["ALL"]}
        assert "memory" in container["resources"]["limits"]
        assert {"cpu", "memory"} <= set(container["resources"]["requests"])
        assert "livenessProbe" in container


def test_what_is_set_is_a_setting() -> None:
    names = {
        name
        for folder in FOLDERS
        for path in folder.glob("*.yaml")
        for name in re.findall(rf"\b{PREFIX}[A-Z_]+", path.read_text(encoding="utf-8"))
    }
    assert names
    for name in names:
        part, _, rest = name.removeprefix(PREFIX).lower().partition("__")
        assert part in Settings.model_fields, name
        if rest:
            assert rest in Settings.model_fields[part].annotation.model_fields, name  # type: ignore[union-attr]


@pytest.mark.parametrize("folder", [*FOLDERS, *sorted(OVERLAYS.iterdir())], ids=lambda path: path.name)
def test_a_kustomization_names_what_is_there(folder: Path) -> None:
    found = kustomization(folder)
    for name in (*found.get("resources", ()), *found.get("components", ())):
        assert (folder / name).exists(), name
    for patch in found.get("patches", ()):
        if "path" in patch:
            assert (folder / patch["path"]).is_file()
    listed = {Path(name).name for name in found.get("resources", ())}
    listed |= {Path(patch["path"]).name for patch in found.get("patches", ()) if "path" in patch}
    assert {path.name for path in folder.glob("*.yaml")} - {"kustomization.yaml"} <= listed, "a file nobody reads"


@pytest.mark.parametrize("overlay", sorted(OVERLAYS.iterdir()), ids=lambda path: path.name)
def test_an_overlay_lists_and_repeats_nothing(overlay: Path) -> None:
    found = kustomization(overlay)
    assert set(found) <= {"apiVersion", "kind", "namespace", "resources", "components", "images", "replicas"}
    deployed = {container["image"] for _, pod in pods(BASE) for container in pod["spec"]["containers"]}
    assert {image["name"] for image in found["images"]} == deployed


def test_a_patch_meets_what_it_patches() -> None:
    """Every patch of a component names a resource of the base, and the volume it replaces is the one it means."""
    base = {(doc["kind"], doc["metadata"]["name"]): doc for _, doc in resources(BASE)}
    met = 0
    for folder in FOLDERS[1:]:
        for patch in kustomization(folder).get("patches", ()):
            target = patch.get("target") or _names(patch, folder)
            assert (target["kind"], target["name"]) in base, (folder.name, target)
            met += 1
    assert met
    for name, pod in pods(BASE):
        if name != "beat":
            assert pod["spec"]["volumes"][1]["name"] == "data"


def _names(patch: Doc, folder: Path) -> Doc:
    text = patch.get("patch")
    doc = yaml.safe_load(text) if text else documents(folder / patch["path"])[0]
    return {"kind": doc["kind"], "name": doc["metadata"]["name"]}


def test_only_what_needs_them_reaches_the_stores() -> None:
    for name, pod in pods(BASE):
        reaches = pod["metadata"]["labels"].get("bellwether/reaches") == "stores"
        assert reaches == (name != "beat"), name
