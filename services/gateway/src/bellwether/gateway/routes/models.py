"""Models, their versions and what they are compared with."""

from contextlib import suppress
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Header, Path, Query, Request, Response

from bellwether.contracts import (
    ModelChanged,
    ModelIn,
    ModelName,
    ModelPatch,
    ModelVersion,
    Preview,
    Reference,
    ReferenceSubmitted,
)
from bellwether.errors import Conflict, Fault, NotFound
from bellwether.gateway import links, models, previews, pushes
from bellwether.gateway.access import READ, WRITE, Identity
from bellwether.gateway.answers import Accepted, ModelOut, ModelsOut, ReferenceOut, VersionIn, VersionOut, VersionsOut
from bellwether.gateway.context import Caller, Context, Ctx, TheModel, Watched
from bellwether.gateway.endpoint import Endpoint
from bellwether.gateway.jsonbody import JsonBody
from bellwether.gateway.parameters import Cursor, IdempotencyKey, Limit, Word
from bellwether.gateway.problems import Refused
from bellwether.gateway.spool import Rows, receive_rows
from bellwether.storage.collections import MODELS
from bellwether.storage.documents import dump, parse
from bellwether.storage.port import Doc

IfMatch = Annotated[str | None, Header(alias="If-Match", description="`ETag` of the model as it was read")]


async def list_models(ctx: Ctx, caller: Caller, limit: Limit = 50, cursor: Cursor = None) -> ModelsOut:
    """Models by name."""
    items, after = await ctx.threads.run(models.page, ctx, caller.models, limit, cursor)
    return ModelsOut(items=tuple(items), next=after)


