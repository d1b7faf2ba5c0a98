"""All models at a glance: which are asked for, in which order, and what is said about all of them in a sentence."""

import base64
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bellwether.contracts import SEVERITY, FleetEntry, Status
from bellwether.errors import InvalidInput
from bellwether.gateway import links
from bellwether.gateway.answers import Counts, FleetItem, FleetOut
from bellwether.gateway.context import Context
from bellwether.gateway.models import ALL, FLEET
from bellwether.storage.collections import MODELS, VIEWS, Collection
from bellwether.storage.documents import parse
from bellwether.storage.port import Doc, DocumentStore

Order = Literal["severity", "name", "recent"]
"""Most urgent first, by name, or the newest batch first."""
_PAGE = 500
_NAMED = 3
"""Models named in the sentence about all."""
_Place = tuple[float | str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which models are asked for: of these statuses, this owner, this tier, with this text in name or sentence."""

    statuses: frozenset[Status] = frozenset()
    owner: str | None = None
    tier: int | None = None
    text: str = ""
    order: Order = "severity"

    def fits(self, model: Doc, entry: Doc | None) -> bool:
        """Whether a model is among those asked for."""
        wanted = self.text.strip().casefold()
        said = f"{model['id']} {model['owner'] or ''} {(entry or _UNKNOWN)['sentence']}".casefold()
        return (
            (not self.statuses or _status(entry) in self.statuses)
            and (self.owner is None or model["owner"] == self.owner)
            and (self.tier is None or model.get("tier") == self.tier)
            and wanted in said
        )


def read_all(documents: DocumentStore, coll: Collection, pk: str) -> dict[str, Doc]:
    """Return every document of one partition by id."""
    found: dict[str, Doc] = {}
    after = None
    while True:
        page = documents.query(coll, pk, limit=_PAGE, after=after)
        found.update((doc["id"], doc) for doc in page.docs)
        if (after := page.cursor) is None:
            return found


def overview(ctx: Context, names: frozenset[str] | None, asked: Asked, limit: int, cursor: str | None) -> FleetOut:
    """Return the models asked for, and how all of them stand; ``names`` limits whose are seen at all."""
    entries = read_all(ctx.documents, VIEWS, FLEET)
    models = {
        name: doc
        for name, doc in read_all(ctx.documents, MODELS, ALL).items()
        if doc["state"] == "active" and (names is None or name in names)
    }
    fitting = [name for name, doc in models.items() if asked.fits(doc, entries.get(name))]
    places = sorted(_place(name, entries.get(name), asked.order) for name in fitting)
    after = None if cursor is None else _read_cursor(cursor, asked.order)
    rest = places if after is None else [place for place in places if place > after]
    shown = rest[:limit]
    counts = Counter(_status(entries.get(name)) for name in models)
    seen = {name: entries.get(name) for name in models}
    return FleetOut(
        counts=Counts(**{status: counts[status] for status in SEVERITY}),
        sentence=sentence(seen, ctx.now()),
        owners=tuple(sorted({doc["owner"] for doc in models.values() if doc["owner"]})),
        total=len(fitting),
        skipped=len(places) - len(rest),
        items=tuple(_item(models[name], entries.get(name)) for *_, name in shown if isinstance(name, str)),
        next=_write_cursor(shown[-1], asked.order) if len(rest) > limit else None,
    )


def sentence(entries: Mapping[str, Doc | None], now: datetime) -> str:
    """Return what matters about all models in one sentence, the most urgent named; unknown is never called fine."""
    if not entries:
        return "No models yet."
    places = sorted(_place(name, entry, "severity") for name, entry in entries.items())
    by_urgency = [str(place[-1]) for place in places]
    of = {status: [name for name in by_urgency if _status(entries[name]) == status] for status in SEVERITY}
    unknown = f" Nothing is known about {_models(len(of['unknown']))}." if of["unknown"] else ""
    if of["act"]:
        verb = "needs" if len(of["act"]) == 1 else "need"
        watch = f" {_models(len(of['watch']))} to watch." if of["watch"] else ""
        return f"{_models(len(of['act']))} {verb} action: {_named(of['act'], entries, now)}.{watch}{unknown}"
    if of["watch"]:
        return (
            f"Nothing needs action. {_models(len(of['watch']))} to watch: {_named(of['watch'], entries, now)}.{unknown}"
        )
    if of["unknown"]:
        fine = f"{_models(len(of['fine']))} fine." if of["fine"] else "No model can be judged yet."
        return f"{fine}{unknown}" if of["fine"] else fine
    few = {1: "The model is fine.", 2: "Both models are fine."}
    return few.get(len(entries), f"All {len(entries)} models are fine.")


def _models(number: int) -> str:
    return f"{number} model{'' if number == 1 else 's'}"


def _named(names: list[str], entries: Mapping[str, Doc | None], now: datetime) -> str:
    said = [_since(name, entries[name] or {}, now) for name in names[:_NAMED]]
    more = len(names) - _NAMED
    return ", ".join(said) + (f" and {more} more" if more > 0 else "")


def _since(name: str, entry: Doc, now: datetime) -> str:
    said = name
    if entry.get("since"):
        since = datetime.fromisoformat(entry["since"])
        said += f" since {since.day} {since:%b}" + ("" if since.year == now.year else f" {since.year}")
    drifted = [feature for feature, status, _ in entry.get("top_features", ()) if status != "fine"]
    return said + (f" ({drifted[0]})" if drifted else "")


def _status(entry: Doc | None) -> Status:
    status: Status = "unknown" if entry is None else entry["status"]
    return status


def _place(name: str, entry: Doc | None, order: Order) -> _Place:
    """Return where a model stands; by severity: then by how far past its line, then by name."""
    if order == "name":
        return (name,)
    if order == "recent":
        end = (entry or {}).get("batch_end")
        return (-datetime.fromisoformat(end).timestamp() if end else 0.0, name)
    score = (entry or {}).get("score") or 0.0
    line = (entry or {}).get("threshold") or 1.0
    return -SEVERITY[_status(entry)], -round(score / line, 6), name


def _item(model: Doc, doc: Doc | None) -> FleetItem:
    name = model["id"]
    said: dict[str, Any] = {
        "model": name,
        "task": model["task"],
        "owner": model["owner"],
        "tier": model.get("tier"),
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
    "performance": None,
    "assessed_at": None,
}


def _write_cursor(place: _Place, order: Order) -> str:
    return base64.urlsafe_b64encode(json.dumps([order, *place]).encode()).decode().rstrip("=")


def _read_cursor(cursor: str, order: Order) -> _Place:
    try:
        written, *place, name = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        read: _Place = (*(float(one) for one in place), str(name))
    except (ValueError, TypeError, RecursionError):
        raise _foreign() from None
    if written != order or len(read) != len(_place("", None, order)):
        raise _foreign()
    return read


def _foreign() -> InvalidInput:
    return InvalidInput("The cursor is not one of this list. Pass `next` of the page before.")
