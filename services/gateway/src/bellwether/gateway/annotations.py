"""Dated facts about models and expected changes: what people write down, and what versions say by themselves."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, StringConstraints

from bellwether.contracts import (
    Annotation,
    ColumnName,
    Contract,
    Model,
    ModelName,
    Mute,
    RuleName,
    fact_id,
    is_fact_id,
)
from bellwether.errors import Fault, InvalidInput, NotFound
from bellwether.gateway.access import Identity
from bellwether.gateway.answers import Items, Words
from bellwether.gateway.context import Context
from bellwether.gateway.incidents import ask_for_look, checked_end
from bellwether.gateway.models import versions
from bellwether.gateway.parameters import BodyTime
from bellwether.storage.collections import MODELS, OPS
from bellwether.storage.documents import dump, parse
from bellwether.storage.port import Doc

MarkKind = Literal["deployment", "schema", "campaign", "incident", "note"]
Link = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"^https?://\S+$")]
_MOST = 500


class AnnotationIn(Contract):
    """Body of ``POST /annotations``; ``time`` is now when none is named."""

    model: ModelName
    kind: MarkKind = "note"
    text: Words
    time: BodyTime | None = None
    end: BodyTime | None = None
    link: Link | None = None


class AnnotationOut(Contract):
    """A flag on the time axis; those of ``source`` ``system`` follow from the model's versions."""

    id: str
    model: ModelName
    kind: MarkKind
    time: AwareDatetime
    end: AwareDatetime | None
    text: str
    link: str | None
    source: Literal["person", "system"]
    created_by: str | None


class MuteIn(Contract):
    """Body of ``POST /mutes``: an expected change. Without scope every alert of the model is quiet until it ends."""

    model: ModelName
    reason: Words
    start: BodyTime | None = None
    end: BodyTime | None = None
    features: tuple[ColumnName, ...] = ()
    rules: tuple[RuleName, ...] = ()
    kpis: tuple[Words, ...] = ()


class MuteOut(Contract):
    """An expected change; ``active`` while it lasts."""

    id: str
    model: ModelName
    reason: str
    start: AwareDatetime
    end: AwareDatetime
    features: tuple[str, ...]
    rules: tuple[RuleName, ...]
    kpis: tuple[str, ...]
    incident: str | None
    active: bool
    created_at: AwareDatetime
    created_by: str


class AnnotationsOut(Items[AnnotationOut]):
    """Annotations of a model, newest first."""


class MutesOut(Items[MuteOut]):
    """Expected changes of a model, newest first."""


def annotations(ctx: Context, caller: Identity, model: str, limit: int) -> AnnotationsOut:
    """Return what people wrote down, and when versions were registered, newest first."""
    check_model(ctx, caller, model)
    docs = ctx.documents.query(OPS, f"annotations|{model}", desc=True, limit=limit).docs
    marks = [_annotation(parse(Annotation, doc)) for doc in docs] + list(_versions(ctx, model))
    marks.sort(key=lambda one: one.time, reverse=True)
    return AnnotationsOut(items=tuple(marks[:limit]))


def annotate(ctx: Context, caller: Identity, body: AnnotationIn) -> AnnotationOut:
    """Store one annotation; the same content at the same time is the same annotation."""
    check_model(ctx, caller, body.model)
    now = ctx.now()
    time = body.time or now
    if body.end is not None and body.end < time:
        fault = Fault("/end", body.end.isoformat(), f"at least {time.isoformat()}", "exchange time and end")
        raise InvalidInput("The annotation ends before it begins.", [fault])
    made = Annotation(
        id=fact_id(time, "annotation", body.kind, body.text),
        pk=f"annotations|{body.model}",
        time=time,
        created_at=now,
        created_by=caller.name,
        **body.model_dump(exclude={"time"}),
    )
    ctx.documents.put(OPS, dump(made))
    return _annotation(made)


def remove_annotation(ctx: Context, caller: Identity, model: str, id: str) -> None:
    """Delete an annotation; raises ``NotFound``."""
    check_model(ctx, caller, model)
    if not (is_fact_id(id) and ctx.documents.delete(OPS, f"annotations|{model}", id)):
        raise NotFound(f"Model {model!r} has no such annotation that a person wrote.")


def mutes(ctx: Context, caller: Identity, model: str, limit: int) -> MutesOut:
    """Return expected changes, newest first."""
    check_model(ctx, caller, model)
    docs = ctx.documents.query(OPS, f"mutes|{model}", desc=True, limit=limit).docs
    return MutesOut(items=tuple(_mute(ctx, parse(Mute, doc)) for doc in docs))


def mute(ctx: Context, caller: Identity, body: MuteIn) -> MuteOut:
    """Store an expected change; the same content from the same begin on is the same one."""
    check_model(ctx, caller, body.model)
    now = ctx.now()
    start = body.start or now
    scope = "\x1f".join((*body.features, "|", *body.rules, "|", *body.kpis))
    made = Mute(
        id=fact_id(start, "mute", body.reason, scope),
        pk=f"mutes|{body.model}",
        start=start,
        end=checked_end(start, body.end, "/end"),
        created_at=now,
        created_by=caller.name,
        **body.model_dump(exclude={"start", "end"}),
    )
    ctx.documents.put(OPS, dump(made))
    ask_for_look(ctx, body.model, made.id)
    return _mute(ctx, made)


def unmute(ctx: Context, caller: Identity, model: str, id: str) -> None:
    """End an expected change now; raises ``NotFound``."""
    check_model(ctx, caller, model)
    if not (is_fact_id(id) and ctx.documents.delete(OPS, f"mutes|{model}", id)):
        raise NotFound(f"Model {model!r} has no such expected change.")
    ask_for_look(ctx, model, id)


def active_mutes(ctx: Context, model: str) -> list[Mute]:
    """Return the expected changes of a model that last at this moment."""
    now = ctx.now()
    docs: list[Doc] = ctx.documents.query(OPS, f"mutes|{model}", desc=True, limit=_MOST).docs
    return [one for one in (parse(Mute, doc) for doc in docs) if one.start <= now < one.end]


def check_model(ctx: Context, caller: Identity, name: str) -> Model:
    """Return a model the caller may see; raises ``NotFound``."""
    doc = ctx.documents.get(MODELS, name, "model") if caller.sees(name) else None
    if doc is None or doc.get("state") == "deleting":
        raise NotFound(f"There is no model {name!r}. GET /api/v1/models lists those there are.")
    return parse(Model, doc)


def _versions(ctx: Context, model: str) -> Iterator[AnnotationOut]:
    for one in versions(ctx, model):
        alias = f" as {one.alias}" if one.alias else ""
        said: dict[str, Any] = {"id": one.id, "model": model, "kind": "deployment", "time": one.created_at, "end": None}
        yield AnnotationOut(
            **said, text=f"Version {one.version} registered{alias}", link=None, source="system", created_by=None
        )


def _annotation(found: Annotation) -> AnnotationOut:
    said = {name: getattr(found, name) for name in AnnotationOut.model_fields if name != "source"}
    return AnnotationOut(**said, source="person")


def _mute(ctx: Context, found: Mute) -> MuteOut:
    said = {name: getattr(found, name) for name in MuteOut.model_fields if name != "active"}
    return MuteOut(**said, active=found.start <= ctx.now() < found.end)
