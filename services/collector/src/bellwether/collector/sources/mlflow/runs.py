"""From MLflow's runs and versions to what is stored of them; pure."""

import json
import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from bellwether.collector.sources.base import LoggedTable, cut, observed, redacted
from bellwether.contracts import AliasSpan, RegisteredVersion, RunDataset, RunStatus, TrainingRun

STATUS: Mapping[str, RunStatus] = {
    "SCHEDULED": "QUEUED",
    "RUNNING": "RUNNING",
    "FINISHED": "SUCCEEDED",
    "FAILED": "FAILED",
    "KILLED": "ABORTED",
}
_CONTEXT = "mlflow.data.context"
SCORING = frozenset({"scoring", "inference", "prediction", "predictions", "serving"})
"""Contexts of dataset inputs that say a run scored: what it read of models is then asked for."""
OUTPUT = frozenset({"prediction", "predictions"})
_DATABRICKS = "mlflow.databricks."
_JOB_SOURCE = re.compile(r"^jobs/(\d+)/run/(\d+)$")
_VERSION_URI = re.compile(r"^models:/([^/@]+)/(\d+)$")
_HIDDEN_TAGS = ("mlflow.log-model.history", "mlflow.loggedArtifacts", "mlflow.loggedImages")


def moment(ms: int | None) -> datetime | None:
    """Return a time of MLflow, which counts milliseconds since 1970."""
    return None if not ms or ms < 0 else datetime.fromtimestamp(ms / 1000, UTC)


def run_of(run: Any, source: str, experiments: Mapping[str, str], base: str, received: datetime) -> TrainingRun:
    """Return what is stored of a run; raises ``ValueError`` or ``AttributeError`` when it is no run.

    Its time is the end, or the start while it runs, as the server's clock has it.
    """
    info, data = run.info, run.data
    start, end = moment(info.start_time), moment(info.end_time)
    tags = {str(name): str(value) for name, value in data.tags.items()}
    updated = end or start or received
    deleted = info.lifecycle_stage == "deleted"
    return observed(
        TrainingRun,
        "ml-run",
        info.run_id,
        source,
        start or updated,
        updated,
        received,
        run_id=info.run_id,
        name=_short(info.run_name),
        experiment_id=info.experiment_id,
        experiment=_short(experiments.get(info.experiment_id)),
        status=STATUS.get(str(info.status), "UNKNOWN"),
        start=start,
        end=end,
        deleted_at=received if deleted else None,
        user=_short(tags.get("mlflow.user") or info.user_id),
        params=redacted(data.params),
        metrics={cut(name, 250): finite(value) for name, value in sorted(data.metrics.items())[:1000]},
        tags=redacted({name: value for name, value in tags.items() if name not in _HIDDEN_TAGS}),
        datasets=tuple(_datasets(run)),
        model_inputs=tuple(one.model_id for one in getattr(run.inputs, "model_inputs", None) or ()),
        model_outputs=tuple(one.model_id for one in getattr(run.outputs, "model_outputs", None) or ()),
        model_versions=tuple(_versions(tags, data.params)),
        **_places(tags),
        adf_run_id=tags.get("adf_run_id"),
        adf_activity_run_id=tags.get("adf_activity_run_id"),
        url=run_url(base, tags, info.experiment_id, info.run_id),
    )


def scored(run: Any) -> bool:
    """Say whether a run's inputs say that it scored."""
    return any(_context(one) in SCORING for one in getattr(run.inputs, "dataset_inputs", None) or ())


def tables_of(run: Any, experiments: Mapping[str, str], wanted: Iterable[str]) -> list[LoggedTable]:
    """Return the tables of predictions an ended run logged, by the names that are wanted, without suffix."""
    end = moment(run.info.end_time)
    if end is None or str(run.info.status) != "FINISHED":
        return []
    tags, names = run.data.tags, set(wanted)
    try:
        logged = json.loads(tags.get("mlflow.loggedArtifacts", "[]"))
    except ValueError:
        return []
    paths = [str(one.get("path")) for one in logged if isinstance(one, dict) and one.get("type") == "table"]
    start = moment(run.info.start_time) or end
    versions = list(_versions(tags, run.data.params))
    return [
        LoggedTable(
            run.info.run_id,
            experiments.get(run.info.experiment_id),
            path,
            _tagged(tags, "bellwether.start") or start,
            _tagged(tags, "bellwether.end") or end,
            tags.get("bellwether.model"),
            versions[0][1] if versions else None,
        )
        for path in paths
        if path.rpartition("/")[2].partition(".")[0] in names
    ]


def version_of(
    version: Any, source: str, aliases: Iterable[str], models: Iterable[str], base: str, received: datetime
) -> RegisteredVersion:
    """Return what is stored of a registered version; ``aliases`` point to it now."""
    created = moment(version.creation_timestamp) or received
    updated = moment(version.last_updated_timestamp) or created
    name, number = str(version.name), str(version.version)
    logged = getattr(version, "model_id", None) or _logged_model(str(version.source or ""))
    url = None if base == "databricks" else f"{base}/#/models/{name}/versions/{number}"
    return observed(
        RegisteredVersion,
        "model-version",
        f"{name}/{number}",
        source,
        created,
        updated,
        received,
        name=cut(name),
        version=number,
        status=_short(version.status),
        created_at=created,
        run_id=version.run_id or None,
        logged_model=logged,
        artifact_uri=_short(version.source),
        description=_short(version.description),
        aliases=tuple(AliasSpan(alias=alias, since=updated) for alias in sorted(aliases)),
        tags=redacted({str(name): str(value) for name, value in version.tags.items()}),
        models=tuple(sorted(models)),
        url=url,
    )


