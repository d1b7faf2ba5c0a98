"""Authorisation: the account key's signature, or an Entra ID token from an allow list; pure."""

import base64
import hashlib
import hmac
from collections.abc import Container
from urllib.parse import unquote

from bellwether.testing.cosmos_server.replies import HttpError
from bellwether.testing.wire import Headers


def authorize(key: str, tokens: Container[str], method: str, resource: str, link: str, headers: Headers) -> None:
    """Refuse a request without a valid signature; raises 401, or 403 for what a data role may not do."""
    fields = unquote(headers.get("authorization", "")).split("&")
    given = dict(field.split("=", 1) for field in fields if "=" in field)
    if given.get("type") == "aad":
        _authorize_aad(tokens, method, resource, given.get("sig", ""))
        return
    date = headers.get("x-ms-date", "").lower()
    text = f"{method.lower()}\n{resource}\n{link}\n{date}\n\n"
    digest = hmac.new(base64.b64decode(key), text.encode(), hashlib.sha256).digest()
    if not hmac.compare_digest(given.get("sig", ""), base64.b64encode(digest).decode()):
        raise HttpError(
            401,
            "The input authorization token can't serve the request. The wrong key is being used or the expected "
            f"payload is not built as per the protocol. Server used the following payload to sign: {text!r}",
        )


def _authorize_aad(tokens: Container[str], method: str, resource: str, token: str) -> None:
    if token not in tokens:
        raise HttpError(401, "The input authorization token can't serve the request.")
    if resource in ("dbs", "colls") and method in ("POST", "PUT", "DELETE"):
        suffix = "/containers" if resource == "colls" else ""
        raise HttpError(
            403,
            "Request blocked by Auth: principal does not have required RBAC permissions to perform action "
            f"[Microsoft.DocumentDB/databaseAccounts/sqlDatabases{suffix}/write].",
            5300,
        )
