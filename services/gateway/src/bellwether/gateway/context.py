"""What every route works with, and how it gets it."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Path, Request

from bellwether.bus import Bus, Ledger, Ticket
from bellwether.contracts import Model, ModelName
from bellwether.errors import Fault, NotFound
from bellwether.gateway.access import Identity
from bellwether.gateway.keyring import Keyring
from bellwether.gateway.problems import Refused
from bellwether.gateway.recent import Recent
from bellwether.gateway.threads import Threads
from bellwether.objects import ObjectStore
from bellwether.settings import Settings
from bellwether.storage.collections import MODELS
from bellwether.storage.documents import parse
from bellwether.storage.port import Doc, DocumentStore


@dataclass(frozen=True, slots=True)
class Context:
    """Ports and settings of one application.

    ``ring`` wakes a worker for work that is in the ledger; ``stopping`` is set when requests that wait should end;
    ``uploads`` counts the bodies each key is pushing at this moment, ``recent`` remembers requests of minutes.
    """

    settings: Settings
    documents: DocumentStore
    objects: ObjectStore
    bus: Bus
    ledger: Ledger
    now: Callable[[], datetime]
    threads: Threads
    keyring: Keyring
    ring: Callable[[Ticket], None]
    stopping: threading.Event
    uploads: Counter[str]
    recent: Recent


@dataclass(frozen=True, slots=True)
class Watched:
    """A model that exists and that the caller may see, as a contract and as it is stored."""

    model: Model
    doc: Doc

    @property
    def name(self) -> str:
        """Its name."""
        return self.model.name


async def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


async def _identity(request: Request) -> Identity:
    identity: Identity = request.state.identity
    return identity


async def _all_models(request: Request) -> Identity:
    identity = await _identity(request)
    if identity.models is not None:
        fault = Fault("Authorization", "a key limited to some models", "one for all models", "use another key")
        raise Refused(HTTPStatus.FORBIDDEN, "A key limited to some models may not do this.", [fault])
    return identity


Ctx = Annotated[Context, Depends(_context)]
Caller = Annotated[Identity, Depends(_identity)]
AllModels = Annotated[Identity, Depends(_all_models)]
"""A caller who is not limited to some models."""


async def _watched(
    model: Annotated[ModelName, Path(description="name of the model")], ctx: Ctx, caller: Caller
) -> Watched:
    doc = await ctx.threads.run(ctx.documents.get, MODELS, model, "model") if caller.sees(model) else None
    if doc is None or doc.get("state") == "deleting":
        raise NotFound(f"There is no model {model!r}. GET /api/v1/models lists those there are.")
    return Watched(parse(Model, doc), doc)


TheModel = Annotated[Watched, Depends(_watched)]
