"""How two things came about differently: their histories compared by role, not by id; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import JsonValue

from bellwether.contracts import Node, NodeKind, node_id, parse_node_id
from bellwether.graph.columns import schema
from bellwether.graph.quotient import job_of
from bellwether.graph.reading import Reader
from bellwether.graph.walk import Bounds, walk

LIMIT = 2000
_COMPARED = (
    *("rows", "rows_written", "digest", "commit", "version", "definition_etag", "reference", "drifted", "score"),
)
_MAPS = ("parameters", "params")
_ROOT = "the thing itself"


class Change(NamedTuple):
    """A field that differs."""

    field: str
    a: JsonValue
    b: JsonValue


@dataclass(frozen=True, slots=True)
class Role:
    """What plays a role in one or both histories; of many in one role, the newest."""

    role: str
    a: Node | None
    b: Node | None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Diff:
    """Roles only in one history, and those that differ; ``same`` counts those that do not."""

    only_a: tuple[Role, ...]
    only_b: tuple[Role, ...]
    changed: tuple[Role, ...]
    same: int


def diff(reader: Reader, a: str, b: str, depth: int) -> Diff | None:
    """Return how two things came about differently, looking ``depth`` steps up; None when one is not there."""
    ours, theirs = _roles(reader, a, depth), _roles(reader, b, depth)
    if ours is None or theirs is None:
        return None
    both = [Role(role, ours[role], theirs[role], _changes(ours[role], theirs[role])) for role in ours if role in theirs]
    return Diff(
        only_a=tuple(Role(role, ours[role], None) for role in sorted(ours.keys() - theirs.keys())),
        only_b=tuple(Role(role, None, theirs[role]) for role in sorted(theirs.keys() - ours.keys())),
        changed=tuple(sorted((one for one in both if one.changes), key=lambda one: one.role)),
        same=sum(not one.changes for one in both),
    )


def role_of(node: Node) -> str:
    """Return what a node plays: its kind, and the job, dataset or model it is one of."""
    parts = parse_node_id(node.node)
    if parts.version is not None and node.kind is not NodeKind.DATASET_VERSION:
        return f"{node.kind} {node_id(node.kind, parts.namespace, parts.name)}"
    if node.kind is NodeKind.LOGGED_MODEL:
        return f"{node.kind} {parts.namespace}"
    if node.kind is NodeKind.REPORT:
        return f"{node.kind} {parts.name.partition('/')[0]}"
    job = job_of(node)
    return f"{node.kind} {job}" if job != node.node or node.kind is NodeKind.DATASET else str(node.kind)


def _roles(reader: Reader, root: str, depth: int) -> dict[str, Node] | None:
    found = walk(reader, root, Bounds(up=depth, down=0, limit=LIMIT))
    if found is None:
        return None
    roles: dict[str, Node] = {}
    for node in sorted(found.nodes.values(), key=lambda one: (one.last, one.node)):
        roles[_ROOT if node.node == root else role_of(node)] = node
    return roles


def _changes(a: Node, b: Node) -> tuple[Change, ...]:
    found = [Change("status", a.status, b.status)] if a.status != b.status else []
    if a.verdict != b.verdict:
        found.append(Change("verdict", a.verdict, b.verdict))
    ours, theirs = parse_node_id(a.node).version, parse_node_id(b.node).version
    if ours != theirs and a.kind is not NodeKind.DATASET_VERSION:
        found.append(Change("version", ours, theirs))
    found += [Change(name, one, other) for name in _COMPARED if (one := _value(a, name)) != (other := _value(b, name))]
    for name in _MAPS:
        found += _entries(name, _value(a, name), _value(b, name))
    if (one := dict(schema(a))) != (other := dict(schema(b))) and one and other:
        found.append(Change("schema", sorted(one.items() - other.items()), sorted(other.items() - one.items())))  # type: ignore[arg-type]  # pairs of texts
    if a.kind is NodeKind.LOGGED_MODEL and a.node != b.node:
        found.append(Change("logged model", a.node, b.node))
    return tuple(found)


def _entries(name: str, a: JsonValue, b: JsonValue) -> list[Change]:
    ours: Mapping[str, JsonValue] = a if isinstance(a, dict) else {}
    theirs: Mapping[str, JsonValue] = b if isinstance(b, dict) else {}
    return [
        Change(f"{name}.{key}", ours.get(key), theirs.get(key))
        for key in sorted(ours.keys() | theirs.keys())
        if ours.get(key) != theirs.get(key)
    ]


def _value(node: Node, name: str) -> JsonValue:
    return node.attributes[name].value if name in node.attributes else None
