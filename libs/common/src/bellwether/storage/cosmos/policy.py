"""What a container is made of: partition key, expiry and index policy; pure."""

from collections.abc import Mapping
from typing import Any

from bellwether.storage.collections import Collection

PARTITION_KEY = "/pk"
EXPIRY_PER_DOCUMENT = -1


def indexing_policy(coll: Collection) -> dict[str, Any]:
    """Index the partition key and the filtered fields only; ``id`` and ``_ts`` always are."""
    fields = ("pk", *coll.indexed)
    return {
        "indexingMode": "consistent",
        "automatic": True,
        "includedPaths": [{"path": f"/{field.replace('.', '/')}/?"} for field in fields],
        "excludedPaths": [{"path": "/*"}],
    }


def differs(properties: Mapping[str, Any], coll: Collection) -> bool:
    """Say whether an existing container indexes or expires other than ``coll`` wants.

    The service adds paths of its own to what is excluded, so only what matters is compared.
    """
    wanted, found = indexing_policy(coll), properties.get("indexingPolicy", {})
    return (
        properties.get("defaultTtl") != EXPIRY_PER_DOCUMENT
        or found.get("indexingMode") != wanted["indexingMode"]
        or _paths(found, "includedPaths") != _paths(wanted, "includedPaths")
        or not _paths(found, "excludedPaths") >= _paths(wanted, "excludedPaths")
    )


def _paths(policy: Mapping[str, Any], kind: str) -> set[str]:
    return {entry["path"] for entry in policy.get(kind, ())}
