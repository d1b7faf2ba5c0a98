"""All models at a glance, worst first."""

import base64
import json
from collections import Counter
from typing import Any

from bellwether.contracts import SEVERITY, FleetEntry, Status
from bellwether.errors import InvalidInput
from bellwether.gateway import links
from bellwether.gateway.answers import Counts, FleetItem, FleetOut
from bellwether.gateway.context import Context
from bellwether.gateway.models import ALL, FLEET
from bellwether.storage.collections import MODELS, VIEWS, Collection
from bellwether.storage.documents import parse
from bellwether.storage.port import Doc, DocumentStore

_PAGE = 500
_Place = tuple[int, float, str]


def read_all(documents: DocumentStore, coll: Collection, pk: str) -> dict[str, Doc]:
    """Return every document of one partition by id."""
    found: dict[str, Doc] = {}
    after = None
    while True:
        page = documents.query(coll, pk, limit=_PAGE, after=after)
        found.update((doc["id"], doc) for doc in page.docs)
        if (after := page.cursor) is None:
            return found


def overview(ctx: Context, names: frozenset[str] | None, limit: int, cursor: str | None) -> FleetOut:
    """Return models, worst first, and how many there are of each status; ``names`` limits whose are shown."""
    entries = read_all(ctx.documents, VIEWS, FLEET)
    models = {
        name: doc
        for name, doc in read_all(ctx.documents, MODELS, ALL).items()
        if doc["state"] == "active" and (names is None or name in names)
    }
    places = sorted(_place(name, entries.get(name)) for name in models)
    after = None if cursor is None else _read_cursor(cursor)
    rest = places if after is None else [place for place in places if place > after]
    shown = rest[:limit]
    counts = Counter(_status(entries.get(name)) for name in models)
    return FleetOut(
        counts=Counts(**{status: counts[status] for status in SEVERITY}),
        items=tuple(_item(models[name], entries.get(name)) for _, _, name in shown),
        next=_write_cursor(shown[-1]) if len(rest) > limit else None,
    )


def _status(entry: Doc | None) -> Status:
    status: Status = "unknown" if entry is None else entry["status"]
    return status


def _place(name: str, entry: Doc | None) -> _Place:
    """Return where a model stands: by severity, then by how far past its line, then by name."""
    score = (entry or {}).get("score") or 0.0
    line = (entry or {}).get("threshold") or 1.0
    return -SEVERITY[_status(entry)], -round(score / line, 6), name


def _item(model: Doc, doc: Doc | None) -> FleetItem:
    name = model["id"]
    said: dict[str, Any] = {
        "model": name,
        "task": model["task"],
        "owner": model["owner"],
        "version": model["current_version"],
        "links": links.of_model(name),
    }
    if doc is None:
        return FleetItem(**said, **_UNKNOWN)
    entry = parse(FleetEntry, doc)
    rest = {field: getattr(entry, field) for field in FleetItem.model_fields if field not in said}
    return FleetItem(**said, **rest)


_UNKNOWN: dict[str, Any] = {
    "status": "unknown",
    "aspects": {},
    "sentence": "No batch has been analysed yet.",
    "score": None,
    "threshold": None,
    "harmless": None,
    "batch_status": "unknown",
    "since": None,
    "batch": None,
    "batch_start": None,
    "batch_end": None,
    "rows": 0,
    "batches": 0,
    "n_features": 0,
    "n_drifted": 0,
    "spark": (),
    "top_features": (),
    "trend": {},
    "assessed_at": None,
}


def _write_cursor(place: _Place) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> _Place:
    try:
        severity, far, name = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return int(severity), float(far), str(name)
    except (ValueError, TypeError, RecursionError):
        raise InvalidInput("The cursor is not one of this list. Pass `next` of the page before.") from None
