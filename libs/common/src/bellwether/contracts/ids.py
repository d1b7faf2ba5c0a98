"""Deterministic identifiers: the same fact always gets the same id, so a retry is an upsert.

``<UTC yyyymmddThhmmssffffffZ>~<kind>~<first 12 hex of SHA-1 of the natural key>``: fixed width, sortable by
the time of the fact, and the month in it names the partition, so a document is found by its id alone.
"""

import hashlib
import re
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import quote, unquote

_STAMP = "%Y%m%dT%H%M%S%fZ"
_SAFE = ".~_-/@=+,;!$()*'"
_ID = re.compile(r"\d{8}T\d{12}Z~[a-z-]+~[0-9a-f]{12}")


def fact_id(time: datetime, kind: str, *natural_key: str) -> str:
    """Name one fact by its time (any zone, stored as UTC), kind and natural key."""
    digest = hashlib.sha1("\x1f".join(natural_key).encode(), usedforsecurity=False).hexdigest()
    return f"{fact_stamp(time)}~{kind}~{digest[:12]}"


def fact_stamp(time: datetime) -> str:
    """Return what the ids of facts of this time begin with."""
    return time.astimezone(UTC).strftime(_STAMP)


def is_fact_id(text: str) -> bool:
    """Say whether ``text`` has the form of a fact id; others name no document."""
    return _ID.fullmatch(text) is not None


def fact_time(id: str) -> datetime:
    """Return the time in a fact id, in UTC."""
    return datetime.strptime(id.partition("~")[0], _STAMP).replace(tzinfo=UTC)


def month(time: datetime) -> str:
    """Return the UTC month of a time as ``yyyy-mm``."""
    return time.astimezone(UTC).strftime("%Y-%m")


def month_pk(model: str, id: str) -> str:
    """Return the partition of a fact about a model: ``model|yyyy-mm``."""
    return f"{model}|{id[:4]}-{id[4:6]}"


class NodeId(NamedTuple):
    """The parts of a node id."""

    kind: str
    namespace: str
    name: str
    version: str | None = None


def node_id(kind: str, namespace: str, name: str, version: str | None = None) -> str:
    """Name one lineage node: ``kind:namespace:name`` or ``kind:namespace:name#version``, parts percent-encoded."""
    if not namespace or not name:
        raise ValueError(f"a node id needs a namespace and a name: {kind!r}, {namespace!r}, {name!r}")
    text = f"{kind}:{quote(namespace, safe=_SAFE)}:{quote(name, safe=_SAFE)}"
    return text if version is None else f"{text}#{quote(version, safe=_SAFE)}"


def parse_node_id(id: str) -> NodeId:
    """Return the parts of a node id; raises ``ValueError`` unless ``node_id`` makes the same text of them."""
    kind, _, rest = id.partition(":")
    namespace, _, rest = rest.partition(":")
    name, mark, version = rest.partition("#")
    found = NodeId(kind, unquote(namespace), unquote(name), unquote(version) if mark else None)
    if not kind or not namespace or not name or node_id(*found) != id:
        raise ValueError(f"no node id: {id[:200]!r}; one looks like batch:bellwether/credit:20260101T...~batch~...")
    return found


def node_hash(id: str) -> str:
    """Return what stands for a node id in ids of documents: the first 32 hex digits of its SHA-256."""
    return hashlib.sha256(id.encode()).hexdigest()[:32]
