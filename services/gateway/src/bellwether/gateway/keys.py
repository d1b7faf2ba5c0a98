"""API keys: 256 random bits, shown once, stored as a keyed hash."""

import base64
import hashlib
import hmac
import os
import re
import secrets
import tempfile
from collections.abc import Collection
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime

from bellwether.contracts import Document, ModelName
from bellwether.gateway.access import ACCESS_ROLES, AccessRole, Identity
from bellwether.settings import Settings
from bellwether.storage.collections import OPS
from bellwether.storage.documents import dump, parse
from bellwether.storage.factory import open_store
from bellwether.storage.port import DocumentStore

KEYS_PK = "keys"
_FORM = re.compile(r"bw_([a-z0-9]{12})_([A-Za-z0-9_-]{43})")
_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
_SECRET_FILE = "gateway.secret"  # noqa: S105, a file name


class ApiKey(Document):
    """A key without its secret. Container ``ops``, pk ``keys``, id = the middle part of the key."""

    type: Literal["api_key"] = "api_key"
    name: str
    roles: tuple[AccessRole, ...]
    models: tuple[ModelName, ...] | None = None
    hash: str
    created_at: AwareDatetime
    created_by: str | None = None
    expires_at: AwareDatetime | None = None
    last_used_at: AwareDatetime | None = None

    def identity(self, csrf: str | None = None) -> Identity:
        """Return who asks with this key, or with a session of it."""
        models = None if self.models is None else frozenset(self.models)
        return Identity(self.id, self.name, frozenset(self.roles), models, csrf)


def create_key(
    documents: DocumentStore,
    secret: bytes,
    now: datetime,
    name: str,
    roles: Collection[AccessRole],
    *,
    models: Collection[str] | None = None,
    expires_at: datetime | None = None,
    created_by: str | None = None,
) -> tuple[ApiKey, str]:
    """Store a new key and return it with its text, which cannot be had again."""
    id = "".join(secrets.choice(_ALPHABET) for _ in range(12))
    text = f"bw_{id}_{base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b'=').decode()}"
    key = ApiKey(
        id=id,
        pk=KEYS_PK,
        name=name,
        roles=tuple(role for role in ACCESS_ROLES if role in roles),
        models=None if models is None else tuple(sorted(models)),
        hash=keyed_hash(secret, text),
        created_at=now,
        created_by=created_by,
        expires_at=expires_at,
    )
    documents.put(OPS, dump(key), create=True)
    return key, text


def create(settings: Settings, *, name: str, role: AccessRole) -> str:
    """Store a new key in the store of the settings and return its text; needs no gateway, so it makes the first."""
    documents = open_store(settings, "gateway")
    try:
        return create_key(documents, server_secret(settings), datetime.now(UTC), name, (role,))[1]
    finally:
        documents.close()


def find_key(documents: DocumentStore, secret: bytes, now: datetime, text: str) -> ApiKey | None:
    """Return the key a text is, None when there is none, or it expired."""
    form = _FORM.fullmatch(text)
    if form is None:
        return None
    key = read_key(documents, form[1])
    if key is None or not hmac.compare_digest(key.hash, keyed_hash(secret, text)):
        return None
    return None if key.expires_at is not None and key.expires_at <= now else key


def read_key(documents: DocumentStore, id: str) -> ApiKey | None:
    """Return a key by its id."""
    doc = documents.get(OPS, KEYS_PK, id)
    return None if doc is None else parse(ApiKey, doc)


def keyed_hash(secret: bytes, text: str) -> str:
    """Return HMAC-SHA256 in hex: worthless without the server's secret."""
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()


def server_secret(settings: Settings) -> bytes:
    """Return the secret that keys all hashes: the setting, or one made once and kept in a file only we may read."""
    if settings.gateway.secret is not None:
        return settings.gateway.secret.get_secret_value().encode()
    path = settings.home / _SECRET_FILE
    if not path.exists():
        settings.home.mkdir(parents=True, exist_ok=True)
        descriptor, staged = tempfile.mkstemp(dir=settings.home)  # readable by its owner alone
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(32)))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was first: its secret holds
            os.link(staged, path)
        Path(staged).unlink()
    return path.read_bytes()
