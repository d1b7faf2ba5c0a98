"""From runs of a factory to what is stored of them; pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from bellwether.collector.sources.base import cut, observed, redacted
from bellwether.collector.sources.data_factory.definitions import Definitions, depends_on, newer
from bellwether.collector.sources.data_factory.expressions import Scope, evaluate
from bellwether.collector.sources.data_factory.names import Name, name_of, tables_of
from bellwether.contracts import ActivityRun, ColumnMap, DatasetUse, PipelineRun, RunStatus, node_id

Json = Mapping[str, Any]
STATUS: Mapping[str, RunStatus] = {
    "Queued": "QUEUED",
    "InProgress": "RUNNING",
    "Canceling": "RUNNING",
    "Cancelling": "RUNNING",
    "Succeeded": "SUCCEEDED",
    "Failed": "FAILED",
    "TimedOut": "FAILED",
    "Cancelled": "ABORTED",
    "Inactive": "ABORTED",
    "Skipped": "ABORTED",
}
OPEN = frozenset({"QUEUED", "RUNNING"})
MOST_ACTIVITIES = 1000
_QUERIES = ("query", "sqlReaderQuery", "oracleReaderQuery", "sqlReaderStoredProcedureName")
_WRAPPED = re.compile(
    r"ErrorCode=(?P<code>\w+),'Type=[^,']*,Message=(?P<said>.*?)(?:,Source=[^',]*,?)?'(?:'Type=.*|(?=$|[\s,.]))",
    re.DOTALL,
)
_RUN_PAGE = re.compile(r"(?:#job/(\d+)/run/(\d+))|(?:/jobs/(\d+)/runs/(\d+))")


def run_of(
    run: Json, activities: Iterable[Json], found: Definitions, source: str, factory: str, received: datetime
) -> PipelineRun:
    """Return what is stored of a pipeline run with its activity runs; raises ``ValueError`` when it is none."""
    id, pipeline = _required(run, "runId"), _required(run, "pipelineName")
    start, end, updated = _time(run.get("runStart")), _time(run.get("runEnd")), _time(run.get("lastUpdated"))
    parameters, invoked = _mapping(run.get("parameters")), _mapping(run.get("invokedBy"))
    scope = Scope(pipeline, id, parameters, {})
    time = start or updated or received
    group = run.get("runGroupId")
    return observed(
        PipelineRun,
        "pipeline-run",
        id,
        source,
        time,
        updated or end or time,
        received,
        factory=factory,
        pipeline=cut(pipeline),
        run_id=id,
        status=STATUS.get(str(run.get("status")), "UNKNOWN"),
        start=start,
        end=end,
        message=cut(plain(run["message"]), 2048) if run.get("message") else None,
        parameters=redacted(parameters),
        trigger=_short(invoked.get("name")),
        trigger_kind=_short(invoked.get("invokedByType")),
        parent_run_id=_short(invoked.get("pipelineRunId")),
        rerun_of=str(group) if group and group != id else None,
        definition_etag=found.etags.get(pipeline),
        definition_newer_than_run=newer(found.pipelines.get(pipeline, {}), start),
        url=_portal(factory, id),
        activities=tuple(_activities(activities, found, factory, scope)),
    )


def _activities(rows: Iterable[Json], found: Definitions, factory: str, scope: Scope) -> Iterator[ActivityRun]:
    """Yield activity runs in order of start; a try after a failed one of the same activity is a retry of it."""
    ordered = sorted(rows, key=lambda row: (str(row.get("activityRunStart") or "~"), str(row.get("activityRunId"))))
    before: dict[tuple[str, str], ActivityRun] = {}
    for row in ordered[:MOST_ACTIVITIES]:
        name, iteration = _required(row, "activityName"), str(row.get("iterationHash") or "")
        definition = found.activity(scope.pipeline, name)
        earlier = before.get((name, iteration))
        made = _activity(row, definition, found, factory, scope)
        if earlier is not None and earlier.status in ("FAILED", "ABORTED"):
            made = made.model_copy(update={"retry_of": earlier.run_id, "attempt": earlier.attempt + 1})
        before[name, iteration] = made
        yield made


def _activity(row: Json, definition: Json, found: Definitions, factory: str, scope: Scope) -> ActivityRun:
    kind, status = str(row.get("activityType")), STATUS.get(str(row.get("status")), "UNKNOWN")
    output, given, error = _mapping(row.get("output")), _mapping(row.get("input")), _mapping(row.get("error"))
    read, written = _rows(kind, output)
    inputs, outputs = _uses(kind, row, definition, found, factory, scope)
    attempt = row.get("retryAttempt")
    return ActivityRun(
        run_id=_required(row, "activityRunId"),
        name=cut(row.get("activityName")),
        kind=cut(kind),
        status=status,
        start=_time(row.get("activityRunStart")),
        end=_time(row.get("activityRunEnd")),
        attempt=attempt if isinstance(attempt, int) and attempt >= 0 else 0,
        depends_on=depends_on(definition),
        inputs=tuple(_with_rows(inputs, read)),
        outputs=tuple(_with_rows(outputs, written if status == "SUCCEEDED" else None)),
        rows_read=read,
        rows_written=written,
        error_code=_short(error.get("errorCode")) or None,
        error=cut(plain(error["message"]), 2048) if error.get("message") else None,
        notebook=_short(given.get("notebookPath") or _mapping(definition.get("typeProperties")).get("notebookPath"))
        if "Notebook" in kind
        else None,
        **_run_page(output.get("runPageUrl")),
    )


def plain(message: object) -> str:
    """Return an error as a person would say it: of a connector's wrapping only the message and its code are kept.

    ``ErrorCode=UserErrorX,'Type=...,Message=No file.,Source=...'`` becomes ``No file. (UserErrorX)``.
    """
    return _WRAPPED.sub(r"\g<said> (\g<code>)", str(message))


def _with_rows(uses: list[DatasetUse], rows: int | None) -> Iterator[DatasetUse]:
    """Yield uses with the activity's count, where there is only one it can be about."""
    for use in uses:
        yield use.model_copy(update={"rows": rows}) if rows is not None and len(uses) == 1 else use


