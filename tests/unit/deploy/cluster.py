"""Whether the resources of a cluster fit together: every name one of them gives is one that another has."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.unit.deploy.manifests import Doc

Secrets = Mapping[str, frozenset[str]]
"""The Secrets somebody has to make, and their keys."""


def selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Say whether a label selector matches; an empty one matches everything."""
    if any(labels.get(key) != value for key, value in selector.get("matchLabels", {}).items()):
        return False
    for each in selector.get("matchExpressions", ()):
        key, operator = each["key"], each["operator"]
        holds = {
            "In": labels.get(key) in each.get("values", ()),
            "NotIn": labels.get(key) not in each.get("values", ()),
            "Exists": key in labels,
            "DoesNotExist": key not in labels,
        }[operator]
        if not holds:
            return False
    return True


@dataclass(frozen=True, slots=True)
class Cluster:
    """What is in one namespace, and the Secrets that are there besides."""

    docs: tuple[Doc, ...]
    secrets: Secrets
    namespace: str = field(default="bellwether")

    def of(self, *kinds: str) -> list[Doc]:
        """Every resource of these kinds."""
        return [doc for doc in self.docs if doc["kind"] in kinds]

    def names(self, kind: str) -> set[str]:
        """The names of every resource of a kind."""
        return {doc["metadata"]["name"] for doc in self.of(kind)}

    def workloads(self) -> Iterator[tuple[str, dict[str, str], Doc]]:
        """Name, labels and specification of the pods of everything that runs."""
        for doc in self.of("Deployment", "StatefulSet"):
            template = doc["spec"]["template"]
            yield doc["metadata"]["name"], template["metadata"]["labels"], template["spec"]

    def matched(self, selector: Mapping[str, Any]) -> list[tuple[str, Doc]]:
        """Name and specification of the pods a selector matches."""
        return [(name, spec) for name, labels, spec in self.workloads() if selects(selector, labels)]

    def faults(self) -> Iterator[str]:
        """Yield every name that leads nowhere, and everything that is there twice."""
        for (kind, name), count in Counter((doc["kind"], doc["metadata"]["name"]) for doc in self.docs).items():
            if count > 1:
                yield f"{kind}/{name} is there {count} times"
        for doc in self.docs:
            where = f"{doc['kind']}/{doc['metadata']['name']}"
            named = doc["metadata"].get("namespace")
            if doc["kind"] != "Namespace" and named != self.namespace:
                yield f"{where} is in namespace {named}, not in {self.namespace}"
            check = _CHECKS.get(doc["kind"])
            if check is not None:
                yield from (f"{where}: {fault}" for fault in check(self, doc))
        yield from self._scaling()
        for name, labels, _ in self.workloads():
            budgets = [doc for doc in self.of("PodDisruptionBudget") if selects(doc["spec"]["selector"], labels)]
            if len(budgets) != 1:
                yield f"{name} has {len(budgets)} disruption budgets"

    def secret(self, name: str, key: str | None) -> Iterator[str]:
        """Yield what is missing of a Secret."""
        if name not in self.secrets:
            yield f"nobody makes the Secret {name}"
        elif key is not None and key not in self.secrets[name]:
            yield f"the Secret {name} has no {key}"

    def host(self, address: str) -> Iterator[str]:
        """Yield what is wrong with an address inside this namespace; others are not ours to know."""
        match = re.match(r"(?:[a-z]+://)?([a-z0-9-]+)(?:\.([a-z0-9-]+))?(?:\.svc)?(?::([0-9]+))?", address)
        assert match, address
        name, namespace, port = match.groups()
        if namespace != self.namespace:
            return
        found = [doc for doc in self.of("Service") if doc["metadata"]["name"] == name]
        if not found:
            yield f"there is no Service {name} for {address}"
        elif port and int(port) not in {each["port"] for each in found[0]["spec"]["ports"]}:
            yield f"the Service {name} has no port {port}"

    def _scaling(self) -> Iterator[str]:
        targets = Counter(
            doc["spec"]["scaleTargetRef"]["name"] for doc in self.of("HorizontalPodAutoscaler", "ScaledObject")
        )
        for name, count in targets.items():
            if name not in self.names("Deployment"):
                yield f"what is scaled, {name}, is no Deployment"
            if count > 1:
                yield f"{name} is scaled by {count} at the same time"


