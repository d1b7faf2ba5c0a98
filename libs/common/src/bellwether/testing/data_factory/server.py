"""The routes of the management plane that a collector needs, and the token endpoint of a managed identity."""

import base64
import json
import secrets
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from bellwether.testing import wire
from bellwether.testing.data_factory.factory import KINDS, Factory
from bellwether.testing.data_factory.shapes import Json, read_time, trigger_run
from bellwether.testing.lifecycle import ThreadedServer
from bellwether.testing.wire import Answer, Headers

API_VERSION = "2018-06-01"
RESOURCE = "https://management.azure.com"
_LIST_PAGE = 20
_RUN_FIELDS = {
    "PipelineName": "pipelineName",
    "Status": "status",
    "RunStart": "runStart",
    "RunEnd": "runEnd",
    "RunGroupId": "runGroupId",
}
_ACTIVITY_FIELDS = {
    "ActivityName": "activityName",
    "ActivityType": "activityType",
    "Status": "status",
    "PipelineName": "pipelineName",
    "ActivityRunStart": "activityRunStart",
    "ActivityRunEnd": "activityRunEnd",
}
_TRIGGER_FIELDS = {"TriggerName": "triggerName", "Status": "status", "TriggerRunTimestamp": "triggerRunTimestamp"}
_OPERATORS: Mapping[str, Callable[[Any, list[str]], bool]] = {
    "Equals": lambda value, wanted: value in wanted,
    "In": lambda value, wanted: value in wanted,
    "NotEquals": lambda value, wanted: value not in wanted,
    "NotIn": lambda value, wanted: value not in wanted,
}
_NOT_FOUND = {
    "pipelines": "PipelineNotFound",
    "datasets": "DatasetNotFound",
    "linkedservices": "LinkedServiceNotFound",
    "dataflows": "DataFlowNotFound",
    "triggers": "TriggerNotFound",
}


