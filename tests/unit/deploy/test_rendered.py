"""What kubectl makes of the overlays and of every combination of components: valid, whole, and closed."""

import copy
import json
from functools import cache
from pathlib import Path

import pytest

from bellwether.bus.routes import QUEUED
from tests.unit.deploy.cluster import Cluster, cluster, secrets_made
from tests.unit.deploy.flows import allowed, needed
from tests.unit.deploy.manifests import OVERLAYS, PAGE, Doc
from tests.unit.deploy.rendering import Combination, every, overlay, render
from tests.unit.deploy.validity import faults

pytestmark = pytest.mark.lane("kubectl")
SECRETS = secrets_made(PAGE.read_text(encoding="utf-8"))
_SEEN: dict[str, list[str]] = {}
"""Most resources are the same in every combination: each is looked at once."""


def check(docs: list[Doc]) -> Cluster:
    """Fail with everything that is wrong with what was rendered."""
    found = []
    for doc in docs:
        text = json.dumps(doc, sort_keys=True)
        if text not in _SEEN:
            _SEEN[text] = list(faults(doc))
        found += _SEEN[text]
    whole = cluster(docs, SECRETS)
    assert found + list(whole.faults()) == []
    if whole.of("NetworkPolicy"):
        assert allowed(whole) == needed(whole)
    return whole


@pytest.mark.parametrize("folder", sorted(OVERLAYS.iterdir()), ids=lambda path: path.name)
def test_an_overlay_is_whole(folder: Path) -> None:
    whole = check(rendered(folder.name))
    images = [container["image"] for _, _, spec in whole.workloads() for container in spec["containers"]]
    assert all(":" in image and not image.endswith(":latest") for image in images), images


@pytest.mark.parametrize("combination", list(every()), ids=str)
def test_a_combination_is_whole(combination: Combination, tmp_path: Path) -> None:
    whole = check(render(overlay(tmp_path, combination)))
    scaled = {doc["spec"]["scaleTargetRef"]["name"] for doc in whole.of("HorizontalPodAutoscaler", "ScaledObject")}
    assert scaled == {"gateway", *QUEUED}
    assert bool(whole.of("ScaledObject")) == ("keda" in combination.components)
    assert bool(whole.of("PersistentVolumeClaim")) == ("single-node" in combination.components)
    [config] = [doc["data"] for doc in whole.of("ConfigMap") if doc["metadata"]["name"] == "bellwether"]
    assert (config.get("BELLWETHER_GATEWAY__METRICS_NEED_KEY") == "true") == bool(whole.of("Ingress"))
    for name, labels, spec in whole.workloads():
        signs_in = labels.get("azure.workload.identity/use") == "true"
        assert signs_in == ("cosmos" in combination.components and name not in {"beat", "redis"}), name
        shares = any("persistentVolumeClaim" in volume for volume in spec.get("volumes", ()))
        assert shares == ("single-node" in combination.components and name not in {"beat", "redis"}), name


def test_the_identities_are_those_of_the_services_that_sign_in() -> None:
    whole = cluster(rendered("prod"), SECRETS)
    annotated = {
        doc["metadata"]["name"]
        for doc in whole.of("ServiceAccount")
        if "azure.workload.identity/client-id" in doc["metadata"].get("annotations", {})
    }
    assert annotated == {"gateway", *QUEUED}


def test_a_fault_of_kustomize_is_told(tmp_path: Path) -> None:
    folder = overlay(tmp_path, Combination(("redis", "nothing-of-that-name")))
    with pytest.raises(AssertionError, match="nothing-of-that-name"):
        render(folder)


@cache
def rendered(name: str) -> list[Doc]:
    return render(OVERLAYS / name)