def _workload(cluster: Cluster, doc: Doc) -> Iterator[str]:
    spec, labels = doc["spec"]["template"]["spec"], doc["spec"]["template"]["metadata"]["labels"]
    if not selects(doc["spec"]["selector"], labels):
        yield "its selector does not match its own pods"
    if len(cluster.matched(doc["spec"]["selector"])) > 1:
        yield "its selector matches pods of another"
    if spec.get("serviceAccountName") not in cluster.names("ServiceAccount"):
        yield f"there is no ServiceAccount {spec.get('serviceAccountName')}"
    if doc["kind"] == "StatefulSet" and doc["spec"]["serviceName"] not in cluster.names("Service"):
        yield f"there is no Service {doc['spec']['serviceName']}"
    if not all(selects(spread["labelSelector"], labels) for spread in spec.get("topologySpreadConstraints", ())):
        yield "it spreads other pods than its own"
    volumes = {claim["metadata"]["name"] for claim in doc["spec"].get("volumeClaimTemplates", ())}
    for volume in spec.get("volumes", ()):
        volumes.add(volume["name"])
        claim = volume.get("persistentVolumeClaim", {}).get("claimName")
        if claim is not None and claim not in cluster.names("PersistentVolumeClaim"):
            yield f"there is no PersistentVolumeClaim {claim}"
    for container in spec["containers"]:
        yield from _container(cluster, container, volumes)


def _container(cluster: Cluster, container: Doc, volumes: set[str]) -> Iterator[str]:
    for mount in container.get("volumeMounts", ()):
        if mount["name"] not in volumes:
            yield f"there is no volume {mount['name']}"
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        port = container.get(probe, {}).get("httpGet", {}).get("port")
        if port is not None and not _has_port(container, port):
            yield f"its {probe} asks port {port}"
    yield from _environment(cluster, container)


def _environment(cluster: Cluster, container: Doc) -> Iterator[str]:
    for source in container.get("envFrom", ()):
        if "configMapRef" in source and source["configMapRef"]["name"] not in cluster.names("ConfigMap"):
            yield f"there is no ConfigMap {source['configMapRef']['name']}"
        if "secretRef" in source and not source["secretRef"].get("optional"):
            yield from cluster.secret(source["secretRef"]["name"], None)
    for variable in container.get("env", ()):
        key = variable.get("valueFrom", {}).get("secretKeyRef")
        if key is not None and not key.get("optional"):
            yield from cluster.secret(key["name"], key["key"])


def _has_port(container: Doc, port: str | int) -> bool:
    return any(port in {each.get("name"), each["containerPort"]} for each in container.get("ports", ()))


def _service(cluster: Cluster, doc: Doc) -> Iterator[str]:
    pods = cluster.matched({"matchLabels": doc["spec"]["selector"]})
    if not pods:
        yield "its selector matches no pod"
    for port in doc["spec"]["ports"]:
        target = port.get("targetPort", port["port"])
        if not any(_has_port(container, target) for _, spec in pods for container in spec["containers"]):
            yield f"no pod has the port {target}"


def _budget(cluster: Cluster, doc: Doc) -> Iterator[str]:
    if not cluster.matched(doc["spec"]["selector"]):
        yield "its selector matches no pod"


def _ingress(cluster: Cluster, doc: Doc) -> Iterator[str]:
    services = {each["metadata"]["name"]: each for each in cluster.of("Service")}
    for path in (path for rule in doc["spec"]["rules"] for path in rule["http"]["paths"]):
        backend = path["backend"]["service"]
        if backend["name"] not in services:
            yield f"there is no Service {backend['name']}"
        elif backend["port"].get("name") not in {each["name"] for each in services[backend["name"]]["spec"]["ports"]}:
            yield f"the Service {backend['name']} has no port {backend['port']}"
    hosts = {host for tls in doc["spec"].get("tls", ()) for host in tls["hosts"]}
    for rule in doc["spec"]["rules"]:
        if rule["host"] not in hosts:
            yield f"{rule['host']} is served without TLS"
    for tls in doc["spec"].get("tls", ()):
        yield from cluster.secret(tls["secretName"], None)