class _Refused(Exception):
    """An error answer of the service."""

    def __init__(self, status: int, code: str, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status, self.code, self.headers = status, code, headers

    def answer(self) -> Answer:
        error = {"code": self.code, "message": str(self), "target": None, "details": None}
        return _json({"error": error}, self.status, self.headers)


class DataFactoryServer(ThreadedServer):
    """Serves one factory on loopback.

    Tokens are handed out at ``/identity`` to whoever sends ``identity_header``, and are good for ``token_seconds``
    of the factory's clock; ``revoke`` makes all of them useless before that. ``environ`` is what a process needs in
    its environment to be this identity. ``POST /_record`` (of a process beside it, such as the demo) defines and
    records; the real service has nothing like it.
    """

    def __init__(
        self, factory: Factory, host: str = "127.0.0.1", port: int = 0, *, token_seconds: int = 3600, header: str = ""
    ) -> None:
        self.factory, self.token_seconds = factory, token_seconds
        self.identity_header = header or secrets.token_hex(16)
        self.issued = 0
        self._tokens: dict[str, float] = {}
        self._lock = threading.RLock()
        super().__init__(wire.listen(self._handle, (host, port)))
        self.url = f"http://{host}:{self._http.server_address[1]}"

    @property
    def environ(self) -> dict[str, str]:
        """Variables with which ``DefaultAzureCredential`` finds this identity."""
        return {"IDENTITY_ENDPOINT": f"{self.url}/identity", "IDENTITY_HEADER": self.identity_header}

    def revoke(self) -> None:
        """Refuse every token handed out so far."""
        self._tokens.clear()

    # -- routing

    def _handle(self, method: str, path: str, headers: Headers, body: bytes) -> Answer:
        split = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(split.query).items()}
        with self._lock:
            try:
                if split.path == "/identity":
                    return self._token(headers, query)
                if split.path == "/_record" and method == "POST":
                    return self._record(headers, json.loads(body))
                if split.path == "/_health":
                    return _json({"runs": len(self.factory.runs)})
                return self._resource(method, split.path, headers, query, json.loads(body) if body else None)
            except _Refused as refused:
                return refused.answer()

    def _token(self, headers: Headers, query: Mapping[str, str]) -> Answer:
        if headers.get("x-identity-header") != self.identity_header:
            raise _Refused(403, "Forbidden", "The X-IDENTITY-HEADER is not the one of this identity.")
        if query.get("resource", "").rstrip("/") != RESOURCE:
            raise _Refused(400, "BadRequest", f"The resource {query.get('resource')} is not known here.")
        self.issued += 1
        token = f"token-{self.issued}-{secrets.token_hex(8)}"
        expires = (self.factory.time() + timedelta(seconds=self.token_seconds)).timestamp()
        self._tokens[token] = expires
        return _json(
            {"access_token": token, "expires_on": str(int(expires)), "resource": RESOURCE, "token_type": "Bearer"}
        )

    def _record(self, headers: Headers, said: Json) -> Answer:
        if headers.get("x-identity-header") != self.identity_header:
            raise _Refused(403, "Forbidden", "The X-IDENTITY-HEADER is not the one of this identity.")
        for kind, name, properties in said.get("define", ()):
            self.factory.define(kind, name, properties)
        for one in said.get("record", ()):
            self.factory.record(one["run"], one["activities"])
        return _json({"runs": len(self.factory.runs)})

    def _resource(
        self, method: str, path: str, headers: Headers, query: Mapping[str, str], body: Json | None
    ) -> Answer:
        parts = [unquote(part) for part in path.strip("/").split("/")]
        where, rest = parts[:8], parts[8:]
        self._admit(where, rest, headers, query)
        self.factory.requests.append((method, "/".join(rest), body))
        self._suffer()
        match method, rest:
            case "GET", []:
                return _json({"id": self.factory.resource_id, "name": self.factory.name, "properties": {}})
            case "POST", ["queryPipelineRuns"]:
                after, before = _window(body)
                rows = self.factory.updated_between(after, before)
                return self._page(body or {}, rows, _RUN_FIELDS)
            case "POST", ["pipelineruns", id, "queryActivityruns"]:
                _window(body)
                return self._page(body or {}, self.factory.activity_runs(id), _ACTIVITY_FIELDS)
            case "POST", ["queryTriggerRuns"]:
                after, before = _window(body)
                made = [trigger_run(run) for run in self.factory.runs.values()]
                rows = [one for one in made if after <= read_time(one["triggerRunTimestamp"]) <= before]
                return self._page(body or {}, rows, _TRIGGER_FIELDS)
            case "GET", ["pipelineruns", id]:
                if id not in self.factory.runs:
                    raise _Refused(404, "PipelineRunNotFound", f"Pipeline run {id} not found.")
                return _json(self.factory.runs[id])
            case "GET", [kind] if kind in KINDS:
                return self._list(kind, path, query)
            case "GET", [kind, name] if kind in KINDS:
                if name not in self.factory.definitions[kind]:
                    raise _Refused(404, _NOT_FOUND[kind], f"{kind} '{name}' could not be found.")
                found = self.factory.resource(kind, name)
                return _json(found, headers={"ETag": found["etag"]})
            case _:
                raise _Refused(404, "NotFound", f"{method} {path} is not served here.")

    def _admit(self, where: list[str], rest: list[str], headers: Headers, query: Mapping[str, str]) -> None:
        """Check token, api-version and the address of the factory, in this order."""
        factory, token = self.factory, headers.get("authorization", "").removeprefix("Bearer ")
        if not token:
            refusal = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
            raise _Refused(401, "AuthenticationFailed", "The 'Authorization' header is missing.", **refusal)
        if self._tokens.get(token, 0.0) <= factory.time().timestamp():
            raise _Refused(401, "ExpiredAuthenticationToken", "The access token expiry UTC time is earlier than now.")
        if query.get("api-version") != API_VERSION:
            raise _Refused(400, "InvalidApiVersionParameter", f"The api-version is invalid; {API_VERSION} is served.")
        if "/" + "/".join(where) != factory.resource_id:
            named = where[7] if len(where) > 7 else ""
            message = f"The Resource 'Microsoft.DataFactory/factories/{named}' was not found."
            raise _Refused(404, "ResourceNotFound", message)

    def _suffer(self) -> None:
        faults = self.factory.faults
        if faults.forbid:
            action = "Microsoft.DataFactory/factories/querypipelineruns/read"
            message = f"The client does not have authorization to perform action '{action}' over the scope."
            raise _Refused(403, "AuthorizationFailed", message)
        if faults.throttle > 0:
            faults.throttle -= 1
            header = {} if faults.retry_after is None else {"Retry-After": f"{faults.retry_after:g}"}
            message = (
                f"The request was throttled: factory {self.factory.name} exceeded 1000 monitoring queries a minute"
            )
            raise _Refused(429, "TooManyPipelineRunQueryRequests", message, **header)
        if faults.fail > 0:
            faults.fail -= 1
            raise _Refused(503, "ServiceUnavailable", "The service is unavailable")

    def _page(self, body: Json, rows: list[Json], fields: Mapping[str, str]) -> Answer:
        """Apply filters, order and page of a query; the next token stands in the body."""
        for rule in body.get("filters") or []:
            name, accept = fields.get(rule["operand"]), _OPERATORS.get(rule["operator"])
            if name is None or accept is None:
                raise _Refused(400, "BadRequest", f"filter {rule['operand']} {rule['operator']} is not allowed")
            rows = [row for row in rows if accept(row[name], rule["values"])]
        for order in body.get("orderBy") or []:
            if (name := fields.get(order["orderBy"])) is None:
                raise _Refused(400, "BadRequest", f"order by {order['orderBy']} is not allowed")
            rows = sorted(rows, key=_text(name), reverse=order["order"] == "DESC")
        token = body.get("continuationToken")
        start = int(base64.b64decode(token).decode().split(":")[1]) if token else 0
        end, faults = start + self.factory.page_size, self.factory.faults
        page: Json = {"value": rows[start:end]}
        if end < len(rows):
            page["continuationToken"] = base64.b64encode(f"off:{end}".encode()).decode()
            hook, faults.after_page = faults.after_page, None
            if hook is not None:
                hook(self.factory)
        if faults.garbage > 0:
            faults.garbage -= 1
            return Answer(200, b"<html>Sign in</html>", {"content-type": "text/html"})
        return _json(page, headers={"x-ms-ratelimit-remaining-subscription-reads": "11999"})

    def _list(self, kind: str, path: str, query: Mapping[str, str]) -> Answer:
        names = list(self.factory.definitions[kind])
        start = int(query.get("off", 0))
        page: Json = {"value": [self.factory.resource(kind, name) for name in names[start : start + _LIST_PAGE]]}
        if start + _LIST_PAGE < len(names):
            page["nextLink"] = f"{self.url}{path}?{urlencode({**query, 'off': start + _LIST_PAGE})}"
        return _json(page)


def _window(body: Json | None) -> tuple[Any, Any]:
    if not body or "lastUpdatedAfter" not in body or "lastUpdatedBefore" not in body:
        raise _Refused(400, "BadRequest", "lastUpdatedAfter and lastUpdatedBefore are required")
    return read_time(body["lastUpdatedAfter"]), read_time(body["lastUpdatedBefore"])


def _text(name: str) -> Callable[[Json], str]:
    return lambda row: row[name] or ""


def _json(body: Any, status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None) -> Answer:
    lines = {"content-type": "application/json; charset=utf-8", **(headers or {})}
    return Answer(status, json.dumps(body, separators=(",", ":")).encode(), lines)
