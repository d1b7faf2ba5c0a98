"""The provenance graph: where things come from, what depends on them, what the likely cause is."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response
from pydantic import StringConstraints

from bellwether.contracts import GraphName, Level, ModelName, Node, NodeKind
from bellwether.errors import Fault, InvalidInput, NotFound
from bellwether.gateway import incidents
from bellwether.gateway.access import PUSH, READ
from bellwether.gateway.context import Caller, Context, Ctx
from bellwether.gateway.endpoint import Endpoint
from bellwether.gateway.lineage import causes, compare, graph, history, node, receive, scope
from bellwether.gateway.lineage.answers import (
    ColumnsOut,
    DiffOut,
    GraphOut,
    ImpactOut,
    NodeOut,
    PathOut,
    ReceivedBatchOut,
    ReceivedOut,
    RootCauseOut,
    SearchOut,
    TimelineOut,
)
from bellwether.gateway.parameters import Time, Window, Word, window
from bellwether.graph import Bounds, walk, with_columns
from bellwether.graph.exports import EXPORTS, Export

NodeId = Annotated[str, StringConstraints(min_length=3, max_length=4000)]
TheGraph = Annotated[
    GraphName | None, Query(description="model whose graph is read, or `@` and a source; that of the node by default")
]
TheNode = Annotated[NodeId, Query(description="id of a node, as the API gives it")]
Up = Annotated[int, Query(ge=0, le=20, description="most steps up")]
Down = Annotated[int, Query(ge=0, le=20, description="most steps down")]
Nodes = Annotated[int, Query(ge=1, le=2000, description="most nodes")]
Asof = Annotated[Time | None, Query(description="the graph as it was at this time")]
Known = Annotated[Time | None, Query(description="only what had been received by this time")]
Since = Annotated[Time | None, Query(alias="from", description="only what happened at this time or later")]
Until = Annotated[Time | None, Query(description="only what happened at this time or earlier")]
Kinds = Annotated[
    Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,20}(,[a-z_]{1,20}){0,30}$")] | None,
    Query(description="only nodes of these kinds, separated by commas"),
]

TheModelName = Annotated[ModelName | None, Query(description="model the events are about; else any may use them")]

_WINDOW = timedelta(days=30)
_LONGEST = timedelta(days=400)


async def get_lineage_graph(
    ctx: Ctx,
    caller: Caller,
    node: TheNode,
    model: TheGraph = None,
    level: Annotated[Level, Query(description="runs, or the jobs they are of")] = "run",
    up: Up = 8,
    down: Down = 2,
    limit: Nodes = 300,
    asof: Asof = None,
    known: Known = None,
    from_: Since = None,
    to: Until = None,
    kinds: Kinds = None,
) -> GraphOut:
    """The neighbourhood of a node: lanes over time, edges, and a path through it. 30 days around it by default."""

    def read() -> GraphOut:
        where = scope.open_scope(ctx, caller, model, node)
        bounds = _bounds(where.node(node), window(from_, to), (asof, known), (up, down, limit), _kinds(kinds))
        return graph.neighbourhood(where, node, bounds, level)

    return await ctx.threads.run(read)


async def get_lineage_node(ctx: Ctx, caller: Caller, node: TheNode, model: TheGraph = None) -> NodeOut:
    """A node: what is known about it, who said so and of when, and its neighbours by relation."""
    return await ctx.threads.run(_details, ctx, caller, node, model)


async def search_lineage(
    ctx: Ctx,
    caller: Caller,
    q: Annotated[str, Query(min_length=1, max_length=400, description="part of a name, or a whole id")],
    model: TheGraph = None,
    kinds: Kinds = None,
) -> SearchOut:
    """Nodes by name, newest first, at most 50."""

    def read() -> SearchOut:
        return node.search(ctx, scope.open_scope(ctx, caller, model), q, _kinds(kinds))

    return await ctx.threads.run(read)


async def get_lineage_path(
    ctx: Ctx,
    caller: Caller,
    from_: Annotated[NodeId, Query(alias="from", description="the upper node")],
    to: Annotated[NodeId, Query(description="the lower node")],
    model: TheGraph = None,
) -> PathOut:
    """The shortest way from a node down to another one, with the evidence of each edge."""

    def read() -> PathOut:
        return history.way(scope.open_scope(ctx, caller, model, to, from_), from_, to)

    return await ctx.threads.run(read)


async def get_lineage_timeline(
    ctx: Ctx,
    caller: Caller,
    job: Annotated[NodeId, Query(description="id of a pipeline, job, dataset or model")],
    model: TheGraph = None,
    limit: Annotated[int, Query(ge=1, le=200, description="most runs")] = 50,
) -> TimelineOut:
    """Runs of a job, or versions of a dataset, newest first: how they ended, what they wrote, which came late."""

    def read() -> TimelineOut:
        scope.check_node(job)
        return history.timeline(scope.open_scope(ctx, caller, model), job, limit)

    return await ctx.threads.run(read)


async def get_root_cause(
    ctx: Ctx,
    caller: Caller,
    model: Annotated[ModelName, Query(description="the model")],
    report: Annotated[NodeId | None, Query(description="a report or batch; the newest by default")] = None,
    feature: Annotated[str | None, Query(min_length=1, max_length=200, description="only causes for it")] = None,
    incident: Annotated[Word | None, Query(description="an incident of the model, instead of a report")] = None,
) -> RootCauseOut:
    """Likely causes of drift, the likeliest first, each with its evidence and the way to it.

    Looked for on the way to the first bad batch, which may be an older one than that of the report. Those that were
    rejected for the incident come last.
    """

    def read() -> RootCauseOut:
        if report is not None:
            scope.check_node(report)
        where = scope.open_scope(ctx, caller, model)
        if incident is None:
            return causes.root_cause(ctx, where, causes.Asked(report, feature))
        if report is not None or feature is not None:
            fault = Fault("?incident", incident, "alone", "leave out report and feature: the incident says both")
            raise InvalidInput("An incident says itself what is to be explained.", [fault])
        found, actions = incidents.find(ctx, caller, incident)
        if found.model != model:
            raise NotFound(f"Model {model!r} has no incident {incident!r}.")
        return causes.root_cause(ctx, where, causes.of_incident(found, actions))

    return await ctx.threads.run(read)


async def get_lineage_impact(ctx: Ctx, caller: Caller, node: TheNode, model: TheGraph = None) -> ImpactOut:
    """What depends on a node: models, batches and reports, over all graphs."""

    def read() -> ImpactOut:
        return compare.dependents(ctx, caller, scope.open_scope(ctx, caller, model, node), node)

    return await ctx.threads.run(read)


async def get_lineage_diff(
    ctx: Ctx,
    caller: Caller,
    a: Annotated[NodeId, Query(description="a node, such as the last good batch")],
    b: Annotated[NodeId, Query(description="another one, such as the first bad batch")],
    model: TheGraph = None,
    depth: Annotated[int, Query(ge=1, le=20, description="most steps up")] = 6,
) -> DiffOut:
    """How two things came about differently: runs, versions, code and data by their roles."""

    def read() -> DiffOut:
        return compare.difference(scope.open_scope(ctx, caller, model, a, b), a, b, depth)

    return await ctx.threads.run(read)


async def get_lineage_columns(
    ctx: Ctx,
    caller: Caller,
    node: Annotated[NodeId, Query(description="id of a dataset, or of a feature")],
    model: TheGraph = None,
    column: Annotated[str | None, Query(min_length=1, max_length=200, description="column of the dataset")] = None,
    direction: Annotated[Literal["up", "down"], Query(description="where from, or what is made of it")] = "up",
) -> ColumnsOut:
    """Where a column or a feature comes from, or what is made of it, as far as sources say so."""

    def read() -> ColumnsOut:
        return compare.columns(ctx, scope.open_scope(ctx, caller, model, node), node, column, direction)

    return await ctx.threads.run(read)


async def export_lineage(
    ctx: Ctx,
    caller: Caller,
    node: TheNode,
    model: TheGraph = None,
    format: Annotated[
        Literal["openlineage", "prov-json", "dot", "svg", "csv"], Query(description="what the file is read by")
    ] = "openlineage",
    up: Up = 8,
    down: Down = 2,
    limit: Nodes = 300,
    asof: Asof = None,
    known: Known = None,
    from_: Since = None,
    to: Until = None,
) -> Response:
    """The neighbourhood of a node as a file; what was left out is said in it."""

    def read() -> tuple[bytes, Export]:
        where = scope.open_scope(ctx, caller, model, node)
        bounds = _bounds(where.node(node), window(from_, to), (asof, known), (up, down, limit))
        found = walk(where.reader, node, bounds)
        assert found is not None
        export = EXPORTS[format]
        return export.write(with_columns(where.reader, found), ctx.now()), export

    content, export = await ctx.threads.run(read)
    headers = {"Content-Disposition": f'attachment; filename="provenance.{export.suffix}"'}
    return Response(content, media_type=export.media_type, headers=headers)


async def receive_lineage(request: Request, ctx: Ctx, caller: Caller, model: TheModelName = None) -> ReceivedOut:
    """Take one OpenLineage event: point `OPENLINEAGE_URL` here, with `OPENLINEAGE_ENDPOINT=api/v1/lineage`."""
    raw = await receive.body(request, receive.ONE_BYTES)
    return await ctx.threads.run(receive.one, ctx, caller, model, raw)


async def receive_lineage_batch(
    request: Request, ctx: Ctx, caller: Caller, model: TheModelName = None
) -> ReceivedBatchOut:
    """Take a list of OpenLineage events; those that cannot be used are named, the others are stored."""
    raw = await receive.body(request, receive.BATCH_BYTES)
    return await ctx.threads.run(receive.many, ctx, caller, model, raw)


def _bounds(
    root: Node,
    within: Window,
    seen: tuple[datetime | None, datetime | None],
    size: tuple[int, int, int],
    kinds: frozenset[NodeKind] = frozenset(),
) -> Bounds:
    """Return how far to look: 30 days before a node unless a window is given."""
    asof, known = seen
    until = within.until or asof
    since = within.since or min(root.start or root.last, until or root.last) - _WINDOW
    if until is not None and not timedelta(0) <= until - since <= _LONGEST:
        fault = Fault("?from", since.isoformat(), "at most 400 days before ?to", "shorten the window")
        raise InvalidInput("The window cannot be used.", [fault])
    return Bounds(*size, since, until, asof, known, kinds or None)


def _kinds(text: str | None) -> frozenset[NodeKind]:
    try:
        return frozenset(NodeKind(kind) for kind in text.split(",")) if text else frozenset()
    except ValueError as error:
        fault = Fault("?kinds", str(text), ", ".join(NodeKind), "use these kinds")
        raise InvalidInput("There is no such kind of node.", [fault]) from error


def _details(ctx: Context, caller: Caller, id: str, model: str | None) -> NodeOut:
    return node.details(scope.open_scope(ctx, caller, model, id), id)


_FILE: dict[str, Any] = {
    export.media_type: {"schema": {"type": "string", "format": "binary"}} for export in EXPORTS.values()
}
_EVENT: dict[str, Any] = {"application/json": {"schema": {"type": "object"}}}
_EVENTS: dict[str, Any] = {"application/json": {"schema": {"type": "array", "items": {"type": "object"}}}}
_INTAKE_FAILS = (400, 404, 413, 415)
ENDPOINTS = (
    Endpoint("POST", "/lineage", receive_lineage, PUSH, fails=_INTAKE_FAILS, body=_EVENT),
    Endpoint("POST", "/lineage/batch", receive_lineage_batch, PUSH, fails=_INTAKE_FAILS, body=_EVENTS),
    Endpoint("GET", "/lineage/graph", get_lineage_graph, READ, fails=(404,)),
    Endpoint("GET", "/lineage/node", get_lineage_node, READ, fails=(404,)),
    Endpoint("GET", "/lineage/search", search_lineage, READ, fails=(404,)),
    Endpoint("GET", "/lineage/impact", get_lineage_impact, READ, fails=(404,)),
    Endpoint("GET", "/lineage/root-cause", get_root_cause, READ, fails=(404,)),
    Endpoint("GET", "/lineage/path", get_lineage_path, READ, fails=(404,)),
    Endpoint("GET", "/lineage/diff", get_lineage_diff, READ, fails=(404,)),
    Endpoint("GET", "/lineage/columns", get_lineage_columns, READ, fails=(404,)),
    Endpoint("GET", "/lineage/timeline", get_lineage_timeline, READ, fails=(404,)),
    Endpoint("GET", "/lineage/export", export_lineage, READ, fails=(404,), content=_FILE),
)