def prod() -> dict[str, Doc]:
    """The resources of the overlay, to be changed."""
    return {f"{doc['kind']}/{doc['metadata']['name']}": doc for doc in copy.deepcopy(rendered("prod"))}


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("Service/gateway", lambda doc: doc["spec"]["selector"].update({"app.kubernetes.io/name": "gate"}), "no pod"),
        ("Service/gateway", lambda doc: doc["spec"]["ports"][0].update(targetPort="https"), "port https"),
        ("Service/gateway", lambda doc: doc["spec"]["ports"][0].update(port=81), "has no port 80"),
        ("Deployment/drift", lambda doc: doc["spec"]["selector"]["matchLabels"].update(x="y"), "its own pods"),
        ("Deployment/drift", lambda doc: pod(doc).update(serviceAccountName="drifts"), "no ServiceAccount drifts"),
        ("Deployment/drift", lambda doc: pod(doc)["volumes"].pop(), "no volume data"),
        ("Deployment/drift", lambda doc: box(doc)["ports"][0].update(name="m"), "Probe asks port metrics"),
        ("Deployment/drift", lambda doc: box(doc)["envFrom"][0]["configMapRef"].update(name="b"), "no ConfigMap b"),
        ("Deployment/drift", lambda doc: doc["metadata"].update(name="drifting"), "drift, is no Deployment"),
        ("Deployment/gateway", lambda doc: secret(doc).update(key="uri"), "bellwether-redis has no uri"),
        ("Deployment/gateway", lambda doc: secret(doc).update(name="redis-url"), "nobody makes the Secret redis-url"),
        ("PodDisruptionBudget/drift", lambda doc: doc["spec"]["selector"]["matchLabels"].clear(), "2 disruption"),
        ("PodDisruptionBudget/beat", lambda doc: doc["spec"]["selector"]["matchLabels"].update(x="y"), "no pod"),
        ("Ingress/gateway", lambda doc: doc["spec"]["tls"][0].update(secretName="tls"), "nobody makes the Secret tls"),
        ("Ingress/gateway", lambda doc: doc["spec"]["rules"][0].update(host="other.example"), "without TLS"),
        ("ScaledObject/drift", lambda doc: doc["spec"]["scaleTargetRef"].update(name="gateway"), "2 at the same time"),
        ("ScaledObject/drift", lambda doc: doc["spec"]["triggers"].append(trigger("other")), "TriggerAuthentication o"),
        (
            "TriggerAuthentication/redis",
            lambda doc: doc["spec"]["secretTargetRef"][0].update(key="host"),
            "has no host",
        ),
        ("ServiceMonitor/gateway", lambda doc: doc["spec"]["endpoints"][0].update(port="web"), "has no port web"),
        ("PodMonitor/workers", lambda doc: doc["spec"]["podMetricsEndpoints"][0].update(port="web"), "no port web"),
        (
            "ScrapeConfig/domain",
            lambda doc: doc["spec"]["staticConfigs"][0].update(targets=["gate.bellwether.svc:80"]),
            "no Service gate",
        ),
        (
            "ScrapeConfig/domain",
            lambda doc: doc["spec"]["authorization"]["credentials"].update(key="token"),
            "bellwether-metrics has no token",
        ),
        ("NetworkPolicy/enters", lambda doc: doc["spec"]["podSelector"]["matchLabels"].update(x="y"), "no pod"),
        ("ConfigMap/bellwether", lambda doc: doc["metadata"].update(namespace="default"), "in namespace default"),
    ],
    ids=lambda it: it if isinstance(it, str) else "",
)
def test_a_planted_fault_is_found(name: str, change: object, said: str) -> None:
    docs = prod()
    change(docs[name])  # type: ignore[operator] # a list of lambdas
    found = list(cluster(docs.values(), SECRETS).faults())
    assert any(said in fault for fault in found), found


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("to-https", lambda spec: spec["egress"][0]["to"][0]["ipBlock"].pop("except")),
        ("to-https", lambda spec: spec["egress"][0]["ports"].append({"protocol": "TCP", "port": 22})),
        ("enters", lambda spec: spec["ingress"][0].pop("from")),
        ("scrapes-workers", lambda spec: spec["podSelector"]["matchExpressions"][0]["values"].pop()),
        ("to-managed-redis", lambda spec: spec["egress"][0]["ports"].pop()),
        ("deny-all", lambda spec: spec["policyTypes"].remove("Ingress")),
        ("deny-all", lambda spec: spec["policyTypes"].remove("Egress")),
        ("names", lambda spec: spec["egress"][0].pop("to")),
    ],
    ids=lambda it: it if isinstance(it, str) else "",
)
def test_a_policy_that_lets_through_too_much_or_too_little_is_found(name: str, change: object) -> None:
    docs = prod()
    change(docs[f"NetworkPolicy/{name}"]["spec"])  # type: ignore[operator] # a list of lambdas
    whole = cluster(docs.values(), SECRETS)
    assert allowed(whole) != needed(whole)


def pod(doc: Doc) -> Doc:
    found: Doc = doc["spec"]["template"]["spec"]
    return found


def box(doc: Doc) -> Doc:
    found: Doc = pod(doc)["containers"][0]
    return found


def secret(doc: Doc) -> Doc:
    found: Doc = box(doc)["env"][0]["valueFrom"]["secretKeyRef"]
    return found


def trigger(authentication: str) -> Doc:
    return {"type": "redis", "metadata": {}, "authenticationRef": {"name": authentication}}
