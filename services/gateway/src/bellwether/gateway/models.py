"""Models in the store: the definition, its copy in the list of all models, its versions and references."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Literal

from bellwether.contracts import (
    METHODS,
    FleetEntry,
    Kind,
    Model,
    ModelDeleted,
    ModelIn,
    ModelPatch,
    ModelVersion,
    Reference,
    Thresholds,
)
from bellwether.errors import Conflict, Fault, InvalidInput, PreconditionFailed
from bellwether.gateway import links
from bellwether.gateway.answers import ModelOut, ReferenceOut, Summary
from bellwether.gateway.context import Context
from bellwether.storage.collections import MODELS, VIEWS
from bellwether.storage.documents import dump, parse
from bellwether.storage.port import Doc

ALL = "~all"
"""Partition of the copies: no model can have this name."""
FLEET = "fleet"
_MOST_INDEX = 100
_NOTHING_YET = Summary(status="unknown", sentence="No batch has been analysed yet.", aspects={})


class ModelEntry(Model):
    """Copy of a model in the list of all models. Container ``models``, pk ``~all``, id = name."""

    type: Literal["model_entry"] = "model_entry"  # type: ignore[assignment]  # a document of its own type
    current_version: str | None = None


def create(ctx: Context, body: ModelIn, kinds: Mapping[str, Kind] | None = None) -> tuple[Doc, bool]:
    """Store a new model; the same definition again is the same model. Returns it, and whether it is new."""
    now, said = ctx.now(), body.model_dump(exclude={"preview"})
    if body.task is None:
        fault = Fault("/task", "nothing", "binary, multiclass or regression", "say it, or name a preview that does")
        raise InvalidInput("A model needs a task.", [fault])
    if faults := method_faults(body.methods):
        raise InvalidInput("The model cannot be made like that.", faults)
    model = Model(pk=body.name, created_at=now, updated_at=now, kinds=dict(kinds or {}), **said)
    try:
        stored, new = ctx.documents.put(MODELS, dump(model), create=True), True
    except Conflict:
        stored, new = ctx.documents.get(MODELS, body.name, "model") or {}, False
        if stored.get("state") == "deleting":
            raise Conflict(f"Model {body.name!r} is being deleted. Try again when that is done.") from None
        if parse(Model, stored).model_dump(include=set(said)) != said:
            raise Conflict(
                f"There is a model {body.name!r} with another definition.",
                [Fault("/name", "a name in use", "a free name", "choose another, or PATCH the model there is")],
            ) from None
    list_model(ctx, stored)
    return stored, new


def change(ctx: Context, doc: Doc, body: ModelPatch) -> Doc:
    """Replace what the patch names, if nobody changed the model since ``doc`` was read."""
    old = parse(Model, doc)
    if faults := threshold_faults(body.thresholds) + method_faults(body.methods or ()):
        raise InvalidInput("The model cannot be changed like that.", faults)
    named = {name: getattr(body, name) for name in body.model_fields_set}
    changes = {
        name: Model.model_fields[name].get_default() if value is None else value for name, value in named.items()
    }
    new = old.model_copy(update={**changes, "updated_at": ctx.now()})
    try:
        stored = ctx.documents.put(MODELS, dump(new), if_etag=doc["_etag"])
    except PreconditionFailed as error:
        raise _stale() from error
    list_model(ctx, stored)
    return stored


def threshold_faults(thresholds: Thresholds | None) -> list[Fault]:
    """Return what is wrong with lines, and with methods that are to decide: each has lines and fits its kind."""
    faults = list(_line_faults(thresholds or Thresholds()))
    for kind, slug in ({} if thresholds is None else thresholds.headline).items():
        able = [method.slug for method in METHODS if method.lines is not None and kind in method.kinds]
        if slug not in able:
            faults.append(Fault(f"/thresholds/headline/{kind}", slug, ", ".join(able) or "none", "name one of these"))
    return faults


def _line_faults(thresholds: Thresholds) -> Iterable[Fault]:
    whole = () if thresholds.index is None else (("/thresholds/index", thresholds.index),)
    for place, lines in (*whole, *((f"/thresholds/features/{name}", one) for name, one in thresholds.features.items())):
        if lines.watch > lines.act:
            yield Fault(f"{place}/act", f"{lines.act:g}", f"at least {lines.watch:g}", "act begins at or above watch")
    if thresholds.index is not None and thresholds.index.act > _MOST_INDEX:
        yield Fault("/thresholds/index/act", f"{thresholds.index.act:g}", "at most 100", "the index ends at 100")


def method_faults(named: Iterable[str]) -> list[Fault]:
    """Return what is wrong with the methods asked for beside the usual ones."""
    known = [method.slug for method in METHODS]
    return [
        Fault(f"/methods/{place}", slug, ", ".join(known), "name some of these, or null")
        for place, slug in enumerate(named)
        if slug not in known
    ]


def delete(ctx: Context, doc: Doc) -> None:
    """Hide a model at once and have every service forget it; may be repeated."""
    name = doc["name"]
    if doc["state"] != "deleting":
        marked = parse(Model, doc).model_copy(update={"state": "deleting", "updated_at": ctx.now()})
        try:
            ctx.documents.put(MODELS, dump(marked), if_etag=doc["_etag"])
        except PreconditionFailed as error:
            raise _stale() from error
    ctx.documents.delete(MODELS, ALL, name)
    ctx.bus.publish([ModelDeleted(model=name, subject=name, occurred_at=ctx.now())])


def list_model(ctx: Context, doc: Doc) -> None:
    """Renew the copy in the list of all models."""
    model = parse(Model, doc)
    version = current_version(versions(ctx, model.name))
    entry = ModelEntry(**model.model_dump(exclude={"id", "pk", "type"}), id=model.name, pk=ALL, current_version=version)
    ctx.documents.put(MODELS, dump(entry))


def versions(ctx: Context, model: str) -> list[ModelVersion]:
    """Return the versions of a model, newest first; at most a thousand."""
    docs = ctx.documents.query(MODELS, model, [("id", "prefix", "version~")], limit=1000).docs
    found = [parse(ModelVersion, doc) for doc in docs]
    return sorted(found, key=lambda version: (version.created_at, version.version), reverse=True)


def current_version(found: list[ModelVersion]) -> str | None:
    """Return the newest version."""
    return found[0].version if found else None


def show(ctx: Context, doc: Doc) -> ModelOut:
    """Return one model as it is."""
    model = parse(Model, doc)
    fleet = ctx.documents.get(VIEWS, FLEET, model.name)
    return present(model, current_version(versions(ctx, model.name)), fleet)


def page(
    ctx: Context, names: frozenset[str] | None, limit: int, after: str | None
) -> tuple[list[ModelOut], str | None]:
    """Return models by name, and the cursor of the next page; ``names`` limits whose are shown."""
    found: list[ModelEntry] = []
    more = True
    while more and len(found) <= limit:
        part = ctx.documents.query(MODELS, ALL, [("state", "eq", "active")], limit=limit + 1, after=after)
        found += [parse(ModelEntry, doc) for doc in part.docs if names is None or doc["id"] in names]
        after, more = part.cursor, part.cursor is not None
    shown = found[:limit]
    fleet = {entry.name: ctx.documents.get(VIEWS, FLEET, entry.name) for entry in shown}
    items = [present(entry, entry.current_version, fleet[entry.name]) for entry in shown]
    return items, shown[-1].name if len(found) > limit else None


def present(model: Model, version: str | None, fleet: Doc | None) -> ModelOut:
    """Return a model as the API answers it."""
    said = model.model_dump(exclude={"id", "pk", "type", "schema_version", "state", "current_version"})
    return ModelOut(**said, version=version, summary=summary(fleet), links=links.of_model(model.name))


def summary(fleet: Doc | None) -> Summary:
    """Return how a model is doing."""
    if fleet is None:
        return _NOTHING_YET
    entry = parse(FleetEntry, fleet)
    return Summary(**{name: getattr(entry, name) for name in Summary.model_fields})


def reference(ctx: Context, model: str, id: str | None = None) -> ReferenceOut | None:
    """Return one reference, or the one in force, or the newest pushed while none is."""
    if id is not None:
        doc = ctx.documents.get(MODELS, model, id)
        return None if doc is None or doc["type"] != "reference" else present_reference(parse(Reference, doc))
    doc = ctx.documents.get(MODELS, model, "reference")
    in_force = None if doc is None else parse(Reference, doc)
    waiting = _newest(ctx, model, "received")
    shown = in_force or waiting or _newest(ctx, model, "rejected")
    if shown is None:
        return None
    pending = waiting is not None and waiting.reference != shown.reference
    return present_reference(shown, waiting.reference if waiting is not None and pending else None)


def has_reference(ctx: Context, model: str) -> bool:
    """Say whether batches have, or are about to have, something to be compared with."""
    if ctx.documents.get(MODELS, model, "reference") is not None:
        return True
    return any(_newest(ctx, model, state) is not None for state in ("received", "ready"))


def put_reference(ctx: Context, new: Reference) -> tuple[Reference, bool]:
    """Store a reference as pushed; returns the one there is, and whether it still has to be announced."""
    with suppress(Conflict):
        ctx.documents.put(MODELS, dump(new), create=True)
    doc = ctx.documents.get(MODELS, new.pk, new.id)
    stored = new if doc is None else parse(Reference, doc)
    in_force = ctx.documents.get(MODELS, new.pk, "reference")
    held = in_force is not None and in_force["reference"] == stored.reference
    return stored, stored.state == "received" or (stored.state == "ready" and not held)


def present_reference(found: Reference, pending: str | None = None) -> ReferenceOut:
    """Return a reference as the API answers it."""
    said = {name: getattr(found, name) for name in ReferenceOut.model_fields if hasattr(found, name)}
    return ReferenceOut(**{**said, "id": found.reference}, pending=pending, links=_reference_links(found))


def check_etag(doc: Doc, given: str | None) -> None:
    """Raise ``PreconditionFailed`` unless ``If-Match`` names the stored version."""
    if given is not None and given.strip() != "*" and etag(doc) not in [tag.strip() for tag in given.split(",")]:
        raise _stale()


def etag(doc: Doc) -> str:
    """Return the version of a document as an ``ETag``."""
    return '"' + str(doc["_etag"]).strip('"') + '"'


def _stale() -> PreconditionFailed:
    fault = Fault("If-Match", "an older version", "the ETag of the newest", "read it again, then repeat the change")
    return PreconditionFailed("The model changed since it was read.", [fault])


def _newest(ctx: Context, model: str, state: str) -> Reference | None:
    """Return the reference of a state that was pushed last."""
    where = [("id", "prefix", "reference~"), ("state", "eq", state)]
    docs = ctx.documents.query(MODELS, model, where, limit=100).docs
    return max((parse(Reference, doc) for doc in docs), key=lambda one: one.submitted_at, default=None)


def _reference_links(found: Reference) -> dict[str, str]:
    return {"self": f"{links.model(found.model, 'reference')}?id={found.reference}", "model": links.model(found.model)}
