"""Azure's SDK behind one door: loaded late, paced, raw JSON in and out, its errors translated.

Wire keys are read, never typed attributes: the models lose what activities and sources of other types hold. The
identity is what ``DefaultAzureCredential`` finds; a token that is refused is asked for anew once.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from bellwether.collector.sources.base import Needs, Pace, SourceFault
from bellwether.contracts import DataFactorySettings, SourceCondition

Json = dict[str, Any]
T = TypeVar("T")
PER_SECOND = 500 / 60
"""Calls a second: a factory takes 1,000 monitoring queries a minute of everyone together."""
SCOPE = "https://management.azure.com/.default"
API_VERSION = "2018-06-01"
_RETRIES = {
    "retry_on_methods": frozenset({"GET", "POST"}),  # queries are POSTs, which are not retried otherwise
    "retry_total": 5,
    "retry_status": 5,
    "retry_backoff_factor": 0.4,
    "retry_backoff_max": 20,
}
_CONDITIONS: dict[int, SourceCondition] = {
    400: "invalid",
    401: "credentials",
    403: "permission",
    404: "configuration",
    429: "throttled",
}
_FIXES: dict[SourceCondition, str] = {
    "credentials": "give the collector an identity: a managed identity, a workload identity or AZURE_* variables",
    "permission": "give the identity the role Reader on the data factory",
    "configuration": "correct subscription, resource group and name of the data factory",
    "throttled": "nothing to do: it is asked again later, and less often",
    "unreachable": "check that the collector can reach the management endpoint",
    "invalid": "see the collector's log; this release may not understand the service",
    "shape_changed": "see the collector's log; something between here and Azure answers in its place",
}


@dataclass(slots=True)
class Client:
    """The calls the source makes, one method each; ``requests`` counts them."""

    settings: DataFactorySettings
    needs: Needs
    pace: Pace
    requests: int = 0
    _sdk: Any = None

    @classmethod
    def of(cls, settings: DataFactorySettings, needs: Needs) -> "Client":
        """Return a client; nothing is loaded and nothing sent yet."""
        return cls(settings, needs, Pace(1 / PER_SECOND, needs.pause, needs.clock))

    def pipeline_runs(self, after: datetime, before: datetime, token: str | None) -> Json:
        """Return a page of runs last updated in a window, the earliest start first."""
        order = [{"orderBy": "RunStart", "order": "ASC"}]
        return self._query("queryPipelineRuns", after, before, token, orderBy=order)

    def activity_runs(self, run: str, after: datetime, before: datetime, token: str | None) -> Json:
        """Return a page of the activity runs of one run; the service asks for a window even then."""
        return self._query(f"pipelineruns/{run}/queryActivityruns", after, before, token)

    def pipeline_run(self, run: str) -> Json | None:
        """Return one run, or None when it is no longer kept."""
        try:
            return self._send("GET", f"pipelineruns/{run}")
        except SourceFault as fault:
            if fault.condition == "configuration":
                return None
            raise

    def factory(self) -> Json:
        """Return the factory itself."""
        return self._send("GET", "")

    def definitions(self, kind: str) -> Iterator[Json]:
        """Yield every definition of a kind: pipelines, datasets, linkedservices, dataflows or triggers."""
        page = self._send("GET", kind)
        while True:
            yield from _items(page, kind)
            link = page.get("nextLink")
            if not link:
                return
            if urlsplit(str(link)).netloc != urlsplit(self.settings.endpoint).netloc:
                raise _fault("shape_changed", "the next page of definitions lies on another host")
            page = self._call("GET", str(link), None)

    def _query(self, path: str, after: datetime, before: datetime, token: str | None, **more: Any) -> Json:
        body = {"lastUpdatedAfter": _wire(after), "lastUpdatedBefore": _wire(before), **more}
        if token:
            body["continuationToken"] = token
        return self._send("POST", path, body)

    def _send(self, method: str, path: str, body: Json | None = None) -> Json:
        said = self.settings
        scope = f"/subscriptions/{said.subscription}/resourceGroups/{said.group}"
        factory = f"{scope}/providers/Microsoft.DataFactory/factories/{said.factory}"
        url = f"{{endpoint}}{factory}{'/' if path else ''}{path}?api-version={API_VERSION}"
        return self._call(method, url, body)

    def _call(self, method: str, url: str, body: Json | None) -> Json:
        try:
            return self._once(method, url, body)
        except SourceFault as fault:
            if fault.condition != "credentials" or self._sdk is None:
                raise
            self.close()  # with it goes the token that was kept: it may have been revoked
            return self._once(method, url, body)

    def _once(self, method: str, url: str, body: Json | None) -> Json:
        # Slow to load.
        from azure.core.exceptions import (  # noqa: PLC0415
            AzureError,
            ClientAuthenticationError,
            HttpResponseError,
        )
        from azure.core.rest import HttpRequest  # noqa: PLC0415

        self.pace.wait()
        self.requests += 1
        try:
            answer = self._open().send_request(HttpRequest(method, url, json=body), **self._options())
            answer.raise_for_status()
        except ClientAuthenticationError as error:
            raise _fault("credentials", f"Azure refuses the identity: {_words(error)}") from None
        except HttpResponseError as error:
            raise self._translated(error) from None
        except AzureError as error:
            raise _fault("unreachable", f"no answer from Data Factory: {_words(error)}") from error
        return _json(answer)

    def _options(self) -> dict[str, Any]:
        split = urlsplit(self.settings.endpoint)
        timeout = {"connection_timeout": 10, "read_timeout": self.needs.timeout_s}
        # Whoever set an http address was held to loopback when it was set.
        return {**_RETRIES, **timeout, **({"enforce_https": False} if split.scheme == "http" else {})}

    def _open(self) -> Any:
        if self._sdk is None:
            # Slow to load.
            from azure.identity import DefaultAzureCredential  # noqa: PLC0415
            from azure.mgmt.datafactory import DataFactoryManagementClient  # noqa: PLC0415

            identity = self.settings.identity
            credential = DefaultAzureCredential(
                managed_identity_client_id=identity,
                exclude_interactive_browser_credential=True,
                exclude_developer_cli_credential=True,
                exclude_powershell_credential=True,
                exclude_cli_credential=True,
                exclude_visual_studio_code_credential=True,
                exclude_shared_token_cache_credential=True,
            )
            self._sdk = DataFactoryManagementClient(
                credential,
                self.settings.subscription,
                base_url=self.settings.endpoint.rstrip("/"),
                credential_scopes=[SCOPE],
            )
        return self._sdk

    def close(self) -> None:
        """Let go of connections and token."""
        if self._sdk is not None:
            self._sdk.close()
            self._sdk = None

    def _translated(self, error: Any) -> SourceFault:
        status = int(error.status_code or 0)
        condition = _CONDITIONS.get(status, "unreachable" if status >= 500 or status == 0 else "invalid")
        if condition == "throttled":
            self.pace.slow_down()
        return _fault(condition, f"Data Factory answers {status}: {_words(error)}")


def pages(ask: Callable[[str | None], Json], what: str) -> Iterator[list[Json]]:
    """Yield the pages of a query, whose next token stands in the body."""
    token: str | None = None
    while True:
        page = ask(token)
        yield _items(page, what)
        token = page.get("continuationToken")
        if not token:
            return


def _items(page: Mapping[str, Any], what: str) -> list[Json]:
    found = page.get("value")
    if not isinstance(found, list):
        raise _fault("shape_changed", f"an answer about {what} holds no list of values")
    return [one for one in found if isinstance(one, dict)]


def _json(answer: Any) -> Json:
    try:
        found = answer.json()
    except ValueError as error:
        raise _fault("shape_changed", "the answer of Data Factory is no JSON") from error
    if not isinstance(found, dict):
        raise _fault("shape_changed", "the answer of Data Factory is no object")
    return found


def _fault(condition: SourceCondition, message: str) -> SourceFault:
    retry = 300.0 if condition in ("credentials", "permission") else None
    return SourceFault(condition, message, _FIXES.get(condition, ""), retry)


def _words(error: Exception) -> str:
    """Return the service's own words in a line; they name addresses and actions, never a token."""
    inner = getattr(error, "error", None)
    code = getattr(inner, "code", None)
    text = getattr(inner, "message", None) or str(error)
    return " ".join(f"{code + ': ' if code else ''}{text}".split())[:400]


def _wire(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
