"""Previews: rows, or a registered model, looked at by the collector before anything is stored."""

import re
from collections.abc import Mapping
from datetime import datetime

from bellwether.contracts import (
    PREVIEWS_PK,
    Kind,
    Model,
    ModelIn,
    ModelVersion,
    Preview,
    PreviewRequested,
    Reference,
    Source,
    fact_id,
)
from bellwether.errors import Fault, InvalidInput, NotFound
from bellwether.gateway import pushes, sources
from bellwether.gateway.context import Context
from bellwether.gateway.endpoint import API
from bellwether.gateway.source_answers import PreviewIn, PreviewOut
from bellwether.gateway.spool import Rows
from bellwether.storage.collections import MODELS, OPS
from bellwether.storage.documents import dump, parse

_REGISTERED = re.compile(r"models:/[^/@#?]+(/[0-9]+|@[^/@#?]+)")
_FOLDER = "~preview"
"""Where rows lie that belong to no model yet: no model can have this name."""


def of_rows(ctx: Context, rows: Rows, task: str | None, model: str | None) -> Preview:
    """Ask for a look at rows, as they are to a model where one is named; raises ``NotFound``."""
    known: dict[str, object] = {"task": task}
    if model is not None:
        doc = ctx.documents.get(MODELS, model, "model")
        if doc is None:
            raise NotFound(f"There is no model {model!r}. GET {API}/models lists those there are.")
        found = parse(Model, doc)
        known = {"task": found.task, "roles": found.roles, "kinds": found.kinds, "said": True}
    key = pushes.store(ctx, _FOLDER, rows)
    said = {"media_type": rows.media_type, "encoding": rows.encoding, "raw_uri": key, "digest": rows.digest}
    return _ask(ctx, "@preview/rows", f"{rows.digest} {model}", **known, **said)


def of_model(ctx: Context, uri: str, source: str | None, task: str | None) -> Preview:
    """Ask for a look at a registered model of a watched MLflow server; raises ``InvalidInput`` without one."""
    found = [one for one in sources.all_of(ctx) if one.settings.kind == "mlflow"]
    if source is not None:
        found = [one for one in found if one.source == source]
    if len(found) != 1:
        raise _which(source, found)
    if _REGISTERED.fullmatch(uri) is None:
        fault = Fault("?mlflow", uri[:200], "models:/name/version or models:/name@alias", "name a registered model so")
        raise InvalidInput("This names no registered model.", [fault])
    name = found[0].source
    return _ask(ctx, f"@{name}", f"{name} {uri} {task}", mlflow=uri, source=name, task=task)


def again(ctx: Context, id: str, said: PreviewIn) -> Preview:
    """Ask for another look at the same rows, with the roles a person says; raises ``NotFound``."""
    before = read(ctx, id)
    kept = {"mlflow", "source", "media_type", "encoding", "raw_uri", "digest", "name", "version", "aliases", "run"}
    kept |= {"flavours", "metrics", "datasets", "reference_from", "columns"}
    known = before.model_dump(include=kept)
    return _ask(ctx, "@preview/rows", f"{id} {said.model_dump_json()}", **known, **said.model_dump(), said=True)


def read(ctx: Context, id: str) -> Preview:
    """Return a preview; raises ``NotFound``."""
    doc = ctx.documents.get(OPS, PREVIEWS_PK, id)
    if doc is None:
        raise NotFound(f"There is no preview {id!r}: it was never asked for, or is older than a day.")
    return parse(Preview, doc)


def ready(ctx: Context, id: str) -> Preview:
    """Return a preview of which a model can be made; raises ``NotFound`` or ``InvalidInput``."""
    found = read(ctx, id)
    if found.state != "ready" or found.faults:
        faults = [Fault(one.pointer, one.value, one.limit, one.fix) for one in found.faults]
        waiting = Fault("/preview", found.state, "ready", "GET it with wait, then send this again")
        raise InvalidInput("No model can be made of this preview.", faults or [waiting])
    return found


def completed(body: ModelIn, preview: Preview | None) -> tuple[ModelIn, Mapping[str, Kind]]:
    """Return what a person said with what the preview found for the rest, and the kinds it gave columns; pure."""
    if preview is None:
        return body, {}
    said: dict[str, object] = {"task": body.task or preview.task, "mlflow": body.mlflow or preview.mlflow}
    if "roles" not in body.model_fields_set and preview.roles is not None:
        said["roles"] = preview.roles
    return body.model_copy(update=said), preview.kinds


def version_of(preview: Preview, model: str, now: datetime) -> ModelVersion | None:
    """Return the version a preview of a registered model names; pure."""
    if preview.version is None:
        return None
    return ModelVersion(
        id=f"version~{preview.version}",
        pk=model,
        model=model,
        version=preview.version,
        mlflow=f"models:/{preview.name}/{preview.version}",
        run=preview.run,
        alias=next(iter(preview.aliases), None),
        created_at=now,
    )


def reference_of(preview: Preview, model: str, now: datetime) -> Reference | None:
    """Return the reference a preview has rows for; pure."""
    if preview.raw_uri is None or preview.digest is None or preview.media_type is None:
        return None
    id = f"reference~{preview.digest[:12]}"
    return Reference(
        id=id,
        pk=model,
        model=model,
        reference=id,
        state="received",
        media_type=preview.media_type,
        encoding=preview.encoding,
        raw_uri=preview.raw_uri,
        digest=preview.digest,
        submitted_at=now,
    )


def present(found: Preview) -> PreviewOut:
    """Return a preview as the API answers it."""
    said = {name: getattr(found, name) for name in PreviewOut.model_fields if hasattr(found, name)}
    return PreviewOut(**said, has_reference=found.raw_uri is not None, links={"self": f"{API}/previews/{found.id}"})


def _ask(ctx: Context, graph: str, natural: str, **said: object) -> Preview:
    now = ctx.now()
    preview = Preview.model_validate(
        {"id": fact_id(now, "preview", natural), "pk": PREVIEWS_PK, "created_at": now, **said}
    )
    ctx.documents.put(OPS, dump(preview))
    ctx.bus.publish([PreviewRequested(model=graph, subject=preview.id, occurred_at=now)])
    return preview


def _which(source: str | None, found: list[Source]) -> InvalidInput:
    if found:
        names = ", ".join(one.source for one in found)
        fault = Fault("?source", "none", f"one of {names}", "say on which MLflow server the model is registered")
        return InvalidInput("Several MLflow servers are watched.", [fault])
    value = source or "no MLflow server is watched"
    fault = Fault("?source", value, "a watched MLflow server", "POST /api/v1/sources adds one")
    return InvalidInput("There is no such source.", [fault])
