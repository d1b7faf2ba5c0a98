"""Ways between nodes, and the runs of a job."""

from itertools import zip_longest

from bellwether.contracts import Node
from bellwether.gateway.lineage.answers import HopOut, JobRunOut, PathOut, TimelineOut
from bellwether.gateway.lineage.scope import Scope
from bellwether.graph.facts import default_label
from bellwether.graph.paths import path, weakest
from bellwether.graph.rhythm import is_late, usual_interval_s
from bellwether.graph.sentences import number, text_of
from bellwether.graph.walk import Hop, external

_ROWS = ("rows", "rows_written")


def way(scope: Scope, upper: str, lower: str) -> PathOut:
    """Return the shortest way from one node down to another."""
    scope.node(upper)
    scope.node(lower)
    hops = path(scope.reader, upper, lower)
    ids = [hop.src for hop in hops] + ([lower] if hops else [])
    known = scope.reader.nodes(ids)
    nodes = [known.get(id) or external(id, hops[min(n, len(hops) - 1)]) for n, id in enumerate(ids)]
    return PathOut(
        to=lower,
        hops=tuple(_hop(node, hop) for node, hop in zip_longest(nodes, hops)),
        evidence=weakest(hops),
        **{"from": upper},
    )


def timeline(scope: Scope, job: str, limit: int) -> TimelineOut:
    """Return the runs of a job, or the versions of a dataset, newest first."""
    runs = list(scope.reader.history(job, limit=limit + 1))
    node = scope.reader.nodes([job]).get(job)
    if node is None and not runs:
        scope.node(job)
    interval = usual_interval_s(runs)
    before = [*runs[1:], None]
    return TimelineOut(
        job=job,
        label=default_label(job) if node is None else node.label,
        interval_s=interval,
        items=tuple(_run(one, older, interval) for one, older in list(zip(runs, before, strict=True))[:limit]),
    )


def rows_of(node: Node) -> int | None:
    """Return how many rows a run wrote, or a thing holds."""
    return next((rows for name in _ROWS if (rows := number(node, name)) is not None), None)


def _run(node: Node, before: Node | None, interval_s: float | None) -> JobRunOut:
    seconds = None if node.start is None or node.end is None else (node.end - node.start).total_seconds()
    return JobRunOut(
        id=node.node,
        label=node.label,
        start=node.start,
        end=node.end,
        seconds=seconds,
        status=node.status,
        verdict=node.verdict,
        rows=rows_of(node),
        late=is_late(node, before, interval_s),
        error=text_of(node, "error"),
    )


def _hop(node: Node, hop: Hop | None) -> HopOut:
    return HopOut(
        id=node.node,
        kind=node.kind,
        label=node.label,
        status=node.status,
        rel=None if hop is None else hop.rel,
        evidence=None if hop is None else hop.evidence,
        derived=hop is not None and hop.derived,
    )