def _rows(kind: str, output: Json) -> tuple[int | None, int | None]:
    """Return rows read and written; None where the service does not say: copied files have no rows."""
    if kind == "ExecuteDataFlow":
        metrics = _mapping(_mapping(output.get("runStatus")).get("metrics"))
        sinks = [_mapping(sink) for sink in metrics.values()]
        written = [n for sink in sinks if (n := _count(sink.get("rowsWritten"))) is not None]
        sources = [_mapping(one) for sink in sinks for one in _mapping(sink.get("sources")).values()]
        read = [n for one in sources if (n := _count(one.get("rowsRead"))) is not None]
        return (sum(read) if read else None), (sum(written) if written else None)
    if kind == "Lookup":
        return _count(output.get("count")), None
    return _count(output.get("rowsRead")), _count(output.get("rowsCopied"))


def _uses(
    kind: str, row: Json, definition: Json, found: Definitions, factory: str, scope: Scope
) -> tuple[list[DatasetUse], list[DatasetUse]]:
    """Return what an activity run read and wrote, each by the best evidence there is."""
    said, given = _mapping(definition.get("typeProperties")), _mapping(row.get("input"))
    if kind == "Copy":
        inputs = [_copied(one, given, "source", row, found, factory, scope) for one in _list(definition, "inputs")]
        outputs = [_copied(one, given, "sink", row, found, factory, scope) for one in _list(definition, "outputs")]
        if len(inputs) == 1 and len(outputs) == 1:
            mapped = given if "translator" in given else said
            types = _sink_columns(mapped) or outputs[0].schema_columns
            update = {"columns": _translated(mapped, inputs[0]), "schema_columns": types}
            outputs = [outputs[0].model_copy(update=update)]
        return inputs, outputs
    if kind in ("Lookup", "GetMetadata"):
        return [_referred(said["dataset"], found, factory, scope)] if "dataset" in said else [], []
    if kind == "Delete":
        return [], [_referred(said["dataset"], found, factory, scope)] if "dataset" in said else []
    if kind == "ExecuteDataFlow":
        return _flow(said or given, row, found, factory, scope)
    return [], []


def _copied(
    reference: Json, given: Json, end: str, row: Json, found: Definitions, factory: str, scope: Scope
) -> DatasetUse:
    """Return one end of a copy: what its run's own SQL names, else what its dataset is for this run."""
    use = _referred(reference, found, factory, scope)
    if use.evidence != "unresolved":
        return use
    _, service = found.dataset(str(reference.get("referenceName")))
    side = _mapping(given.get(end))
    texts = [side[key] for key in (*_QUERIES, "preCopyScript") if isinstance(side.get(key), str)]
    named = [name for text in texts for name in tables_of(text, service)]
    table = side.get("tableName") or side.get("table")
    if not named and isinstance(table, str) and "@" not in table:
        named = tables_of(f"from {table}", service)
    if len(set(named)) == 1:
        return DatasetUse(namespace=named[0][0], name=named[0][1])
    return use


def _referred(reference: Any, found: Definitions, factory: str, scope: Scope) -> DatasetUse:
    """Return the dataset a reference stands for in this run; ``unresolved`` where a part of its name is not known."""
    said = _mapping(reference)
    name = str(said.get("referenceName"))
    definition, service = found.dataset(name)
    values = {key: evaluate(value, scope) for key, value in _mapping(said.get("parameters")).items()}
    defaults = {key: _mapping(one).get("defaultValue") for key, one in _mapping(definition.get("parameters")).items()}
    known = {**defaults, **values}
    inner = Scope(scope.pipeline, scope.run_id, scope.parameters, {k: v for k, v in known.items() if v is not None})
    resolved: Name | None = name_of(definition, service, inner)
    columns = tuple(
        (cut(one.get("name"), 200), cut(one.get("type"), 100))
        for one in _list(definition, "schema")[:2000]
        if isinstance(one.get("name"), str)
    )
    if resolved is None:
        return DatasetUse(namespace=factory, name=cut(name, 1000), evidence="unresolved", schema_columns=columns)
    return DatasetUse(namespace=cut(resolved[0], 1000), name=cut(resolved[1], 1000), schema_columns=columns)


