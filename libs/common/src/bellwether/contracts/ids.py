"""Deterministic identifiers: the same fact always gets the same id, so a retry is an upsert.

``<UTC yyyymmddThhmmssffffffZ>~<kind>~<first 12 hex of SHA-1 of the natural key>``: fixed width, sortable by
the time of the fact, and the month in it names the partition, so a document is found by its id alone.
"""

import hashlib
import re
from datetime import UTC, datetime

_STAMP = "%Y%m%dT%H%M%S%fZ"
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


def node_id(kind: str, *parts: str) -> str:
    """Name one lineage node, e.g. ``batch:credit-risk:7c1e``; parts may not be empty or hold a colon."""
    if bad := [part for part in parts if ":" in part or not part]:
        raise ValueError(f"node id parts must be non-empty and hold no colon: {bad!r}")
    return ":".join((kind, *parts))
