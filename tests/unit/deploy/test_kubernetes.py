"""The Kubernetes manifests: valid for the API, hardened, complete, and in step with the code; without kubectl."""

import asyncio
import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from bellwether.bus.celery import make_celery
from bellwether.bus.routes import QUEUED, SERVICES
from bellwether.embedded.topology import THREADED
from bellwether.gateway.main import STOP_S
from bellwether.settings import PREFIX, Settings
from bellwether.telemetry.gauges import GAUGES, WORK_OLDEST_SECONDS
from deploy.k8s.rules import RULES, WRITTEN, text
from tests.unit.deploy.manifests import (
    BASE,
    COMPONENTS,
    DEPLOY,
    OVERLAYS,
    Doc,
    documents,
    kustomization,
    pods,
    resources,
)
from tests.unit.deploy.queries import faults as query_faults
from tests.unit.deploy.validity import faults

MARGIN_S = 30
"""Seconds beyond what was waited for: closing connections, pools and files."""
FOLDERS = [BASE, *sorted(path for path in COMPONENTS.iterdir() if path.is_dir())]
OURS = [(path.name, doc) for folder in FOLDERS for path, doc in resources(folder)]


@pytest.mark.parametrize(("file", "doc"), OURS, ids=[f"{doc['kind']}-{doc['metadata']['name']}" for _, doc in OURS])
def test_the_api_takes_each(file: str, doc: Doc) -> None:
    assert list(faults(doc)) == []


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
    assert list(faults(doc))


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        ("ScaledObject", lambda spec: spec.update(scaleTargetref=spec.pop("scaleTargetRef"))),
        ("ScaledObject", lambda spec: spec["triggers"][1]["metadata"].update(listLength=20)),
        ("ScaledObject", lambda spec: spec["triggers"][1]["metadata"].update(listlength="20")),
        ("ScaledObject", lambda spec: spec["triggers"][0]["metadata"].update(threshold=60)),
        ("ScaledObject", lambda spec: spec["triggers"][0].update(type="promteheus")),
        ("ScaledObject", lambda spec: spec.update(maxReplicaCount="20")),
        ("ScaledObject", lambda spec: spec["fallback"].pop("replicas")),
        ("TriggerAuthentication", lambda spec: spec["secretTargetRef"][0].pop("key")),
        ("ServiceMonitor", lambda spec: spec["endpoints"][0].update(intervall="15s")),
        ("ServiceMonitor", lambda spec: spec["endpoints"][0]["metricRelabelings"][0].update(action="dropp")),
        ("PodMonitor", lambda spec: spec.update(endpoints=spec.pop("podMetricsEndpoints"))),
        ("ScrapeConfig", lambda spec: spec["staticConfigs"][0].update(target="gateway")),
        ("PrometheusRule", lambda spec: spec["groups"][0]["rules"][0].update(four="5m")),
    ],
)
def test_a_planted_fault_of_a_custom_kind_is_found(kind: str, fault: object) -> None:
    doc = copy.deepcopy(next(doc for _, doc in OURS if doc["kind"] == kind))
    assert list(faults(doc)) == []
    fault(doc["spec"])  # type: ignore[operator] # a list of lambdas
    assert list(faults(doc))


def test_a_custom_kind_without_a_schema_is_not_passed_over() -> None:
    doc = {"apiVersion": "cert-manager.io/v1", "kind": "Certificate", "metadata": {"name": "c"}, "spec": {}}
    assert list(faults(doc))


def test_every_service_runs_and_scales_on_its_own() -> None:
    deployed = dict(pods(BASE))
    assert set(deployed) == {"gateway", "beat", *SERVICES}
    for name in SERVICES:
        assert deployed[name]["spec"]["containers"][0]["args"] == [name]
    scaled = {doc["spec"]["scaleTargetRef"]["name"] for _, doc in OURS if doc["kind"] == "HorizontalPodAutoscaler"}
    assert scaled == {"gateway", *SERVICES}


def test_a_worker_follows_each_of_its_queues_and_the_age_of_its_work() -> None:
    found = {doc["metadata"]["name"]: doc["spec"]["triggers"] for _, doc in OURS if doc["kind"] == "ScaledObject"}
    assert set(found) == set(SERVICES)
    for service, (age, *lengths) in found.items():
        assert [trigger["metadata"]["listName"] for trigger in lengths] == list(QUEUED[service])
        query = age["metadata"]["query"]
        assert query_faults(query) == []
        assert f'{WORK_OLDEST_SECONDS.name}{{service="{service}"}}' in query