def _scaled(cluster: Cluster, doc: Doc) -> Iterator[str]:
    for trigger in doc["spec"]["triggers"]:
        wanted = trigger.get("authenticationRef", {}).get("name")
        if wanted is not None and wanted not in cluster.names("TriggerAuthentication"):
            yield f"there is no TriggerAuthentication {wanted}"
        if trigger["type"] == "prometheus":
            yield from cluster.host(trigger["metadata"]["serverAddress"])


def _authentication(cluster: Cluster, doc: Doc) -> Iterator[str]:
    for reference in doc["spec"]["secretTargetRef"]:
        yield from cluster.secret(reference["name"], reference["key"])


def _credentials(cluster: Cluster, scrape: Doc) -> Iterator[str]:
    if "authorization" in scrape:
        credentials = scrape["authorization"]["credentials"]
        yield from cluster.secret(credentials["name"], credentials["key"])


def _service_monitor(cluster: Cluster, doc: Doc) -> Iterator[str]:
    found = [each for each in cluster.of("Service") if selects(doc["spec"]["selector"], each["metadata"]["labels"])]
    if not found:
        yield "its selector matches no Service"
    for endpoint in doc["spec"]["endpoints"]:
        yield from _credentials(cluster, endpoint)
        for service in found:
            if endpoint["port"] not in {each.get("name") for each in service["spec"]["ports"]}:
                yield f"the Service {service['metadata']['name']} has no port {endpoint['port']}"


def _pod_monitor(cluster: Cluster, doc: Doc) -> Iterator[str]:
    found = cluster.matched(doc["spec"]["selector"])
    if not found:
        yield "its selector matches no pod"
    for endpoint in doc["spec"]["podMetricsEndpoints"]:
        for name, spec in found:
            if not any(_has_port(container, endpoint["port"]) for container in spec["containers"]):
                yield f"{name} has no port {endpoint['port']}"


def _scrape(cluster: Cluster, doc: Doc) -> Iterator[str]:
    yield from _credentials(cluster, doc["spec"])
    for config in doc["spec"]["staticConfigs"]:
        for target in config["targets"]:
            yield from cluster.host(target)


_OPTIONAL = ("redis", "to-redis", "to-managed-redis")
"""Policies of which some apply to nothing, by where Redis is."""


def _network_policy(cluster: Cluster, doc: Doc) -> Iterator[str]:
    if doc["metadata"]["name"] not in _OPTIONAL and not cluster.matched(doc["spec"]["podSelector"]):
        yield "its selector matches no pod"


_CHECKS = {
    "Deployment": _workload,
    "StatefulSet": _workload,
    "Service": _service,
    "PodDisruptionBudget": _budget,
    "Ingress": _ingress,
    "ScaledObject": _scaled,
    "TriggerAuthentication": _authentication,
    "ServiceMonitor": _service_monitor,
    "PodMonitor": _pod_monitor,
    "ScrapeConfig": _scrape,
    "NetworkPolicy": _network_policy,
}


def secrets_made(page: str) -> Secrets:
    """Return the Secrets a page tells its readers to make, with their keys."""
    found: dict[str, frozenset[str]] = {}
    for command in re.sub(r"\\\n\s*", "", page).splitlines():
        if match := re.search(r"create secret generic (\S+)(.*)", command):
            found[match[1]] = frozenset(re.findall(r"--from-(?:literal|file)=([A-Za-z0-9_.-]+)=", match[2]))
        elif match := re.search(r"create secret tls (\S+)", command):
            found[match[1]] = frozenset({"tls.crt", "tls.key"})
    return found


def cluster(docs: Iterable[Doc], secrets: Secrets) -> Cluster:
    """Return what was rendered as a cluster."""
    return Cluster(tuple(docs), secrets)
