"""Sessions of the web app: a cookie the page cannot read, bound to a key, and a token its writes must carry."""

import secrets
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime
from starlette.requests import Request
from starlette.responses import Response

from bellwether.contracts import Document
from bellwether.gateway.access import Identity
from bellwether.gateway.keys import keyed_hash, read_key
from bellwether.storage.collections import OPS
from bellwether.storage.documents import dump, parse
from bellwether.storage.port import DocumentStore

COOKIE = "bellwether_session"
SESSIONS_PK = "sessions"


class Session(Document):
    """Container ``ops``, pk ``sessions``, id = keyed hash of the cookie; expires by itself."""

    type: Literal["session"] = "session"
    key: str
    created_at: AwareDatetime
    ttl: int


def begin(documents: DocumentStore, secret: bytes, now: datetime, key: str, seconds: int) -> str:
    """Store a new session and return its cookie."""
    token = secrets.token_urlsafe(32)
    session = Session(id=_id(secret, token), pk=SESSIONS_PK, key=key, created_at=now, ttl=seconds)
    documents.put(OPS, dump(session), create=True)
    return token


def find(documents: DocumentStore, secret: bytes, now: datetime, token: str) -> Identity | None:
    """Return who is signed in with a cookie; a session ends with its key."""
    doc = documents.get(OPS, SESSIONS_PK, _id(secret, token))
    if doc is None:
        return None
    session = parse(Session, doc)
    key = read_key(documents, session.key)
    age = (now - session.created_at).total_seconds()
    if key is None or age >= session.ttl or (key.expires_at is not None and key.expires_at <= now):
        return None
    return key.identity(csrf=csrf(secret, token))


def end(documents: DocumentStore, secret: bytes, token: str) -> None:
    """Forget a session."""
    documents.delete(OPS, SESSIONS_PK, _id(secret, token))


def csrf(secret: bytes, token: str) -> str:
    """Return what writes of a session carry in ``X-CSRF-Token``."""
    return keyed_hash(secret, f"csrf {token}")


def set_cookie(request: Request, response: Response, token: str, seconds: int) -> None:
    """Give the browser a session, or take it away with zero seconds."""
    response.set_cookie(
        COOKIE, token, max_age=seconds, path="/", secure=request.url.scheme == "https", httponly=True, samesite="lax"
    )


def _id(secret: bytes, token: str) -> str:
    return keyed_hash(secret, f"session {token}")[:48]