def _translated(said: Json, source: DatasetUse) -> ColumnMap:
    """Return the columns of a copy's mapping: sink to source."""
    found: ColumnMap = {}
    for one in _list(_mapping(said.get("translator")), "mappings")[:2000]:
        sink, origin = _mapping(one.get("sink")).get("name"), _mapping(one.get("source")).get("name")
        if isinstance(sink, str) and isinstance(origin, str):
            found[cut(sink, 200)] = ((_node(source), cut(origin, 200)),)
    return found


def _sink_columns(said: Json) -> tuple[tuple[str, str], ...]:
    """Return (name, type) of what a copy's mapping writes, where it says every type."""
    sinks = [_mapping(one.get("sink")) for one in _list(_mapping(said.get("translator")), "mappings")[:2000]]
    if not sinks or not all(isinstance(one.get("name"), str) and isinstance(one.get("type"), str) for one in sinks):
        return ()
    return tuple((cut(one["name"], 200), cut(one["type"], 100)) for one in sinks)


def _flow(
    said: Json, row: Json, found: Definitions, factory: str, scope: Scope
) -> tuple[list[DatasetUse], list[DatasetUse]]:
    """Return what a mapping data flow read and wrote, with the columns its run's profile tells."""
    name = _mapping(_first(said, "dataflow", "dataFlow")).get("referenceName")
    flow = _mapping(found.flows.get(str(name), {}).get("typeProperties"))
    status = _mapping(_mapping(row.get("output")).get("runStatus"))
    by_name = {
        str(one.get("name")): _referred(one["dataset"], found, factory, scope)
        for one in (*_list(flow, "sources"), *_list(flow, "sinks"))
        if isinstance(one.get("dataset"), Mapping)
    }
    inputs = [by_name[str(one.get("name"))] for one in _list(flow, "sources") if str(one.get("name")) in by_name]
    outputs = []
    for one in _list(flow, "sinks"):
        sink = by_name.get(str(one.get("name")))
        if sink is not None:
            profile = _mapping(_mapping(status.get("profile")).get(str(one.get("name"))))
            outputs.append(sink.model_copy(update={"columns": _profiled(_mapping(profile.get("lineage")), by_name)}))
    return inputs, outputs


def _profiled(lineage: Json, by_name: Mapping[str, DatasetUse]) -> ColumnMap:
    found: ColumnMap = {}
    for column, said in list(lineage.items())[:2000]:
        origins = [
            (_node(by_name[str(one.get("source"))]), cut(name, 200))
            for one in _list(_mapping(said), "from")
            if str(one.get("source")) in by_name
            for name in one.get("columns") or ()
        ]
        if origins:
            found[cut(column, 200)] = tuple(origins)
    return found


def _run_page(url: Any) -> dict[str, str | None]:
    """Return the ids in the address of a Databricks run's page, which is shown as a link and never fetched."""
    if not isinstance(url, str) or not url.startswith("https://"):
        return {}
    split, found = urlsplit(url), _RUN_PAGE.search(url)
    workspace = parse_qs(split.query).get("o") or re.findall(r"^adb-(\d+)\.", split.hostname or "")
    ids = [part for part in found.groups() if part] if found else []
    return {
        "url": cut(url),
        "workspace_id": workspace[0] if workspace else None,
        "job_id": ids[0] if ids else None,
        "job_run_id": ids[1] if len(ids) > 1 else None,
    }


def _portal(factory: str, run: str) -> str:
    """Return where a person sees a run in Azure's own studio."""
    _, subscription, group, name = factory.split("/", 3)
    scope = f"/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.DataFactory/factories/{name}"
    return f"https://adf.azure.com/en/monitoring/pipelineruns/{quote(run)}?factory={quote(scope, safe='')}"


def _node(use: DatasetUse) -> str:
    return node_id("dataset", use.namespace, use.name)


def _time(text: Any) -> datetime | None:
    """Return a wire time; one without zone is UTC, one in a locale's words is none."""
    if not isinstance(text, str) or not text:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _required(row: Json, name: str) -> str:
    found = row.get(name)
    if not isinstance(found, str) or not found:
        raise ValueError(f"{name} is {found!r}: a text is needed")
    return found


def _first(said: Json, *names: str) -> Any:
    return next((said[name] for name in names if name in said), None)


def _list(said: Json, name: str) -> list[Json]:
    found = said.get(name)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _mapping(value: Any) -> Json:
    return value if isinstance(value, Mapping) else {}


def _short(text: Any) -> str | None:
    return cut(text) if isinstance(text, str) and text else None
