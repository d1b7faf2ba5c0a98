"""MLflow's official client behind one door: loaded late, paced, its errors translated."""

import logging
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from bellwether.collector.sources.base import Needs, Pace, SourceFault, inside
from bellwether.contracts import MlflowSettings, SourceCondition

PER_SECOND = 5.0
"""Calls a second: Databricks takes seven searches a second of a whole workspace."""
T = TypeVar("T")
_CONDITIONS: dict[int, SourceCondition] = {
    400: "invalid",
    401: "credentials",
    403: "permission",
    404: "configuration",
    429: "throttled",
}
_FIXES: dict[SourceCondition, str] = {
    "credentials": "renew the token, and set the variable BELLWETHER_SECRET_<name> of the collector that token names",
    "permission": "give the identity read access to the experiments and registered models",
    "configuration": "check the address, and that it is an MLflow tracking server",
    "throttled": "nothing to do: it is asked again later, and less often",
    "unreachable": "check that the server is up and that the collector can reach it",
    "invalid": "see the collector's log; this release may not understand the server",
}
_CREDENTIALS = re.compile(r"(?i)(bearer\s+|//)[^\s/@]+(@)?")


@dataclass(slots=True)
class Client:
    """The calls the source makes, one method each."""

    settings: MlflowSettings
    needs: Needs
    pace: Pace
    requests: int = 0
    _client: Any = None

    @classmethod
    def of(cls, settings: MlflowSettings, needs: Needs) -> "Client":
        """Return a client; nothing is loaded and nothing sent yet."""
        return cls(settings, needs, Pace(1 / PER_SECOND, needs.pause, needs.clock))

    def experiments(self, token: str | None) -> Any:
        """Return a page of experiments that are not deleted."""
        return self.call(lambda c: c.search_experiments(max_results=1000, page_token=token))

    def runs(
        self, experiments: list[str], filter: str, order: str, token: str | None = None, *, deleted: bool = False
    ) -> Any:
        """Return a page of up to 100 runs: a larger one costs the server far more a run."""
        view = 2 if deleted else 1  # ViewType.DELETED_ONLY, ACTIVE_ONLY
        return self.call(lambda c: c.search_runs(experiments, filter, view, 100, [order], token))

    def run(self, id: str) -> Any:
        """Return one run, with the models it read, which searches leave out."""
        return self.call(lambda c: c.get_run(id))

    def registered_models(self, token: str | None) -> Any:
        """Return a page of registered models with their aliases."""
        return self.call(lambda c: c.search_registered_models(max_results=1000, page_token=token))

    def versions(self, token: str | None, filter: str | None = None) -> Any:
        """Return a page of versions, without aliases."""
        return self.call(lambda c: c.search_model_versions(filter, max_results=1000, page_token=token))

    def version(self, name: str, version: str) -> Any:
        """Return one version."""
        return self.call(lambda c: c.get_model_version(name, version))

    def version_of_alias(self, name: str, alias: str) -> Any:
        """Return the version an alias points to."""
        return self.call(lambda c: c.get_model_version_by_alias(name, alias))

    def registered_model(self, name: str) -> Any:
        """Return one registered model with its aliases."""
        return self.call(lambda c: c.get_registered_model(name))

    def model_info(self, uri: str) -> Any:
        """Return signature and flavours of a model, without its files."""

        def info(_: Any) -> Any:
            from mlflow.models import get_model_info  # noqa: PLC0415 - slow to load

            return get_model_info(uri)

        return self.call(info)

    def artifacts(self, run_id: str, path: str | None = None) -> Any:
        """Return the files and folders at one level of a run's artifacts."""
        return self.call(lambda c: c.list_artifacts(run_id, path))

    def download(self, run_id: str, path: str, into: Path) -> Path:
        """Download one file below a folder; its path is checked before and after, its size before."""
        inside(into, path)
        listed = self.artifacts(run_id, path.rpartition("/")[0] or None)
        found = next((one for one in listed if one.path == path and not one.is_dir), None)
        if found is None:
            raise SourceFault("invalid", f"run {run_id} has no artifact {path[:200]!r}", "it may have been deleted")
        limit = self.needs.artifact_bytes
        if (found.file_size or 0) > limit:
            message = f"artifact {path[:200]!r} has {found.file_size} bytes; at most {limit} are read"
            raise SourceFault("invalid", message, "raise BELLWETHER_SOURCES__ARTIFACT_BYTES, or push the rows")
        local = Path(self.call(lambda c: c.download_artifacts(run_id, path, str(into))))
        if local.is_symlink() or not local.resolve().is_relative_to(into.resolve()) or not local.is_file():
            raise SourceFault("invalid", f"artifact {path[:200]!r} leaves its folder", "it is not read")
        return local

    def server_version(self) -> str:
        """Return the server's version, or the client's where a server does not tell; one call."""

        def ask(client: Any) -> str:
            client.search_experiments(max_results=1)
            import mlflow  # noqa: PLC0415 - slow to load

            return f"client {mlflow.__version__}"

        return self.call(ask)

    def call(self, ask: Callable[[Any], T]) -> T:
        """Call the client when it is due; raises ``SourceFault`` for whatever goes wrong outside."""
        client, failure = self._open()
        self.pace.wait()
        self.requests += 1
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ask(client)
        except failure as error:
            raise self._translated(error) from None
        except OSError as error:
            raise _fault("unreachable", f"no answer from MLflow ({type(error).__name__})") from error

    def _open(self) -> tuple[Any, type[Exception]]:
        # Slow to load, and it would tell about every step.
        import mlflow  # noqa: PLC0415
        from mlflow import environment_variables as variables  # noqa: PLC0415

        variables.MLFLOW_DISABLE_TELEMETRY.set(True)
        variables.MLFLOW_HTTP_REQUEST_MAX_RETRIES.set(2)
        variables.MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR.set(1)
        variables.MLFLOW_HTTP_REQUEST_TIMEOUT.set(max(1, int(self.needs.timeout_s)))
        variables.MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR.set(False)
        logging.getLogger("mlflow").setLevel(logging.ERROR)
        self._set_token(variables.MLFLOW_TRACKING_TOKEN)
        if self._client is None:
            url = self.settings.url
            self._client = mlflow.MlflowClient(tracking_uri=url, registry_uri=self.settings.registry or url)
        # Downloads and get_model_info take the server from here, whoever was asked before.
        mlflow.set_tracking_uri(self.settings.url)
        mlflow.set_registry_uri(self.settings.registry or self.settings.url)
        return self._client, mlflow.MlflowException

    def _set_token(self, variable: Any) -> None:
        name = self.settings.token
        if name is None:
            variable.unset()
            return
        secret = self.needs.secret(name)
        if secret is None:
            message = f"the secret {name} is not there"
            fix = f"set BELLWETHER_SECRET_{name}, or BELLWETHER_SECRET_{name}_FILE, for the collector"
            raise SourceFault("credentials", message, fix, 300.0)
        variable.set(secret.get_secret_value())

    def _translated(self, error: Any) -> SourceFault:
        text = str(error)
        if "JSON format" in text or "JSON object" in text:
            return _fault("shape_changed", f"the answer is not what MLflow sends: {_clean(text)}")
        if "Max retries exceeded" in text or "HTTPConnectionPool" in text or "exceeded with" in text:
            told = 429 if "too many 429" in text else 401 if "too many 401" in text else 503
            return _fault(_CONDITIONS.get(told, "unreachable"), f"MLflow does not answer: {_clean(text)}")
        status = _status(error, text)
        condition = _CONDITIONS.get(status, "unreachable" if status >= 500 else "invalid")
        if condition == "throttled":
            self.pace.slow_down()
        return _fault(condition, f"MLflow answers {status}: {_clean(text)}")


def _status(error: Any, text: str) -> int:
    """Return the HTTP status; an error that was no JSON carries it in its words only, some JSON as a number."""
    code = (getattr(error, "json", None) or {}).get("error_code")
    if isinstance(code, int) or (isinstance(code, str) and code.isdecimal()):
        return int(code)
    told = re.search(r"error code (\d{3})|status code (\d{3})|(\d{3}) (?:Client|Server) Error", text)
    if told is not None:
        return int(next(part for part in told.groups() if part))
    return int(error.get_http_status_code())


def _fault(condition: SourceCondition, message: str) -> SourceFault:
    retry = 300.0 if condition in ("credentials", "permission") else None
    return SourceFault(condition, message, _FIXES.get(condition, ""), retry)


def _clean(text: str) -> str:
    """Return a message without what could be a secret, in one line."""
    return " ".join(_CREDENTIALS.sub(r"\1***\2", text).split())[:500]