def test_the_gauges_of_the_domain_are_scraped_once_and_the_others_of_every_gateway() -> None:
    """Two gateways give the same gauge: a rule that joins by model would meet each twice, and fail."""
    relabelings = {
        doc["kind"]: doc["spec"].get("endpoints", [doc["spec"]])[0]["metricRelabelings"]
        for _, doc in OURS
        if doc["kind"] in {"ServiceMonitor", "ScrapeConfig"}
    }
    for kind, action in (("ServiceMonitor", "drop"), ("ScrapeConfig", "keep")):
        [rule] = relabelings[kind]
        assert (rule["action"], rule["sourceLabels"]) == (action, ["__name__"])
        wanted = "|".join(sorted(gauge.name for gauge in GAUGES))
        assert rule["regex"] == wanted, f"components/observability/scrapes.yaml: {kind}: regex: {wanted}"


def test_the_jobs_are_those_the_rules_name() -> None:
    jobs = {
        rule["replacement"]
        for _, doc in OURS
        if doc["kind"] in {"ServiceMonitor", "PodMonitor"}
        for endpoint in (*doc["spec"].get("endpoints", ()), *doc["spec"].get("podMetricsEndpoints", ()))
        for rule in endpoint["relabelings"]
        if rule["targetLabel"] == "job"
    }
    assert set(re.findall(r'job="([a-z-]+)"', RULES.read_text(encoding="utf-8"))) == jobs


def test_everything_that_serves_metrics_is_scraped() -> None:
    [workers] = [doc for _, doc in OURS if doc["kind"] == "PodMonitor"]
    [scraped] = [each["values"] for each in workers["spec"]["selector"]["matchExpressions"] if "name" in each["key"]]
    serving = {
        name
        for name, pod in pods(BASE)
        for container in pod["spec"]["containers"]
        if any(port["name"] == "metrics" for port in container.get("ports", ()))
    }
    assert set(scraped) == serving == {*SERVICES, "beat"}


def test_the_rules_and_the_dashboards_are_those_of_the_files() -> None:
    assert WRITTEN.read_text(encoding="utf-8") == text(), "run python -m deploy.k8s.rules"
    made = kustomization(DEPLOY / "grafana")["configMapGenerator"]
    files = {file for config in made for file in config["files"]}
    assert files == {f"dashboards/{path.name}" for path in (DEPLOY / "grafana" / "dashboards").glob("*.json")}


def test_a_pod_gets_the_time_it_needs_to_end() -> None:
    """Prefork workers end after the soft shutdown; threads only with their step, which is another's after the lease."""
    soft = make_celery(Settings()).conf.worker_soft_shutdown_timeout
    for name, pod in pods(BASE):
        grace = pod["spec"]["terminationGracePeriodSeconds"]
        [container] = pod["spec"]["containers"]
        if name in THREADED:
            assert grace >= Settings().work.lease_seconds + MARGIN_S
        elif name in SERVICES:
            assert grace >= soft + MARGIN_S
        elif name == "gateway":
            pause = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
            assert grace >= pause + STOP_S + 10


def test_the_ingress_takes_what_the_gateway_takes() -> None:
    [ingress] = [doc for _, doc in OURS if doc["kind"] == "Ingress"]
    size = ingress["metadata"]["annotations"]["nginx.ingress.kubernetes.io/proxy-body-size"]
    assert int(size.removesuffix("m")) * 2**20 == Settings().limits.body_bytes


@pytest.mark.parametrize(("peer", "scheme"), [("10.1.2.3", "https"), ("8.8.8.8", "http")])
def test_the_gateway_believes_the_ingress_controller_and_no_stranger(peer: str, scheme: str) -> None:
    [settings] = documents(COMPONENTS / "ingress" / "settings.yaml")
    seen: list[str] = []

    async def app(scope: Any, receive: object, send: object) -> None:
        seen.append(str(scope["scheme"]))

    trusting = ProxyHeadersMiddleware(app, trusted_hosts=settings["data"]["FORWARDED_ALLOW_IPS"])
    scope = {"type": "http", "scheme": "http", "client": (peer, 1), "headers": [(b"x-forwarded-proto", b"https")]}
    asyncio.run(trusting(scope, None, None))  # type: ignore[arg-type] # neither is used
    assert seen == [scheme]


def test_the_namespace_admits_nothing_beyond_the_restricted_standard() -> None:
    [namespace] = [doc for _, doc in OURS if doc["kind"] == "Namespace"]
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


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
        assert {"startupProbe", "readinessProbe", "livenessProbe"} <= set(container), name


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
            names = target.get("name", ".*").split("|")
            for name in names:
                assert any(re.fullmatch(name, known) for kind, known in base if kind == target["kind"]), (folder, name)
            met += len(names)
    assert met
    for name, pod in pods(BASE):
        if name != "beat":
            assert pod["spec"]["volumes"][1]["name"] == "data"


def _names(patch: Doc, folder: Path) -> Doc:
    text = patch.get("patch")
    doc = yaml.safe_load(text) if text else documents(folder / patch["path"])[0]
    return {"kind": doc["kind"], "name": doc["metadata"]["name"]}