async def create_model(
    body: Annotated[ModelIn, Depends(JsonBody(ModelIn))],
    ctx: Ctx,
    caller: Caller,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> ModelOut:
    """Create a model. The same definition again is the same model, with or without an `Idempotency-Key`."""
    if not caller.sees(body.name):
        allowed = ", ".join(sorted(caller.models or ()))
        fault = Fault("/name", "another name", allowed, "use a key that is not limited to these models")
        raise Refused(HTTPStatus.FORBIDDEN, "This key is limited to other models.", [fault])
    doc = await ctx.threads.run(_create, ctx, body)
    response.headers["ETag"] = models.etag(doc)
    response.headers["Location"] = links.model(body.name)
    return await ctx.threads.run(models.show, ctx, doc)


async def get_model(model: TheModel, ctx: Ctx, response: Response) -> ModelOut:
    """A model: what a person said about it, its version in use, how it is doing."""
    response.headers["ETag"] = models.etag(model.doc)
    return await ctx.threads.run(models.show, ctx, model.doc)


async def change_model(
    body: Annotated[ModelPatch, Depends(JsonBody(ModelPatch))],
    model: TheModel,
    ctx: Ctx,
    response: Response,
    if_match: IfMatch = None,
) -> ModelOut:
    """Change what the body names; null sets a field back. `If-Match` carries the `ETag` the model was read with.

    Roles and kinds take effect with the next reference, thresholds with the next batch.
    """
    if if_match is None:
        fault = Fault("If-Match", "nothing", "the ETag of GET", "send it, or * to overwrite whatever is there")
        raise Refused(HTTPStatus.PRECONDITION_REQUIRED, "A change needs the header If-Match.", [fault])
    models.check_etag(model.doc, if_match)
    doc = await ctx.threads.run(_change, ctx, model.doc, body)
    response.headers["ETag"] = models.etag(doc)
    return await ctx.threads.run(models.show, ctx, doc)


async def delete_model(
    model: Annotated[ModelName, Path(description="name of the model")],
    ctx: Ctx,
    caller: Caller,
    if_match: IfMatch = None,
) -> Accepted:
    """Delete a model with all that is known about it.

    It is gone from every answer at once; documents and rows follow step by step, and until the last one is deleted
    the name cannot be used again. Asking again is harmless.
    """
    await ctx.threads.run(_delete, ctx, caller, model, if_match)
    return Accepted(id=model, state="deleting", links={"self": links.model(model)})


async def list_versions(model: TheModel, ctx: Ctx) -> VersionsOut:
    """Versions, newest first."""
    found = await ctx.threads.run(models.versions, ctx, model.name)
    return VersionsOut(items=tuple(_version(one) for one in found))


async def create_version(
    body: Annotated[VersionIn, Depends(JsonBody(VersionIn))],
    model: TheModel,
    ctx: Ctx,
    idempotency_key: IdempotencyKey = None,
) -> VersionOut:
    """Register a version. The same content again is the same version."""
    return _version(await ctx.threads.run(_create_version, ctx, model, body))


async def get_reference(
    model: TheModel,
    ctx: Ctx,
    id: Annotated[Word | None, Query(description="one reference; else the one in force")] = None,
) -> ReferenceOut:
    """What batches are compared with: the one in force, or the one pushed last while none is."""
    found = await ctx.threads.run(models.reference, ctx, model.name, id)
    if found is None:
        raise NotFound(f"Model {model.name!r} has no such reference. PUT rows here to give it one.")
    return found


async def put_reference(request: Request, model: TheModel, ctx: Ctx) -> Accepted:
    """Push the rows batches are compared with. They are in force once their state is `ready`."""
    async with receive_rows(request, ctx) as rows:
        stored = await ctx.threads.run(_put_reference, ctx, model.name, rows)
    self = f"{links.model(model.name, 'reference')}?id={stored.reference}"
    return Accepted(id=stored.reference, state=stored.state, links={"self": self})


def _create(ctx: Context, body: ModelIn) -> Doc:
    preview = None if body.preview is None else previews.ready(ctx, body.preview)
    doc, _ = models.create(ctx, *previews.completed(body, preview))
    if preview is not None:
        _adopt(ctx, body.name, preview)
    ctx.bus.publish([ModelChanged(model=body.name, subject=body.name, occurred_at=ctx.now())])
    return doc


def _adopt(ctx: Context, model: str, preview: Preview) -> None:
    """Give a model the version and the reference of its preview."""
    now, version = ctx.now(), previews.version_of(preview, model, ctx.now())
    if version is not None:
        with suppress(Conflict):
            ctx.documents.put(MODELS, dump(version), create=True)
    reference = previews.reference_of(preview, model, now)
    if reference is not None and models.put_reference(ctx, reference)[1]:
        ctx.bus.publish([ReferenceSubmitted(model=model, subject=reference.id, occurred_at=now)])


def _change(ctx: Context, doc: Doc, body: ModelPatch) -> Doc:
    changed = models.change(ctx, doc, body)
    name = changed["name"]
    ctx.bus.publish([ModelChanged(model=name, subject=name, occurred_at=ctx.now())])
    return changed


def _delete(ctx: Context, caller: Identity, name: str, if_match: str | None) -> None:
    doc = ctx.documents.get(MODELS, name, "model") if caller.sees(name) else None
    if doc is None:
        raise NotFound(f"There is no model {name!r}.")
    models.check_etag(doc, if_match)
    models.delete(ctx, doc)


def _create_version(ctx: Context, model: Watched, body: VersionIn) -> ModelVersion:
    said = body.model_dump(exclude={"created_at"})
    new = ModelVersion(
        id=f"version~{body.version}", pk=model.name, model=model.name, created_at=body.created_at or ctx.now(), **said
    )
    try:
        ctx.documents.put(MODELS, dump(new), create=True)
    except Conflict:
        doc = ctx.documents.get(MODELS, model.name, new.id)
        stored = new if doc is None else parse(ModelVersion, doc)
        if stored.model_dump(include=set(said)) != said:
            fault = Fault("/version", "a version in use", "a free one", "choose another name for other content")
            raise Conflict(f"There is a version {body.version!r} with other content.", [fault]) from None
        new = stored
    models.list_model(ctx, model.doc)
    ctx.bus.publish([ModelChanged(model=model.name, subject=model.name, occurred_at=ctx.now())])
    return new


def _put_reference(ctx: Context, model: str, rows: Rows) -> Reference:
    id = f"reference~{rows.digest[:12]}"
    key = pushes.store(ctx, model, rows)
    new = Reference(
        id=id,
        pk=model,
        model=model,
        reference=id,
        state="received",
        media_type=rows.media_type,
        encoding=rows.encoding,
        raw_uri=key,
        digest=rows.digest,
        submitted_at=ctx.now(),
    )
    stored, announce = models.put_reference(ctx, new)
    if announce:
        ctx.bus.publish([ReferenceSubmitted(model=model, subject=id, occurred_at=ctx.now())])
    return stored


def _version(found: ModelVersion) -> VersionOut:
    return VersionOut(**{name: getattr(found, name) for name in VersionOut.model_fields})


ENDPOINTS = (
    Endpoint("GET", "/models", list_models, READ),
    Endpoint("POST", "/models", create_model, WRITE, 201, (400, 404, 409, 413, 415)),
    Endpoint("GET", "/models/{model}", get_model, READ, fails=(404,)),
    Endpoint("PATCH", "/models/{model}", change_model, WRITE, fails=(400, 404, 412, 413, 415, 428)),
    Endpoint("DELETE", "/models/{model}", delete_model, WRITE, 202, (404, 412)),
    Endpoint("GET", "/models/{model}/versions", list_versions, READ, fails=(404,)),
    Endpoint("POST", "/models/{model}/versions", create_version, WRITE, 201, (400, 404, 409, 413, 415)),
    Endpoint("GET", "/models/{model}/reference", get_reference, READ, fails=(404,)),
    Endpoint("PUT", "/models/{model}/reference", put_reference, WRITE, 202, (400, 404, 408, 413, 415), rows=True),
)
