"""The provenance graph: where things come from, what depends on them, what the likely cause is."""

from datetime import timedelta
from typing import Annotated

from fastapi import Query
from pydantic import StringConstraints

from bellwether.contracts import GraphName, Level, ModelName, NodeKind
from bellwether.errors import Fault, InvalidInput
from bellwether.gateway.access import READ
from bellwether.gateway.context import Caller, Context, Ctx
from bellwether.gateway.endpoint import Endpoint
from bellwether.gateway.lineage import causes, graph, history, node, scope
from bellwether.gateway.lineage.answers import (
    GraphOut,
    NodeOut,
    PathOut,
    RootCauseOut,
    SearchOut,
    TimelineOut,
)
from bellwether.gateway.parameters import Time
from bellwether.graph import Bounds

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
        root = where.node(node)
        until = to or asof
        since = from_ or min(root.start or root.last, until or root.last) - _WINDOW
        if until is not None and not timedelta(0) <= until - since <= _LONGEST:
            fault = Fault("?from", since.isoformat(), "at most 400 days before ?to", "shorten the window")
            raise InvalidInput("The window cannot be used.", [fault])
        only = _kinds(kinds) or None
        bounds = Bounds(up, down, limit, since, until, asof, known, only)
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
    report: Annotated[NodeId | None, Query(description="a report; that of the newest batch by default")] = None,
    feature: Annotated[str | None, Query(min_length=1, max_length=200, description="only causes for it")] = None,
    incident: Annotated[str | None, Query(min_length=1, max_length=200, description="id of an incident")] = None,
) -> RootCauseOut:
    """Likely causes of drift, the likeliest first, each with its evidence and the way to it."""

    def read() -> RootCauseOut:
        return causes.unknown(scope.open_scope(ctx, caller, model), report, "causes are not looked for yet")

    return await ctx.threads.run(read)


def _kinds(text: str | None) -> frozenset[NodeKind]:
    try:
        return frozenset(NodeKind(kind) for kind in text.split(",")) if text else frozenset()
    except ValueError as error:
        fault = Fault("?kinds", str(text), ", ".join(NodeKind), "use these kinds")
        raise InvalidInput("There is no such kind of node.", [fault]) from error


def _details(ctx: Context, caller: Caller, id: str, model: str | None) -> NodeOut:
    return node.details(scope.open_scope(ctx, caller, model, id), id)


ENDPOINTS = (
    Endpoint("GET", "/lineage/graph", get_lineage_graph, READ, fails=(404,)),
    Endpoint("GET", "/lineage/node", get_lineage_node, READ, fails=(404,)),
    Endpoint("GET", "/lineage/search", search_lineage, READ, fails=(404,)),
    Endpoint("GET", "/lineage/path", get_lineage_path, READ, fails=(404,)),
    Endpoint("GET", "/lineage/timeline", get_lineage_timeline, READ, fails=(404,)),
    Endpoint("GET", "/lineage/root-cause", get_root_cause, READ, fails=(404,)),
)
