"""Which connections the network policies let through, and which are needed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from itertools import product
from typing import Any

from bellwether.bus.routes import SERVICES
from tests.unit.deploy.cluster import Cluster, selects
from tests.unit.deploy.manifests import Doc

Port = tuple[str, int]
"""Protocol and number."""
Flow = tuple[str, str, Port]
"""Who connects to whom, at which port."""
ALL = ("gateway", *SERVICES)
PORTS: tuple[Port, ...] = (
    ("UDP", 53),
    *(("TCP", number) for number in (22, 53, 80, 443, 587, 4318, 5000, 5432, 6379, 6380, 8000, 9100, 10000)),
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A pod of ours, a pod of another namespace, or an address."""

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    namespace: Mapping[str, str] | None = None
    """Labels of another namespace; None with no ``address``: ours."""
    address: str | None = None

    @property
    def ours(self) -> bool:
        """Whether the policies of this namespace apply to it."""
        return self.namespace is None and self.address is None


OTHERS = (
    *(
        Endpoint(name, {}, {f"bellwether/{name}": "true"})
        for name in ("enters", "scrapes", "scales", "mlflow", "traces")
    ),
    Endpoint("kube-system", {}, {"kubernetes.io/metadata.name": "kube-system"}),
    Endpoint("stranger", {"app.kubernetes.io/name": "redis"}, {"kubernetes.io/metadata.name": "default"}),
    Endpoint("internet", address="203.0.113.5"),
    Endpoint("private endpoint", address="10.1.2.3"),
    Endpoint("dns cache", address="169.254.20.10"),
    Endpoint("identity of the node", address="169.254.169.254"),
)


FORGOTTEN = Endpoint("forgotten", {"app.kubernetes.io/part-of": "bellwether"})
"""A pod of ours that somebody adds and no policy of its own speaks of: nothing gets in or out."""


def endpoints(cluster: Cluster) -> tuple[Endpoint, ...]:
    """Every pod of ours and the others there may be."""
    return (*(Endpoint(name, labels) for name, labels, _ in cluster.workloads()), FORGOTTEN, *OTHERS)


def allowed(cluster: Cluster) -> set[Flow]:
    """Return the flows from or to a pod of ours that no policy stops."""
    policies, there = cluster.of("NetworkPolicy"), endpoints(cluster)
    return {
        (source.name, target.name, port)
        for source, target, port in product(there, there, PORTS)
        if source is not target
        and (source.ours or target.ours)
        and _side(policies, "Egress", source, target, port)
        and _side(policies, "Ingress", target, source, port)
    }


def needed(cluster: Cluster) -> set[Flow]:
    """Return the flows the services cannot do without, and those a labelled namespace is promised."""
    return set(_needed(cluster))


def _needed(cluster: Cluster) -> Iterator[Flow]:
    [config] = [doc for doc in cluster.of("ConfigMap") if doc["metadata"]["name"] == "bellwether"]
    in_cluster = "redis" in {name for name, _, _ in cluster.workloads()}
    for name, server, protocol in product((*ALL, "beat"), ("kube-system", "dns cache"), ("UDP", "TCP")):
        yield name, server, (protocol, 53)
    for name in (*ALL, "beat"):
        if in_cluster:
            yield name, "redis", ("TCP", 6379)
        else:
            yield from _outside(name, 6380, 10000)
    if in_cluster:
        yield "scales", "redis", ("TCP", 6379)
    in_azure = config["data"].get("BELLWETHER_STORE_URL", "").startswith("cosmos")
    for name in ALL if in_azure else ("collector", "drift", "explain"):
        yield from _outside(name, 443)
    yield from _outside("drift", 587)
    yield "enters", "gateway", ("TCP", 8000)
    yield "scrapes", "gateway", ("TCP", 8000)
    for name in (*SERVICES, "beat"):
        yield "scrapes", name, ("TCP", 9100)
    for name in ("collector", "explain"):
        yield name, "mlflow", ("TCP", 5000)
    for name in ALL:
        yield name, "traces", ("TCP", 4318)


def _outside(name: str, *ports: int) -> Iterator[Flow]:
    for place, port in product(("internet", "private endpoint"), ports):
        yield name, place, ("TCP", port)


def _side(policies: list[Doc], direction: str, pod: Endpoint, peer: Endpoint, port: Port) -> bool:
    """Say whether one end lets a flow through: one that no policy selects does."""
    if not pod.ours:
        return True
    mine = [
        policy["spec"]
        for policy in policies
        if direction in policy["spec"]["policyTypes"] and selects(policy["spec"]["podSelector"], pod.labels)
    ]
    peers = {"Egress": "to", "Ingress": "from"}[direction]
    return not mine or any(_rule(rule, peers, peer, port) for spec in mine for rule in spec.get(direction.lower(), ()))


def _rule(rule: Mapping[str, Any], peers: str, peer: Endpoint, port: Port) -> bool:
    ports = [(each.get("protocol", "TCP"), each["port"]) for each in rule.get("ports", ())]
    if ports and port not in ports:
        return False
    return not rule.get(peers) or any(_peer(each, peer) for each in rule[peers])


def _peer(selector: Mapping[str, Any], peer: Endpoint) -> bool:
    if "ipBlock" in selector:
        block = selector["ipBlock"]
        return (
            peer.address is not None
            and ip_address(peer.address) in ip_network(block["cidr"])
            and not any(ip_address(peer.address) in ip_network(each) for each in block.get("except", ()))
        )
    if peer.address is not None or not selects(selector.get("podSelector", {}), peer.labels):
        return False
    if "namespaceSelector" in selector:
        return peer.namespace is not None and selects(selector["namespaceSelector"], peer.namespace)
    return peer.ours