def finite(value: float | None) -> float | None:
    """Return a number a document may hold; None for what is none."""
    return float(value) if value is not None and math.isfinite(value) else None


def run_url(base: str, tags: Mapping[str, str], experiment: str, run: str) -> str | None:
    """Return where a person can look at a run."""
    if base == "databricks":
        host = tags.get(f"{_DATABRICKS}workspaceURL") or tags.get(f"{_DATABRICKS}webappURL")
        if not host:
            return None
        host = host if host.startswith("https://") else f"https://{host}"
        return cut(f"{host}/ml/experiments/{experiment}/runs/{run}")
    return f"{base.rstrip('/')}/#/experiments/{experiment}/runs/{run}"


def _datasets(run: Any) -> Iterable[RunDataset]:
    for one in (getattr(run.inputs, "dataset_inputs", None) or ())[:1000]:
        dataset, uri = one.dataset, source_uri(one.dataset)
        namespace, name = dataset_name(uri, dataset.name)
        profile = _json(dataset.profile)
        rows = profile.get("num_rows")
        yield RunDataset(
            namespace=cut(namespace, 1024),
            name=cut(name, 1024),
            digest=dataset.digest,
            rows=rows if isinstance(rows, int) and rows >= 0 else None,
            schema_columns=tuple(columns_of(dataset.schema)),
            context=_context(one),
            uri=None if uri is None else cut(uri),
            profile={key: value for key, value in list(profile.items())[:50] if isinstance(value, int | float | str)},
        )


def dataset_name(uri: str | None, name: str) -> tuple[str, str]:
    """Return namespace and name after OpenLineage's naming; a dataset without an address keeps its own name."""
    if uri is None:
        return "mlflow", name
    found = re.match(r"^(abfss?|wasbs?|adl|s3a?|gs|dbfs|file)://([^/]*)/?(.*)$", uri)
    if found is not None:
        scheme, host, path = found.groups()
        scheme = {"s3a": "s3", "abfs": "abfss", "wasb": "wasbs"}.get(scheme, scheme)
        return (f"{scheme}://{host.lower()}" if host else scheme), path.rstrip("/") or "/"
    sql = re.match(r"^(mssql|sqlserver)://([^/]+)/(.+)$", uri)
    if sql is not None:
        scheme, host, path = sql.groups()
        host = host.lower() if ":" in host else f"{host.lower()}:1433"
        return f"{scheme}://{host}", path.replace("/", ".").lower()
    return "mlflow", name


def columns_of(schema: str | None) -> list[tuple[str, str]]:
    """Return (name, type) of a dataset's columns as MLflow writes them."""
    columns = _json(schema).get("mlflow_colspec")
    if not isinstance(columns, list):
        return []
    return [(cut(one.get("name"), 200), cut(one.get("type"), 100)) for one in columns[:2000] if isinstance(one, dict)]


def source_uri(dataset: Any) -> str | None:
    """Return the address in a dataset's source, without user, password or query."""
    said = _json(dataset.source)
    uri = (
        said.get("uri") or said.get("url") or said.get("path") or said.get("table_name") or said.get("delta_table_name")
    )
    if not isinstance(uri, str):
        tags = said.get("tags")
        uri = tags.get("bellwether.uri") if isinstance(tags, dict) else None
    if not isinstance(uri, str):
        return None
    uri = re.sub(r"^([a-z0-9+.-]+://)[^/@:]+:[^/@]*@", r"\1", uri)
    return uri.partition("?")[0]


def _versions(tags: Mapping[str, str], params: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Yield (name, version) of registered versions a run says it loaded."""
    for said in (tags.get("bellwether.model_version"), params.get("model_uri"), tags.get("model_uri")):
        found = _VERSION_URI.match(said or "")
        if found is not None:
            yield found[1], found[2]
            return


def _places(tags: Mapping[str, str]) -> dict[str, str | None]:
    """Return where the code of a run is from and what ran it."""
    job = _JOB_SOURCE.match(tags.get("mlflow.source.name", ""))
    return {
        "repository": _short(tags.get(f"{_DATABRICKS}gitRepoUrl") or tags.get("mlflow.source.git.repoURL")),
        "commit": tags.get(f"{_DATABRICKS}gitRepoCommit") or tags.get("mlflow.source.git.commit"),
        "notebook": _short(tags.get(f"{_DATABRICKS}notebookPath")),
        "job": _short(tags.get("mlflow.source.name")),
        "workspace_id": tags.get(f"{_DATABRICKS}workspaceID"),
        "job_id": tags.get(f"{_DATABRICKS}jobID") or (job[1] if job else None),
        "job_run_id": tags.get(f"{_DATABRICKS}jobRunID") or (job[2] if job else None),
    }


def _context(dataset_input: Any) -> str | None:
    tags = {tag.key: tag.value for tag in dataset_input.tags}
    found = tags.get(_CONTEXT)
    return None if found is None else cut(found)


def _logged_model(source: str) -> str | None:
    found = re.match(r"^models:/(m-[0-9a-zA-Z]+)$", source)
    return None if found is None else found[1]


def _tagged(tags: Mapping[str, str], name: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(tags.get(name, ""))
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _json(text: str | None) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _short(text: Any) -> str | None:
    return None if text is None else cut(text)
